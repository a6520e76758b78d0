"""A response in the words of the version it answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from analysis.values import MissingReason
from survey_app.questionnaires.definition import Item, ItemType, Questionnaire
from survey_app.questionnaires.rendering.reading import Wording
from survey_app.questionnaires.saying import field_name, said


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One measure: its wording, the answer in words or None, the reason for a missing one, the person's own words."""

    wording: str
    answer: str | None
    reason: str
    own_words: str
    is_verbatim: bool


def answer_lines(
    questionnaire: Questionnaire,
    answers: Mapping[str, Any],
    missing: Mapping[str, str],
    language: str,
    *,
    shows_contacts: bool = True,
) -> list[AnswerLine]:
    """Return every measure of the questionnaire in its order, answered or not.

    Without `shows_contacts` nothing is said of contact details, for those who must not see whose answers these are.
    """
    words = Wording(language, questionnaire.languages)
    return [
        AnswerLine(
            wording=wording,
            answer=said(item, answers[code], words, language) if code in answers else None,
            reason=reason_words(missing.get(code, "")),
            own_words=str(answers.get(f"{code}.other", "")),
            is_verbatim=item.type is ItemType.TEXT,
        )
        for item in questionnaire.items
        if shows_contacts or item.type is not ItemType.CONTACT
        for code, wording in _wordings(item, words)
    ]


def typed_words(item: Item, code: str, typed: Mapping[str, list[str]], words: Wording) -> list[str]:
    """Return what somebody typed into the controls of one measure, the options by their texts."""
    options = {option.code: words(option.text) for option in item.options}
    said_here = []
    for name, texts in typed.items():
        part = name.removeprefix(f"{code}.") if name.startswith(f"{code}.") else ""
        if name == code or part:
            about = options.get(part) or (field_name(part) if item.contact_fields and part != "consent" else "")
            said_here += [f"{about}: {each}" if about else options.get(each, each) for each in texts if each]
    return said_here


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
