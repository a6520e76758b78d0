"""A response in the words of the version it answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from analysis.values import MissingReason
from survey_app.questionnaires.definition import Item, ItemType, Questionnaire, Texts
from survey_app.questionnaires.rendering.reading import Wording


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One measure: its wording, the answer in words or None, the reason for a missing one, the person's own words."""

    wording: str
    answer: str | None
    reason: str
    own_words: str
    is_verbatim: bool


def answer_lines(
    questionnaire: Questionnaire, answers: Mapping[str, Any], missing: Mapping[str, str], language: str
) -> list[AnswerLine]:
    """Return every measure of the questionnaire in its order, answered or not."""
    words = Wording(language, questionnaire.languages)
    return [
        AnswerLine(
            wording=wording,
            answer=said(item, answers[code], words) if code in answers else None,
            reason=reason_words(missing.get(code, "")),
            own_words=str(answers.get(f"{code}.other", "")),
            is_verbatim=item.type is ItemType.TEXT,
        )
        for item in questionnaire.items
        for code, wording in _wordings(item, words)
    ]


def said(item: Item, value: Any, words: Wording) -> str:
    """Return an answer in words: the point with its label, the options' texts, or the text itself."""
    if item.scale is not None:
        label = words(item.scale.labels.get(value, {})) if isinstance(value, int) else ""
        return f"{value} \N{EN DASH} {label}" if label else str(value)
    options: dict[str, Texts] = {option.code: option.text for option in item.options}
    if isinstance(value, list):
        return ", ".join(words(options.get(each, {})) or str(each) for each in value)
    return words(options.get(value, {})) or str(value)


def reason_words(reason: str) -> str:
    """Return why an answer is missing."""
    reasons = {
        MissingReason.NOT_ASKED.value: _("Not asked"),
        MissingReason.SKIPPED.value: _("Skipped"),
        MissingReason.DONT_KNOW.value: _("Doesn't know"),
        MissingReason.NOT_APPLICABLE.value: _("Does not apply"),
        MissingReason.REFUSED.value: _("Would not say"),
    }
    return reasons.get(reason, _("No answer"))


def channel_words(channel: str) -> str:
    """Return the way an answer came in."""
    channels = {
        "personal-link": _("Personal link"),
        "mail-score": _("Score in the mail"),
        "public-link": _("Public link"),
        "qr-code": _("QR code"),
        "kiosk": _("Shared device"),
        "embedded": _("Website"),
        "staff": _("Typed in by staff"),
        "import": _("Imported"),
    }
    return channels.get(channel, channel)


def _wordings(item: Item, words: Wording) -> list[tuple[str, str]]:
    if item.type is ItemType.LIKERT:
        return [(row.code, f"{words(item.text)} \N{EN DASH} {words(row.text)}") for row in item.rows]
    return [(code, words(item.text)) for code in item.measure_codes]
