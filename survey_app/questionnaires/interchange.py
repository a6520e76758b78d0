"""Questionnaire documents as text: YAML or JSON in, YAML or JSON out."""

from __future__ import annotations

import json
from typing import Any

import yaml
from flask_babel import gettext as _

from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.findings import Finding, QuestionnaireError
from survey_app.questionnaires.parsing import parse, to_data

LARGEST_TEXT = 1_000_000
FORMATS = ("yaml", "json")


def read_text(text: str | bytes) -> Questionnaire:
    """Return the questionnaire that a text holds (JSON is YAML too); raise QuestionnaireError when it holds none."""
    return parse(_loaded(text))


def write_text(questionnaire: Questionnaire, form: str = "yaml") -> str:
    """Return the questionnaire as text in one of the FORMATS."""
    data = to_data(questionnaire)
    if form == "json":
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110)


def _loaded(text: str | bytes) -> Any:
    if len(text) > LARGEST_TEXT:
        raise _refusal(_("This file is larger than %(most)s characters, which no questionnaire is.", most=LARGEST_TEXT))
    try:
        return yaml.safe_load(text.decode("utf-8-sig") if isinstance(text, bytes) else text)
    except UnicodeDecodeError as error:
        raise _refusal(_("This file is not written in UTF-8. Save it as UTF-8 and try again.")) from error
    except yaml.YAMLError as error:
        raise _refusal(_position(error)) from error
    # Impossible dates, numbers without end, nesting without end.
    except (ValueError, RecursionError, OverflowError) as error:
        raise _refusal(_("This file holds values that no questionnaire has.")) from error


def _position(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return _("This file is neither YAML nor JSON.")
    return _(
        "This file is neither YAML nor JSON: look at line %(line)s, column %(column)s.",
        line=mark.line + 1,
        column=mark.column + 1,
    )


def _refusal(message: str) -> QuestionnaireError:
    return QuestionnaireError([Finding("", message)])
