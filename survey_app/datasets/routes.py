"""Answers leave as CSV, under the same filter as the report they are downloaded from."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from survey_app.accounts.operations import record
from survey_app.accounts.rules import may
from survey_app.datasets.codebooks import codebook_of
from survey_app.datasets.exports import csv_lines, is_withheld
from survey_app.datasets.filters import read_filter
from survey_app.datasets.queries import iterate_completions
from survey_app.extensions import db, mark_writing
from survey_app.questionnaires.queries import find_survey, newest_published
from survey_app.web.access import requires

blueprint = Blueprint("datasets", __name__)


@blueprint.post("/surveys/<code>/responses.csv")
@requires("responses.export")
def export(code: str) -> Response | BaseResponse:
    """Download a survey's completions; a POST, because an export of personal data is put on record."""
    mark_writing()
    survey = find_survey(code)
    if survey is None or newest_published(survey) is None:
        abort(404)
    try:
        chosen = read_filter(request.form)
    except ValueError:
        abort(400)
    rows = list(iterate_completions(survey.id, chosen))
    if is_withheld(survey, len(rows)):
        flash(_("So few people stand behind this filter that a file would tell who said what. Widen it."), "error")
        return redirect(url_for("responses.index", survey=survey.code), 303)
    body = "\ufeff" + "".join(
        csv_lines(
            rows,
            codebook_of(survey),
            names_customers=survey.identification == "identified",
            shows_contacts=may([role.name for role in g.staff_user.roles], "customers.view"),
        )
    )
    record("responses.export", "survey", survey.code, filter=chosen.query_string, rows=len(rows))
    db.session.commit()
    day = datetime.now(UTC).date().isoformat()
    disposition = f'attachment; filename="{survey.code}-{day}.csv"'
    return Response(body, mimetype="text/csv", headers={"Content-Disposition": disposition})
