"""Campaigns that make themselves: the list, a new one of either kind, its next and past runs, stop and resume."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.accounts.gate import current_may
from survey_app.accounts.queries import get_organisation
from survey_app.campaigns.models import Campaign, Series
from survey_app.campaigns.queries import find_campaign, list_campaigns
from survey_app.campaigns.routes import blueprint
from survey_app.campaigns.sending.sweeping import sweep
from survey_app.campaigns.series.operations import SeriesPlan, create_series, resume_series, stop_series
from survey_app.campaigns.series.queries import count_events, find_series, list_events, list_runs, list_series
from survey_app.campaigns.series.reading import SeriesError, read_waves
from survey_app.campaigns.series.words import condition_words, rule_words
from survey_app.campaigns.series_forms import RecurringForm, SeriesForm, TriggerForm
from survey_app.customers.vocabulary import list_interaction_kinds
from survey_app.extensions import db
from survey_app.web import access

FORMS: Mapping[str, type[SeriesForm]] = {"recurring": RecurringForm, "triggered": TriggerForm}


@blueprint.get("/campaigns/series")
@access.requires("campaigns.view")
def series() -> str:
    """Show every series, and what should have happened and did not."""
    found = list_series()
    return render_template(
        "campaigns/series.html",
        series=found,
        words={each.id: rule_words(each) for each in found},
        findings=sweep(datetime.now(UTC), is_dry=True),
    )


@blueprint.get("/campaigns/series/new/<any(recurring, triggered):kind>")
@access.requires("campaigns.send")
def new_series(kind: str) -> str:
    """Show the form for a new series."""
    form = FORMS[kind](data={"zone": get_organisation().time_zone})
    return _form_page(kind, form)


@blueprint.post("/campaigns/series/new/<any(recurring, triggered):kind>")
@access.requires("campaigns.send")
def create_new_series(kind: str) -> Response | tuple[str, int]:
    """Make a series that runs from now on."""
    form = FORMS[kind]()
    _offer(form)
    if not form.validate():
        return _form_page(kind, form), 422
    template = find_campaign(int(form.template.data)) or abort(404)
    plan = SeriesPlan(form.name.data, kind, template, form.rule, g.staff_user.id)
    try:
        made = create_series(plan, datetime.now(UTC))
    except SeriesError as error:
        form.form_errors.append(str(error))
        return _form_page(kind, form), 422
    db.session.commit()
    flash(_("It runs from now on."), "success")
    return redirect(url_for("campaigns.show_series", series_id=made.id), 303)


@blueprint.get("/campaigns/series/<int:series_id>")
@access.requires("campaigns.view")
def show_series(series_id: int) -> str:
    """Show a series with its next runs and those there were."""
    found, now = _series(series_id), datetime.now(UTC)
    is_running = found.kind == "recurring" and found.state == "active"
    return render_template(
        "campaigns/show_series.html",
        series=found,
        words=rule_words(found),
        coming=read_waves(found.rule).coming(now) if is_running else [],
        zone=found.rule.get("fallback") or found.rule.get("zone") or get_organisation().time_zone,
        runs=list_runs(found),
        condition=condition_words(found),
        events=count_events(found),
        latest=list_events(found) if current_may("customers.view") else [],
        **_made_by(found),
    )


@blueprint.post("/campaigns/series/<int:series_id>/stop")
@access.requires("campaigns.send")
def stop_one_series(series_id: int) -> Response:
    """Let nothing of it run until it is resumed."""
    stop_series(_series(series_id))
    return _done(series_id, _("Stopped. Waves on their way go on."))


@blueprint.post("/campaigns/series/<int:series_id>/resume")
@access.requires("campaigns.send")
def resume_one_series(series_id: int) -> Response:
    """Let it run again, from now on."""
    resume_series(_series(series_id), datetime.now(UTC))
    return _done(series_id, _("It runs again. What was left out meanwhile is not made up."))


def _series(series_id: int) -> Series:
    return find_series(series_id) or abort(404)


def _done(series_id: int, message: str) -> Response:
    db.session.commit()
    flash(message, "success")
    return redirect(url_for("campaigns.show_series", series_id=series_id), 303)


def _offer(form: SeriesForm) -> list[Campaign]:
    """Let the form offer the drafts that waves can be copies of, and return them."""
    drafts = [each for each in list_campaigns() if each.mode == "mail" and each.state == "draft" and not each.wave]
    form.template.choices = [(str(each.id), f"{each.name} ({each.survey.title})") for each in drafts]
    return drafts


def _form_page(kind: str, form: SeriesForm) -> str:
    drafts = _offer(form)
    return render_template(
        "campaigns/new_series.html", kind=kind, form=form, has_drafts=bool(drafts), kinds=list_interaction_kinds()
    )


def _made_by(series: Series) -> dict[str, Any]:
    ids = [run.campaign_id for run in list_runs(series) if run.campaign_id]
    return {"campaigns": {each: find_campaign(each) for each in ids}}
