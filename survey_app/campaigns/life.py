"""The life of a campaign: scheduled, sent, paused, resumed, cancelled, closed, reopened. The caller commits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from analysis.values.fieldwork import Disposition, HoldReason
from survey_app.accounts.operations import record
from survey_app.campaigns.audience.deciding import preview
from survey_app.campaigns.figures.tallies import returns_of
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.plan.overview import require_audience, require_sender
from survey_app.campaigns.sending.gates import Limits, PauseReason
from survey_app.campaigns.sending.phases import SEND, begin_phases, taken_back
from survey_app.campaigns.sending.posting import groups_of
from survey_app.campaigns.steps import CampaignError, move, require
from survey_app.campaigns.timing.schedules import Schedule
from survey_app.extensions import db
from survey_app.jobs.operations import enqueue
from survey_app.outbox.operations import cancel_group, pause_group, resume_group

REMIND = "campaigns.remind"
# Kept with a campaign whose sending was cancelled before everybody of its audience had been gone through.
CUT_OFF = "cut_off"


def start_campaign(campaign: Campaign, step: str = "send") -> None:
    """Open the campaign, and let a worker write to its audience; raise CampaignError where that was done already."""
    require_sender(campaign)
    require_audience(campaign)
    move(step, campaign, "open")
    if campaign.mode == "mail":
        begin_phases(campaign)
        enqueue(SEND, campaign.id, coalesce=True)
    record("campaign.send", "campaign", str(campaign.id), name=campaign.name, mode=campaign.mode)


def launch_campaign(campaign: Campaign, now: datetime) -> None:
    """Send the campaign at once, or let it wait for the time it names."""
    if campaign.mode != "mail" or Schedule.from_data(campaign.schedule).is_at_once:
        start_campaign(campaign)
    else:
        schedule_campaign(campaign, now)


def schedule_campaign(campaign: Campaign, now: datetime) -> None:
    """Let the campaign begin at the time it names; raise CampaignError where that has passed."""
    schedule = Schedule.from_data(campaign.schedule)
    problem = schedule.problem(now)
    if problem is not None:
        raise CampaignError(problem)
    if schedule.starts_at is None:
        raise CampaignError(_("Choose a day and a time, or send at once."))
    move("schedule", campaign, "scheduled")
    campaign.starts_at = schedule.starts_at
    record("campaign.schedule", "campaign", str(campaign.id), name=campaign.name, at=campaign.starts_at.isoformat())


def unschedule_campaign(campaign: Campaign) -> None:
    """Make a campaign that waits for its time a draft again; nothing was sent."""
    move("unschedule", campaign, "draft")
    campaign.starts_at = None
    record("campaign.unschedule", "campaign", str(campaign.id), name=campaign.name)


def start_due(now: datetime) -> int:
    """Start every campaign whose time has come, each once, and return how many.

    The instant is worked out anew, as zone data stand today. A campaign that nobody could be written to pauses and
    says so.
    """
    waiting = db.session.scalars(select(Campaign).where(Campaign.state == "scheduled").order_by(Campaign.id)).all()
    due = [campaign for campaign in waiting if (_start_of(campaign) or now) <= now]
    for campaign in due:
        if campaign.closes_at is not None and campaign.closes_at <= now:
            unschedule_campaign(campaign)
            continue
        is_empty = preview(campaign).n_sendable == 0
        start_campaign(campaign, "start")
        if is_empty:
            pause_campaign(campaign, now, PauseReason.NOBODY.value)
    return len(due)


def pause_campaign(campaign: Campaign, now: datetime, reason: str = "") -> None:
    """Let nothing more go out until the campaign is resumed; at most the mail on its way still goes."""
    move("pause", campaign, "paused")
    campaign.paused_reason = reason
    for group in groups_of(campaign):
        pause_group(group, now)
    record("campaign.pause", "campaign", str(campaign.id), name=campaign.name, reason=reason)


def resume_campaign(campaign: Campaign) -> None:
    """Go on where the campaign was paused; nobody is written to twice."""
    move("resume", campaign, "open")
    if campaign.paused_reason:
        # Somebody looked at it and goes on all the same: only what comes back from now on counts.
        limits = Limits.from_data(campaign.limits)
        campaign.limits = replace(limits, accepted=returns_of(campaign)).to_data()
    campaign.paused_reason = ""
    _go_on(campaign)
    record("campaign.resume", "campaign", str(campaign.id), name=campaign.name)


def cancel_sending(campaign: Campaign) -> None:
    """Send nothing more for good, while those who have their mail may still answer."""
    move("cancel", campaign, "open")
    for group in groups_of(campaign):
        cancel_group(group)
        resume_group(group)
    _hold_back_rest(campaign)
    if not campaign.audience_done:
        campaign.pilot = campaign.pilot | {CUT_OFF: True}
    campaign.audience_done, campaign.phase, campaign.paused_reason = True, "rest", ""
    campaign.reminder_plan = {}
    record("campaign.cancel", "campaign", str(campaign.id), name=campaign.name)


def close_campaign(campaign: Campaign) -> None:
    """Take no more answers and send nothing more; who was not written to yet is held back."""
    move("close", campaign, "closed")
    for group in groups_of(campaign):
        cancel_group(group)
    _hold_back_rest(campaign)
    record("campaign.close", "campaign", str(campaign.id), name=campaign.name)


def reopen_campaign(campaign: Campaign, now: datetime) -> None:
    """Take answers again; a closing time that has passed is forgotten."""
    move("reopen", campaign, "open")
    if campaign.closes_at is not None and campaign.closes_at <= now:
        campaign.closes_at = None
    taken_back(campaign, Invitation.held_back_reason == HoldReason.CAMPAIGN_ENDED)
    _go_through_rest(campaign)
    _go_on(campaign)
    record("campaign.reopen", "campaign", str(campaign.id), name=campaign.name)


def retry_unsent(campaign: Campaign) -> int:
    """Try once more to write to those whose mail was refused or cancelled, and return how many they are."""
    require("retry", campaign)
    is_ended = Invitation.held_back_reason == HoldReason.CAMPAIGN_ENDED
    n = taken_back(campaign, is_ended | (Invitation.disposition == Disposition.FAILED))
    _go_through_rest(campaign)
    enqueue(SEND, campaign.id, coalesce=True)
    record("campaign.retry", "campaign", str(campaign.id), name=campaign.name, n=n)
    return n


def remind_unfinished(campaign: Campaign, now: datetime) -> None:
    """Let a worker write one reminder to those who have not finished; raise CampaignError the second time."""
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


def _start_of(campaign: Campaign) -> datetime | None:
    return Schedule.from_data(campaign.schedule).starts_at


def _hold_back_rest(campaign: Campaign) -> None:
    """Hold back those for whom no mail was put down yet: the rest after a pilot."""
    db.session.flush()
    rest = update(Invitation).where(
        Invitation.campaign_id == campaign.id, Invitation.disposition == Disposition.NOT_YET_SENT
    )
    ended = {"disposition": Disposition.HELD_BACK.value, "held_back_reason": HoldReason.CAMPAIGN_ENDED.value}
    db.session.execute(
        rest.where(~Invitation.is_test).values(**ended), execution_options={"synchronize_session": False}
    )
    for each in list(db.session.identity_map.values()):
        if isinstance(each, Invitation):
            db.session.expire(each)


def _go_through_rest(campaign: Campaign) -> None:
    """Let those of the audience be invited after all whom nobody had come to when the sending was cancelled."""
    if CUT_OFF in campaign.pilot:
        campaign.pilot = {name: value for name, value in campaign.pilot.items() if name != CUT_OFF}
        campaign.audience_done = False


def _go_on(campaign: Campaign) -> None:
    """Let the outbox and the workers take up what waited."""
    for group in groups_of(campaign):
        resume_group(group)
    if campaign.mode == "mail":
        enqueue(SEND, campaign.id, coalesce=True)
    if campaign.reminded_at is not None:
        enqueue(REMIND, campaign.id, coalesce=True)
