"""The instant of every mail of a campaign, as worked out at this moment; nothing is written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from survey_app.accounts.queries import get_organisation
from survey_app.campaigns.audience.deciding import asking_of, resolved
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.timing.pace import Pace, Timing
from survey_app.campaigns.timing.pacing import due_times
from survey_app.campaigns.timing.schedules import Schedule
from survey_app.customers.models import Customer
from survey_app.extensions import db


class Send(NamedTuple):
    """One customer's mail; `is_put_down` where it stands already, with the instant it was given."""

    customer_id: int
    due_at: datetime
    is_put_down: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """All sends of a campaign, the earliest first."""

    starts_at: datetime
    sends: tuple[Send, ...]

    @property
    def per_hour(self) -> dict[datetime, int]:
        """Return how many go in each hour of UTC."""
        hours = Counter(send.due_at.replace(minute=0, second=0, microsecond=0) for send in self.sends)
        return dict(sorted(hours.items()))

    def to_data(self) -> dict[str, Any]:
        """Return the plan for whoever checks it from outside."""
        return {
            "starts_at": _text(self.starts_at),
            "n_sends": len(self.sends),
            "per_hour": {_text(hour): n for hour, n in self.per_hour.items()},
            "sends": [
                {"customer": send.customer_id, "at": _text(send.due_at), "put_down": send.is_put_down}
                for send in self.sends
            ],
        }


def timing_of(campaign: Campaign, start: datetime, n_total: int) -> Timing:
    """Return what decides when the campaign's mails go, for sending that begins at `start`."""
    schedule, pace = Schedule.from_data(campaign.schedule), Pace.from_data(campaign.pace)
    return Timing(schedule, pace, start, n_total, get_organisation().time_zone)


def plan_sends(campaign: Campaign, now: datetime) -> Plan:
    """Return when each mail goes: what is put down at its given instant, everybody else as sending would decide now."""
    begins = Schedule.from_data(campaign.schedule).starts_at
    starts_at = max(begins, now) if begins and campaign.state in {"draft", "scheduled"} else now
    known = _put_down(campaign)
    waiting = [] if campaign.audience_done else _waiting(campaign, now)
    recipients = [(zone, domain) for _customer_id, zone, domain in waiting]
    instants, _state = due_times(timing_of(campaign, starts_at, len(recipients)), recipients)
    planned = [
        Send(customer_id, due_at, is_put_down=False)
        for (customer_id, _zone, _domain), due_at in zip(waiting, instants, strict=True)
    ]
    return Plan(starts_at, tuple(sorted([*known, *planned], key=lambda send: (send.due_at, send.customer_id))))


def _put_down(campaign: Campaign) -> list[Send]:
    rows = select(Invitation.customer_id, Invitation.due_at, Invitation.sent_at).where(
        Invitation.campaign_id == campaign.id, ~Invitation.is_test, Invitation.held_back_reason.is_(None)
    )
    found = [(customer_id, sent_at or due_at) for customer_id, due_at, sent_at in db.session.execute(rows)]
    return [Send(customer_id, at, is_put_down=True) for customer_id, at in found if customer_id and at]


def _waiting(campaign: Campaign, now: datetime) -> list[tuple[int, str | None, str]]:
    """Return who would be written to, in the order in which they are invited, with zone and domain of the address."""
    final = resolved(campaign, asking_of(campaign, now)).subquery("final")
    invited = select(Invitation.customer_id).where(
        Invitation.campaign_id == campaign.id, Invitation.customer_id.is_not(None)
    )
    rows = select(Customer.id, Customer.time_zone, Customer.email).join(final, final.c.id == Customer.id)
    rows = rows.where(final.c.reason.is_(None), Customer.id.not_in(invited)).order_by(Customer.id)
    return [
        (number, zone, (email or "").rpartition("@")[2].lower()) for number, zone, email in db.session.execute(rows)
    ]


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
