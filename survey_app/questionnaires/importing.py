"""Brings a questionnaire of another tool in as a survey, its report beside it. Nothing here commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import select

from survey_app.extensions import db
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.models import QuestionnaireImport, Survey
from survey_app.questionnaires.operations import SurveyOptions, create_survey
from survey_app.questionnaires.parsing import parse, to_data

LONGEST_NAME = 200
LONGEST_LOOK = 12 * 60 * 60
# What a form may carry beside its other fields; a larger questionnaire comes in by the command line.
LARGEST_CARRIED = 900_000


class CarryError(ValueError):
    """What was looked at cannot be brought in from the page; the message says what to do instead."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file of another tool that was read and is not stored: kind, name, questionnaire, report."""

    kind: str
    filename: str
    questionnaire: Questionnaire
    report: dict[str, Any]


def carried(candidate: Candidate) -> str:
    """Return a candidate as text that the page carries until somebody confirms it; signed, and stored nowhere."""
    data = {
        "kind": candidate.kind,
        "filename": candidate.filename[:LONGEST_NAME],
        "definition": to_data(candidate.questionnaire),
        "report": candidate.report,
    }
    text = str(_serializer().dumps(data))
    if len(text) > LARGEST_CARRIED:
        raise CarryError(_("This questionnaire is too large to be looked at here. Import it by the command line."))
    return text


def candidate_of(text: str) -> Candidate:
    """Return the candidate that a page carried; raise CarryError when it is not ours any more."""
    try:
        data = _serializer().loads(text, max_age=LONGEST_LOOK)
    except BadData as error:
        raise CarryError(_("This page is too old. Choose the file once more.")) from error
    return Candidate(data["kind"], data["filename"], parse(data["definition"]), data["report"])


def import_candidate(code: str, candidate: Candidate, now: datetime, options: SurveyOptions) -> Survey:
    """Create a survey from a candidate, its report beside it; raise SurveyError when its code is taken."""
    survey = create_survey(code, "", candidate.questionnaire, now, options)
    keep_report(survey, candidate, now, options.owner_id)
    return survey


def keep_report(survey: Survey, candidate: Candidate, now: datetime, author_id: int | None = None) -> None:
    """Keep what became of a file beside the survey that it became."""
    db.session.add(
        QuestionnaireImport(
            survey_id=survey.id,
            kind=candidate.kind,
            filename=candidate.filename[:LONGEST_NAME],
            report=candidate.report,
            author_id=author_id,
            made_at=now,
        )
    )
    db.session.flush()


def list_imports(survey: Survey) -> list[QuestionnaireImport]:
    """Return what came into a survey from files of other tools, newest first."""
    query = select(QuestionnaireImport).where(QuestionnaireImport.survey_id == survey.id)
    return list(db.session.scalars(query.order_by(QuestionnaireImport.id.desc())))


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="questionnaire-import")
