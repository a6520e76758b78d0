"""Mail that waits to go: one row per message and recipient, unique, with a lease."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.extensions import Base, UtcDateTime

STATES = ("pending", "claimed", "sent", "failed", "cancelled", "suppressed")


# Why an address gets no survey mail; the first that holds is the one told.
REASONS = ("unsubscribed", "complained", "bounced", "manual")


class OutboxLetter(Base):
    """What many mails say alike: composed once per campaign, kind, language and wording, with slots for the rest."""

    __tablename__ = "outbox_letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    # A hash of all it says: composing the same again finds this row.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    group_key: Mapped[str | None] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    # The composed `letters.Letter`, encrypted as mails are.
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


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
    # Mail, or a short message by the gateway: `mail` or `sms`.
    channel: Mapped[str] = mapped_column(String(8), default="mail")
    to_address: Mapped[str] = mapped_column(String(320))
    # Folded for comparison with the suppression list.
    address_key: Mapped[str] = mapped_column(String(320))
    # The part after the @, for limits per recipient domain.
    domain: Mapped[str] = mapped_column(String(255), default="")
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_letters.id"))
    # The composed message, or with a letter what fills its slots: encrypted because it holds personal links; emptied
    # once sent.
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
    # When it came back or somebody complained about it, as far as we were told.
    bounced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    complained_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state_known"),
        CheckConstraint("channel IN ('mail', 'sms')", name="channel_known"),
        CheckConstraint("(state = 'claimed') = (leased_until IS NOT NULL)", name="claimed_has_lease"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
        Index("ix_outbox_mails_due", "state", "rank", "due_at"),
        Index("ix_outbox_mails_group", "group_key", "state"),
    )


class Suppression(Base):
    """An address that gets no survey mail any more, with the reason, whatever customer row it stands on."""

    __tablename__ = "suppressions"

    id: Mapped[int] = mapped_column(primary_key=True)
    address_key: Mapped[str] = mapped_column(String(320))
    reason: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        # Each reason stands and is lifted by itself: whoever mends a bounce does not undo somebody's wish.
        UniqueConstraint("address_key", "reason"),
        CheckConstraint(f"reason IN {REASONS}", name="reason_known"),
    )


class PausedGroup(Base):
    """A group of mails that waits: nothing of it is sent while this row stands, new mails included."""

    __tablename__ = "outbox_paused_groups"

    group_key: Mapped[str] = mapped_column(String(80), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MailEvent(Base):
    """What came back about a mail: a bounce, a complaint, or something that means neither; kept once."""

    __tablename__ = "mail_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    # A hash of what was received, or the provider's own number: the same report twice is one event.
    key: Mapped[str] = mapped_column(String(120), unique=True)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_mails.id", ondelete="SET NULL"), index=True)
    address_key: Mapped[str] = mapped_column(String(320), default="", index=True)
    # See `bounces.rules.Verdict`: hard, soft, policy, complaint, delayed, delivered, ignored, unproven …
    verdict: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20), default="")
    detail: Mapped[str] = mapped_column(Text, default="")
    # Where it came from: mailbox, pipe, webhook:sendgrid …
    source: Mapped[str] = mapped_column(String(60))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProviderCertificate(Base):
    """A certificate that a mail provider signs its notices with, fetched once by a worker."""

    __tablename__ = "provider_certificates"

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(300), unique=True)
    pem: Mapped[str] = mapped_column(Text)
    fetched_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SendingLimit(Base):
    """How many mails may go: in all (`*`) or to one recipient domain, per minute and per hour."""

    __tablename__ = "sending_limits"

    scope: Mapped[str] = mapped_column(String(255), primary_key=True)
    per_minute: Mapped[int | None]
    per_hour: Mapped[int | None]


class SendingCount(Base):
    """How many mails went in one minute within one scope: what limits are measured against."""

    __tablename__ = "sending_counts"

    scope: Mapped[str] = mapped_column(String(255), primary_key=True)
    minute_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    n_sent: Mapped[int] = mapped_column(default=0)
