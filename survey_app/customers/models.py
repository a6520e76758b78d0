"""The CRM record: customers, companies, what is known of them and what happened with them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    event,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.extensions import Base, UtcDateTime


class Company(Base):
    """The organisation a customer belongs to."""

    __tablename__ = "companies"

    id: Mapped[int] = mapped_column(primary_key=True)
    # The company's number in the system it comes from, namespaced by that system: `crm:77`.
    external_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(String(300), unique=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    # Values by code of the AttributeDefinitions of companies.
    attributes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    is_demo: Mapped[bool] = mapped_column(default=False)


# What is known of an address: never tried, mail arrived, mail came back for good, no address at all.
CONTACT_STATES = ("unverified", "valid", "bounced", "invalid")


class Customer(Base):
    """A person whose satisfaction matters."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    # The customer's number in the system they come from, namespaced by that system: `crm:1042`.
    external_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    # Name, address and company folded (case, accents, NFC) for search: `nguyen` finds Nguyễn.
    search_key: Mapped[str] = mapped_column(Text, default="")
    # The name alone, folded, and the telephone's digits: duplicates are found by them. None is worked out when needed,
    # so whoever writes a name or telephone in bulk may set them to None.
    name_key: Mapped[str | None] = mapped_column(String(300))
    email: Mapped[str | None] = mapped_column(String(320))
    email_key: Mapped[str | None] = mapped_column(String(320), index=True)
    email_state: Mapped[str] = mapped_column(String(12), default="unverified")
    phone: Mapped[str | None] = mapped_column(String(60))
    phone_key: Mapped[str | None] = mapped_column(String(60))
    phone_state: Mapped[str] = mapped_column(String(12), default="unverified")
    # The newest entry on being asked at all, by waves, and about something that just happened, copied from `consents`
    # below: given, objected or None. Who objected to a purpose is left out of it; nobody is asked without the first.
    consent_state: Mapped[str | None] = mapped_column(String(8))
    relationship_state: Mapped[str | None] = mapped_column(String(8))
    transactional_state: Mapped[str | None] = mapped_column(String(8))
    # The way they would rather be asked: mail, sms or phone; None is no wish.
    preferred_channel: Mapped[str | None] = mapped_column(String(8))
    # A duplicate points to the customer it was merged into; every list, search and audience leaves it out.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="SET NULL"))
    language: Mapped[str | None] = mapped_column(String(35))
    time_zone: Mapped[str | None] = mapped_column(String(64))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    # Values by code of the AttributeDefinition.
    attributes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    company: Mapped[Company | None] = relationship()

    __table_args__ = (
        CheckConstraint("consent_state IN ('given', 'objected')", name="consent_state_known"),
        CheckConstraint("preferred_channel IN ('mail', 'sms', 'phone')", name="preferred_channel_known"),
        Index("ix_customers_name", "name_key", "company_id"),
        # Only of the few that were merged: as an index of everybody, SQLite would go through it instead of better ones.
        Index(
            "ix_customers_merged_into_id",
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
        Index("ix_customers_phone", "phone_key", "name_key"),
        CheckConstraint(f"email_state IN {CONTACT_STATES}", name="email_state_known"),
        CheckConstraint(f"phone_state IN {CONTACT_STATES}", name="phone_state_known"),
    )


class ExternalId(Base):
    """A further number of a customer, in another system: `billing:A-17`; the first one stands on the customer."""

    __tablename__ = "external_ids"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    number: Mapped[str] = mapped_column(String(200), unique=True)


class ContactPoint(Base):
    """A further address or telephone number of a customer; the ones used stand on the customer."""

    __tablename__ = "contact_points"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(8))
    value: Mapped[str] = mapped_column(String(320))
    # Folded for comparison, as on the customer.
    key: Mapped[str] = mapped_column(String(320), index=True)
    state: Mapped[str] = mapped_column(String(12), default="unverified")
    source: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("customer_id", "kind", "key"),
        CheckConstraint("kind IN ('mail', 'phone')", name="kind_known"),
        CheckConstraint(f"state IN {CONTACT_STATES}", name="state_known"),
    )


class AttributeDefinition(Base):
    """A typed attribute of customers or companies; `for_reporting` copies it to each response at completion."""

    __tablename__ = "attribute_definitions"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    label: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(String(10), default="customer")
    # The values a choice may have; an empty list takes any.
    choices: Mapped[list[str]] = mapped_column(JSON, default=list)
    for_reporting: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        CheckConstraint("kind IN ('text', 'number', 'date', 'choice', 'yes_no')", name="kind_known"),
        CheckConstraint("subject IN ('customer', 'company')", name="subject_known"),
    )


class Consent(Base):
    """What a customer agreed to or objected to, with date, source and wording; the newest entry counts."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(40), default="surveys")
    is_given: Mapped[bool]
    basis: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(200))
    wording: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


# The customer's column that holds the newest entry on each purpose.
STATE_OF_PURPOSE = {
    "surveys": "consent_state",
    "relationship": "relationship_state",
    "transactional": "transactional_state",
}


@event.listens_for(Consent, "after_insert")
def _copy_state(_mapper: object, connection: Connection, consent: Consent) -> None:
    """Keep the newest entry's answer on the customer, where audiences of a million people read it."""
    column = STATE_OF_PURPOSE.get(consent.purpose)
    if column:
        state = "given" if consent.is_given else "objected"
        connection.execute(update(Customer).where(Customer.id == consent.customer_id).values({column: state}))


class Interaction(Base):
    """Something that happened with a customer: a purchase, visit, complaint, call."""

    __tablename__ = "interactions"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    external_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Money: what it brought, and what it cost us; the currency is the organisation's.
    value: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    cost: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    channel: Mapped[str] = mapped_column(String(40), default="")
    product: Mapped[str] = mapped_column(String(200), default="")
    location: Mapped[str] = mapped_column(String(200), default="")
    # The marketing campaign it came from, as the source system names it.
    campaign: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    # When we learned of it: a trigger asks about what is new, not about what an import brings from last year.
    recorded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_interactions_customer", "customer_id", "happened_at"),
        Index("ix_interactions_kind", "kind", "recorded_at"),
        # Segments count and add up by customer from this index alone.
        Index("ix_interactions_counted", "kind", "customer_id", "happened_at", "value"),
    )


class Segment(Base):
    """A saved condition on customers (a condition tree, see `conditions`)."""

    __tablename__ = "segments"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    condition: Mapped[dict[str, Any]] = mapped_column(JSON)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CustomerImport(Base):
    """One file of customers or interactions on its way in: staged, mapped, then applied in resumable chunks."""

    __tablename__ = "customer_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(300))
    source: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(12), default="customers")
    # How the bytes are read, once that is known or chosen; None until then.
    encoding: Mapped[str | None] = mapped_column(String(20))
    separator: Mapped[str | None] = mapped_column(String(4))
    # Target field by column name of the file.
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # Further choices of the person who brings the file: see `imports/choices.py`.
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # On which basis the new customers may be asked, and in which words that was settled; never read from the file.
    basis: Mapped[str] = mapped_column(String(40), default="")
    wording: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(12), default="uploaded")
    n_rows: Mapped[int] = mapped_column(default=0)
    n_applied: Mapped[int] = mapped_column(default=0)
    n_created: Mapped[int] = mapped_column(default=0)
    n_changed: Mapped[int] = mapped_column(default=0)
    n_unchanged: Mapped[int] = mapped_column(default=0)
    n_refused: Mapped[int] = mapped_column(default=0)
    # The sentence that says why the file as a whole was refused.
    error: Mapped[str | None] = mapped_column(Text)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint(
            "state IN ('uploaded', 'waiting', 'running', 'done', 'stopped', 'refused')",
            name="state_known",
        ),
        CheckConstraint("subject IN ('customers', 'interactions')", name="subject_known"),
    )


class ImportPart(Base):
    """A piece of an uploaded file, compressed: never whole in memory, and any host can go on with it."""

    __tablename__ = "import_parts"

    import_id: Mapped[int] = mapped_column(ForeignKey("customer_imports.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class RefusedRow(Base):
    """A row of an import that was not taken, with its line number and the reason in words."""

    __tablename__ = "refused_rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("customer_imports.id", ondelete="CASCADE"))
    line: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    row: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    __table_args__ = (UniqueConstraint("import_id", "line"),)
