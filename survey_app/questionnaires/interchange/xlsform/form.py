"""What every row of an XLSForm is read with: languages, lists of choices, codes, names, and the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from flask_babel import gettext as _

from survey_app.conditions.rules import FieldKind
from survey_app.questionnaires.definition import Item, Texts
from survey_app.questionnaires.interchange.accounting import Ledger, fitting, plain
from survey_app.questionnaires.interchange.answerables import Answerable
from survey_app.questionnaires.interchange.codes import Codes
from survey_app.questionnaires.interchange.xlsform.columns import Line, languages_in, tag_of
from survey_app.questionnaires.parsing import MOST_LANGUAGES
from survey_app.questionnaires.routing import answer_kinds

FALLBACK = "en"


@dataclass(slots=True)
class Form:
    """A form on its way in; `tags` are our language tags by the names of its columns."""

    ledger: Ledger
    tags: dict[str, str]
    choices: dict[str, list[Line]]
    codes: Codes = field(default_factory=Codes)
    names: dict[str, Answerable] = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages, the main one first."""
        return tuple(dict.fromkeys(self.tags.values()))

    @property
    def main(self) -> str:
        """Return the main language."""
        return self.languages[0]

    def texts(self, line: Line, column: str, name: str, longest: int = 4000) -> Texts:
        """Return a text in every language in which it is there; the main language has it if any has."""
        found: Texts = {}
        for language, source in line.texts(column).items():
            if language in self.tags:
                found.setdefault(self.tags[language], plain(source, self.ledger, name))
        found = {tag: text for tag, text in found.items() if text}
        if found and self.main not in found:
            found[self.main] = next(iter(found.values()))
        return fitting({tag: found[tag] for tag in self.languages if tag in found}, longest, self.ledger, name)

    def answers(self, name: str, item: Item, values: dict[str, str | int]) -> None:
        """Note what a name in expressions stands for."""
        kind = answer_kinds([item]).get(f"answer.{item.code}", FieldKind.PRESENCE)
        self.names.setdefault(name, Answerable(item.code, kind, values))


def tags_of(sheets: Iterable[list[Line]], wanted: str, ledger: Ledger) -> dict[str, str]:
    """Return our tag for every language of a form, the wanted one first, each entered; "" is a column without one."""
    names = languages_in(line for lines in sheets for line in lines)
    found: dict[str, str] = {}
    for name in sorted(names, key=lambda name: name != wanted):
        tag = tag_of(name)
        if tag and tag in found.values():
            # The sheets of one form spell a language in several ways; its texts are one.
            found[name] = tag
            continue
        if tag is None or len(set(found.values())) >= MOST_LANGUAGES:
            ledger.lost("language", name, _("This is no language that is known, or it stands here already."))
            continue
        found[name] = tag
        _enter(name, tag, ledger)
    if not found:
        tag = tag_of(wanted) or FALLBACK
        ledger.changed("language", tag, _("The file names no language; its texts are taken for “%(tag)s”.", tag=tag))
        # A single language that nobody knows still has the texts.
        return dict.fromkeys(["", *names[:1]], tag)
    return found | {"": next(iter(found.values()))}


def _enter(name: str, tag: str, ledger: Ledger) -> None:
    if name.endswith(f"({tag})") or name == tag:
        ledger.kept("language", name)
    else:
        ledger.changed("language", name, _("It is taken for “%(tag)s”.", tag=tag))
