"""Inviting the audience, chunk by chunk: an invitation for everybody, and an outbox row for everybody written to.

A chunk and its mails are one transaction. What is done is known by what is stored, so sending goes on after a pause
or a crash where it stopped, and nothing that is stored is made again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from time import perf_counter

from flask import g
from sqlalchemy import func, select

from analysis.values.fieldwork import HoldReason
from survey_app.campaigns.audience.addressing import Addressee, Occasion, addressees, row_of
from survey_app.campaigns.audience.deciding import asking_of, audience_of, decide, settle_sample
from survey_app.campaigns.audience.drawing import Sample
from survey_app.campaigns.mail.merging import Recipient
from survey_app.campaigns.mail.messages import Letter, letter_of
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.rules import WRITTEN_CHANNELS, language_for
from survey_app.campaigns.sending.mailing import composed_in, put_down
from survey_app.customers.imports.bulk_rows import insert_rows
from survey_app.customers.models import Customer
from survey_app.extensions import db

# How many people are taken at once, at most; fewer where a machine would hold the write lock longer than it should.
CHUNK = 2_000
FIRST, FEWEST = 500, 100
LOCK_SECONDS = 0.08
# How many people are found by one read of the segment.
AHEAD = 20_000
# Any number of our own: names the lock that those who invite take in turn, so that contact rules hold between them.
_TURN = 5_471_002


def invite_some(campaign: Campaign, now: datetime) -> int:
    """Invite the next customers of the audience and return how many; 0 says that nobody is left."""
    _take_turns()
    last = _last_invited(campaign)
    if not last:
        settle_sample(campaign, now)
    begun = perf_counter()
    ids = _next_ids(campaign, last, now)
    if not ids:
        campaign.audience_done = True
        return 0
    _invite(campaign, ids, {}, now)
    _measure(len(ids), perf_counter() - begun)
    return len(ids)


def read_ahead(campaign: Campaign, now: datetime) -> None:
    """Find who comes next and compose their letters, before the write lock is taken: both may take a while."""
    sample = Sample.from_data(campaign.sample)
    ahead = g.get("audience_ahead")
    is_known = ahead is not None and ahead[0][0] == campaign.id
    if is_known or campaign.audience_done or (sample is not None and sample.cutoff is None):
        return
    _found_ahead(campaign, _last_invited(campaign), now)
    if campaign.phase == "rest" and campaign.contact_channel in WRITTEN_CHANNELS:
        letter = letter_of(campaign)
        for language in letter.questionnaire.languages:
            composed_in(letter, language)


def invite_after(campaign: Campaign, occasions: Mapping[int, Occasion], now: datetime) -> dict[int, HoldReason | None]:
    """Invite customers, by number, after something that happened; return by number why one is held back, or None.

    Whoever has an invitation to this campaign already, or is no customer any more, is left out of the answer.
    """
    _take_turns()
    known = select(Invitation.customer_id).where(
        Invitation.campaign_id == campaign.id, Invitation.customer_id.in_(list(occasions))
    )
    fresh = sorted(set(occasions) - {number for number in db.session.scalars(known) if number is not None})
    return {each.member.id: each.reason for each in _invite(campaign, fresh, occasions, now)}


def recipient(letter: Letter, name: str, language: str, company: str | None) -> Recipient:
    """Return what a mail may say about its reader."""
    return Recipient(name=name, organisation=letter.organisation.name, language=language, company=company or "")


def invitation_group(campaign: Campaign) -> str:
    """Return the name under which the outbox knows the campaign's invitations."""
    return f"campaign:{campaign.id}"


def reminder_group(campaign: Campaign) -> str:
    """Return the name under which the outbox knows the campaign's reminders."""
    return f"campaign:{campaign.id}:reminders"


def _invite(
    campaign: Campaign, ids: Sequence[int], occasions: Mapping[int, Occasion], now: datetime
) -> list[Addressee]:
    """Store an invitation for each customer and, unless a part is chosen later, a mail for each who gets one."""
    # Rules speak of days: the statement drawn up for these ten seconds serves every chunk in them.
    moment = now.replace(second=now.second // 10 * 10, microsecond=0)
    decisions = decide(campaign, ids, asking_of(campaign, moment)) if ids else []
    if not decisions:
        return []
    letter = letter_of(campaign)
    offered, default = letter.questionnaire.languages, letter.organisation.default_language
    languages = {each.member.id: language_for(each.member.language, offered, default) for each in decisions}
    addressed = addressees(campaign, decisions, languages, occasions, now)
    db.session.flush()
    insert_rows(Invitation, [row_of(campaign, each, now) for each in addressed])
    # A pilot or a test chooses from everybody who is invited; only then are mails put down, see `phases`.
    if campaign.phase == "rest" and campaign.contact_channel in WRITTEN_CHANNELS:
        sendable = [each for each in addressed if each.reason is None]
        put_down(letter, sendable, invitation_group(campaign), now)
    return addressed


def _last_invited(campaign: Campaign) -> int:
    """Return the highest number invited so far; everybody of the audience before it has an invitation."""
    last = select(func.max(Invitation.customer_id)).where(Invitation.campaign_id == campaign.id)
    return db.session.scalar(last) or 0


def _next_ids(campaign: Campaign, last: int, now: datetime) -> list[int]:
    """Return who comes next, and keep those after them for the next time."""
    found, size = _found_ahead(campaign, last, now), min(CHUNK, g.get("invite_size", FIRST))
    ids, rest = found[:size], found[size:]
    g.audience_ahead = ((campaign.id, ids[-1]), rest) if rest else None
    return ids


def _found_ahead(campaign: Campaign, last: int, now: datetime) -> list[int]:
    """Return who comes after somebody, as read ahead: a segment may be costly to find."""
    ahead = g.get("audience_ahead")
    if ahead is None or ahead[0] != (campaign.id, last):
        chosen = audience_of(campaign, now).where(Customer.id > last)
        numbers = chosen.with_only_columns(Customer.id, maintain_column_froms=True).order_by(None)
        ahead = (campaign.id, last), list(db.session.scalars(numbers.order_by(Customer.id).limit(AHEAD)))
        g.audience_ahead = ahead
    found: list[int] = ahead[1]
    return found


def _measure(n_invited: int, seconds: float) -> None:
    """Let the next chunk be as large as the write lock may be held for, going by this one."""
    g.invite_size = max(FEWEST, min(CHUNK, int(n_invited * LOCK_SECONDS / max(seconds, 0.001))))


def _take_turns() -> None:
    """Let one transaction at a time invite; SQLite has one writer anyway."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(_TURN)))
