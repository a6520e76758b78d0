"""The list of surveys, a new one, a survey's own page."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from survey_app.accounts.gate import current_may
from survey_app.extensions import db
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.forms.surveys import BLANK, NameForm, SurveyForm
from survey_app.questionnaires.library import blank_questionnaire, in_languages, questionnaire_from
from survey_app.questionnaires.library.instruments import instrument_of
from survey_app.questionnaires.library.plans import NAMES
from survey_app.questionnaires.names import identification_names
from survey_app.questionnaires.operations import (
    ADDRESSES,
    SurveyError,
    SurveyOptions,
    archive,
    choose_identification,
    create_survey,
    rename_survey,
)
from survey_app.questionnaires.queries import count_surveys, find_draft, find_survey, list_states, list_versions
from survey_app.questionnaires.registry import registered_counts
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.desk import Answer, author_id, find_desk_survey, open_desk
from survey_app.questionnaires.wording_codes import code_from, free_code
from survey_app.web import access


@blueprint.get("/surveys")
@access.requires("surveys.view")
def index() -> str:
    """Show all surveys with their state and what other rooms count."""
    shows_archived = request.args.get("archived") == "1"
    states = list_states(is_archived=shows_archived)
    ids = [state.survey.id for state in states]
    counts = [(count, count.load(ids)) for count in registered_counts() if current_may(count.operation)]
    return render_template(
        "questionnaires/index.html",
        states=states,
        counts=counts,
        shows_archived=shows_archived,
        n_archived=count_surveys(is_archived=True),
    )


@blueprint.get("/surveys/new")
@access.requires("surveys.design")
def new() -> str:
    """Show the form for a new survey, filled in from an instrument where one was chosen in the library."""
    return _draw_new(_begun(request.args.get("template", "")))


@blueprint.post("/surveys")
@access.requires("surveys.design")
def create() -> Answer:
    """Create a survey, blank or from a ready questionnaire, and open it."""
    form = SurveyForm()
    if form.validate():
        code = form.code.data or free_survey_code(form.title.data)
        options = SurveyOptions(identification=form.identification.data, owner_id=author_id())
        try:
            create_survey(code, form.title.data, _start(form), datetime.now(UTC), options)
        except SurveyError as error:
            db.session.rollback()
            form.code.errors = [str(error)]
        else:
            db.session.commit()
            return redirect(url_for("questionnaires.design", code=code), 303)
    return _draw_new(form), 422


@blueprint.get("/surveys/<code>")
@access.requires("surveys.view")
def show(code: str) -> str:
    """Show where a survey stands."""
    return _draw_survey(code, NameForm(formdata=None, title=find_desk_survey(code).title))


@blueprint.post("/surveys/<code>/name")
@access.requires("surveys.design")
def rename(code: str) -> Answer:
    """Give a survey another name for staff; respondents see the questionnaire's title."""
    survey, form = find_desk_survey(code), NameForm()
    if not form.validate():
        return _draw_survey(code, form), 422
    rename_survey(survey, form.title.data)
    db.session.commit()
    flash(_("The name is saved."), "success")
    return redirect(url_for("questionnaires.show", code=code), 303)


@blueprint.post("/surveys/<code>/identification")
@access.requires("surveys.design")
def choose_identification_of(code: str) -> Answer:
    """Choose how answers are tied to people, before the first publication."""
    survey = find_desk_survey(code)
    chosen = request.form.get("identification", "")
    try:
        if chosen in identification_names():
            choose_identification(survey, chosen)
            flash(_("The choice is saved."), "success")
    except SurveyError as error:
        flash(str(error), "error")
    db.session.commit()
    return redirect(url_for("questionnaires.show", code=code), 303)


@blueprint.post("/surveys/<code>/archive")
@access.requires("surveys.design")
def archive_survey(code: str) -> Answer:
    """Take a survey off the list; its answers and reports stay."""
    archive(find_desk_survey(code))
    db.session.commit()
    flash(_("The survey is archived. Its answers and reports stay; you can bring it back at any time."), "success")
    return redirect(url_for("questionnaires.show", code=code), 303)


@blueprint.post("/surveys/<code>/unarchive")
@access.requires("surveys.design")
def unarchive_survey(code: str) -> Answer:
    """Put an archived survey back on the list."""
    archive(find_desk_survey(code), is_archived=False)
    db.session.commit()
    flash(_("The survey is back on the list."), "success")
    return redirect(url_for("questionnaires.show", code=code), 303)


def free_survey_code(title: str) -> str:
    """Return a code made from a title that no survey has."""
    code, number = code_from(title, "survey"), 2
    while code in ADDRESSES or find_survey(code) is not None:
        code = free_code(f"{code_from(title, 'survey')}_{number}", [])
        number += 1
    return code


def _begun(name: str) -> SurveyForm:
    """Return the empty form, or the one for an instrument: with its title and all of its languages."""
    if name not in NAMES:
        return SurveyForm(formdata=None)
    instrument = instrument_of(name)
    title, languages = instrument.says(instrument.plan.title), list(instrument.questionnaire.languages)
    return SurveyForm(formdata=None, template=name, title=title, languages=languages)


def _draw_new(form: SurveyForm) -> str:
    name = form.template.data
    chosen = instrument_of(name) if name in NAMES else None
    return render_template("questionnaires/new.html", form=form, chosen=chosen)


def _start(form: SurveyForm) -> Questionnaire:
    if form.template.data == BLANK:
        return blank_questionnaire(form.title.data, form.tags)
    ready = questionnaire_from(form.template.data)
    return in_languages(ready, form.tags)


def _draw_survey(code: str, form: NameForm) -> str:
    desk = open_desk(code)
    counts = registered_counts()
    return render_template(
        "questionnaires/show.html",
        desk=desk,
        survey=desk.survey,
        form=form,
        versions=list_versions(desk.survey),
        draft=find_draft(desk.survey),
        counts=[(each, each.load([desk.survey.id])) for each in counts if current_may(each.operation)],
        identifications=identification_names(),
    )
