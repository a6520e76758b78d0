"""Publishing: the draft as the next version, or an old version once more."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from survey_app.extensions import db
from survey_app.questionnaires.forms.publication import PublicationForm
from survey_app.questionnaires.operations import GapsError, Seen, SurveyError, publish_version, republish_version
from survey_app.questionnaires.routes import blueprint
from survey_app.questionnaires.routes.checking import draw_check
from survey_app.questionnaires.routes.desk import Answer, author_id, find_desk_survey, open_desk
from survey_app.questionnaires.routes.versions import get_version
from survey_app.web import access


@blueprint.post("/surveys/<code>/publish")
@access.requires("surveys.publish")
def publish(code: str) -> Answer:
    """Publish the draft as the next version."""
    desk, form = open_desk(code), PublicationForm()
    if not form.validate():
        return draw_check(desk, form), 422
    seen = Seen(form.revision.data, accepts_gaps=form.accepts_gaps.data)
    try:
        version = publish_version(desk.survey, form.note.data or "", datetime.now(UTC), author_id(), seen)
    except GapsError as error:
        db.session.rollback()
        form.accepts_gaps.errors = [str(error)]
        return draw_check(open_desk(code), form), 422
    except SurveyError as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        return draw_check(open_desk(code), form), 422
    db.session.commit()
    flash(_("Version %(number)s is published. It will never change.", number=version.number), "success")
    return redirect(url_for("questionnaires.show", code=code), 303)


@blueprint.post("/surveys/<code>/versions/<int:number>/publish")
@access.requires("surveys.publish")
def republish(code: str, number: int) -> Answer:
    """Publish an old version once more, as the newest."""
    survey = find_desk_survey(code)
    try:
        version = republish_version(survey, get_version(survey, number), datetime.now(UTC), author_id())
    except SurveyError as error:
        db.session.rollback()
        flash(str(error), "error")
        return redirect(url_for("questionnaires.versions", code=code), 303)
    db.session.commit()
    flash(
        _("Version %(new)s is published. It says what version %(old)s says.", new=version.number, old=number), "success"
    )
    return redirect(url_for("questionnaires.versions", code=code), 303)
