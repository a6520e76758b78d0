"""Computed reports: everything a page, export or mail shows for one survey and one filter."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.extensions import Base, UtcDateTime


class Report(Base):
    """A report that was asked for, and its result once a worker has computed it."""

    __tablename__ = "reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"), index=True)
    # Outcome, filter and viewer scope in one canonical text: equal requests share one row.
    request_key: Mapped[str] = mapped_column(String(64))
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    # What the answers were when this was computed: number of completions and the newest of them.
    snapshot: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error: Mapped[str | None] = mapped_column(Text)
    job_id: Mapped[int | None]
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    computed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("survey_id", "request_key"),
        CheckConstraint("state IN ('waiting', 'computed', 'failed')", name="state_known"),
        Index("ix_reports_computed", "survey_id", "computed_at"),
    )


class Plan(Base):
    """What a survey's base can show: what was asked of the planner, and the answer once a worker has computed it."""

    __tablename__ = "plans"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"), index=True)
    request_key: Mapped[str] = mapped_column(String(64))
    # See `planning.PlanRequest`.
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error: Mapped[str] = mapped_column(Text, default="")
    job_id: Mapped[int | None]
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    computed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("survey_id", "request_key"),
        CheckConstraint("state IN ('waiting', 'computed', 'failed')", name="state_known"),
    )
