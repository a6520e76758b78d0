"""A survey from a file: the questionnaire format, as other installations and `export` write it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from survey_app.extensions import db
from survey_app.questionnaires.definition import Questionnaire, text_in
from survey_app.questionnaires.findings import Finding, QuestionnaireError
from survey_app.questionnaires.forms.surveys import ImportForm
from survey_app.questionnaires.interchange import LARGEST_TEXT, read_text
from survey_app.questionnaires.operations import SurveyError, SurveyOptions, create_survey
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.desk import Answer, author_id
from survey_app.questionnaires.routes.surveys import free_survey_code
from survey_app.web import access


@blueprint.get("/surveys/import")
@access.requires("surveys.design")
def import_form() -> str:
    """Show the form that takes a file."""
    return _draw(ImportForm(), ())


@blueprint.post("/surveys/import")
@access.requires("surveys.design")
def import_file() -> Answer:
    """Make a survey of a file, or say everything that is wrong with it."""
    form = ImportForm()
    if not form.validate():
        return _draw(form, ()), 422
    try:
        questionnaire = read_text(form.file.data.stream.read(LARGEST_TEXT + 1))
        code = _create(form, questionnaire)
    except QuestionnaireError as error:
        return _draw(form, error.findings), 422
    except SurveyError as error:
        db.session.rollback()
        form.code.errors = [str(error)]
        return _draw(form, ()), 422
    db.session.commit()
    flash(_("The survey is here as a draft. Look it over, then publish it."), "success")
    return redirect(url_for("questionnaires.design", code=code), 303)


def _create(form: ImportForm, questionnaire: Questionnaire) -> str:
    title = text_in(questionnaire.title, "", questionnaire.languages)
    code = form.code.data or free_survey_code(title)
    options = SurveyOptions(identification=form.identification.data, owner_id=author_id())
    return create_survey(code, title, questionnaire, datetime.now(UTC), options).code


def _draw(form: ImportForm, findings: tuple[Finding, ...]) -> str:
    return render_template("questionnaires/import.html", form=form, findings=findings)
