"""One fielding of one questionnaire version to one audience, and whom it invited."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.customers.models import Customer, Segment
from survey_app.extensions import Base, UtcDateTime
from survey_app.questionnaires.models import QuestionnaireVersion, Survey

MODES = ("mail", "public", "imported")
STATES = ("draft", "scheduled", "open", "paused", "closed")
# How people are written to: mail, a short message, or by hand with an exported link (call list, letter, another tool).
CONTACT_CHANNELS = ("mail", "sms", "phone", "export")
# A pilot is sent, waited for, and followed by the rest; without a pilot there is only the rest.
PHASES = ("pilot", "waiting", "rest")


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
    contact_channel: Mapped[str] = mapped_column(String(8), default="mail")
    # When sending begins: wall time and zone name, see `schedules.Schedule`; {} stands for at once.
    schedule: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # The instant that the schedule means today; worked out again when zone data change.
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # How fast and at which hours, see `pace.Pace`; {} stands for as fast as the server takes it, at any hour.
    pace: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # Only some of the audience, drawn by chance, see `audience.Sample`; {} stands for everybody.
    sample: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # Pilot batch and its gate, see `pilots.Pilot`; {} stands for none.
    pilot: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    phase: Mapped[str] = mapped_column(String(8), default="rest")
    phase_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Above these shares of bounces and complaints sending pauses by itself, see `gates.Limits`.
    limits: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # Why it paused by itself; empty where a person paused it.
    paused_reason: Mapped[str] = mapped_column(String(40), default="")
    # At most so many reminders, after so many days each, see `reminding.ReminderPlan`.
    reminder_plan: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # Two wordings compared, see `experiments.Experiment`; the second wording's texts are `texts["b:<language>"]`.
    experiment: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    sends_thanks: Mapped[bool] = mapped_column(default=False)
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
        CheckConstraint(f"contact_channel IN {CONTACT_CHANNELS}", name="contact_channel_known"),
        CheckConstraint(f"phase IN {PHASES}", name="phase_known"),
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
    channel: Mapped[str] = mapped_column(String(8), default="mail")
    # Which wording of an experiment: a or b; None without one.
    variant: Mapped[str | None] = mapped_column(String(1))
    is_pilot: Mapped[bool] = mapped_column(default=False)
    # What happened that this invitation asks about; None in a wave.
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey("interactions.id", ondelete="SET NULL"))
    n_reminders: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When it was to go, at the recipient's hour and within the pace.
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
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
        # Contact rules ask who was written to since some instant; who waits is in none of both.
        Index(
            "ix_invitations_sent",
            "sent_at",
            "customer_id",
            sqlite_where=text("sent_at IS NOT NULL"),
            postgresql_where=text("sent_at IS NOT NULL"),
        ),
        Index(
            "ix_invitations_completed",
            "completed_at",
            "customer_id",
            sqlite_where=text("completed_at IS NOT NULL"),
            postgresql_where=text("completed_at IS NOT NULL"),
        ),
    )


class Call(Base):
    """Somebody to be asked on the telephone: when to call them next, and who has them in hand."""

    __tablename__ = "calls"

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Set where nobody calls them again: refused, wrong number, called often enough.
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    n_tries: Mapped[int] = mapped_column(default=0)
    last_outcome: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    # Two agents never get the same person: whoever has them in hand, and until when.
    caller_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    invitation: Mapped[Invitation] = relationship()

    __table_args__ = (Index("ix_calls_due", "campaign_id", "ended_at", "due_at"),)


class Series(Base):
    """Campaigns that make themselves: a wave every quarter, or one that asks after something happened."""

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(8), default="active")
    # The draft that every wave is a copy of.
    template_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    # Recurring: when, in wall time of a named zone; triggered: after which interaction and delay. See `series.rules`.
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    template: Mapped[Campaign] = relationship()

    __table_args__ = (
        CheckConstraint("kind IN ('recurring', 'triggered')", name="kind_known"),
        CheckConstraint("state IN ('active', 'stopped')", name="state_known"),
    )


class SeriesRun(Base):
    """One run of a series, unique by its day or period: a clock set back or two workers cannot run it twice."""

    __tablename__ = "series_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    planned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ran_at: Mapped[datetime] = mapped_column(UtcDateTime)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id", ondelete="SET NULL"))
    # Why nothing was sent (missed, stopped, nobody); empty where the campaign was started.
    note: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (UniqueConstraint("series_id", "key"),)


class TriggerEvent(Base):
    """Something that happened and is to be asked about later: waiting, invited, or held back with the reason."""

    __tablename__ = "trigger_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interactions.id", ondelete="CASCADE"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    reason: Mapped[str | None] = mapped_column(String(40))
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("series_id", "interaction_id"),
        CheckConstraint("state IN ('waiting', 'invited', 'held-back')", name="state_known"),
        Index("ix_trigger_events_due", "state", "due_at"),
    )


class ContactRule(Base):
    """How often one person may be asked, over all surveys, or in one channel, or in one segment."""

    __tablename__ = "contact_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    # None stands for every channel, and for everybody.
    channel: Mapped[str | None] = mapped_column(String(8))
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segments.id"))
    # At least so many days since the last request.
    min_gap_days: Mapped[int | None]
    # At most so many requests within so many days.
    most: Mapped[int | None]
    period_days: Mapped[int | None]
    # Nobody who answered is asked again for so many days.
    after_answer_days: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    segment: Mapped[Segment | None] = relationship()

    __table_args__ = (CheckConstraint("(most IS NULL) = (period_days IS NULL)", name="most_in_a_period"),)
