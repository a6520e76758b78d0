"""Other ways to reach people: personal links for other tools, letters on paper, and the way to the call list."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyAnswer

from survey_app.campaigns.labels import CHANNELS, NO_GATEWAY
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.operations import require_way
from survey_app.campaigns.reaching.handing_over import (
    FORMATS,
    LONGEST_SHORT_TEXT,
    SCOPES,
    SHORT_TEXT,
    as_csv,
    as_xlsx,
    count_links,
    hand_over,
    short_text,
)
from survey_app.campaigns.reaching.paper_letters import MOST_LETTERS, WHAT
from survey_app.campaigns.routes import blueprint, campaign_or_404
from survey_app.campaigns.steps import CampaignError
from survey_app.customers.rules import clean_text
from survey_app.extensions import db
from survey_app.outbox.messaging import current_gateway
from survey_app.questionnaires.printing import TooManyPrintsError, order_print
from survey_app.questionnaires.queries import questionnaire_of
from survey_app.web import access

TYPES = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}


@blueprint.get("/campaigns/<int:campaign_id>/links")
@access.requires("campaigns.view")
def links(campaign_id: int) -> str:
    """Show how people are reached other than by our mail, and how many links wait."""
    return _draw(_invited(campaign_id))


@blueprint.post("/campaigns/<int:campaign_id>/links/channel")
@access.requires("campaigns.edit")
def choose_channel(campaign_id: int) -> AnyAnswer:
    """Settle by which way the people of a draft are reached."""
    campaign, channel = _invited(campaign_id), request.form.get("channel", "")
    if channel not in CHANNELS:
        abort(404)
    if campaign.state != "draft":
        flash(_("The way to reach people is settled once a campaign is started."), "warning")
    elif problem := _problem_of(campaign, channel):
        flash(problem, "warning")
    else:
        campaign.contact_channel = channel
        db.session.commit()
        flash(_("Saved."), "success")
        if channel == "sms" and current_gateway() is None:
            flash(str(NO_GATEWAY), "warning")
    return _back(campaign)


@blueprint.post("/campaigns/<int:campaign_id>/links/text")
@access.requires("campaigns.edit")
def change_short_text(campaign_id: int) -> AnyAnswer | tuple[str, int]:
    """Store the short text that goes with a link, in each language."""
    campaign = _invited(campaign_id)
    languages = questionnaire_of(campaign.version).languages
    typed = {tag: clean_text(request.form.get(f"short-{tag}", "")) for tag in languages}
    if any(len(text) > LONGEST_SHORT_TEXT for text in typed.values()):
        flash(_("A short text has at most %(n)s characters.", n=LONGEST_SHORT_TEXT), "error")
        return _draw(campaign, typed), 422
    campaign.texts = campaign.texts | {
        tag: campaign.texts.get(tag, {}) | {SHORT_TEXT: text} for tag, text in typed.items()
    }
    db.session.commit()
    flash(_("Saved."), "success")
    return _back(campaign)


@blueprint.post("/campaigns/<int:campaign_id>/links/file")
@access.requires("campaigns.send")
def export_links(campaign_id: int) -> AnyAnswer:
    """Answer with a file of personal links; those that waited count as sent from now on."""
    campaign = _invited(campaign_id)
    scope, kind = request.form.get("scope", ""), request.form.get("format", "")
    if scope not in SCOPES or kind not in FORMATS:
        abort(404)
    try:
        handed = hand_over(campaign, scope, datetime.now(UTC))
    except CampaignError as error:
        return _refused(campaign, error)
    db.session.commit()
    media_type, written = TYPES[kind]
    answer = Response(written(handed.links), content_type=media_type)
    answer.headers["Content-Disposition"] = f"attachment; filename=links-{campaign.id}.{kind}"
    # Whoever has a link answers in that person's name.
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/campaigns/<int:campaign_id>/links/letters")
@access.requires("campaigns.send")
def order_letters(campaign_id: int) -> AnyAnswer:
    """Order letters on paper for the next people whose links wait (or again for those who have not finished)."""
    campaign, scope = _invited(campaign_id), request.form.get("scope", "")
    if scope not in SCOPES:
        abort(404)
    now = datetime.now(UTC)
    try:
        handed = hand_over(campaign, scope, now, MOST_LETTERS)
        order = {
            "what": WHAT,
            "filename": f"letters-{campaign.id}",
            "campaign_id": campaign.id,
            "ids": [each.invitation_id for each in handed.links],
        }
        paper = order_print(campaign.survey, order, now, g.staff_user.id)
    except (CampaignError, TooManyPrintsError) as error:
        return _refused(campaign, error)
    db.session.commit()
    flash(_("The letters are being made."), "success")
    return redirect(url_for("questionnaires.show_print", print_id=paper.id), 303)


def _problem_of(campaign: Campaign, channel: str) -> str:
    try:
        require_way(campaign.survey, channel)
    except CampaignError as error:
        return str(error)
    return ""


def _invited(campaign_id: int) -> Campaign:
    """Return the campaign if it invites people by name, or answer that there is none."""
    campaign = campaign_or_404(campaign_id)
    if campaign.mode != "mail":
        abort(404)
    return campaign


def _refused(campaign: Campaign, error: Exception) -> AnyAnswer:
    db.session.rollback()
    flash(str(error), "warning")
    return _back(campaign)


def _back(campaign: Campaign) -> AnyAnswer:
    return redirect(url_for("campaigns.links", campaign_id=campaign.id), 303)


def _draw(campaign: Campaign, typed: dict[str, str] | None = None) -> str:
    languages = questionnaire_of(campaign.version).languages
    texts = typed or {tag: short_text(campaign, tag) for tag in languages}
    return render_template(
        "campaigns/links.html",
        campaign=campaign,
        ways=CHANNELS,
        texts=texts,
        counts=count_links(campaign),
        longest=LONGEST_SHORT_TEXT,
        most_letters=MOST_LETTERS,
    )
