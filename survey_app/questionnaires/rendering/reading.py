"""What a posted page says: values, reasons for missing ones, errors in words, and everything as it was typed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from analysis.values import MissingReason
from survey_app.questionnaires.definition import Item, Texts, text_in
from survey_app.questionnaires.piping import Values, fill, marked
from survey_app.questionnaires.saying import direction_of

Form = MultiDict[str, str]
NOT_APPLICABLE = "__na"
DONT_KNOW = "__dk"

# Databases and browsers cannot keep these: NUL, and halves of surrogate pairs.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class PageReading:
    """One posted page: `errors` and `typed` are keyed by the control's name, the others by measure code.

    `revealed` names items that the answers of this very page call for: the page is to be shown again with them.
    """

    values: dict[str, Any] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    typed: dict[str, list[str]] = field(default_factory=dict)
    revealed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a questionnaire in one language, with the questionnaire's languages as a fallback.

    `values` are put into merge fields; without any, texts stay as their author typed them. Where the fields are only
    to be `marked`, whoever fills the marks puts the values in.
    """

    language: str
    languages: tuple[str, ...]
    values: Values | None = None
    is_marked: bool = False

    def __call__(self, texts: Texts) -> str:
        """Return the text in this language, or in the nearest one that has it."""
        text = text_in(texts, self.language, self.languages)
        if "{" not in text:
            return text
        if self.is_marked:
            return marked(text)
        return text if self.values is None else fill(text, self.values, self.language)

    def foreign(self, texts: Texts) -> Markup:
        """Return the attributes of a text that stands here in another language than the page's, else nothing."""
        if not texts or self.language in texts:
            return _NO_ATTRIBUTES
        tag = next((each for each in (self.language.partition("-")[0], *self.languages) if texts.get(each)), "")
        if not tag or tag == self.language.partition("-")[0]:
            return _NO_ATTRIBUTES
        return Markup(' lang="{}" dir="{}"').format(tag, direction_of(tag))


_NO_ATTRIBUTES = Markup()


def clean_text(text: str) -> str:
    """Return text as typed: NFC, without what cannot be stored, line ends as the person made them."""
    return unicodedata.normalize("NFC", _UNSTORABLE.sub("", text.replace("\r\n", "\n")))


def posted(form: Form, name: str) -> list[str]:
    """Return the distinct values that a control sent, cleaned, in their order."""
    return list(dict.fromkeys(map(clean_text, form.getlist(name))))


def measure_of(name: str) -> str:
    """Return the measure that a control belongs to: `bought.other` belongs to `bought`."""
    return name.partition(".")[0]


def reasons_and_rest(item: Item, form: Form, reading: PageReading) -> tuple[list[str], list[str]]:
    """Return the reasons chosen instead of an answer, and what else was sent under the item's own name."""
    given = posted(form, item.code)
    reading.typed[item.code] = given
    offered = reasons_offered(item)
    return [offered[each] for each in given if each in offered], [each for each in given if each not in offered]


def reasons_offered(item: Item) -> dict[str, str]:
    """Return the reasons that an item offers in place of an answer, by what its controls send."""
    offered = {NOT_APPLICABLE: item.allows_not_applicable, DONT_KNOW: item.allows_dont_know}
    return {sent: _REASONS[sent].value for sent, is_offered in offered.items() if is_offered}


def either_or(item: Item) -> str:
    """Return what to do about an answer beside a reason for having none."""
    names = {NOT_APPLICABLE: _("Does not apply to me"), DONT_KNOW: _("I don't know")}
    first = next(iter(reasons_offered(item)), NOT_APPLICABLE)
    return _("Give an answer or choose “%(reason)s”, not both.", reason=names[first])


def is_to_be_read(item: Item, reading: PageReading, reasons: list[str], *, is_given: bool, please: str) -> bool:
    """Return whether an answer is left to be read; without one, note the reason, or what to do about a needed one."""
    if is_given and reasons:
        reading.errors[item.code] = either_or(item)
    elif reasons:
        reading.missing[item.code] = reasons[0]
    elif is_given:
        return True
    elif item.is_required:
        reading.errors[item.code] = please
    else:
        reading.missing[item.code] = MissingReason.SKIPPED
    return False


def typed_in(item: Item, parts: list[str], form: Form, reading: PageReading) -> dict[str, str]:
    """Return what was typed into the controls of an item's parts, without the empty ones."""
    typed = {}
    for part in parts:
        name = f"{item.code}.{part}"
        text = "".join(posted(form, name)[:1])
        reading.typed[name] = [text] if text else []
        if text.strip():
            typed[part] = text
    return typed


_REASONS = {NOT_APPLICABLE: MissingReason.NOT_APPLICABLE, DONT_KNOW: MissingReason.DONT_KNOW}
