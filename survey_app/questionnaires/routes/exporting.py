"""A questionnaire as a file: every format it can leave in, and the paper copy."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from survey_app.extensions import db
from survey_app.questionnaires.interchange.formats import FORMATS, IN_ONE_LANGUAGE, in_language
from survey_app.questionnaires.interchange.telling import fate_names, report_text, thing_names, totals
from survey_app.questionnaires.models import Print, QuestionnaireVersion
from survey_app.questionnaires.printing import TooManyPrintsError, order_print
from survey_app.questionnaires.queries import find_version, questionnaire_of
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.desk import Answer, Desk, author_id, open_desk
from survey_app.web import access
from survey_app.web.storable import row_number

# Formats that cannot say everything.
REPORTED = ("surveyjs", "xlsform")


def paper_page(paper: Print) -> str:
    """Return the address of the page on which a paper copy is ordered."""
    return url_for("questionnaires.exports", code=str(paper.order["survey"]))


@blueprint.get("/surveys/<code>/exports")
@access.requires("surveys.view")
def exports(code: str) -> str:
    """Show every format that the questionnaire can leave in."""
    desk = open_desk(code)
    reports = {name: FORMATS[name].write(desk.questionnaire).report.as_data() for name in REPORTED}
    words = {"things": thing_names(), "fates": fate_names(), "totals": totals}
    return render_template("questionnaires/export.html", desk=desk, survey=desk.survey, reports=reports, **words)


@blueprint.get("/surveys/<code>/export")
@access.requires("surveys.view")
def export(code: str) -> Response:
    """Send the questionnaire as a file, or, with `report=1`, what that format cannot say of it."""
    desk = open_desk(code)
    name = request.args.get("format", "yaml")
    form = FORMATS.get(name) or abort(404)
    version = _chosen(desk, request.args.get("version", type=row_number))
    questionnaire = questionnaire_of(version)
    if name in IN_ONE_LANGUAGE:
        questionnaire = in_language(questionnaire, request.args.get("language"))
    exported = form.write(questionnaire)
    file_name = _name(code, version)
    if request.args.get("report"):
        response = make_response(report_text(exported.report.as_data(), "txt"))
        response.content_type = "text/plain; charset=utf-8"
        file_name, ending = f"{file_name}-{name}-report", "txt"
    else:
        response, ending = make_response(exported.content), form.ending
        response.content_type = form.media_type
    response.headers.set("Content-Disposition", "attachment", filename=f"{file_name}.{ending}")
    return response


@blueprint.post("/surveys/<code>/prints")
@access.requires("surveys.view")
def order_paper(code: str) -> Answer:
    """Order the paper copy in one language; the next page shows when it is ready."""
    desk = open_desk(code)
    language = request.form.get("language", "")
    version = _chosen(desk, request.form.get("version", type=row_number))
    if language not in questionnaire_of(version).languages:
        flash(_("Choose one of the questionnaire's languages."), "error")
        return redirect(url_for("questionnaires.exports", code=code), 303)
    order = {"what": "questionnaire", "version_id": version.id, "language": language, "survey": code}
    try:
        name = f"{_name(code, version)}-{language}"
        paper = order_print(desk.survey, order | {"filename": name}, datetime.now(UTC), author_id())
    except TooManyPrintsError as error:
        flash(str(error), "error")
        return redirect(url_for("questionnaires.exports", code=code), 303)
    db.session.commit()
    return redirect(url_for("questionnaires.show_print", print_id=paper.id), 303)


def _chosen(desk: Desk, number: int | None) -> QuestionnaireVersion:
    version = find_version(desk.survey, number) if number else desk.version
    return version or abort(404)


def _name(code: str, version: QuestionnaireVersion) -> str:
    return f"{code}-{version.number}" if version.number else code
