"""Questionnaires and surveys for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.models import QuestionnaireVersion, Survey
from survey_app.questionnaires.operations import create_survey, publish_version
from survey_app.questionnaires.parsing import parse

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def a_definition(**overrides: Any) -> dict[str, Any]:
    """Return the document of a small valid questionnaire: NPS, a battery of two drivers, a choice, a comment."""
    pages = [
        {"code": "first", "items": [an_item()]},
        {"code": "drivers", "items": [a_battery()]},
        {"code": "about", "items": [a_choice()]},
        {"code": "why", "items": [a_comment()]},
    ]
    return {"title": {"en": "How are we doing?"}, "languages": ["en"], "pages": pages} | overrides


def an_item(**overrides: Any) -> dict[str, Any]:
    """Return an NPS item, the primary outcome."""
    text = {"en": "How likely are you to recommend us?"}
    return {"code": "nps", "type": "nps", "role": "outcome", "primary": True, "text": text} | overrides


def a_battery(**overrides: Any) -> dict[str, Any]:
    """Return a Likert battery of two drivers."""
    rows = [{"code": "delivery", "text": {"en": "Delivery"}}, {"code": "support", "text": {"en": "Support"}}]
    text = {"en": "How do you rate these?"}
    return {"code": "ratings", "type": "likert", "role": "driver", "text": text, "rows": rows} | overrides


def a_choice(**overrides: Any) -> dict[str, Any]:
    """Return a single choice."""
    options = [{"code": "daily", "text": {"en": "Daily"}}, {"code": "rarely", "text": {"en": "Rarely"}}]
    text = {"en": "How often do you buy?"}
    return {"code": "usage", "type": "single", "role": "profile", "text": text, "options": options} | overrides


def a_comment(**overrides: Any) -> dict[str, Any]:
    """Return an open text."""
    return {"code": "comment", "type": "text", "role": "verbatim", "text": {"en": "Why?"}} | overrides


def a_questionnaire(**overrides: Any) -> Questionnaire:
    """Return a small valid questionnaire."""
    return parse(a_definition(**overrides))


def a_survey(code: str = "relationship", **overrides: Any) -> Survey:
    """Return a survey with a draft, in the current session."""
    return create_survey(code, "How are we doing?", a_questionnaire(**overrides), NOW)


def a_published_version(code: str = "relationship", **overrides: Any) -> QuestionnaireVersion:
    """Return the first version of a new survey, in the current session."""
    return publish_version(a_survey(code, **overrides), "first", NOW)
