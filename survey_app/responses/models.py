"""What customers answered: one row per response, its answers as one document by item code."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.campaigns.models import Campaign, Invitation
from survey_app.customers.models import Customer
from survey_app.extensions import Base, UtcDateTime

# Only completions are analysed. A draft becomes a break-off after the campaign's stated time.
STATES = ("draft", "completed", "break-off", "screened-out", "over-quota")
ENDED = ("completed", "screened-out", "over-quota")
CHANNELS = (
    "personal-link",
    "mail-score",
    "public-link",
    "qr-code",
    "kiosk",
    "embedded",
    "staff",
    "import",
)


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
    state: Mapped[str] = mapped_column(String(12), default="draft")
    language: Mapped[str] = mapped_column(String(35))
    # One of CHANNELS.
    channel: Mapped[str] = mapped_column(String(20))
    # Values by measure code, and the reason for every measure without one (analysis.values.MissingReason).
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    missing: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # What was typed into a draft but cannot stand as an answer yet, by the control's name; empty once completed.
    typed: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # A correction under way, kept apart until it is sent: {"answers": …, "missing": …, "typed": …}; empty without one.
    correction: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # The primary outcome's value, and the attributes marked for reporting as they were at completion.
    outcome: Mapped[float | None]
    profile: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    weight: Mapped[float] = mapped_column(default=1.0)
    # What was put before this person where it differs between people: {"options": {item: [codes]},
    # "rows": {item: [codes]}, "items": {page: [codes]}, "variants": {item: code}, "quotas": [codes counted]}.
    shown: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # Who typed the answers in on behalf of a customer; None where people answered themselves.
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    is_test: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When answers ended: by completion, by being screened out, or by a full quota.
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When the person last corrected completed answers.
    corrected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    import_id: Mapped[int | None] = mapped_column(index=True)

    campaign: Mapped[Campaign] = relationship()
    invitation: Mapped[Invitation | None] = relationship()
    customer: Mapped[Customer | None] = relationship()

    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state_known"),
        CheckConstraint(f"(state IN {ENDED}) = (completed_at IS NOT NULL)", name="ended_has_time"),
        CheckConstraint("weight > 0", name="weight_positive"),
        Index("ix_responses_completed", "survey_id", "state", "completed_at"),
    )


class QuotaCount(Base):
    """How many completions of a campaign a quota, or the campaign's own limit (`ALL`), has counted so far."""

    __tablename__ = "quota_counts"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    quota: Mapped[str] = mapped_column(String(60), primary_key=True)
    n: Mapped[int] = mapped_column(default=0)

    __table_args__ = (CheckConstraint("n >= 0", name="n_counts"),)


# The name under which a campaign's own limit is counted; no quota's code begins so.
ALL = "*"
