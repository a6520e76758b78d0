"""Reading of open answers, kept as typed."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.values import MissingReason
from survey_app.questionnaires.definition import Item
from survey_app.questionnaires.rendering.reading import Form, PageReading, Wording, posted


def read_text(item: Item, form: Form, reading: PageReading, words: Wording) -> None:  # noqa: ARG001 - every handler's signature
    """Read an open answer: refused or kept whole, never cut."""
    text = "".join(posted(form, item.code)[:1])
    # One line stays one line, whatever program sent it.
    text = text.replace("\n", " ") if item.is_short else text
    reading.typed[item.code] = [text]
    if len(text) > item.max_length:
        reading.errors[item.code] = too_long(len(text), item.max_length)
    elif text.strip():
        reading.values[item.code] = text
    elif item.is_required:
        reading.errors[item.code] = _("Write your answer.")
    else:
        reading.missing[item.code] = MissingReason.SKIPPED


def too_long(n_characters: int, limit: int) -> str:
    """Return what to do about a text that exceeds its limit."""
    return ngettext(
        "Your answer has %(num)s character; shorten it to %(limit)s or fewer.",
        "Your answer has %(num)s characters; shorten it to %(limit)s or fewer.",
        n_characters,
        limit=limit,
    )
