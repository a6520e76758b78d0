"""Mails put down for many invitations at once: a letter for each language, and a narrow row for each reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from babel.dates import format_date
from flask import g
from sqlalchemy import select

from survey_app.campaigns.audience.addressing import Addressee
from survey_app.campaigns.audience.among import among_numbers
from survey_app.campaigns.mail.merging import Recipient
from survey_app.campaigns.mail.messages import Composed, Letter, Wording, campaign_letter, slot_values
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.config import LANGUAGES
from survey_app.customers.models import Interaction
from survey_app.extensions import db
from survey_app.outbox.letters import Letter as OutboxLetter
from survey_app.outbox.messaging import store_sms_letter
from survey_app.outbox.queueing import Batch, Order, queue_batches, store_letter


def put_down(letter: Letter, readers: Sequence[Addressee], group_key: str, now: datetime) -> None:
    """Put down an invitation's mail for each reader; one that stands already changes nothing."""
    numbers, happened = _numbers(letter, readers), _interactions(readers)
    by_language: dict[str, list[Addressee]] = {}
    for each in readers:
        by_language.setdefault(each.language, []).append(each)
    batches = []
    for language, some in by_language.items():
        composed = composed_in(letter, language)
        batch = stored(letter.campaign, composed.letter, "invitation", group_key, now)
        orders = [
            Order(
                key=f"invitation:{numbers[each.member.id]}",
                to_address=each.place,
                to_name=each.member.name,
                values=slot_values(composed, _recipient(letter, each, happened), each.link.token),
                due_at=each.due_at or now,
            )
            for each in some
        ]
        batches.append((batch, orders))
    queue_batches(batches, now)


def stored(campaign: Campaign, letter: OutboxLetter, kind: str, group_key: str, now: datetime) -> Batch:
    """Store a composed letter once, as a mail or as a short message, and return what its orders have in common."""
    store = store_sms_letter if campaign.contact_channel == "sms" else store_letter
    return store(letter, kind=kind, group_key=group_key, now=now)


def composed_in(letter: Letter, language: str) -> Composed:
    """Return the letter, composed anew only where something it says has changed since the chunk before."""
    campaign, organisation = letter.campaign, letter.organisation
    said = {column.name: getattr(organisation, column.name) for column in organisation.__table__.columns}
    key = repr((campaign.id, language, campaign.version_id, campaign.texts, campaign.survey.brand, said))
    known: dict[str, tuple[str, Composed]] = g.setdefault("composed_letters", {})
    if language not in known or known[language][0] != key:
        known[language] = (key, campaign_letter(letter, Wording("invitation", language)))
    return known[language][1]


def _numbers(letter: Letter, readers: Sequence[Addressee]) -> dict[int, int]:
    """Return the number of each customer's invitation."""
    found = select(Invitation.customer_id, Invitation.id).where(
        Invitation.campaign_id == letter.campaign.id,
        Invitation.customer_id.in_(among_numbers([each.member.id for each in readers])),
    )
    return {customer_id: number for customer_id, number in db.session.execute(found) if customer_id is not None}


def _recipient(letter: Letter, each: Addressee, happened: Mapping[int, Interaction]) -> Recipient:
    interaction = happened.get(each.occasion.interaction_id) if each.occasion else None
    return Recipient(
        name=each.member.name,
        organisation=letter.organisation.name,
        language=each.language,
        company=each.member.company or "",
        attributes=each.member.attributes,
        interaction=_told(interaction, each.language) if interaction else {},
    )


def _interactions(readers: Sequence[Addressee]) -> dict[int, Interaction]:
    numbers = [each.occasion.interaction_id for each in readers if each.occasion]
    if not numbers:
        return {}
    return {each.id: each for each in db.session.scalars(select(Interaction).where(Interaction.id.in_(numbers)))}


def _told(interaction: Interaction, language: str) -> dict[str, str]:
    short = language.split("-", maxsplit=1)[0]
    day = format_date(interaction.happened_at, locale=short if short in LANGUAGES else LANGUAGES[0])
    return {"product": interaction.product, "location": interaction.location, "day": day}
