"""Alert rules: what makes a survey's answers urgent."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.extensions import db
from survey_app.followups.forms import AlertForm
from survey_app.followups.models import AlertRule
from survey_app.followups.operations import save_rule
from survey_app.followups.queries import find_rule
from survey_app.followups.routes import blueprint
from survey_app.followups.rules import DUE_HOURS, Threshold, threshold_of
from survey_app.questionnaires.definition import Item
from survey_app.questionnaires.models import Survey
from survey_app.questionnaires.queries import find_survey, list_surveys, newest_published, questionnaire_of
from survey_app.web import access

Answer = Response | str | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Watched:
    """A survey with what makes its answers urgent: no threshold where it has no outcome yet."""

    survey: Survey
    rule: AlertRule | None
    threshold: Threshold | None
    item: Item | None

    @property
    def is_on(self) -> bool:
        """Return whether low scores open cases."""
        is_possible = self.survey.identification == "identified" and self.threshold is not None
        return is_possible and (self.rule is None or self.rule.is_on)


@blueprint.get("/admin/alerts")
@access.requires("alerts.edit")
def alerts() -> str:
    """List the surveys with what makes their answers urgent."""
    return render_template("followups/alerts.html", watched=[_watched(each) for each in list_surveys()])


@blueprint.get("/admin/alerts/<code>")
@access.requires("alerts.edit")
def edit_alert(code: str) -> str:
    """Show a survey's alert rule."""
    watched = _watched(find_survey(code) or abort(404))
    rule = watched.rule
    form = AlertForm(
        data={
            "is_on": rule.is_on if rule else True,
            "threshold": rule.threshold if rule else None,
            "due_hours": rule.due_hours if rule else DUE_HOURS,
        }
    )
    return render_template("followups/edit_alert.html", form=form, watched=watched)


@blueprint.post("/admin/alerts/<code>")
@access.requires("alerts.edit")
def save_alert(code: str) -> Answer:
    """Save a survey's alert rule."""
    watched, form = _watched(find_survey(code) or abort(404)), AlertForm()
    is_sound = form.validate()
    if is_sound and not _is_on_scale(form.threshold.data, watched.item):
        form.threshold.errors = [_("This score is not on the survey's scale.")]
        is_sound = False
    if not is_sound:
        return render_template("followups/edit_alert.html", form=form, watched=watched), 422
    save_rule(watched.survey, is_on=form.is_on.data, threshold=form.threshold.data, due_hours=int(form.due_hours.data))
    db.session.commit()
    flash(_("The alert rule is saved. It holds for answers from now on."), "success")
    return redirect(url_for("followups.alerts"), 303)


def _watched(survey: Survey) -> Watched:
    version, rule = newest_published(survey), find_rule(survey)
    item = questionnaire_of(version).primary_outcome if version else None
    threshold = threshold_of(item, rule.threshold if rule else None) if item else None
    return Watched(survey, rule, threshold, item)


def _is_on_scale(score: float | None, item: Item | None) -> bool:
    if score is None or item is None or item.scale is None:
        return True
    return item.scale.low <= score <= item.scale.high
