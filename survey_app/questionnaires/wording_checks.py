"""Hints about wording: how long answering takes, and questions that ask two things at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_babel import gettext as _

from survey_app.questionnaires.checking import CheckFinding, Spot, warning
from survey_app.questionnaires.definition import Item, ItemType, Questionnaire, text_in
from survey_app.questionnaires.texts import wordings

LONGEST_READING = 5
WORDS_PER_MINUTE = 200
SECONDS_PER_ANSWER = 5
SECONDS_PER_COMMENT = 30
# Two things in one rated statement: nobody knows which of them the score is about.
JOINING = {
    "en": re.compile(r"\b(and|or)\b", re.IGNORECASE),
    "es": re.compile(r"\b(y|e|o|u)\b", re.IGNORECASE),
    "vi": re.compile(r"(?<!\w)(và|hoặc)(?!\w)", re.IGNORECASE),
}
RATED = frozenset({ItemType.CSAT, ItemType.CES, ItemType.LIKERT})


def reading_minutes(questionnaire: Questionnaire) -> float:
    """Return about how many minutes reading and answering everything takes in the main language."""
    main = questionnaire.languages[0]
    words = sum(len(each.texts.get(main, "").split()) for each in wordings(questionnaire))
    seconds = sum(_seconds(item) for item in questionnaire.items)
    return words / WORDS_PER_MINUTE + seconds / 60


def wording_findings(questionnaire: Questionnaire) -> Iterator[CheckFinding]:
    """Yield a warning for every rated text that seems to ask two things."""
    main = questionnaire.languages[0]
    joining = JOINING.get(main.split("-")[0])
    if joining is None:
        return
    for page in questionnaire.pages:
        for item in page.items:
            for code, text in _rated(item, main):
                if joining.search(text):
                    yield _two_in_one(code, Spot(page.code, item.code))


def _two_in_one(code: str, spot: Spot) -> CheckFinding:
    message = _("“%(code)s” may ask two things at once. Ask one, so that the score says what to mend.", code=code)
    return warning(message, spot)


def _rated(item: Item, language: str) -> list[tuple[str, str]]:
    if item.type not in RATED:
        return []
    if item.rows:
        return [(row.code, text_in(row.text, language, ())) for row in item.rows]
    return [(item.code, text_in(item.text, language, ()))]


def _seconds(item: Item) -> int:
    if item.type is ItemType.TEXT:
        return SECONDS_PER_COMMENT
    return SECONDS_PER_ANSWER * len(item.measure_codes)
