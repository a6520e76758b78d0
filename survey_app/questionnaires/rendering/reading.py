"""What a posted page says: values, reasons for missing ones, errors in words, and everything as it was typed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from survey_app.questionnaires.definition import Texts, text_in

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
    """The words of a questionnaire in one language, with the questionnaire's languages as a fallback."""

    language: str
    languages: tuple[str, ...]

    def __call__(self, texts: Texts) -> str:
        """Return the text in this language, or in the nearest one that has it."""
        return text_in(texts, self.language, self.languages)


def clean_text(text: str) -> str:
    """Return text as typed: NFC, without what cannot be stored, line ends as the person made them."""
    return unicodedata.normalize("NFC", _UNSTORABLE.sub("", text.replace("\r\n", "\n")))


def posted(form: Form, name: str) -> list[str]:
    """Return the distinct values that a control sent, cleaned, in their order."""
    return list(dict.fromkeys(map(clean_text, form.getlist(name))))
