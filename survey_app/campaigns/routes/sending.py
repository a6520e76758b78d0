"""Review and send; schedule, pause, resume, cancel, continue, close: each a POST, each said back in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from survey_app.campaigns import life
from survey_app.campaigns.audience.deciding import Preview, preview
from survey_app.campaigns.forms import SendForm
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.operations import adopt_newest
from survey_app.campaigns.plan.overview import check_plan, pace_in_words, when_in_words
from survey_app.campaigns.plan.preflight import MEND, preflight
from survey_app.campaigns.routes import blueprint, campaign_or_404
from survey_app.campaigns.rules import is_confirmed, needs_typed_count
from survey_app.campaigns.sending.phases import continue_rest
from survey_app.campaigns.steps import CampaignError
from survey_app.campaigns.timing.schedules import Schedule
from survey_app.extensions import db
from survey_app.questionnaires.queries import newest_published, questionnaire_of
from survey_app.web import access

Answer = str | tuple[str, int] | Response


@blueprint.get("/campaigns/<int:campaign_id>/review")
@access.requires("campaigns.edit")
def review(campaign_id: int) -> Answer:
    """Show everything once more before sending."""
    campaign = campaign_or_404(campaign_id)
    if campaign.mode != "mail" or campaign.state != "draft":
        return redirect(url_for("campaigns.show", campaign_id=campaign.id), 303)
    return _review(campaign, SendForm(), preview(campaign))


@blueprint.post("/campaigns/<int:campaign_id>/version")
@access.requires("campaigns.edit")
def adopt(campaign_id: int) -> Answer:
    """Let a draft ask what the survey's newest published version asks."""
    campaign = campaign_or_404(campaign_id)
    return _do(campaign, adopt_newest, _("The campaign now sends the newest version."))


@blueprint.post("/campaigns/<int:campaign_id>/send")
@access.requires("campaigns.send")
def send(campaign_id: int) -> Answer:
    """Send or schedule the campaign; a large sending only when its number or the campaign's name was typed."""
    campaign, form = campaign_or_404(campaign_id), SendForm()
    if campaign.mode != "mail" or campaign.state != "draft":
        return _do(campaign, life.start_campaign, _("The campaign is on its way."))
    found = preview(campaign)
    problem = _problem(campaign, form, found)
    if problem:
        form.n_mails.errors = [*form.n_mails.errors, problem]
        return _review(campaign, form, found), 422
    done = _("The campaign is on its way.")
    if not Schedule.from_data(campaign.schedule).is_at_once:
        done = _("The campaign is scheduled. Until its time comes you can take it back.")
    return _do(campaign, lambda each: life.launch_campaign(each, datetime.now(UTC)), done)


@blueprint.post("/campaigns/<int:campaign_id>/unschedule")
@access.requires("campaigns.send")
def unschedule(campaign_id: int) -> Response:
    """Make a campaign that waits for its time a draft again."""
    done = _("The campaign is a draft again. Nothing was sent.")
    return _do(campaign_or_404(campaign_id), life.unschedule_campaign, done)


@blueprint.post("/campaigns/<int:campaign_id>/pause")
@access.requires("campaigns.send")
def pause(campaign_id: int) -> Response:
    """Let nothing more go out for now."""
    campaign = campaign_or_404(campaign_id)
    return _do(campaign, lambda each: life.pause_campaign(each, datetime.now(UTC)), _("The campaign is paused."))


@blueprint.post("/campaigns/<int:campaign_id>/resume")
@access.requires("campaigns.send")
def resume(campaign_id: int) -> Response:
    """Go on after a pause."""
    return _do(campaign_or_404(campaign_id), life.resume_campaign, _("The campaign goes on where it stopped."))


@blueprint.get("/campaigns/<int:campaign_id>/cancel")
@access.requires("campaigns.send")
def ask_to_cancel(campaign_id: int) -> str:
    """Ask whether sending is to stop for good."""
    return render_template("campaigns/cancel.html", campaign=campaign_or_404(campaign_id))


@blueprint.post("/campaigns/<int:campaign_id>/cancel")
@access.requires("campaigns.send")
def cancel(campaign_id: int) -> Response:
    """Send nothing more for good; whoever has the mail may still answer."""
    done = _("Nothing more is sent. Whoever has the mail can still answer.")
    return _do(campaign_or_404(campaign_id), life.cancel_sending, done)


@blueprint.post("/campaigns/<int:campaign_id>/continue")
@access.requires("campaigns.send")
def go_on(campaign_id: int) -> Response:
    """Send the rest after a pilot or a test."""
    campaign, n = campaign_or_404(campaign_id), [0]

    def step(each: Campaign) -> None:
        n[0] = continue_rest(each, datetime.now(UTC))

    answer = _do(campaign, step, "")
    if n[0]:
        flash(
            ngettext("The remaining %(num)s is on its way.", "The remaining %(num)s are on their way.", n[0]), "success"
        )
    return answer


@blueprint.post("/campaigns/<int:campaign_id>/retry")
@access.requires("campaigns.send")
def retry(campaign_id: int) -> Response:
    """Try again to write to those whose mail was refused or cancelled."""
    return _do(campaign_or_404(campaign_id), life.retry_unsent, _("They are tried once more."))


@blueprint.post("/campaigns/<int:campaign_id>/remind")
@access.requires("campaigns.send")
def remind(campaign_id: int) -> Response:
    """Write one reminder, now, to those who have not finished."""
    campaign = campaign_or_404(campaign_id)
    done = _("The reminder is on its way to everybody who hasn't finished.")
    return _do(campaign, lambda each: life.remind_unfinished(each, datetime.now(UTC)), done)


@blueprint.post("/campaigns/<int:campaign_id>/close")
@access.requires("campaigns.send")
def close(campaign_id: int) -> Response:
    """Take no more answers."""
    return _do(
        campaign_or_404(campaign_id), life.close_campaign, _("The campaign is closed. Its links say so politely.")
    )


@blueprint.post("/campaigns/<int:campaign_id>/reopen")
@access.requires("campaigns.send")
def reopen(campaign_id: int) -> Response:
    """Take answers again."""
    campaign = campaign_or_404(campaign_id)
    done = _("The campaign takes answers again.")
    return _do(campaign, lambda each: life.reopen_campaign(each, datetime.now(UTC)), done)


def _do(campaign: Campaign, step: Callable[[Campaign], object], done: str) -> Response:
    """Take a step and say what came of it."""
    try:
        step(campaign)
    except CampaignError as error:
        db.session.rollback()
        flash(str(error), "warning")
    else:
        db.session.commit()
        if done:
            flash(done, "success")
    return redirect(url_for("campaigns.show", campaign_id=campaign.id), 303)


def _problem(campaign: Campaign, form: SendForm, found: Preview) -> str | None:
    """Return why the campaign cannot be sent as it was confirmed, in words."""
    try:
        check_plan(campaign, datetime.now(UTC))
    except CampaignError as error:
        return str(error)
    if found.n_sendable == 0:
        return _("Nobody would get a mail. Look at the audience to see why.")
    if needs_typed_count(found.n_sendable) and not is_confirmed(
        form.n_mails.data or "", found.n_sendable, campaign.name
    ):
        return _("Type %(n)s, the number of mails, to confirm.", n=found.n_sendable)
    return None


def _review(campaign: Campaign, form: SendForm, found: Preview) -> str:
    newest, now = newest_published(campaign.survey), datetime.now(UTC)
    findings = preflight(campaign, found, now)
    needs_count = needs_typed_count(found.n_sendable)
    if needs_count:
        form.n_mails.flags.required = True
        form.n_mails.description = _("Type %(n)s, or the campaign's name, to confirm.", n=found.n_sendable)
    schedule = Schedule.from_data(campaign.schedule)
    return render_template(
        "campaigns/review.html",
        campaign=campaign,
        form=form,
        preview=found,
        needs_count=needs_count,
        findings=findings,
        may_go=request.method == "POST" or all(finding.level != MEND for finding in findings),
        when=when_in_words(schedule),
        is_at_once=schedule.is_at_once,
        pace=pace_in_words(campaign),
        newer=newest if newest and newest.id != campaign.version_id else None,
        languages=questionnaire_of(campaign.version).languages,
    )
