"""Checks, publishing, versions, export."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from survey_app.accounts.queries import list_staff
from survey_app.extensions import db
from survey_app.questionnaires.checks import check_questionnaire, errors_of, warnings_of
from survey_app.questionnaires.comparing import differences
from survey_app.questionnaires.forms.surveys import PublishForm
from survey_app.questionnaires.models import QuestionnaireVersion, Survey
from survey_app.questionnaires.names import identification_names
from survey_app.questionnaires.operations import SurveyError, discard_draft, publish_version, restore_version
from survey_app.questionnaires.queries import find_draft, find_version, list_versions, questionnaire_of
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.desk import Answer, Desk, author_id, find_desk_survey, open_desk
from survey_app.questionnaires.duration import durations
from survey_app.web import access


@blueprint.get("/surveys/<code>/check")
@access.requires("surveys.view")
def check(code: str) -> str:
    """Show what stands between the draft and its publication, and what to consider."""
    return _draw_check(open_desk(code), PublishForm())


@blueprint.post("/surveys/<code>/publish")
@access.requires("surveys.publish")
def publish(code: str) -> Answer:
    """Publish the draft as the next version."""
    desk, form = open_desk(code), PublishForm()
    if not form.validate():
        return _draw_check(desk, form), 422
    try:
        version = publish_version(desk.survey, form.note.data or "", datetime.now(UTC), author_id())
    except SurveyError as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        return _draw_check(open_desk(code), form), 422
    db.session.commit()
    flash(_("Version %(number)s is published. It will never change.", number=version.number), "success")
    return redirect(url_for("questionnaires.show", code=code), 303)


@blueprint.get("/surveys/<code>/versions")
@access.requires("surveys.view")
def versions(code: str) -> str:
    """Show the published versions with what changed from one to the next."""
    desk = open_desk(code)
    published = list_versions(desk.survey)
    states = [questionnaire_of(version) for version in published]
    changes = [differences(old, new) for new, old in pairwise(states)]
    return render_template(
        "questionnaires/versions.html",
        desk=desk,
        survey=desk.survey,
        versions=list(zip(published, [*changes, []], strict=False)),
        draft=find_draft(desk.survey),
        authors={user.id: user.name for user in list_staff()},
    )


@blueprint.post("/surveys/<code>/versions/<int:number>/restore")
@access.requires("surveys.design")
def restore(code: str, number: int) -> Answer:
    """Make the draft equal to a published version."""
    survey = find_desk_survey(code)
    restore_version(survey, _get_version(survey, number), datetime.now(UTC), author_id())
    db.session.commit()
    flash(_("The draft now says what version %(number)s says.", number=number), "success")
    return redirect(url_for("questionnaires.design", code=code), 303)


@blueprint.post("/surveys/<code>/discard")
@access.requires("surveys.design")
def discard(code: str) -> Answer:
    """Throw the draft away; the newest version stays."""
    try:
        discard_draft(find_desk_survey(code))
        flash(_("The draft is gone. The newest version stands."), "success")
    except SurveyError as error:
        flash(str(error), "error")
    db.session.commit()
    return redirect(url_for("questionnaires.versions", code=code), 303)


def _get_version(survey: Survey, number: int) -> QuestionnaireVersion:
    version = find_version(survey, number)
    if version is None:
        abort(404)
    return version


def _draw_check(desk: Desk, form: PublishForm) -> str:
    findings = check_questionnaire(desk.questionnaire, desk.previous)
    previous = desk.previous
    return render_template(
        "questionnaires/check.html",
        desk=desk,
        survey=desk.survey,
        form=form,
        errors=errors_of(findings),
        warnings=warnings_of(findings),
        minutes=durations(desk.questionnaire)[0].longest,
        changes=differences(previous, desk.questionnaire) if previous else [],
        identification=identification_names()[desk.survey.identification],
    )
