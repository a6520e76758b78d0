"""Writing the CRM record: a customer saved, something that happened, something agreed or objected to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from flask_babel import gettext as _
from sqlalchemy import func, select

from survey_app.customers.matching import Known, differences, match, settle_keys
from survey_app.customers.models import (
    STATE_OF_PURPOSE,
    AttributeDefinition,
    Company,
    Consent,
    Customer,
    Interaction,
    Segment,
)
from survey_app.customers.queries import find_company, find_segment, rows_by_address, rows_by_number, standing_of
from survey_app.customers.rules import (
    ATTRIBUTE_KINDS,
    CODE,
    CustomerError,
    CustomerRecord,
    check_record,
    clean_text,
    company_key,
)
from survey_app.customers.segments import problems_of
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
    cost: Decimal | None = None
    channel: str = ""
    product: str = ""
    campaign: str = ""


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
    take_turns()
    known = find_known(record)
    customer = match(record, known)
    if customer is not None:
        changed = differences(customer, record, kinds, only_gaps=known.through_merge)
        outcome = store_differences(customer, changed, record, now)
        db.session.flush()
        return customer, outcome
    if not (record.name or record.email or record.external_id):
        raise CustomerError({"name": _("Give a name, an address or a customer number.")})
    customer = Customer(name="", attributes={}, created_at=now, updated_at=now, is_demo=record.is_demo)
    _apply(customer, differences(customer, record, kinds), record)
    db.session.add(customer)
    db.session.flush()
    return customer, "created"


def change_customer(customer: Customer, record: CustomerRecord, now: datetime) -> Outcome:
    """Store what the record says on this customer; raise CustomerError where it cannot be taken."""
    outcome = store_differences(customer, differences(customer, record, _checked(record)), record, now)
    db.session.flush()
    return outcome


def find_known(record: CustomerRecord) -> Known:
    """Return the customers a record may mean: by its number, and by its address; of merged ones, those that stand."""
    found = rows_by_number(record.number) if record.number else []
    by_address = rows_by_address(address_key(record.email)) if record.email and not found else []
    standing = {each.id: each for each in map(standing_of, found or by_address)}
    through_merge = any(each.merged_into_id for each in found or by_address)
    if found:
        return Known(next(iter(standing.values())), [], through_merge)
    return Known(None, list(standing.values()), through_merge)


def record_interaction(
    customer: Customer, happening: Happening, now: datetime | None = None
) -> tuple[Interaction, bool]:
    """Record something that happened with a customer, now; return it and whether it is new."""
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
        cost=happening.cost,
        channel=clean_text(happening.channel)[:40],
        product=clean_text(happening.product)[:200],
        location=clean_text(happening.location)[:200],
        campaign=clean_text(happening.campaign)[:200],
        note=clean_text(happening.note),
        recorded_at=now or datetime.now(UTC),
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
    # What was said stands on the customer's row now, written by the database.
    db.session.expire(customer, STATE_OF_PURPOSE.values())
    return consent


def define_attribute(  # noqa: PLR0913 - one keyword for each column of the definition
    code: str,
    label: str,
    kind: str,
    *,
    for_reporting: bool = False,
    is_demo: bool = False,
    subject: str = "customer",
    choices: Iterable[str] = (),
) -> AttributeDefinition:
    """Make an attribute known, or give a known one this label; raise CustomerError where it is not well formed."""
    if not CODE.fullmatch(code) or kind not in ATTRIBUTE_KINDS or subject not in {"customer", "company"}:
        raise CustomerError({"code": _("Name an attribute by small letters, digits and _, such as branch.")})
    found = db.session.scalar(select(AttributeDefinition).where(AttributeDefinition.code == code))
    if found is None:
        found = AttributeDefinition(code=code, kind=kind, subject=subject, is_demo=is_demo)
        db.session.add(found)
    elif (found.kind, found.subject) != (kind, subject):
        raise CustomerError({"kind": _("The attribute %(code)s is of another kind.", code=code)})
    found.label, found.for_reporting = clean_text(label)[:200] or code, for_reporting
    found.choices = list(dict.fromkeys(filter(None, map(clean_text, choices)))) or found.choices or []
    db.session.flush()
    return found


def save_segment(
    name: str, condition: dict[str, Any], now: datetime, *, segment: Segment | None = None, is_demo: bool = False
) -> Segment:
    """Save a condition under a name: on this segment, else on the one of that name, else on a new one.

    Raise CustomerError where the name is missing or another segment's, or the condition is not well formed.
    """
    title, found = clean_text(name), find_segment(clean_text(name))
    problems = problems_of(condition)
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


def take_turns() -> None:
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


def store_differences(customer: Customer, changed: dict[str, object], record: CustomerRecord, now: datetime) -> Outcome:
    """Bring a customer in line with what a record was found to change (see `differences`)."""
    if not changed:
        return "unchanged"
    _apply(customer, changed, record)
    customer.updated_at = now
    return "changed"


def _apply(customer: Customer, changed: dict[str, object], record: CustomerRecord) -> None:
    rest = dict(changed)
    if "company" in rest:
        name = rest.pop("company")
        customer.company = _company(str(name), is_demo=record.is_demo) if name else None
    for column, value in rest.items():
        setattr(customer, column, value)
    # Of a new address or number nobody knows yet whether it works.
    for kind in ("email", "phone"):
        if kind in rest:
            setattr(customer, f"{kind}_state", "unverified")
    if not customer.name:
        customer.name = customer.email or (record.external_id or "")
    settle_keys(customer)


def _company(name: str, *, is_demo: bool) -> Company:
    values = {"name": clean_text(name), "name_key": company_key(name), "is_demo": is_demo}
    # Two at once: the database lets one row in, and both get that one.
    db.session.execute(insert(Company).values(values).on_conflict_do_nothing(index_elements=["name_key"]))
    company = find_company(name)
    if company is None:
        raise LookupError("a company vanished while it was being written")
    return company
