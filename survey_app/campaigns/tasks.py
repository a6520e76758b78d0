"""What a worker does for a campaign: write to its audience, remind, close it when its time is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask_babel import gettext as _

from survey_app.campaigns.inviting import invite_some, remind_some, take_up_some
from survey_app.campaigns.life import close_due
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.queries import find_campaign
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun


def send_campaign(run: JobRun) -> None:
    """Invite the audience of the campaign, unless it is paused or closed meanwhile."""
    _in_chunks(run, _invite)


def remind_campaign(run: JobRun) -> None:
    """Write the one reminder to everybody who has not finished."""
    _in_chunks(run, remind_some)


def close_due_campaigns(run: JobRun) -> None:
    """Close the campaigns whose closing time has passed."""
    with writing():
        close_due(run.now)
        db.session.commit()


def _invite(campaign: Campaign, now: datetime) -> int:
    n_taken_up = take_up_some(campaign, now)
    if n_taken_up or campaign.audience_done:
        return n_taken_up
    return invite_some(campaign, now)


def _in_chunks(run: JobRun, work: Callable[[Campaign, datetime], int]) -> None:
    """Do a campaign's work in short transactions until nobody is left, it is stopped, or the worker ends."""
    n_done, n_more = 0, 1
    while n_more and not run.stop_requested():
        with writing():
            campaign = find_campaign(run.subject_id or 0)
            is_going = campaign is not None and campaign.state == "open"
            n_more = work(campaign, datetime.now(UTC)) if campaign and is_going else 0
            db.session.commit()
        n_done += n_more
        run.report_progress(0.0, _("%(n)s people so far", n=n_done))
