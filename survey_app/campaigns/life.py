"""The life of a campaign: sent, paused, resumed, reminded, closed, reopened. The caller commits."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from survey_app.accounts.operations import record
from survey_app.campaigns.inviting import invitation_group, reminder_group
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.steps import CampaignError, move, require
from survey_app.extensions import db
from survey_app.jobs.operations import enqueue
from survey_app.outbox.operations import cancel_group, pause_group, resume_group

SEND = "campaigns.send"
REMIND = "campaigns.remind"


def start_campaign(campaign: Campaign) -> None:
    """Open the campaign, and let a worker write to its audience; raise CampaignError where that was done already."""
    move("send", campaign, "open")
    if campaign.mode == "mail":
        enqueue(SEND, campaign.id, coalesce=True)
    record("campaign.send", "campaign", str(campaign.id), name=campaign.name, mode=campaign.mode)


def pause_campaign(campaign: Campaign, now: datetime) -> None:
    """Let nothing more go out until the campaign is resumed; at most the mail on its way still goes."""
    move("pause", campaign, "paused")
    pause_group(invitation_group(campaign), now)
    pause_group(reminder_group(campaign), now)
    record("campaign.pause", "campaign", str(campaign.id), name=campaign.name)


def resume_campaign(campaign: Campaign) -> None:
    """Go on where the campaign was paused; nobody is written to twice."""
    move("resume", campaign, "open")
    _go_on(campaign)
    record("campaign.resume", "campaign", str(campaign.id), name=campaign.name)


def close_campaign(campaign: Campaign) -> None:
    """Take no more answers and send nothing more; who was not written to yet is held back."""
    move("close", campaign, "closed")
    cancel_group(invitation_group(campaign))
    cancel_group(reminder_group(campaign))
    record("campaign.close", "campaign", str(campaign.id), name=campaign.name)


def reopen_campaign(campaign: Campaign, now: datetime) -> None:
    """Take answers again; a closing time that has passed is forgotten."""
    move("reopen", campaign, "open")
    if campaign.closes_at is not None and campaign.closes_at <= now:
        campaign.closes_at = None
    _go_on(campaign)
    record("campaign.reopen", "campaign", str(campaign.id), name=campaign.name)


def remind_unfinished(campaign: Campaign, now: datetime) -> None:
    """Let a worker write the one reminder to those who have not finished; raise CampaignError the second time."""
    require("remind", campaign)
    reserved = update(Campaign).where(Campaign.id == campaign.id, Campaign.reminded_at.is_(None))
    if db.session.scalar(reserved.values(reminded_at=now).returning(Campaign.id)) is None:
        raise CampaignError(_("This campaign's one reminder has been sent already."))
    enqueue(REMIND, campaign.id, coalesce=True)
    record("campaign.remind", "campaign", str(campaign.id), name=campaign.name)


def close_due(now: datetime) -> int:
    """Close every campaign whose closing time has passed, and return how many."""
    due = select(Campaign).where(Campaign.state.in_(("open", "paused")), Campaign.closes_at <= now)
    campaigns = list(db.session.scalars(due))
    for campaign in campaigns:
        close_campaign(campaign)
    return len(campaigns)


def _go_on(campaign: Campaign) -> None:
    """Let the outbox and the workers take up what waited."""
    resume_group(invitation_group(campaign))
    resume_group(reminder_group(campaign))
    if campaign.mode == "mail":
        enqueue(SEND, campaign.id, coalesce=True)
    if campaign.reminded_at is not None:
        enqueue(REMIND, campaign.id, coalesce=True)
