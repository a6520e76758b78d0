"""Whom a campaign would write to and whom not, with the reason: asked before sending and by the sending itself.

One expression decides about every customer (see `holding`), whether it counts a million of them or is asked for the
next few by number. Nothing is loaded to be counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from flask import g
from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, literal, null, select, text

from analysis.values.fieldwork import HoldReason
from survey_app.campaigns.audience.among import among_given, among_words, given_numbers
from survey_app.campaigns.audience.contact_rules import MARK, Asking
from survey_app.campaigns.audience.drawing import Draw, Sample
from survey_app.campaigns.audience.holding import basis_of, framed
from survey_app.campaigns.audience.rolling import in_part
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.customers.models import Company, Customer
from survey_app.customers.queries import customers_in
from survey_app.extensions import db

# How many customers are loaded at once, where they are loaded.
MANY = 1_000
_IDS = "customer_numbers"


class Member(NamedTuple):
    """A customer of the audience, as far as a mail needs them."""

    id: int
    name: str
    email: str | None
    phone: str | None
    language: str | None
    time_zone: str | None
    attributes: Mapping[str, Any]
    company: str | None
    key: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether one customer is written to; `reason` is why not."""

    member: Member
    reason: HoldReason | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What becomes of the customers that match: so many get a mail, others are held back or not drawn.

    `held_back` says why not, `by_rule` the same with the number of the contact rule where one decided. `n_not_drawn`
    counts those whom a sample leaves out. The three add up to `n_matched`.
    """

    n_matched: int
    n_sendable: int
    held_back: dict[HoldReason, int]
    by_rule: dict[tuple[HoldReason, int | None], int] = field(default_factory=dict)
    n_not_drawn: int = 0

    @property
    def n_held_back(self) -> int:
        """Return how many are held back in all."""
        return sum(self.held_back.values())


def preview(campaign: Campaign, now: datetime | None = None) -> Preview:
    """Count the audience by what would become of everybody."""
    asking = asking_of(campaign, now)
    inner = decided(campaign, asking)
    drawn = _is_drawn(campaign, inner)
    every = select(drawn.label("is_drawn"), inner.c.reason, _open_key(inner).label("key")).subquery("every")
    each = (every.c.is_drawn, every.c.reason, every.c.key)
    groups = select(*each, func.count().label("n")).group_by(*each).subquery("groups")
    outcome = (groups.c.is_drawn, groups.c.reason)
    with joined_at_once():
        rows = db.session.execute(select(*outcome, func.sum(groups.c.n), func.count()).group_by(*outcome)).all()
    return _counted([(bool(is_drawn), reason, int(n), n_keys) for is_drawn, reason, n, n_keys in rows])


def decided(campaign: Campaign, asking: Asking) -> Subquery:
    """Return everybody in the audience with the decision: id, key, reason (None: gets a mail), place, language."""
    frame = framed(customers_in(campaign.segment, asking.now).where(*in_part(campaign.sample)), campaign, asking)
    place = Draw.of(campaign.id).column(Customer.id.expression) if campaign.sample else literal(0)
    return (
        frame.chosen.with_only_columns(
            Customer.id,
            frame.key.label("key"),
            frame.reason.label("reason"),
            place.label("place"),
            Customer.language,
            maintain_column_froms=True,
        )
        .order_by(None)
        .subquery("decided")
    )


def resolved(campaign: Campaign, asking: Asking) -> Select[int, str | None]:
    """Return id and final reason of everybody drawn: of several with one address the lowest number gets the mail."""
    inner = decided(campaign, asking)
    turn = func.row_number().over(partition_by=(inner.c.reason, _one_of(inner)), order_by=inner.c.id)
    ordered = (
        select(inner.c.id, inner.c.reason, inner.c.language, turn.label("turn"))
        .where(_is_drawn(campaign, inner))
        .subquery("ordered")
    )
    is_second = and_(ordered.c.reason.is_(None), ordered.c.turn > 1)
    reason = case((is_second, HoldReason.DUPLICATE_ADDRESS.value), else_=ordered.c.reason)
    return select(ordered.c.id, reason.label("reason"), ordered.c.language)


def decide_all(campaign: Campaign, now: datetime | None = None) -> Iterator[Decision]:
    """Decide for everybody in the audience, one after the other in the order in which they are invited."""
    asking, taken = asking_of(campaign, now), set[str]()
    found = resolved(campaign, asking).subquery()
    with joined_at_once():
        ids = db.session.scalars(select(found.c.id).order_by(found.c.id)).all()
    for start in range(0, len(ids), MANY):
        yield from decide(campaign, ids[start : start + MANY], asking, taken)


def decide(campaign: Campaign, ids: Sequence[int], asking: Asking, taken: set[str] | None = None) -> list[Decision]:
    """Decide for some customers of the audience by number, in the order of their numbers.

    `taken` holds the addresses that got a mail before them, where those are not stored yet, and grows.
    """
    with joined_at_once():
        rows = db.session.execute(_deciding(campaign, asking), {_IDS: given_numbers(ids)}).all()
    members = [(Member(*row[:-1]), row[-1]) for row in rows]
    taken = set() if taken is None else taken
    taken |= _taken(campaign, [member.key for member, _reason in members if member.key])
    return [Decision(member, _final(member, reason, taken)) for member, reason in members]


def _deciding(campaign: Campaign, asking: Asking) -> Select[*tuple[Any, ...]]:
    """Return the statement that decides for customers by number; drawn up anew where a rule or the time is another."""
    basis = (asking, basis_of(campaign, asking.channel))
    known: tuple[Any, Select[*tuple[Any, ...]]] | None = g.get("deciding")
    if known is None or known[0] != basis:
        known = g.deciding = (basis, _drawn_up(campaign, asking))
    return known[1]


def _drawn_up(campaign: Campaign, asking: Asking) -> Select[*tuple[Any, ...]]:
    some = among_given(_IDS)
    frame = framed(select(Customer).where(Customer.id.in_(some)), campaign, asking, some)
    return (
        frame.chosen.outerjoin(Company, Customer.company_id == Company.id)
        .with_only_columns(
            Customer.id,
            Customer.name,
            Customer.email,
            Customer.phone,
            Customer.language,
            Customer.time_zone,
            Customer.attributes,
            Company.name,
            frame.key,
            frame.reason,
            maintain_column_froms=True,
        )
        .order_by(Customer.id)
    )


@contextmanager
def joined_at_once() -> Iterator[None]:
    """Let PostgreSQL join whole sets: it takes a condition on an attribute for one row, and would loop over each set.

    SQLite builds an index of its own for every set.
    """
    if db.session.get_bind().dialect.name != "postgresql":
        yield
        return
    db.session.execute(text("SET LOCAL enable_nestloop = off"))
    yield
    db.session.execute(text("SET LOCAL enable_nestloop = on"))


def asking_of(campaign: Campaign, now: datetime | None = None) -> Asking:
    """Return who asks, by which way, and when."""
    return Asking(campaign.id, campaign.contact_channel, now or datetime.now(UTC))


def audience_of(campaign: Campaign, now: datetime) -> Select[Customer]:
    """Return the customers whom the campaign is about, those that a sample leaves out excepted."""
    chosen = customers_in(campaign.segment, now).where(Customer.merged_into_id.is_(None), *in_part(campaign.sample))
    sample = Sample.from_data(campaign.sample)
    if sample is None or sample.cutoff is None:
        return chosen
    return chosen.where(Draw.of(campaign.id).column(Customer.id.expression) <= sample.cutoff)


def settle_sample(campaign: Campaign, now: datetime) -> None:
    """Fix the last place of the random order that is drawn, so that a sample of so many mails stays what it is."""
    sample = Sample.from_data(campaign.sample)
    if sample is not None and sample.cutoff is None:
        campaign.sample = campaign.sample | {"cutoff": _cutoff(campaign, decided(campaign, asking_of(campaign, now)))}


def split_reason(code: str) -> tuple[HoldReason, int | None]:
    """Return the reason and the number of the contact rule that a decision names."""
    reason, _mark, rule = code.partition(MARK)
    return HoldReason(reason), int(rule) if rule else None


def _is_drawn(campaign: Campaign, inner: Subquery) -> ColumnElement[bool]:
    sample = Sample.from_data(campaign.sample)
    if sample is None:
        return literal(value=True)
    cutoff = sample.cutoff if sample.cutoff is not None else _cutoff(campaign, inner)
    return inner.c.place <= cutoff


def _cutoff(campaign: Campaign, inner: Subquery) -> int:
    """Return the place up to which exactly as many addresses may be written to as the sample wants."""
    sample = Sample.from_data(campaign.sample)
    if sample is None or sample.size is None:
        raise ValueError("only a sample of so many mails has a place to settle")
    first = select(func.min(inner.c.place).label("place")).where(inner.c.reason.is_(None)).group_by(_one_of(inner))
    with joined_at_once():
        found = db.session.scalar(first.order_by("place").offset(sample.size - 1).limit(1))
    # Fewer than wanted: everybody.
    return 2**31 if found is None else int(found)


def _one_of(inner: Subquery) -> ColumnElement[Any]:
    """Return by what several rows count as one reader: the place they are reached at, else the customer."""
    return func.coalesce(inner.c.key, literal("#").concat(inner.c.id))


def _open_key(inner: Subquery) -> ColumnElement[Any]:
    return case((inner.c.reason.is_(None), _one_of(inner)), else_=null())


def _taken(campaign: Campaign, keys: Sequence[str]) -> set[str]:
    """Return which of these keys another invitation of the campaign has gone to."""
    found = select(Invitation.address_key).where(
        Invitation.campaign_id == campaign.id, Invitation.address_key.in_(among_words(keys))
    )
    return {key for key in db.session.scalars(found) if key}


def _final(member: Member, code: str | None, taken: set[str]) -> HoldReason | None:
    """Return the reason, with the addresses taken so far in mind; the member's own is added where they get a mail."""
    if code is not None:
        return split_reason(code)[0]
    if member.key is not None:
        if member.key in taken:
            return HoldReason.DUPLICATE_ADDRESS
        taken.add(member.key)
    return None


def _counted(rows: Sequence[tuple[bool, str | None, int, int]]) -> Preview:
    by_rule: dict[tuple[HoldReason, int | None], int] = {}
    n_sendable = n_not_drawn = 0
    for is_drawn, code, n, n_keys in rows:
        if not is_drawn:
            n_not_drawn += n
        elif code is None:
            n_sendable += n_keys
            by_rule[HoldReason.DUPLICATE_ADDRESS, None] = n - n_keys
        else:
            by_rule[split_reason(code)] = n
    by_rule = {key: by_rule[key] for key in sorted(by_rule, key=_told) if by_rule[key]}
    held_back: dict[HoldReason, int] = {}
    for (reason, _rule), n in by_rule.items():
        held_back[reason] = held_back.get(reason, 0) + n
    return Preview(n_sendable + n_not_drawn + sum(by_rule.values()), n_sendable, held_back, by_rule, n_not_drawn)


def _told(key: tuple[HoldReason, int | None]) -> tuple[int, int]:
    reason, rule = key
    return list(HoldReason).index(reason), rule or 0
