"""The texts of a SurveyJS file: plain or by language, with its own idea of which language a plain text is in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Texts
from survey_app.questionnaires.interchange.accounting import Ledger, fitting, plain
from survey_app.questionnaires.interchange.tongues import language_tag, language_tags

DEFAULT = "default"
# The language that SurveyJS speaks where nothing else is said.
HOUSE = "en"
TEXT_KEYS = frozenset(
    {
        "title",
        "description",
        "html",
        "text",
        "label",
        "labelTrue",
        "labelFalse",
        "completedHtml",
        "otherText",
        "noneText",
        "minRateDescription",
        "maxRateDescription",
        "placeholder",
        "requiredErrorText",
        "commentText",
        "commentPlaceholder",
        "pageNextText",
        "pagePrevText",
        "completeText",
    }
)
MOST_TEXTS = 200_000


@dataclass(frozen=True, slots=True)
class Speech:
    """The languages of a file: our tag by its locale, the main one first; `default` is the tag of plain texts."""

    tags: dict[str, str]
    default: str
    languages: tuple[str, ...]
    ledger: Ledger

    def texts(self, value: object, name: str, longest: int = 4000) -> Texts:
        """Return a text in every language in which it is there; the main language has it if any has."""
        found: Texts = {}
        for locale, source in _by_locale(value):
            tag = self.default if locale == DEFAULT else self.tags.get(locale)
            text = plain(source, self.ledger, name) if tag else ""
            if tag and text:
                found[tag] = text
        main = self.languages[0]
        if found and main not in found:
            # SurveyJS shows the default text wherever a language lacks one of its own.
            found[main] = found.get(self.default) or next(iter(found.values()))
        ordered = {tag: found[tag] for tag in self.languages if tag in found}
        return fitting(ordered, longest, self.ledger, name)


def speech_of(data: dict[str, Any], ledger: Ledger) -> Speech:
    """Return the languages of a file, each entered."""
    locales = list(dict.fromkeys(_locales(data)))
    named = str(data.get("locale") or "")
    tags = language_tags([*([named] if named else []), *locales])
    for locale in locales:
        if locale not in tags:
            ledger.lost("language", locale, _("This is no language tag, or its language stands here already."))
    main = tags.get(named, "")
    # A file whose locale has texts of its own keeps its plain texts for the house's language.
    default = main if main and named not in locales else HOUSE
    languages = tuple(dict.fromkeys([main or default, *tags.values(), default]))
    for tag in languages:
        ledger.kept("language", next((name for name, each in tags.items() if each == tag), tag))
    return Speech(tags, default, languages, ledger)


def _by_locale(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        yield from ((str(locale), text) for locale, text in value.items() if isinstance(text, str | int | float))
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield DEFAULT, value


def _locales(data: object) -> Iterator[str]:
    """Yield every locale that a text of the file names."""
    waiting: list[object] = [data]
    n_seen = 0
    while waiting and n_seen < MOST_TEXTS:
        value = waiting.pop()
        n_seen += 1
        if isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, dict):
            for key, inside in value.items():
                if isinstance(inside, dict) and _is_localised(key, inside):
                    yield from (str(each) for each in inside if each != DEFAULT)
                else:
                    waiting.append(inside)


def _is_localised(key: object, value: dict[Any, Any]) -> bool:
    if not value or not all(isinstance(text, str) for text in value.values()):
        return False
    if DEFAULT in value:
        return True
    is_text = key in TEXT_KEYS or str(key).endswith(("Text", "Html", "Title", "Description"))
    return is_text and all(language_tag(each) for each in value)
