"""What customers answered: one row per response, its answers as one document by item code."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.campaigns.models import Campaign, Invitation
from survey_app.customers.models import Customer
from survey_app.extensions import Base, UtcDateTime

STATES = ("draft", "completed")


class Response(Base):
    """One person's set of answers to one version; no row exists before the first POST."""

    __tablename__ = "responses"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Random, in addresses and exports; for anonymous surveys all that identifies the row.
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_versions.id"))
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id", ondelete="SET NULL"), unique=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="SET NULL"), index=True)
    # Made with the form; the same form sent twice is the same response.
    submission_id: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    language: Mapped[str] = mapped_column(String(35))
    # personal-link, public-link, import.
    channel: Mapped[str] = mapped_column(String(20))
    # Values by measure code, and the reason for every measure without one (analysis.values.MissingReason).
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    missing: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # What was typed into a draft but cannot stand as an answer yet, by the control's name; empty once completed.
    typed: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # The primary outcome's value, and the attributes marked for reporting as they were at completion.
    outcome: Mapped[float | None]
    profile: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    weight: Mapped[float] = mapped_column(default=1.0)
    is_test: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    import_id: Mapped[int | None] = mapped_column(index=True)

    campaign: Mapped[Campaign] = relationship()
    invitation: Mapped[Invitation | None] = relationship()
    customer: Mapped[Customer | None] = relationship()

    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state_known"),
        CheckConstraint("(state = 'completed') = (completed_at IS NOT NULL)", name="completed_has_time"),
        CheckConstraint("weight > 0", name="weight_positive"),
        Index("ix_responses_completed", "survey_id", "state", "completed_at"),
    )
