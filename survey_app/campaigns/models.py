"""One fielding of one questionnaire version to one audience, and whom it invited."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.customers.models import Customer, Segment
from survey_app.extensions import Base, UtcDateTime
from survey_app.questionnaires.models import QuestionnaireVersion, Survey

MODES = ("mail", "public", "imported")
STATES = ("draft", "open", "paused", "closed")


class Campaign(Base):
    """A wave of a survey: what is asked, of whom, by which way, and until when."""

    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_versions.id"))
    name: Mapped[str] = mapped_column(String(200))
    mode: Mapped[str] = mapped_column(String(10))
    # A label and an order that place this campaign in a tracking series.
    wave: Mapped[str] = mapped_column(String(80), default="")
    wave_order: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segments.id"))
    # Mail texts by language and part, see `texts.PARTS`: {"en": {"subject": …, "greeting": …, "body": …}}.
    texts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # The random part of the public link; None unless the mode is public.
    public_code: Mapped[str | None] = mapped_column(String(40), unique=True)
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # At most so many completions are taken; None means no limit.
    most_responses: Mapped[int | None]
    # For so many days after completion a person may see, correct or withdraw their answers by their personal link.
    correction_days: Mapped[int] = mapped_column(default=30)
    # A draft that nobody touched for so many days is a break-off.
    break_off_days: Mapped[int] = mapped_column(default=14)
    # How a public form behaves on a shared device: {"idle_seconds": …, "thanks_seconds": …}; {} stands for the usual.
    kiosk: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # The pages (origins) that may show the form in a frame.
    embedding_origins: Mapped[list[str]] = mapped_column(JSON, default=list)
    audience_done: Mapped[bool] = mapped_column(default=False)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    survey: Mapped[Survey] = relationship()
    version: Mapped[QuestionnaireVersion] = relationship()
    segment: Mapped[Segment | None] = relationship()

    __table_args__ = (
        CheckConstraint(f"mode IN {MODES}", name="mode_known"),
        CheckConstraint(f"state IN {STATES}", name="state_known"),
        CheckConstraint("(mode = 'public') = (public_code IS NOT NULL)", name="public_has_code"),
    )


class Invitation(Base):
    """The request to one customer to take part; held back ones stand here too, with the reason."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    # None only for a test send to staff.
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    # The personal link's token is derived from this nonce and the secret key, and never stored in clear.
    token_nonce: Mapped[str] = mapped_column(String(32))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[str] = mapped_column(String(35))
    address: Mapped[str] = mapped_column(String(320), default="")
    # Folded, and unique in the campaign, so that nobody with two customer rows gets two mails; None where none goes.
    address_key: Mapped[str | None] = mapped_column(String(320))
    # See analysis.values.fieldwork: what became of this request, after AAPOR.
    disposition: Mapped[str] = mapped_column(String(20), default="not-yet-sent")
    # Why nothing was sent: analysis.values.fieldwork.HoldReason.
    held_back_reason: Mapped[str | None] = mapped_column(String(40))
    is_test: Mapped[bool] = mapped_column(default=False)
    n_reminders: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    campaign: Mapped[Campaign] = relationship()
    customer: Mapped[Customer | None] = relationship()

    __table_args__ = (
        UniqueConstraint("campaign_id", "customer_id"),
        UniqueConstraint("campaign_id", "address_key"),
        CheckConstraint("is_test OR customer_id IS NOT NULL", name="invites_a_customer"),
        CheckConstraint("(disposition = 'held-back') = (held_back_reason IS NOT NULL)", name="held_back_has_reason"),
        Index("ix_invitations_disposition", "campaign_id", "disposition"),
    )
