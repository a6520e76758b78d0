"""The Versions tab: what was published when by whom, what changed, and the way back."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from survey_app.accounts.queries import list_staff
from survey_app.extensions import db
from survey_app.questionnaires.changes import trend_changes
from survey_app.questionnaires.comparing import differences
from survey_app.questionnaires.models import QuestionnaireVersion, Survey
from survey_app.questionnaires.operations import SurveyError, discard_draft, restore_version
from survey_app.questionnaires.queries import find_draft, find_version, list_versions, questionnaire_of
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.desk import Answer, author_id, find_desk_survey, open_desk
from survey_app.web import access
from survey_app.web.storable import row_number

DRAFT = "draft"


@blueprint.get("/surveys/<code>/versions")
@access.requires("surveys.view")
def versions(code: str) -> str:
    """Show the published versions with what changed from one to the next."""
    desk = open_desk(code)
    published = list_versions(desk.survey)
    states = [questionnaire_of(version) for version in published]
    changes = [(differences(old, new), trend_changes(old, new)) for new, old in pairwise(states)]
    return render_template(
        "questionnaires/versions.html",
        desk=desk,
        survey=desk.survey,
        versions=list(zip(published, [*changes, ([], [])], strict=False)),
        draft=find_draft(desk.survey),
        authors={user.id: user.name for user in list_staff()},
    )


@blueprint.get("/surveys/<code>/versions/compare")
@access.requires("surveys.view")
def compare(code: str) -> str:
    """Show what differs between any two versions, the draft among them."""
    desk = open_desk(code)
    before, after = (_chosen(desk.survey, request.args.get(name, "")) for name in ("from", "to"))
    old, new = questionnaire_of(before), questionnaire_of(after)
    return render_template(
        "questionnaires/compare.html",
        desk=desk,
        survey=desk.survey,
        versions=list_versions(desk.survey),
        draft=find_draft(desk.survey),
        before=before,
        after=after,
        changes=differences(old, new),
        trends=trend_changes(old, new),
    )


@blueprint.post("/surveys/<code>/versions/<int:number>/restore")
@access.requires("surveys.design")
def restore(code: str, number: int) -> Answer:
    """Make the draft equal to a published version."""
    survey = find_desk_survey(code)
    try:
        restore_version(survey, get_version(survey, number), datetime.now(UTC), author_id())
    except SurveyError as error:
        db.session.rollback()
        flash(str(error), "error")
        return redirect(url_for("questionnaires.versions", code=code), 303)
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


def get_version(survey: Survey, number: int) -> QuestionnaireVersion:
    """Return a published version; answer 404 when there is none."""
    version = find_version(survey, number)
    if version is None:
        abort(404)
    return version


def _chosen(survey: Survey, name: str) -> QuestionnaireVersion:
    """Return the version that an address names: a number, or the draft."""
    if name == DRAFT:
        draft = find_draft(survey)
        return draft or abort(404)
    try:
        return get_version(survey, row_number(name))
    except ValueError:
        abort(404)
