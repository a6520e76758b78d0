"""How far a campaign is: every customer of the audience counted once, so that the counts always add up."""

from __future__ import annotations

from dataclasses import dataclass

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import String, case, cast, func, literal, select

from analysis.values.fieldwork import Disposition
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.customers.models import Customer
from survey_app.extensions import db
from survey_app.outbox.models import OutboxMail

PAGE_SIZE = 50
MOST_ERRORS = 10


@dataclass(frozen=True, slots=True)
class Progress:
    """How many customers were taken up so far, split by what became of their mail, and how many began and finished."""

    n_audience: int = 0
    n_queued: int = 0
    n_sending: int = 0
    n_sent: int = 0
    n_failed: int = 0
    n_held_back: int = 0
    n_started: int = 0
    n_finished: int = 0

    @property
    def share_done(self) -> float:
        """Return which share of the mails needs nothing more."""
        n_mails = self.n_audience - self.n_held_back
        return (self.n_sent + self.n_failed) / n_mails if n_mails else 0.0


@dataclass(frozen=True, slots=True)
class SendingError:
    """What mail servers said, and to how many mails."""

    text: str
    n_mails: int


_STARTED = (
    Disposition.COMPLETED,
    Disposition.PARTIAL,
    Disposition.BREAK_OFF,
    Disposition.SCREENED_OUT,
    Disposition.OVER_QUOTA,
)
# One label per customer: the order decides, so nobody is counted twice or left out.
_STAGE = case(
    (Invitation.sent_at.is_not(None), "n_sent"),
    (Invitation.disposition == Disposition.HELD_BACK, "n_held_back"),
    (Invitation.disposition == Disposition.FAILED, "n_failed"),
    (OutboxMail.state == "claimed", "n_sending"),
    else_="n_queued",
).label("stage")


def progress_of(campaign: Campaign) -> Progress:
    """Count the campaign's customers in one statement, so that all counts are of one moment."""
    return progress_by_campaign([campaign.id]).get(campaign.id, Progress())


def progress_by_campaign(ids: list[int]) -> dict[int, Progress]:
    """Return the progress of several campaigns; one that has invited nobody is left out."""
    counts = select(
        Invitation.campaign_id,
        _STAGE,
        func.count(),
        func.sum(case((Invitation.disposition.in_(_STARTED), 1), else_=0)),
        func.sum(case((Invitation.disposition == Disposition.COMPLETED, 1), else_=0)),
    )
    waiting = (OutboxMail.key == literal("invitation:") + cast(Invitation.id, String)) & Invitation.sent_at.is_(None)
    rows = db.session.execute(
        counts.outerjoin(OutboxMail, waiting)
        .where(Invitation.campaign_id.in_(ids), ~Invitation.is_test)
        .group_by(Invitation.campaign_id, "stage")
    ).all()
    found: dict[int, dict[str, int]] = {}
    for campaign_id, stage, n, n_started, n_finished in rows:
        counted = found.setdefault(campaign_id, dict.fromkeys(("n_audience", "n_started", "n_finished"), 0))
        counted[stage] = n
        counted["n_audience"] += n
        counted["n_started"] += n_started
        counted["n_finished"] += n_finished
    return {campaign_id: Progress(**counted) for campaign_id, counted in found.items()}


def list_errors(campaign: Campaign) -> list[SendingError]:
    """Return what went wrong with the campaign's mails, the most frequent first."""
    n_mails = func.count()
    rows = db.session.execute(
        select(OutboxMail.last_error, n_mails)
        .where(
            OutboxMail.group_key.in_((f"campaign:{campaign.id}", f"campaign:{campaign.id}:reminders")),
            OutboxMail.last_error.is_not(None),
            OutboxMail.state.in_(("pending", "claimed", "failed")),
        )
        .group_by(OutboxMail.last_error)
        .order_by(n_mails.desc())
        .limit(MOST_ERRORS)
    )
    return [SendingError(text or "", n) for text, n in rows]


def count_reminders(campaign: Campaign) -> int:
    """Return to how many customers the reminder went or is going."""
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
