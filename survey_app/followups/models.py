"""Alert rules, and the cases they open."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.customers.models import Customer
from survey_app.extensions import Base, UtcDateTime


class AlertRule(Base):
    """What makes an answer of a survey urgent; without one, the default of the outcome's type holds."""

    __tablename__ = "alert_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"), unique=True)
    is_on: Mapped[bool] = mapped_column(default=True)
    # Scores at most this (or at least this, where low is good) open a case; None means the default.
    threshold: Mapped[float | None]
    due_hours: Mapped[int] = mapped_column(default=48)


class Case(Base):
    """The follow-up of an unhappy customer."""

    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(12), default="open")
    score: Mapped[float | None]
    # None is the fallback queue, which every agent sees.
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    resolution: Mapped[str | None] = mapped_column(String(40))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_demo: Mapped[bool] = mapped_column(default=False)

    customer: Mapped[Customer] = relationship()
    events: Mapped[list[CaseEvent]] = relationship(order_by="CaseEvent.id")

    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed')", name="state_known"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_time"),
        CheckConstraint("(state = 'closed') = (resolution IS NOT NULL)", name="closed_has_resolution"),
        # A customer has at most one open case: a further low answer is attached to it.
        Index(
            "uq_cases_open_customer",
            "customer_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_cases_state", "state", "due_at"),
    )


class CaseEvent(Base):
    """One line of a case's history: opened, answer attached, note, assigned, closed, reopened."""

    __tablename__ = "case_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    response_id: Mapped[int | None] = mapped_column(ForeignKey("responses.id", ondelete="SET NULL"))
    by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
