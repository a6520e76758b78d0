"""Mails put down for invitations that stand already: pilot and rest, those tried again, reminders and thanks.

A letter is composed once per language and wording; each person is a narrow row that goes at its own instant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from babel.dates import format_date
from sqlalchemy import ColumnElement, func, select

from analysis.values.fieldwork import Disposition
from survey_app.campaigns.figures.progress import mail_key
from survey_app.campaigns.mail.merging import Recipient
from survey_app.campaigns.mail.messages import Composed, Wording, campaign_letter, letter_of, slot_values
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.rules import WRITTEN_CHANNELS
from survey_app.campaigns.sending.inviting import invitation_group, reminder_group
from survey_app.campaigns.sending.mailing import stored
from survey_app.campaigns.timing.pace import Pace, Timing
from survey_app.campaigns.timing.pacing import due_times
from survey_app.campaigns.timing.schedules import Schedule
from survey_app.campaigns.tokens import token_of
from survey_app.config import LANGUAGES
from survey_app.customers.models import Company, Customer, Interaction
from survey_app.extensions import db
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.queueing import Batch, Order, queue_orders
from survey_app.outbox.rules import domain_of

# How many people are taken at once: the database's write lock is held for about a tenth of a second.
CHUNK = 100


class Reader(NamedTuple):
    """Whom a mail goes to, and what it may say about them."""

    invitation: Invitation
    customer: Customer
    company: str | None
    interaction: Interaction | None


@dataclass(slots=True)
class Clock:
    """The instants at which mails may go, given out one after the other within a campaign's pace."""

    timing: Timing
    state: dict[str, Any] = field(default_factory=dict)

    def take(self, readers: Sequence[Reader]) -> list[datetime]:
        """Return an instant for each reader."""
        recipients = [(each.customer.time_zone, domain_of(each.invitation.address)) for each in readers]
        instants, self.state = due_times(self.timing, recipients, self.state)
        return instants


def clock_of(campaign: Campaign, start: datetime, n_total: int = 0) -> Clock:
    """Return a clock that keeps the campaign's pace from an instant on; without a number nothing is spread."""
    pace, zone = Pace.from_data(campaign.pace), letter_of(campaign).organisation.time_zone
    if not n_total:
        pace = replace(pace, over_minutes=None)
    schedule = Schedule.from_data(campaign.schedule)
    # The day has come already; what still counts is the zone.
    # Whole seconds: instants are rounded up to one, and what may go now need not wait for the next.
    return Clock(Timing(replace(schedule, on=None), pace, start.replace(microsecond=0), n_total, zone))


def post(campaign: Campaign, kind: str, readers: Sequence[Reader], clock: Clock, now: datetime) -> None:
    """Put down one mail of a kind for each reader; whoever has it already gets no second one."""
    letter = letter_of(campaign)
    composed: dict[Wording, tuple[Composed, Batch]] = {}
    orders: dict[Wording, list[Order]] = {}
    for reader, due_at in zip(readers, clock.take(readers), strict=True):
        wording = Wording(kind, reader.invitation.language, reader.invitation.variant)
        if wording not in composed:
            found = campaign_letter(letter, wording)
            composed[wording] = (found, stored(campaign, found.letter, kind, group_of(campaign, kind), now))
        values = slot_values(
            composed[wording][0], _recipient(reader, letter.organisation.name), token_of(reader.invitation)
        )
        key = key_of(kind, reader.invitation)
        orders.setdefault(wording, []).append(
            Order(key, reader.invitation.address, reader.customer.name, values, due_at)
        )
        if kind == "invitation":
            reader.invitation.due_at = due_at
    for wording, some in orders.items():
        queue_orders(composed[wording][1], some, now)


def readers_where(*conditions: ColumnElement[bool], limit: int = CHUNK) -> list[Reader]:
    """Return the next readers among the invitations that meet all conditions; their rows stay ours until the commit."""
    statement = (
        select(Invitation, Customer, Company.name, Interaction)
        .join(Customer, Invitation.customer_id == Customer.id)
        .outerjoin(Company, Customer.company_id == Company.id)
        .outerjoin(Interaction, Invitation.interaction_id == Interaction.id)
        .where(*conditions, ~Invitation.is_test, Invitation.address != "")
        .order_by(Invitation.id)
        .limit(limit)
        .with_for_update(of=Invitation, skip_locked=True)
    )
    return [Reader(*row) for row in db.session.execute(statement)]


def waits_for_mail(campaign: Campaign) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which somebody is to be written to, and no mail is put down for them yet."""
    mail = select(OutboxMail.id).where(OutboxMail.key == mail_key())
    return (
        Invitation.campaign_id == campaign.id,
        Invitation.disposition == Disposition.NOT_YET_SENT,
        Invitation.channel.in_(WRITTEN_CHANNELS),
        ~mail.exists(),
    )


def count_where(*conditions: ColumnElement[bool]) -> int:
    """Return how many invitations meet all conditions."""
    statement = select(func.count()).select_from(Invitation).where(*conditions, ~Invitation.is_test)
    return db.session.scalar(statement) or 0


def group_of(campaign: Campaign, kind: str) -> str:
    """Return the name under which the outbox knows the campaign's mails of a kind."""
    groups = {"invitation": invitation_group, "reminder": reminder_group, "thanks": thanks_group}
    return groups[kind](campaign)


def thanks_group(campaign: Campaign) -> str:
    """Return the name under which the outbox knows the campaign's thanks."""
    return f"campaign:{campaign.id}:thanks"


def groups_of(campaign: Campaign) -> tuple[str, ...]:
    """Return all names under which the outbox knows the campaign's mails."""
    return invitation_group(campaign), reminder_group(campaign), thanks_group(campaign)


def key_of(kind: str, invitation: Invitation) -> str:
    """Return the unique key of the decision to send somebody a mail of this kind."""
    which = f":{invitation.n_reminders}" if kind == "reminder" else ""
    return f"{kind}:{invitation.id}{which}"


def _recipient(reader: Reader, organisation: str) -> Recipient:
    return Recipient(
        name=reader.customer.name,
        organisation=organisation,
        language=reader.invitation.language,
        company=reader.company or "",
        attributes=reader.customer.attributes,
        interaction=_happened(reader.interaction, reader.invitation.language),
    )


def _happened(interaction: Interaction | None, language: str) -> dict[str, str]:
    if interaction is None:
        return {}
    short = language.split("-", maxsplit=1)[0]
    day = format_date(interaction.happened_at, locale=short if short in LANGUAGES else LANGUAGES[0])
    return {"product": interaction.product, "location": interaction.location, "day": day}
