"""How far a campaign is: every customer of the audience counted once, so that the counts always add up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, String, case, cast, func, literal, select

from analysis.values.fieldwork import Disposition, HoldReason
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.customers.models import Customer
from survey_app.extensions import db
from survey_app.outbox.models import OutboxMail

PAGE_SIZE = 50
# Over how long the rate of sending is measured.
RATE_OVER = timedelta(minutes=5)
MAIL_STATES = ("queued", "sending", "sent", "deferred", "bounced", "failed", "held_back", "cancelled")


@dataclass(frozen=True, slots=True)
class Progress:
    """How many customers were taken up so far, split by what became of their mail, and how many began and finished.

    The eight counts from `n_queued` to `n_cancelled` always add up to `n_audience`.
    """

    n_audience: int = 0
    n_queued: int = 0
    n_sending: int = 0
    n_sent: int = 0
    n_deferred: int = 0
    n_bounced: int = 0
    n_failed: int = 0
    n_held_back: int = 0
    n_cancelled: int = 0
    n_started: int = 0
    n_finished: int = 0

    @property
    def n_waiting(self) -> int:
        """Return how many mails may still go: queued, on their way, or put off by a server."""
        return self.n_queued + self.n_sending + self.n_deferred

    @property
    def n_ever_sent(self) -> int:
        """Return how many mails a server took, those that came back included."""
        return self.n_sent + self.n_bounced

    @property
    def share_done(self) -> float:
        """Return which share of the mails needs nothing more."""
        n_mails = self.n_audience - self.n_held_back - self.n_cancelled
        return (self.n_sent + self.n_bounced + self.n_failed) / n_mails if n_mails else 0.0

    def by_state(self) -> dict[str, int]:
        """Return the counts that add up, by state."""
        return {state: getattr(self, f"n_{state}") for state in MAIL_STATES}


@dataclass(frozen=True, slots=True)
class Speed:
    """How many mails went in a minute lately, and when the last one is expected to go."""

    per_minute: float
    ends_at: datetime | None


STARTED = (
    Disposition.COMPLETED,
    Disposition.PARTIAL,
    Disposition.BREAK_OFF,
    Disposition.SCREENED_OUT,
    Disposition.OVER_QUOTA,
)


def mail_key() -> ColumnElement[str]:
    """Return the key of an invitation's mail in the outbox."""
    return literal("invitation:") + cast(Invitation.id, String)


# One label per customer: the order decides, so nobody is counted twice or left out.
STAGE = case(
    (Invitation.disposition == Disposition.BOUNCED, "n_bounced"),
    (Invitation.sent_at.is_not(None), "n_sent"),
    (Invitation.held_back_reason == HoldReason.CAMPAIGN_ENDED, "n_cancelled"),
    (Invitation.disposition == Disposition.HELD_BACK, "n_held_back"),
    (Invitation.disposition == Disposition.FAILED, "n_failed"),
    (OutboxMail.state == "claimed", "n_sending"),
    ((OutboxMail.state == "pending") & (OutboxMail.attempts > 0), "n_deferred"),
    else_="n_queued",
).label("stage")


def progress_of(campaign: Campaign) -> Progress:
    """Count the campaign's customers in one statement, so that all counts are of one moment."""
    return progress_by_campaign([campaign.id]).get(campaign.id, Progress())


def progress_by_campaign(ids: list[int]) -> dict[int, Progress]:
    """Return the progress of several campaigns; one that has invited nobody is left out."""
    counts = select(
        Invitation.campaign_id,
        STAGE,
        func.count(),
        func.sum(case((Invitation.disposition.in_(STARTED), 1), else_=0)),
        func.sum(case((Invitation.disposition == Disposition.COMPLETED, 1), else_=0)),
    )
    rows = db.session.execute(
        counts.outerjoin(OutboxMail, (OutboxMail.key == mail_key()) & Invitation.sent_at.is_(None))
        .where(Invitation.campaign_id.in_(ids), ~Invitation.is_test)
        .group_by(Invitation.campaign_id, "stage")
    ).all()
    found: dict[int, dict[str, int]] = {}
    for campaign_id, stage, *counted in rows:
        _add(found.setdefault(campaign_id, {}), stage, counted)
    return {campaign_id: Progress(**counted) for campaign_id, counted in found.items()}


def _add(found: dict[str, int], stage: str, counted: list[Any]) -> None:
    n, n_started, n_finished = (int(each) for each in counted)
    found[stage] = n
    for name, more in (("n_audience", n), ("n_started", n_started), ("n_finished", n_finished)):
        found[name] = found.get(name, 0) + more


def speed_of(campaign: Campaign, progress: Progress, now: datetime) -> Speed:
    """Return how fast the mails go, and until when the waiting ones will take, by rate and by plan."""
    group = OutboxMail.group_key == f"campaign:{campaign.id}"
    lately = select(func.count()).where(group, OutboxMail.sent_at >= now - RATE_OVER)
    per_minute = (db.session.scalar(lately) or 0) / (RATE_OVER.total_seconds() / 60)
    if not progress.n_waiting:
        return Speed(per_minute, None)
    waiting = select(func.max(OutboxMail.due_at)).where(group, OutboxMail.state.in_(("pending", "claimed")))
    planned = db.session.scalar(waiting)
    by_rate = now + timedelta(minutes=progress.n_waiting / per_minute) if per_minute else None
    known = [each for each in (planned, by_rate) if each is not None and each > now]
    return Speed(per_minute, max(known) if known else None)


def is_finished(campaign: Campaign, progress: Progress) -> bool:
    """Return whether nothing is queued, leased or uncertain any more, and nobody of the audience is to come."""
    return campaign.audience_done and not progress.n_waiting


def count_reminders(campaign: Campaign) -> int:
    """Return to how many customers a reminder went or is going."""
    statement = select(func.count()).where(Invitation.campaign_id == campaign.id, Invitation.n_reminders > 0)
    return db.session.scalar(statement) or 0


def page_of_people(campaign: Campaign, disposition: Disposition, reason: str | None, page: int) -> Pagination:
    """Return a page of (customer, invitation) at one disposition, for a held back one with one reason."""
    statement = (
        select(Invitation)
        .join(Customer, Invitation.customer_id == Customer.id)
        .where(Invitation.campaign_id == campaign.id, Invitation.disposition == disposition, ~Invitation.is_test)
        .order_by(Customer.name, Invitation.id)
    )
    if reason is not None:
        statement = statement.where(Invitation.held_back_reason == reason)
    return db.paginate(statement, page=page, per_page=PAGE_SIZE, error_out=False)
