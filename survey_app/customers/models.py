"""The CRM record: customers, companies, what is known of them and what happened with them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.extensions import Base, UtcDateTime


class Company(Base):
    """The organisation a customer belongs to."""

    __tablename__ = "companies"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(String(300), unique=True)
    is_demo: Mapped[bool] = mapped_column(default=False)


class Customer(Base):
    """A person whose satisfaction matters."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    # The customer's number in the system they come from, namespaced by that system: `crm:1042`.
    external_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    # Name, address and company folded (case, accents, NFC) for search: `nguyen` finds Nguyễn.
    search_key: Mapped[str] = mapped_column(Text, default="")
    email: Mapped[str | None] = mapped_column(String(320))
    email_key: Mapped[str | None] = mapped_column(String(320), index=True)
    phone: Mapped[str | None] = mapped_column(String(60))
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


class AttributeDefinition(Base):
    """A typed attribute that customers may have; `for_reporting` copies it to each response at completion."""

    __tablename__ = "attribute_definitions"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    label: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(12))
    for_reporting: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (CheckConstraint("kind IN ('text', 'number', 'date', 'choice')", name="kind_known"),)


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


class Interaction(Base):
    """Something that happened with a customer: a purchase, visit, complaint, call."""

    __tablename__ = "interactions"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    external_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    value: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    location: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (Index("ix_interactions_customer", "customer_id", "happened_at"),)


class Segment(Base):
    """A saved condition on customers (a condition tree, see `conditions`)."""

    __tablename__ = "segments"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    condition: Mapped[dict[str, Any]] = mapped_column(JSON)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CustomerImport(Base):
    """One file of customers on its way in: staged, mapped, then applied in resumable chunks."""

    __tablename__ = "customer_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(300))
    source: Mapped[str] = mapped_column(String(60))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    # How the bytes are read, once that is known or chosen; None until then.
    encoding: Mapped[str | None] = mapped_column(String(20))
    # Target field by column name of the file.
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
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
    )


class RefusedRow(Base):
    """A row of an import that was not taken, with its line number and the reason in words."""

    __tablename__ = "refused_rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("customer_imports.id", ondelete="CASCADE"))
    line: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    row: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    __table_args__ = (UniqueConstraint("import_id", "line"),)
