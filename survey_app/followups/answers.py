"""A response as people read it on a case: its score with the scale, and every answer in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Item, ItemType, Questionnaire, text_in
from survey_app.questionnaires.queries import get_version, questionnaire_of
from survey_app.questionnaires.rendering.reading import Wording
from survey_app.questionnaires.saying import said
from survey_app.responses.models import Response


@dataclass(frozen=True, slots=True)
class Line:
    """One answered question: its wording, the answer in words, and whether these are the customer's own words."""

    question: str
    answer: str
    is_verbatim: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A response in words, in the reader's language where the questionnaire has it."""

    response: Response
    score: str
    lines: list[Line]


def read_response(response: Response, language: str) -> Reading:
    """Return what a response says."""
    questionnaire = questionnaire_of(get_version(response.version_id))
    lines = [line for item in questionnaire.items for line in _lines(item, response, language, questionnaire)]
    # Their own words first: they say why.
    lines.sort(key=lambda line: not line.is_verbatim)
    return Reading(response, score_of(response, questionnaire), lines)


def score_of(response: Response, questionnaire: Questionnaire | None = None) -> str:
    """Return the primary outcome with the end of its scale, such as 3 of 10."""
    if response.outcome is None:
        return _("no score")
    item = (questionnaire or questionnaire_of(get_version(response.version_id))).primary_outcome
    score = f"{response.outcome:g}"
    return _("%(score)s of %(most)s", score=score, most=item.scale.high) if item and item.scale else score


def _lines(item: Item, response: Response, language: str, whole: Questionnaire) -> list[Line]:
    rows = {row.code: text_in(row.text, language, whole.languages) for row in item.rows}
    asked = text_in(item.text, language, whole.languages)
    return [
        Line(rows.get(code, asked), _words(item, response.answers[code], language, whole), item.type is ItemType.TEXT)
        for code in item.measure_codes
        if code in response.answers
    ]


def _words(item: Item, value: Any, language: str, whole: Questionnaire) -> str:
    words = Wording(language, whole.languages)
    if item.scale is None or not isinstance(value, int | float):
        return said(item, value, words, language)
    label = words(item.scale.labels.get(int(value), {}))
    score = _("%(score)s of %(most)s", score=f"{value:g}", most=item.scale.high)
    return _("%(score)s (%(label)s)", score=score, label=label) if label else score
