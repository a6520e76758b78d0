"""A survey from a file: our own format at once, other tools' files after a look at what becomes of them."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from survey_app.extensions import db
from survey_app.questionnaires.checks import check_questionnaire, errors_of
from survey_app.questionnaires.definition import Questionnaire, text_in
from survey_app.questionnaires.findings import Finding, QuestionnaireError
from survey_app.questionnaires.forms.imports import ConfirmForm, ImportForm
from survey_app.questionnaires.importing import (
    Candidate,
    CarryError,
    candidate_of,
    carried,
    import_candidate,
    list_imports,
)
from survey_app.questionnaires.interchange.detection import LARGEST_FILE, NATIVE, read_questionnaire
from survey_app.questionnaires.interchange.digest import digest
from survey_app.questionnaires.interchange.telling import (
    FORMS,
    fate_names,
    kind_names,
    report_text,
    thing_names,
    totals,
)
from survey_app.questionnaires.names import type_names
from survey_app.questionnaires.operations import SurveyError, SurveyOptions, create_survey
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.desk import Answer, author_id, open_desk
from survey_app.questionnaires.routes.surveys import free_survey_code
from survey_app.web import access
from survey_app.web.languages import interface_language

MIME_TYPES = {"txt": "text/plain", "csv": "text/csv", "json": "application/json"}


@blueprint.get("/surveys/import")
@access.requires("surveys.design")
def import_form() -> str:
    """Show the form that takes a file."""
    return _draw(ImportForm(), ())


@blueprint.post("/surveys/import")
@access.requires("surveys.design")
def import_file() -> Answer | str:
    """Make a survey of a file of our own, show what becomes of any other, or say everything that is wrong with it."""
    form = ImportForm()
    if not form.validate():
        return _draw(form, ()), 422
    try:
        kind, imported = read_questionnaire(form.file.data.stream.read(LARGEST_FILE + 1))
        if kind != NATIVE:
            name = form.file.data.filename or ""
            return _look(form, Candidate(kind, name, imported.questionnaire, imported.report.as_data()))
        code = _create(form, imported.questionnaire)
    except QuestionnaireError as error:
        return _draw(form, error.findings), 422
    except CarryError as error:
        return _draw(form, (Finding("", str(error)),)), 422
    except SurveyError as error:
        db.session.rollback()
        form.code.errors = [str(error)]
        return _draw(form, ()), 422
    return _created(code)


@blueprint.post("/surveys/import/confirm")
@access.requires("surveys.design")
def confirm_import() -> Answer:
    """Bring in what was looked at."""
    form = ConfirmForm()
    try:
        candidate = candidate_of(form.carried.data or "")
    except CarryError as error:
        return _draw(ImportForm(formdata=None), (Finding("", str(error)),)), 422
    if not form.validate():
        return _look_again(form, candidate), 422
    code = form.code.data or free_survey_code(_title(candidate.questionnaire))
    options = SurveyOptions(identification=form.identification.data, owner_id=author_id())
    try:
        import_candidate(code, candidate, datetime.now(UTC), options)
    except SurveyError as error:
        db.session.rollback()
        form.code.errors = [str(error)]
        return _look_again(form, candidate), 422
    return _created(code)


@blueprint.post("/surveys/import/report")
@access.requires("surveys.design")
def send_candidate_report() -> Answer:
    """Send the report of a file that is looked at, before anything of it is stored."""
    try:
        candidate = candidate_of(request.form.get("carried", ""))
    except CarryError as error:
        return _draw(ImportForm(formdata=None), (Finding("", str(error)),)), 422
    return _report(candidate.report, request.form.get("format", ""), "import")


@blueprint.get("/surveys/<code>/imports")
@access.requires("surveys.view")
def imports_of(code: str) -> str:
    """Show what became of the files that the survey came from."""
    desk = open_desk(code)
    return render_template(
        "questionnaires/import_report.html",
        desk=desk,
        survey=desk.survey,
        imports=list_imports(desk.survey),
        **_words(),
    )


@blueprint.get("/surveys/<code>/imports/<int:import_id>")
@access.requires("surveys.view")
def send_import_report(code: str, import_id: int) -> Response:
    """Send the report of an import as a file."""
    found = next((each for each in list_imports(open_desk(code).survey) if each.id == import_id), None) or abort(404)
    return _report(found.report, request.args.get("format", ""), f"{code}-import")


def _report(report: dict[str, object], form: str, name: str) -> Response:
    if form not in FORMS:
        abort(404)
    response = make_response(report_text(report, form))
    response.content_type = f"{MIME_TYPES[form]}; charset=utf-8"
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}-report.{form}")
    return response


def _create(form: ImportForm, questionnaire: Questionnaire) -> str:
    title = _title(questionnaire)
    code = form.code.data or free_survey_code(title)
    options = SurveyOptions(identification=form.identification.data, owner_id=author_id())
    return create_survey(code, title, questionnaire, datetime.now(UTC), options).code


def _created(code: str) -> Answer:
    db.session.commit()
    flash(_("The survey is here as a draft. Look it over, then publish it."), "success")
    return redirect(url_for("questionnaires.design", code=code), 303)


def _title(questionnaire: Questionnaire) -> str:
    return text_in(questionnaire.title, "", questionnaire.languages)


def _look(form: ImportForm, candidate: Candidate) -> str:
    confirm = ConfirmForm(formdata=None, carried=carried(candidate), code=form.code.data)
    confirm.identification.data = form.identification.data
    return _look_again(confirm, candidate)


def _look_again(form: ConfirmForm, candidate: Candidate) -> str:
    questionnaire = candidate.questionnaire
    return render_template(
        "questionnaires/import_preview.html",
        form=form,
        candidate=candidate,
        questionnaire=questionnaire,
        errors=errors_of(check_questionnaire(questionnaire)),
        say=lambda texts: text_in(texts, interface_language(), questionnaire.languages),
        types=type_names(),
        **_words(),
    )


def _words() -> dict[str, object]:
    return {
        "kinds": kind_names(),
        "fates": fate_names(),
        "things": thing_names(),
        "totals": totals,
        "digest": digest,
        "forms": FORMS,
    }


def _draw(form: ImportForm, findings: tuple[Finding, ...]) -> str:
    return render_template("questionnaires/import.html", form=form, findings=findings)
