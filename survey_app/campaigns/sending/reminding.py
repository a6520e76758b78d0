"""Reminders to those who have not finished, and thanks to those who have: each once, at its time, to nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, func, literal, or_, select

from analysis.values.fieldwork import Disposition
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.rules import UNFINISHED, WRITTEN_CHANNELS
from survey_app.campaigns.sending.posting import Clock, Reader, count_where, post, readers_where
from survey_app.extensions import db
from survey_app.outbox.models import OutboxMail

MOST_REMINDERS = 3
SHORTEST_GAP, LONGEST_GAP = 1, 60
# Whoever finished longer ago than this is not thanked any more, however late somebody turns thanks on.
THANKS_WITHIN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class ReminderPlan:
    """After how many days each reminder goes: the first counted from the invitation, the others from the one before."""

    gaps: tuple[int, ...] = ()

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> ReminderPlan:
        """Return a plan as stored; nothing stored stands for no reminders."""
        return cls(tuple(int(gap) for gap in data.get("gaps", ()))[:MOST_REMINDERS])

    def to_data(self) -> dict[str, Any]:
        """Return the plan as stored."""
        return {"gaps": list(self.gaps)} if self.gaps else {}


def is_due(plan: ReminderPlan, n_reminders: int, last_at: datetime | None, now: datetime) -> bool:
    """Return whether somebody who had so many reminders, the last mail at this instant, is due the next one."""
    if last_at is None or n_reminders >= len(plan.gaps):
        return False
    return last_at + timedelta(days=plan.gaps[n_reminders]) <= now


def remind_some(campaign: Campaign, clock: Clock, now: datetime) -> int:
    """Put the next due reminders down and return how many people were looked at; 0 says that nobody is left."""
    readers = readers_where(*due_for_reminder(campaign, now))
    willing = [reader for reader in readers if not _objected(reader)]
    for reader in willing:
        reader.invitation.n_reminders += 1
        reader.invitation.reminded_at = now
    post(campaign, "reminder", willing, clock, now)
    return len(readers)


def due_for_reminder(campaign: Campaign, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which an invitation is due a reminder at this moment."""
    last_at = func.coalesce(Invitation.reminded_at, Invitation.sent_at)
    gaps = ReminderPlan.from_data(campaign.reminder_plan).gaps
    due = [
        and_(Invitation.n_reminders == place, last_at <= now - timedelta(days=gap)) for place, gap in enumerate(gaps)
    ]
    if campaign.reminded_at is not None:
        # Somebody pressed the button: once, whatever the plan says.
        due.append(Invitation.n_reminders == 0)
    return (*_reachable(campaign), or_(*due) if due else literal(value=False))


def count_remindable(campaign: Campaign) -> int:
    """Return how many people have not finished and had no reminder yet."""
    return count_where(*_reachable(campaign), Invitation.n_reminders == 0)


def campaigns_due(now: datetime) -> list[Campaign]:
    """Return the running campaigns in which somebody is due a reminder or thanks."""
    running = select(Campaign).where(Campaign.mode == "mail", Campaign.state == "open").order_by(Campaign.id)
    return [campaign for campaign in db.session.scalars(running) if _has_due(campaign, now)]


def thank_some(campaign: Campaign, clock: Clock, now: datetime) -> int:
    """Put thanks down for the next people who finished, and return how many; 0 says that nobody is left.

    An anonymous survey thanks nobody: the hour of a mail would tell when each person answered.
    """
    readers = readers_where(*_unthanked(campaign, now))
    post(campaign, "thanks", readers, clock, now)
    return len(readers)


def may_thank(campaign: Campaign) -> bool:
    """Return whether thanks can be sent without telling who answered when."""
    return campaign.survey.identification != "anonymous"


def _has_due(campaign: Campaign, now: datetime) -> bool:
    has_plan = bool(ReminderPlan.from_data(campaign.reminder_plan).gaps)
    if has_plan and count_where(*due_for_reminder(campaign, now)):
        return True
    return campaign.sends_thanks and bool(count_where(*_unthanked(campaign, now)))


def _reachable(campaign: Campaign) -> tuple[ColumnElement[bool], ...]:
    """Return who was written to and has neither finished, refused nor gone out of reach."""
    return (
        Invitation.campaign_id == campaign.id,
        # Whoever was called, or got a link by hand, is not written to by us.
        Invitation.channel.in_(WRITTEN_CHANNELS),
        Invitation.sent_at.is_not(None),
        Invitation.disposition.in_(UNFINISHED),
    )


def _unthanked(campaign: Campaign, now: datetime) -> tuple[ColumnElement[bool], ...]:
    if not campaign.sends_thanks or not may_thank(campaign):
        return (literal(value=False),)
    key = literal("thanks:") + cast(Invitation.id, String)
    thanked = select(OutboxMail.id).where(OutboxMail.key == key)
    return (
        Invitation.campaign_id == campaign.id,
        Invitation.channel.in_(WRITTEN_CHANNELS),
        Invitation.disposition == Disposition.COMPLETED,
        Invitation.completed_at >= now - THANKS_WITHIN,
        ~thanked.exists(),
    )


def _objected(reader: Reader) -> bool:
    """Return whether somebody objected after the invitation: that is an answer, and nobody asks twice."""
    customer = reader.customer
    wish = customer.relationship_state if reader.interaction is None else customer.transactional_state
    if customer.consent_state == "given" and wish != "objected":
        return False
    reader.invitation.disposition = Disposition.REFUSED.value
    return True
