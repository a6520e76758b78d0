"""Questionnaires of SurveyJS (JSON), in and out, with a report of what was kept, changed or lost."""

from __future__ import annotations

from survey_app.questionnaires.interchange.surveyjs.files import (
    looks_like_surveyjs,
    read_surveyjs,
    survey_in,
    survey_in_script,
)
from survey_app.questionnaires.interchange.surveyjs.writing import write_surveyjs

__all__ = ["looks_like_surveyjs", "read_surveyjs", "survey_in", "survey_in_script", "write_surveyjs"]
