"""Questionnaire documents as text: YAML or JSON in, YAML or JSON out."""

from __future__ import annotations

import json

import yaml

from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.findings import Finding, QuestionnaireError
from survey_app.questionnaires.parsing import parse, to_data
from survey_app.web.documents import LARGEST_TEXT, DocumentError, read_document

__all__ = ["FORMATS", "LARGEST_TEXT", "read_text", "write_text"]

FORMATS = ("yaml", "json")


def read_text(text: str | bytes) -> Questionnaire:
    """Return the questionnaire that a text holds (JSON is YAML too); raise QuestionnaireError when it holds none."""
    try:
        data = read_document(text)
    except DocumentError as error:
        raise QuestionnaireError([Finding("", str(error))]) from error
    return parse(data)


def write_text(questionnaire: Questionnaire, form: str = "yaml") -> str:
    """Return the questionnaire as text in one of the FORMATS."""
    data = to_data(questionnaire)
    if form == "json":
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110)
