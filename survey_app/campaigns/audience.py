"""Whom a campaign would write to and whom not, with the reason: asked before sending and by the sending itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Select, select

from analysis.values.fieldwork import HoldReason
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.rules import Candidate, hold_reason
from survey_app.customers.models import Company, Customer
from survey_app.customers.queries import consents_of, customers_in
from survey_app.extensions import db
from survey_app.outbox.models import Suppression
from survey_app.outbox.rules import AddressError, address_key, checked_address

# Databases take a limited number of values in one statement.
MANY = 500
# Local parts that need no closer look.
_PLAIN = re.compile(r"[A-Za-z0-9_+-]{1,30}(\.[A-Za-z0-9_+-]{1,10}){0,3}")


class Member(NamedTuple):
    """A customer of the audience, as far as a mail needs them."""

    id: int
    name: str
    email: str | None
    language: str | None
    company: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether one customer is written to; `reason` is why not."""

    member: Member
    reason: HoldReason | None


@dataclass(frozen=True, slots=True)
class Preview:
    """How many customers the audience has, and how many of them get a mail; `held_back` says why not the others."""

    n_matched: int
    n_sendable: int
    held_back: dict[HoldReason, int]


def audience_of(campaign: Campaign) -> Select[int, str, str | None, str | None, str]:
    """Return the statement that reads the campaign's audience, in the order in which it is invited."""
    chosen = customers_in(campaign.segment) if campaign.segment is not None else select(Customer)
    return (
        chosen.outerjoin(Company, Customer.company_id == Company.id)
        .with_only_columns(
            Customer.id, Customer.name, Customer.email, Customer.language, Company.name, maintain_column_froms=True
        )
        .order_by(None)
        .order_by(Customer.id)
    )


def decide_all(campaign: Campaign) -> Iterator[Decision]:
    """Decide for everybody in the audience, as sending at this moment would."""
    taken: set[str] = set()
    rows = db.session.execute(audience_of(campaign)).all()
    for start in range(0, len(rows), MANY):
        yield from decide([Member(*row) for row in rows[start : start + MANY]], taken)


def preview(campaign: Campaign) -> Preview:
    """Count the audience by what would become of everybody."""
    reasons = Counter(decision.reason for decision in decide_all(campaign))
    return Preview(
        n_matched=reasons.total(),
        n_sendable=reasons[None],
        held_back={reason: reasons[reason] for reason in HoldReason if reasons[reason]},
    )


def decide(members: list[Member], taken: set[str]) -> list[Decision]:
    """Decide for some customers; `taken` holds the keys of addresses already written to and grows with each."""
    suppressions = _suppressions(members)
    consents = consents_of([member.id for member in members])
    decisions = []
    for member in members:
        key = address_key(member.email) if member.email else ""
        reason = hold_reason(
            Candidate(
                address=member.email,
                is_valid=bool(member.email) and is_valid(member.email or ""),
                has_consent=member.id in consents and consents[member.id].is_given,
                suppression=suppressions.get(key),
                is_taken=key in taken,
            )
        )
        if reason is None:
            taken.add(key)
        decisions.append(Decision(member, reason))
    return decisions


def already_written_to(campaign: Campaign, members: Iterable[Member]) -> set[str]:
    """Return the keys, of these customers' addresses, that another invitation of the campaign has gone to."""
    keys = {address_key(member.email) for member in members if member.email}
    statement = select(Invitation.address_key).where(
        Invitation.campaign_id == campaign.id, Invitation.address_key.in_(keys)
    )
    return set(db.session.scalars(statement))


def is_valid(address: str) -> bool:
    """Return whether mail can be addressed so; the costly check is made once per domain."""
    local, at, domain = address.rpartition("@")
    if at and _PLAIN.fullmatch(local):
        return _is_valid("a", domain)
    return _is_valid(local, domain)


@lru_cache(maxsize=20_000)
def _is_valid(local: str, domain: str) -> bool:
    try:
        checked_address(f"{local}@{domain}")
    except AddressError:
        return False
    return True


def _suppressions(members: list[Member]) -> dict[str, str]:
    keys = {address_key(member.email) for member in members if member.email}
    statement = select(Suppression.address_key, Suppression.reason).where(Suppression.address_key.in_(keys))
    return {row.address_key: row.reason for row in db.session.execute(statement)}
