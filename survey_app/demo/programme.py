"""What the demo's company has set up beside its waves: rules of contact, surveys that send themselves, and loose ends.

The loose ends are the kind of thing that every customer file has: one person kept twice, an address whose mail came
back, a number in another system.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from survey_app.campaigns.models import ContactRule
from survey_app.campaigns.operations import CampaignPlan, create_campaign
from survey_app.campaigns.sending.reminding import ReminderPlan
from survey_app.campaigns.series.operations import SeriesPlan, create_series
from survey_app.campaigns.series.rules import months_later
from survey_app.customers.contact_points import Given, add_point
from survey_app.customers.matching import settle_keys
from survey_app.customers.models import Customer, ExternalId
from survey_app.demo.customers import Person
from survey_app.demo.fieldwork import Asked
from survey_app.demo.staff import id_of
from survey_app.extensions import db
from survey_app.outbox.models import MailEvent, SendingLimit
from survey_app.questionnaires.models import Survey

RULE = "At most two requests in 60 days"
LIMIT = "gmail.com"
N_TWINS = 3
PHONES = ("+84 236 555 0101", "+34 96 555 0102", "+1 612 555 0103")


def add_programme(survey: Survey, now: datetime) -> None:
    """Store a contact rule, a limit, a survey every quarter and one after each complaint."""
    db.session.add(ContactRule(name=RULE, most=2, period_days=60, created_at=now))
    db.session.add(SendingLimit(scope=LIMIT, per_minute=60, per_hour=2000))
    every_quarter = {
        "on": _in_the_next_quarter(now.date()).isoformat(),
        "at": "09:30",
        "zone": "recipient",
        "fallback": "Asia/Ho_Chi_Minh",
        "unit": "quarters",
    }
    after_complaint = {"kind": "complaint", "delay_minutes": 2 * 24 * 60, "period": "quarter"}
    for name, kind, rule in (
        ("Relationship, every quarter", "recurring", every_quarter),
        ("After a complaint", "triggered", after_complaint),
    ):
        draft = create_campaign(CampaignPlan(survey, name, created_by_id=id_of("marketer"), is_demo=True), now)
        draft.reminder_plan = ReminderPlan((5,)).to_data()
        create_series(SeriesPlan(name, kind, draft, rule, id_of("marketer")), now)


def add_loose_ends(people: Sequence[Person], now: datetime) -> None:
    """Store some people twice, some telephones, and numbers of the shop's own system."""
    reachable = [each.customer for each in people if each.customer.email]
    for place, phone in enumerate(PHONES[: len(reachable)]):
        first = reachable[place]
        first.phone = phone
        settle_keys(first)
        db.session.add(ExternalId(customer_id=first.id, number=f"shop:{7000 + place}"))
        add_point(first, Given("mail", f"private.{first.email_key}", "customer desk"), now)
    for place, first in enumerate(reachable[:N_TWINS]):
        db.session.add(_twin(first, place, now))
    db.session.flush()


def add_reports_of(asked: Sequence[Asked]) -> None:
    """Store the delivery report of everybody whose mail came back."""
    for each in asked:
        customer = each.person.customer
        if each.disposition == "bounced" and customer.email_key:
            customer.email_state = "bounced"
            db.session.add(
                MailEvent(
                    key=f"demo:{each.wave.number}:{customer.id}",
                    address_key=customer.email_key,
                    verdict="hard",
                    status="5.1.1",
                    detail="550 5.1.1 No such user here",
                    source="mailbox",
                    received_at=each.wave.sent_at + timedelta(hours=1),
                )
            )


def _in_the_next_quarter(today: date) -> date:
    """Return the fifteenth day of the next quarter."""
    return months_later(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=15), 3)


def _twin(first: Customer, place: int, now: datetime) -> Customer:
    """Return the row that another system has of the same person: by address, or by name and telephone."""
    has_address = place % 2 == 0
    twin = Customer(
        external_id=f"shop:{9000 + place}",
        name=first.name.upper() if has_address else first.name,
        email=first.email if has_address else None,
        email_key=first.email_key if has_address else None,
        phone=first.phone,
        language=first.language,
        attributes={},
        is_demo=True,
        created_at=now - timedelta(days=40),
        updated_at=now - timedelta(days=40),
    )
    settle_keys(twin)
    return twin
