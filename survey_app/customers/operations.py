"""Writing the CRM record: a customer saved, something that happened, something agreed or objected to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from flask_babel import gettext as _
from sqlalchemy import func, select

from survey_app.conditions.rules import check
from survey_app.customers.matching import Known, differences, match, search_key
from survey_app.customers.models import AttributeDefinition, Company, Consent, Customer, Interaction, Segment
from survey_app.customers.queries import find_by_number, find_company, find_segment, list_by_address
from survey_app.customers.rules import (
    ATTRIBUTE_KINDS,
    CODE,
    CustomerError,
    CustomerRecord,
    check_record,
    clean_text,
    company_key,
)
from survey_app.customers.segments import fields
from survey_app.customers.vocabulary import attribute_kinds
from survey_app.extensions import db
from survey_app.jobs.upserts import insert
from survey_app.outbox.rules import address_key

LONGEST_SEGMENT_NAME = 200
# Any number of our own: names the lock that those who add customers take in turn.
_TURN = 5_471_001
Outcome = Literal["created", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened with a customer; with a number of its source it is recorded once."""

    kind: str
    happened_at: datetime
    value: Decimal | None = None
    location: str = ""
    note: str = ""
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    """What a customer agreed or objected to: on which basis, where that was said, and in which words."""

    is_given: bool
    basis: str
    source: str
    wording: str = ""
    purpose: str = "surveys"


def save_customer(record: CustomerRecord, now: datetime) -> tuple[Customer, Outcome]:
    """Store what the record says on the customer with its number, else with its address, else on a new one.

    The same record twice changes nothing. Raise CustomerError, in words, where the record cannot be taken.
    """
    kinds = _checked(record)
    _take_turns()
    customer = match(record, find_known(record))
    if customer is not None:
        return _change(customer, record, kinds, now)
    if not (record.name or record.email or record.external_id):
        raise CustomerError({"name": _("Give a name, an address or a customer number.")})
    customer = Customer(name="", attributes={}, created_at=now, updated_at=now, is_demo=record.is_demo)
    _apply(customer, record, kinds)
    db.session.add(customer)
    db.session.flush()
    return customer, "created"


def change_customer(customer: Customer, record: CustomerRecord, now: datetime) -> Outcome:
    """Store what the record says on this customer; raise CustomerError where it cannot be taken."""
    return _change(customer, record, _checked(record), now)[1]


def find_known(record: CustomerRecord) -> Known:
    """Return the customers a record may mean: by its number, and by its address."""
    by_number = find_by_number(record.number) if record.number else None
    by_address = list_by_address(address_key(record.email)) if record.email and by_number is None else []
    return Known(by_number, by_address)


def record_interaction(customer: Customer, happening: Happening) -> tuple[Interaction, bool]:
    """Record something that happened with a customer; return it and whether it is new."""
    known = select(Interaction).where(Interaction.external_id == happening.external_id)
    found = db.session.scalar(known) if happening.external_id else None
    if found is not None:
        return found, False
    interaction = Interaction(
        customer_id=customer.id,
        external_id=happening.external_id,
        kind=clean_text(happening.kind)[:40],
        happened_at=happening.happened_at.astimezone(UTC),
        value=happening.value,
        location=clean_text(happening.location)[:200],
        note=clean_text(happening.note),
    )
    db.session.add(interaction)
    db.session.flush()
    return interaction, True


def record_consent(customer: Customer, entry: ConsentEntry, now: datetime) -> Consent:
    """Write down what a customer agreed or objected to; nothing is overwritten, the newest entry counts."""
    consent = Consent(
        customer_id=customer.id,
        purpose=entry.purpose,
        is_given=entry.is_given,
        basis=entry.basis,
        source=clean_text(entry.source)[:200],
        wording=clean_text(entry.wording),
        recorded_at=now,
    )
    db.session.add(consent)
    db.session.flush()
    return consent


def define_attribute(
    code: str, label: str, kind: str, *, for_reporting: bool = False, is_demo: bool = False
) -> AttributeDefinition:
    """Make an attribute known, or give a known one this label; raise CustomerError where it is not well formed."""
    if not CODE.fullmatch(code) or kind not in ATTRIBUTE_KINDS:
        raise CustomerError({"code": _("Name an attribute by small letters, digits and _, such as branch.")})
    found = db.session.scalar(select(AttributeDefinition).where(AttributeDefinition.code == code))
    if found is None:
        found = AttributeDefinition(code=code, kind=kind, is_demo=is_demo)
        db.session.add(found)
    elif found.kind != kind:
        raise CustomerError({"kind": _("The attribute %(code)s is of another kind.", code=code)})
    found.label, found.for_reporting = clean_text(label)[:200] or code, for_reporting
    db.session.flush()
    return found


def save_segment(
    name: str, condition: dict[str, Any], now: datetime, *, segment: Segment | None = None, is_demo: bool = False
) -> Segment:
    """Save a condition under a name: on this segment, else on the one of that name, else on a new one.

    Raise CustomerError where the name is missing or another segment's, or the condition is not well formed.
    """
    title, found = clean_text(name), find_segment(clean_text(name))
    problems = [str(each) for each in check(condition, fields())]
    if not 0 < len(title) <= LONGEST_SEGMENT_NAME:
        raise CustomerError({"name": _("Give the segment a name of at most %(n)s characters.", n=LONGEST_SEGMENT_NAME)})
    if segment is not None and found is not None and found.id != segment.id:
        raise CustomerError({"name": _("Another segment is named %(name)s.", name=title)})
    if problems:
        raise CustomerError({"condition": " ".join(problems)})
    saved = segment or found or Segment(created_at=now, is_demo=is_demo)
    saved.name, saved.condition = title, condition
    db.session.add(saved)
    db.session.flush()
    return saved


def _take_turns() -> None:
    """Let one transaction at a time look for a customer and add one, so that two at once add nobody twice.

    SQLite has one writer anyway.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(_TURN)))


def _checked(record: CustomerRecord) -> dict[str, str]:
    kinds = attribute_kinds()
    problems = check_record(record, kinds)
    if problems:
        raise CustomerError(problems)
    return kinds


def _change(
    customer: Customer, record: CustomerRecord, kinds: dict[str, str], now: datetime
) -> tuple[Customer, Outcome]:
    if not differences(customer, record, kinds):
        return customer, "unchanged"
    _apply(customer, record, kinds)
    customer.updated_at = now
    db.session.flush()
    return customer, "changed"


def _apply(customer: Customer, record: CustomerRecord, kinds: dict[str, str]) -> None:
    changed = differences(customer, record, kinds)
    if "company" in changed:
        name = changed.pop("company")
        customer.company = _company(str(name), is_demo=record.is_demo) if name else None
    for field, value in changed.items():
        setattr(customer, field, value)
    if not customer.name:
        customer.name = customer.email or (record.external_id or "")
    customer.email_key = address_key(customer.email) if customer.email else None
    customer.search_key = search_key(customer)


def _company(name: str, *, is_demo: bool) -> Company:
    values = {"name": clean_text(name), "name_key": company_key(name), "is_demo": is_demo}
    # Two at once: the database lets one row in, and both get that one.
    db.session.execute(insert(Company).values(values).on_conflict_do_nothing(index_elements=["name_key"]))
    company = find_company(name)
    if company is None:
        raise LookupError("a company vanished while it was being written")
    return company
