"""Further addresses and telephone numbers of a customer, and which of them is the main one. The caller commits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from survey_app.customers.matching import settle_keys
from survey_app.customers.models import CONTACT_STATES, ContactPoint, Customer
from survey_app.customers.rules import CustomerError, CustomerRecord, check_record, clean_text
from survey_app.customers.rules import phone_key as digits_of
from survey_app.extensions import db
from survey_app.outbox.rules import address_key

COLUMN = {"mail": "email", "phone": "phone"}


@dataclass(frozen=True, slots=True)
class Given:
    """An address or telephone number as somebody gave it: its kind (mail, phone), where it comes from, if it works."""

    kind: str
    value: str
    source: str
    state: str = "unverified"


def list_points(customer: Customer) -> list[ContactPoint]:
    """Return a customer's further addresses and telephone numbers, the oldest first."""
    mine = select(ContactPoint).where(ContactPoint.customer_id == customer.id)
    return list(db.session.scalars(mine.order_by(ContactPoint.kind, ContactPoint.id)))


def key_of(kind: str, value: str) -> str:
    """Return the spelling by which addresses or telephone numbers are the same."""
    return address_key(value) if kind == "mail" else digits_of(value) or value


def add_point(customer: Customer, given: Given, now: datetime) -> ContactPoint | None:
    """Add a further address or number, unless the customer has it already; return the new row."""
    key, main = key_of(given.kind, given.value), getattr(customer, COLUMN[given.kind])
    if main and key_of(given.kind, main) == key:
        return None
    same = (ContactPoint.customer_id == customer.id, ContactPoint.kind == given.kind, ContactPoint.key == key)
    if db.session.scalar(select(ContactPoint.id).where(*same)) is not None:
        return None
    values = {"kind": given.kind, "value": given.value, "key": key, "state": given.state}
    point = ContactPoint(customer_id=customer.id, created_at=now, source=clean_text(given.source)[:200], **values)
    db.session.add(point)
    db.session.flush()
    return point


def add_checked_point(customer: Customer, given: Given, now: datetime) -> ContactPoint:
    """Add what somebody typed; raise CustomerError, in words, where it is none or is there already."""
    text = clean_text(given.value)
    if not text or given.kind not in COLUMN:
        raise CustomerError({"value": _("Enter an address or a telephone number.")})
    said = CustomerRecord(email=text) if given.kind == "mail" else CustomerRecord(phone=text)
    problems = check_record(said, {})
    if problems:
        raise CustomerError({"value": " ".join(problems.values())})
    point = add_point(customer, replace(given, value=text), now)
    if point is None:
        raise CustomerError({"value": _("The customer has this already.")})
    return point


def make_main(customer: Customer, point: ContactPoint, now: datetime) -> None:
    """Use this address or number from now on; the one used so far becomes a further one."""
    column, state = COLUMN[point.kind], f"{COLUMN[point.kind]}_state"
    old, old_state = getattr(customer, column), getattr(customer, state)
    setattr(customer, column, point.value)
    setattr(customer, state, point.state)
    kind, source = point.kind, point.source
    db.session.delete(point)
    db.session.flush()
    if old:
        add_point(customer, Given(kind, old, source, old_state), now)
    customer.updated_at = now
    settle_keys(customer)
    db.session.flush()


def judge_point(point: ContactPoint, state: str, now: datetime) -> None:
    """Write down whether mail arrives there, or calls get through."""
    if state not in CONTACT_STATES:
        raise CustomerError({"state": _("Choose one of these.")})
    point.state, point.checked_at = state, now


def remove_point(point: ContactPoint) -> None:
    """Forget a further address or number."""
    db.session.delete(point)
    db.session.flush()
