"""What sending would bring: who remains, how many answers may be expected, and how exact the result would then be."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, select

from analysis.values.fieldwork import Disposition, HoldReason
from survey_app.accounts.queries import find_organisation
from survey_app.campaigns.audience.deciding import MANY, asking_of, joined_at_once, preview, resolved, split_reason
from survey_app.campaigns.labels import NO_GATEWAY
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.queries import ELIGIBLE
from survey_app.customers.models import Customer
from survey_app.customers.queries import customers_in, list_segments
from survey_app.customers.segments import problems_of
from survey_app.customers.vocabulary import list_attributes
from survey_app.extensions import db
from survey_app.outbox.messaging import current_gateway
from survey_app.outbox.rules import AddressError, checked_address
from survey_app.questionnaires.definition import ItemType
from survey_app.questionnaires.queries import questionnaire_of

Z_95 = 1.96
# Below so many people asked before, their share of answers says too little.
ENOUGH_ASKED = 50
# What is assumed where nobody was asked before.
ASSUMED_RATE = 0.2
MOST_PARTS = 30


@dataclass(frozen=True, slots=True)
class Expectation:
    """How many answers may be expected, with an interval in which 95 of 100 such campaigns would lie.

    `basis` says where the rate comes from: `survey` (earlier campaigns of it), `all` or `assumed`; `n_asked` is how
    many people it rests on. `margin` is half the width of the 95 % interval of the main figure in `unit`, at most.
    """

    n_expected: int
    low: int
    high: int
    rate: float
    basis: str
    n_asked: int
    margin: float | None
    unit: str

    def to_data(self) -> dict[str, Any]:
        """Return the expectation for whoever checks it from outside."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Part:
    """How many of those who get a mail belong to one language, one value or one segment."""

    label: str
    n: int


def expectation(campaign: Campaign, n_mails: int) -> Expectation:
    """Return what so many mails may bring, from earlier campaigns or a stated assumption."""
    basis, n_answered, n_asked = _experience(campaign)
    rate = n_answered / n_asked if n_asked else ASSUMED_RATE
    # A new binomial draw, and what is not known of the rate itself: n p (1 - p) (1 + n / m).
    spread = math.sqrt(n_mails * rate * (1 - rate) * (1 + n_mails / (n_asked or ENOUGH_ASKED)))
    n_expected = round(n_mails * rate)
    low, high = max(0, math.floor(n_expected - Z_95 * spread)), min(n_mails, math.ceil(n_expected + Z_95 * spread))
    margin, unit = _margin(campaign, n_expected)
    return Expectation(n_expected, low, high, rate, basis, n_asked, margin, unit)


def remaining_by(campaign: Campaign, by: str, now: datetime) -> list[Part]:
    """Return who gets a mail, split by `language`, by `segment`, or by an attribute's code; the most first."""
    found = resolved(campaign, asking_of(campaign, now)).subquery("found")
    if by == "segment":
        return _by_segment(found.c.id, found.c.reason, now)
    column = Customer.language.expression if by == "language" else Customer.attributes[by].as_string()
    n = func.count()
    statement = (
        select(column, n).select_from(Customer).join(found, found.c.id == Customer.id).where(found.c.reason.is_(None))
    )
    with joined_at_once():
        rows = db.session.execute(statement.group_by(column).order_by(n.desc(), column).limit(MOST_PARTS)).all()
    return [Part(value or "", number) for value, number in rows]


def splits() -> dict[str, str]:
    """Return by what the remaining people can be split, besides language and segment: the choices and texts we know."""
    return {each.code: each.label for each in list_attributes() if each.kind in {"choice", "text", "yes_no"}}


def people_with(
    campaign: Campaign, reason: HoldReason | None, rule: int | None, now: datetime, most: int | None = None
) -> list[Customer]:
    """Return the customers with one outcome, in the order of their numbers; without a reason, who gets a mail."""
    with joined_at_once():
        return list(db.session.scalars(_with_outcome(campaign, reason, rule, now).limit(most)))


def outcomes_of(campaign: Campaign, now: datetime) -> Iterator[tuple[Customer, HoldReason | None, int | None]]:
    """Return everybody in the audience with what would become of them, for a file."""
    found = resolved(campaign, asking_of(campaign, now)).subquery("found")
    statement = select(Customer, found.c.reason).join(found, found.c.id == Customer.id).order_by(Customer.id)
    with joined_at_once():
        rows = db.session.execute(statement.execution_options(yield_per=MANY))
        for customer, code in rows:
            reason, rule = split_reason(code) if code else (None, None)
            yield customer, reason, rule


def drawn_by_chance(campaign: Campaign, now: datetime, most: int = 10, seed: int | None = None) -> list[int]:
    """Return the numbers of some who would get a mail: at random, and from every language that there is."""
    found = resolved(campaign, asking_of(campaign, now)).subquery("found")
    with joined_at_once():
        rows = db.session.execute(select(found.c.id, found.c.language).where(found.c.reason.is_(None))).all()
    chance = random.Random(seed)  # noqa: S311 - which mails are looked at is no secret
    by_language: dict[str | None, list[int]] = {}
    for number, language in rows:
        by_language.setdefault(language, []).append(number)
    chosen = [chance.choice(numbers) for numbers in by_language.values()][:most]
    others = sorted({number for number, _language in rows} - set(chosen))
    return chosen + chance.sample(others, min(most - len(chosen), len(others)))


def obstacles(campaign: Campaign) -> list[str]:
    """Return why nothing can be sent as it stands, in words: a condition on what is gone, a sender that is none."""
    found = problems_of(campaign.segment.condition) if campaign.segment is not None else []
    return [*found, *_sender_problems(campaign)]


def simulated(campaign: Campaign, now: datetime) -> dict[str, Any]:
    """Return the whole simulation as data."""
    seen = preview(campaign, now)
    return {
        "campaign": campaign.id,
        "matched": seen.n_matched,
        "sendable": seen.n_sendable,
        "not_drawn": seen.n_not_drawn,
        "held_back": {reason.value: n for reason, n in seen.held_back.items()},
        "by_rule": [{"reason": reason.value, "rule": rule, "n": n} for (reason, rule), n in seen.by_rule.items()],
        "by_language": {part.label: part.n for part in remaining_by(campaign, "language", now)},
        "expected": expectation(campaign, seen.n_sendable).to_data(),
        "obstacles": obstacles(campaign),
    }


def _sender_problems(campaign: Campaign) -> list[str]:
    organisation = find_organisation()
    if campaign.contact_channel == "sms" and current_gateway() is None:
        return [str(NO_GATEWAY)]
    if campaign.contact_channel != "mail":
        return []
    try:
        checked_address(organisation.sender_address if organisation else "")
    except AddressError:
        return [_("The organisation has no sender address that mail can come from. Enter one under Organisation.")]
    return []


def _with_outcome(campaign: Campaign, reason: HoldReason | None, rule: int | None, now: datetime) -> Select[Customer]:
    found = resolved(campaign, asking_of(campaign, now)).subquery("found")
    statement = select(Customer).join(found, found.c.id == Customer.id).order_by(Customer.id)
    if reason is None:
        return statement.where(found.c.reason.is_(None))
    return statement.where(found.c.reason == (reason.value if rule is None else f"{reason}:{rule}"))


def _by_segment(number: ColumnElement[int], reason: ColumnElement[str | None], now: datetime) -> list[Part]:
    parts = []
    for segment in list_segments()[:MOST_PARTS]:
        members = customers_in(segment, now).with_only_columns(Customer.id).order_by(None).subquery()
        statement = select(func.count()).where(reason.is_(None), number.in_(select(members.c.id)))
        with joined_at_once():
            parts.append(Part(segment.name, db.session.scalar(statement) or 0))
    return parts


def _experience(campaign: Campaign) -> tuple[str, int, int]:
    """Return whose answers the expectation rests on, how many finished, and how many were asked."""
    for basis, conditions in (("survey", [Campaign.survey_id == campaign.survey_id]), ("all", [])):
        asked = (
            select(Invitation)
            .join(Campaign)
            .where(Campaign.id != campaign.id, ~Invitation.is_test, Invitation.disposition.in_(ELIGIBLE), *conditions)
        )
        counted = asked.with_only_columns(
            func.count(), func.count().filter(Invitation.disposition == Disposition.COMPLETED)
        )
        n_asked, n_answered = db.session.execute(counted).one()
        if n_asked >= ENOUGH_ASKED:
            return basis, n_answered, n_asked
    return "assumed", 0, 0


def _margin(campaign: Campaign, n: int) -> tuple[float | None, str]:
    """Return the widest that half a 95 % interval can be with so many answers (Cochran 1977, section 4.4)."""
    primary = questionnaire_of(campaign.version).primary_outcome
    if n < 1 or primary is None:
        return None, ""
    if primary.type is ItemType.NPS:
        # The largest spread of a promoter (100) against a detractor (-100).
        return Z_95 * 100 / math.sqrt(n), "points"
    return Z_95 * 50 / math.sqrt(n), "percentage points"
