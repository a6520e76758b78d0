"""Review and send; pause, resume, remind, close, reopen: each a POST, each said back in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.campaigns import life
from survey_app.campaigns.audience import preview
from survey_app.campaigns.forms import SendForm
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.operations import adopt_newest
from survey_app.campaigns.routes import blueprint, campaign_or_404
from survey_app.campaigns.rules import needs_typed_count
from survey_app.campaigns.samples import preflight
from survey_app.campaigns.steps import CampaignError
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
    return _review(campaign, SendForm())


@blueprint.post("/campaigns/<int:campaign_id>/version")
@access.requires("campaigns.edit")
def adopt(campaign_id: int) -> Answer:
    """Let a draft ask what the survey's newest published version asks."""
    campaign = campaign_or_404(campaign_id)
    return _do(campaign, adopt_newest, _("The campaign now sends the newest version."))


@blueprint.post("/campaigns/<int:campaign_id>/send")
@access.requires("campaigns.send")
def send(campaign_id: int) -> Answer:
    """Send the campaign; above a hundred mails only when their number was typed."""
    campaign, form = campaign_or_404(campaign_id), SendForm()
    if campaign.mode == "mail" and campaign.state == "draft":
        problem = _problem(campaign, form)
        if problem:
            form.n_mails.errors = [*form.n_mails.errors, problem]
            return _review(campaign, form), 422
    return _do(campaign, life.start_campaign, _("The campaign is on its way."))


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


@blueprint.post("/campaigns/<int:campaign_id>/remind")
@access.requires("campaigns.send")
def remind(campaign_id: int) -> Response:
    """Write the one reminder to those who have not finished."""
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


def _do(campaign: Campaign, step: Callable[[Campaign], None], done: str) -> Response:
    """Take a step and say what came of it."""
    try:
        step(campaign)
    except CampaignError as error:
        db.session.rollback()
        flash(str(error), "warning")
    else:
        db.session.commit()
        flash(done, "success")
    return redirect(url_for("campaigns.show", campaign_id=campaign.id), 303)


def _problem(campaign: Campaign, form: SendForm) -> str | None:
    """Return why the campaign cannot be sent as it was confirmed, in words."""
    n_mails = preview(campaign).n_sendable
    if n_mails == 0:
        return _("Nobody would get a mail. Look at the audience to see why.")
    typed = "".join(letter for letter in form.n_mails.data or "" if letter.isdigit())
    if needs_typed_count(n_mails) and typed != str(n_mails):
        return _("Type %(n)s, the number of mails, to confirm.", n=n_mails)
    return None


def _review(campaign: Campaign, form: SendForm) -> str:
    newest = newest_published(campaign.survey)
    found = preview(campaign)
    needs_count = needs_typed_count(found.n_sendable)
    if needs_count:
        form.n_mails.flags.required = True
        form.n_mails.description = _("Type %(n)s to confirm.", n=found.n_sendable)
    return render_template(
        "campaigns/review.html",
        campaign=campaign,
        form=form,
        preview=found,
        needs_count=needs_count,
        checks=preflight(campaign),
        newer=newest if newest and newest.id != campaign.version_id else None,
        languages=questionnaire_of(campaign.version).languages,
    )
