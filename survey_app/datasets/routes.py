"""Answers leave as CSV, under the same filter as the report they are downloaded from."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, request

from survey_app.accounts.operations import record
from survey_app.datasets.exports import csv_lines
from survey_app.datasets.filters import read_filter
from survey_app.datasets.queries import iterate_completions
from survey_app.extensions import db, mark_writing
from survey_app.questionnaires.queries import find_survey, newest_published, questionnaire_of
from survey_app.web.access import requires

blueprint = Blueprint("datasets", __name__)


@blueprint.post("/surveys/<code>/responses.csv")
@requires("responses.export")
def export(code: str) -> Response:
    """Download a survey's completions; a POST, because an export of personal data is put on record."""
    mark_writing()
    survey = find_survey(code)
    version = newest_published(survey) if survey else None
    if survey is None or version is None:
        abort(404)
    try:
        chosen = read_filter(request.form)
    except ValueError:
        abort(400)
    codebook = questionnaire_of(version).codebook()
    rows = list(iterate_completions(survey.id, chosen))
    body = "\ufeff" + "".join(csv_lines(rows, codebook, names_customers=survey.identification == "identified"))
    record("responses.export", "survey", survey.code, filter=chosen.query_string, rows=len(rows))
    db.session.commit()
    day = datetime.now(UTC).date().isoformat()
    disposition = f'attachment; filename="{survey.code}-{day}.csv"'
    return Response(body, mimetype="text/csv", headers={"Content-Disposition": disposition})
