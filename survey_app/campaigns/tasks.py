"""What a worker does for a campaign: write to its audience part by part, remind, thank, watch, start and close it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask_babel import gettext as _
from sqlalchemy import select

from survey_app.campaigns.life import REMIND, close_due, start_due
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.queries import find_campaign
from survey_app.campaigns.sending.inviting import invite_some, read_ahead
from survey_app.campaigns.sending.phases import advance, post_some
from survey_app.campaigns.sending.posting import Clock, clock_of
from survey_app.campaigns.sending.reminding import campaigns_due, remind_some, thank_some
from survey_app.campaigns.sending.watching import watch_all
from survey_app.extensions import db, writing
from survey_app.jobs.operations import enqueue
from survey_app.jobs.running import JobRun


def send_campaign(run: JobRun) -> None:
    """Invite the audience of the campaign, part by part, unless it is paused or closed meanwhile."""
    _in_chunks(run, _invite, read_ahead)


def remind_campaign(run: JobRun) -> None:
    """Remind everybody who is due, and thank everybody who has finished."""
    clocks: list[Clock] = []

    def work(campaign: Campaign, now: datetime) -> int:
        clock = clocks[0] if clocks else clock_of(campaign, now)
        clocks[:] = [clock]
        return remind_some(campaign, clock, now) or thank_some(campaign, clock, now)

    _in_chunks(run, work)


def tend_campaigns(run: JobRun) -> None:
    """Start what is due, stop what should stop, take pilots and tests further, and see who is to be reminded."""
    with writing():
        start_due(run.now)
        db.session.commit()
    with writing():
        watch_all(run.now)
        for campaign in _in_parts():
            advance(campaign, run.now)
        for campaign in campaigns_due(run.now):
            enqueue(REMIND, campaign.id, coalesce=True)
        db.session.commit()


def close_due_campaigns(run: JobRun) -> None:
    """Close the campaigns whose closing time has passed."""
    with writing():
        close_due(run.now)
        db.session.commit()


def _invite(campaign: Campaign, now: datetime) -> int:
    if not campaign.audience_done:
        # Nobody left is no end yet: what waits for a mail comes next.
        return invite_some(campaign, now) or 1
    advance(campaign, now)
    return post_some(campaign, now)


def _in_parts() -> list[Campaign]:
    """Return the running campaigns that are sent in parts, each locked against another worker."""
    parts = select(Campaign).where(Campaign.state == "open", Campaign.mode == "mail", Campaign.audience_done)
    parts = parts.where(Campaign.phase_at.is_not(None) | (Campaign.phase != "rest")).order_by(Campaign.id)
    return list(db.session.scalars(parts.with_for_update()))


def _going(run: JobRun) -> Campaign | None:
    """Return the campaign of the run while it is open."""
    campaign = find_campaign(run.subject_id or 0)
    return campaign if campaign is not None and campaign.state == "open" else None


def _in_chunks(
    run: JobRun, work: Callable[[Campaign, datetime], int], before: Callable[[Campaign, datetime], None] | None = None
) -> None:
    """Do a campaign's work in short transactions until nobody is left, it is stopped, or the worker ends.

    `before` reads what the work will need while others may still write.
    """
    n_done, n_more = 0, 1
    while n_more and not run.stop_requested():
        if before and (campaign := _going(run)):
            before(campaign, datetime.now(UTC))
            db.session.rollback()
        with writing():
            campaign = _going(run)
            n_more = work(campaign, datetime.now(UTC)) if campaign else 0
            db.session.commit()
        n_done += n_more
        run.report_progress(0.0, _("%(n)s people so far", n=n_done))
