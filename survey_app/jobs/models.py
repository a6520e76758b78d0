"""Work that outlives a request: one row per piece of work, with its state and its lease."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.extensions import Base, UtcDateTime

STATES = ("waiting", "running", "done", "failed", "cancelled")


class Job(Base):
    """A named piece of work for one subject; the row is the truth, the queue only wakes a worker."""

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    subject_id: Mapped[int | None]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # Equal waiting work is done once: unique while waiting, emptied when a worker takes the row.
    coalesce_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_token: Mapped[str | None] = mapped_column(String(32))
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=5)
    # 0 to 1, with a sentence for the person who waits.
    progress: Mapped[float] = mapped_column(default=0.0)
    progress_note: Mapped[str] = mapped_column(String(300), default="")
    stop_requested: Mapped[bool] = mapped_column(default=False)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state_known"),
        CheckConstraint("(state = 'running') = (leased_until IS NOT NULL)", name="running_has_lease"),
        Index("ix_jobs_due", "state", "due_at"),
        Index("ix_jobs_name", "name", "created_at"),
    )
