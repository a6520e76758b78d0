"""Sending watched while it goes on: above a limit of bounces or complaints the campaign pauses by itself."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from survey_app.campaigns.figures.tallies import returns_of
from survey_app.campaigns.life import pause_campaign
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.sending.gates import Limits, exceeded
from survey_app.extensions import db
from survey_app.outbox.listeners import MailReturn
from survey_app.outbox.registry import EndedMail


def watch(campaign: Campaign, now: datetime) -> bool:
    """Pause a running campaign of which too much came back, and return whether that was so."""
    if campaign.state != "open" or campaign.mode != "mail":
        return False
    reason = exceeded(Limits.from_data(campaign.limits), returns_of(campaign))
    if reason is None:
        return False
    pause_campaign(campaign, now, reason.value)
    return True


def watch_all(now: datetime) -> int:
    """Look at every running mail campaign, and return how many paused by themselves."""
    running = select(Campaign).where(Campaign.state == "open", Campaign.mode == "mail").order_by(Campaign.id)
    return sum(watch(campaign, now) for campaign in db.session.scalars(running).all())


def watch_outcome(mail: EndedMail) -> None:
    """Look at the campaign of a mail that a server refused for good, in the transaction that records it."""
    if mail.state == "failed":
        _watch_group(mail.group_key)


def watch_return(came: MailReturn) -> None:
    """Look at the campaign of a mail that came back or was complained about, in the transaction that records it."""
    _watch_group(came.mail.group_key)


def _watch_group(group_key: str | None) -> None:
    group, _separator, number = (group_key or "").partition(":")
    if group != "campaign" or not number.isdigit():
        return
    # What the listeners before this one changed is counted.
    db.session.flush()
    campaign = db.session.get(Campaign, int(number))
    if campaign is not None:
        watch(campaign, datetime.now(UTC))
