"""The demo's nine waves: campaigns, invitations, and what became of each customer who was selected."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from analysis.values.fieldwork import Disposition, HoldReason
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.operations import CampaignPlan, create_campaign
from survey_app.campaigns.rules import UNFINISHED, language_for
from survey_app.campaigns.tokens import new_token
from survey_app.customers.models import Segment
from survey_app.customers.operations import save_segment
from survey_app.demo.calendar import Wave, draw_answering_time
from survey_app.demo.customers import GROUPS, Person
from survey_app.demo.model import N_WAVES
from survey_app.extensions import db
from survey_app.outbox.operations import suppress
from survey_app.questionnaires.models import Survey

# What happens to somebody who was written to, besides answering completely; the rest says nothing.
SHARES = {
    Disposition.PARTIAL: 0.03,
    Disposition.BREAK_OFF: 0.012,
    Disposition.UNSUBSCRIBED: 0.008,
    Disposition.BOUNCED: 0.008,
}
GONE = {Disposition.UNSUBSCRIBED: "unsubscribed", Disposition.BOUNCED: "bounced"}
LANGUAGES = ("en", "vi", "es")
MAILS_A_SECOND = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A customer selected for a wave, and what became of it; `began_at` where they began to answer."""

    person: Person
    wave: Wave
    disposition: Disposition
    reason: HoldReason | None = None
    began_at: datetime | None = None

    @property
    def language(self) -> str:
        """Return the language this customer is written to in."""
        return language_for(self.person.customer.language, LANGUAGES, LANGUAGES[0])


@dataclass(slots=True)
class Fieldwork:
    """Decides wave by wave; who unsubscribes or bounces is held back from then on."""

    chance: random.Random
    gone: dict[int, Disposition] = field(default_factory=dict)

    def ask(self, person: Person, wave: Wave) -> Asked:
        """Return what becomes of a customer in a wave."""
        reason = self._held_back(person)
        if reason is not None:
            return Asked(person, wave, Disposition.HELD_BACK, reason)
        disposition = self._drawn(person)
        if disposition in GONE:
            self.gone[person.customer.id] = disposition
        if disposition in {Disposition.COMPLETED, Disposition.PARTIAL, Disposition.BREAK_OFF}:
            began_at = draw_answering_time(self.chance, wave, person.country.utc_offset)
            return Asked(person, wave, disposition, began_at=began_at)
        return Asked(person, wave, disposition)

    def _held_back(self, person: Person) -> HoldReason | None:
        gone = self.gone.get(person.customer.id)
        reasons = (
            (person.customer.email is None, HoldReason.NO_ADDRESS),
            (gone is Disposition.UNSUBSCRIBED, HoldReason.OPTED_OUT),
            (gone is Disposition.BOUNCED, HoldReason.SUPPRESSED),
            (not person.has_consent, HoldReason.NO_CONSENT),
        )
        return next((reason for holds, reason in reasons if holds), None)

    def _drawn(self, person: Person) -> Disposition:
        shares = {Disposition.COMPLETED: person.country.share_who_answer} | SHARES
        rest = 1 - sum(shares.values())
        outcomes = [*shares, Disposition.NO_REPLY]
        return self.chance.choices(outcomes, [*shares.values(), rest])[0]


def add_groups(now: datetime) -> dict[str, Segment]:
    """Store the two halves of the customers, which are asked in turn."""
    return {
        group: save_segment(
            f"Survey group {group}",
            {"field": "attribute.survey_group", "op": "is", "value": group},
            now,
            is_demo=True,
        )
        for group in GROUPS
    }


def add_campaign(survey: Survey, wave: Wave, segment: Segment, created_by_id: int) -> Campaign:
    """Store a wave as a campaign that was sent; all but the last are closed."""
    plan = CampaignPlan(
        survey=survey,
        name=f"Customer satisfaction {wave.label}",
        segment=segment,
        wave=wave.label,
        wave_order=wave.number,
        opens_at=wave.sent_at,
        closes_at=wave.closes_at,
        created_by_id=created_by_id,
        is_demo=True,
    )
    campaign = create_campaign(plan, wave.sent_at - timedelta(days=1))
    campaign.state = "open" if wave.number == N_WAVES else "closed"
    campaign.audience_done, campaign.reminded_at = True, wave.reminded_at
    return campaign


def group_of(wave: Wave) -> str:
    """Return which half of the customers is asked in a wave."""
    return GROUPS[(wave.number - 1) % len(GROUPS)]


def add_invitations(campaign: Campaign, asked: Sequence[Asked]) -> list[int]:
    """Store one invitation per selected customer and return their ids, in order."""
    rows = [_invitation(campaign.id, place, each) for place, each in enumerate(asked)]
    statement = insert(Invitation).returning(Invitation.id, sort_by_parameter_order=True)
    return list(db.session.scalars(statement, rows))


def suppress_gone(asked: Sequence[Asked]) -> None:
    """Keep the addresses of those who unsubscribed or bounced from further mail."""
    for each in asked:
        reason = GONE.get(each.disposition)
        if reason is not None and each.person.customer.email:
            suppress(each.person.customer.email, reason, "demo", each.wave.sent_at + timedelta(hours=1))


def _invitation(campaign_id: int, place: int, asked: Asked) -> dict[str, Any]:
    token = new_token()
    customer, wave = asked.person.customer, asked.wave
    is_held = asked.reason is not None
    is_unfinished = asked.disposition in UNFINISHED
    was_sent = not is_held
    return {
        "campaign_id": campaign_id,
        "customer_id": customer.id,
        "token_nonce": token.nonce,
        "token_hash": token.hash,
        "language": asked.language,
        "address": customer.email if was_sent else "",
        "address_key": customer.email_key if was_sent else None,
        "disposition": asked.disposition.value,
        "held_back_reason": asked.reason.value if asked.reason else None,
        "n_reminders": int(is_unfinished and wave.reminded_at < wave.closes_at),
        "created_at": wave.sent_at,
        "sent_at": wave.sent_at + timedelta(seconds=place // MAILS_A_SECOND) if was_sent else None,
        "completed_at": None,
    }
