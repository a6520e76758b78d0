"""Mail that waits to go: one row per message and recipient, unique, with a lease."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.extensions import Base, UtcDateTime

STATES = ("pending", "claimed", "sent", "failed", "cancelled", "suppressed")


class OutboxMail(Base):
    """One mail to one recipient, composed when it was decided and frozen from then on."""

    __tablename__ = "outbox_mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    # The decision this mail carries out, such as `invitation:12`: unique, so that nothing is queued twice.
    key: Mapped[str] = mapped_column(String(120), unique=True)
    # What it belongs to, such as `campaign:3`, for counting and stopping; and its kind, such as `invitation`.
    group_key: Mapped[str | None] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    # 0 goes before 1: a member of staff waits for a password link, a campaign does not wait for an hour.
    rank: Mapped[int] = mapped_column(default=1)
    to_address: Mapped[str] = mapped_column(String(320))
    # Folded for comparison with the suppression list.
    address_key: Mapped[str] = mapped_column(String(320))
    # The composed message (subject, text, HTML, headers), encrypted because it holds personal links; emptied once sent.
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(12), default="pending")
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_token: Mapped[str | None] = mapped_column(String(32))
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state_known"),
        CheckConstraint("(state = 'claimed') = (leased_until IS NOT NULL)", name="claimed_has_lease"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
        Index("ix_outbox_mails_due", "state", "rank", "due_at"),
        Index("ix_outbox_mails_group", "group_key", "state"),
    )


class Suppression(Base):
    """An address that gets no survey mail any more, with the reason, whatever customer row it stands on."""

    __tablename__ = "suppressions"

    id: Mapped[int] = mapped_column(primary_key=True)
    address_key: Mapped[str] = mapped_column(String(320), unique=True)
    reason: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("reason IN ('unsubscribed', 'bounced', 'complained', 'manual')", name="reason_known"),
    )


class PausedGroup(Base):
    """A group of mails that waits: nothing of it is sent while this row stands, new mails included."""

    __tablename__ = "outbox_paused_groups"

    group_key: Mapped[str] = mapped_column(String(80), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
