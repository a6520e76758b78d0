"""Records that may be one person: same address, or same folded name with the same company or telephone.

Every search is one statement on an index of folded columns; groups that people have told apart are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, selectinload

from survey_app.customers.identity import NotDuplicate
from survey_app.customers.matching import settle_keys
from survey_app.customers.models import Customer
from survey_app.extensions import db
from survey_app.jobs.upserts import insert

PAGE_SIZE = 25
# More are not shown, and are hardly one person.
LARGEST_GROUP = 20
# Reasons by name, with the columns that are alike.
REASONS: dict[str, tuple[str, ...]] = {
    "address": ("email_key",),
    "company": ("name_key", "company_id"),
    "phone": ("phone_key", "name_key"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Customers that are alike, the oldest first, and how many they are in all."""

    customers: list[Customer]
    n_all: int


@dataclass(frozen=True, slots=True)
class Groups:
    """One page of the groups found for a reason."""

    groups: list[Group]
    has_more: bool


def find_groups(reason: str, page: int = 1) -> Groups:
    """Return one page of the groups of customers that are alike in this way, in the order of what they share."""
    columns = _columns(Customer, reason)
    wanted = alike(reason).order_by(*columns).limit(PAGE_SIZE + 1).offset((page - 1) * PAGE_SIZE)
    keys = [tuple(row[:-1]) for row in db.session.execute(wanted)]
    return Groups([_group(columns, key) for key in keys[:PAGE_SIZE]], len(keys) > PAGE_SIZE)


def alike(reason: str) -> Select[*tuple[object, ...]]:
    """Return the query for what customers share who are alike in this way and not told apart, with their number."""
    columns = _columns(Customer, reason)
    n_all = func.count()
    keys = select(*columns).where(*(each.is_not(None) for each in columns)).group_by(*columns).having(n_all > 1)
    doubled = keys.subquery()
    same = and_(*(each == doubled.c[each.key] for each in columns))
    # The inner query reads the index alone; merged rows are looked at only where there are several.
    found = select(*columns, n_all).join(doubled, same).where(Customer.merged_into_id.is_(None)).group_by(*columns)
    return found.having(and_(n_all > 1, n_all * (n_all - 1) / 2 > _told_apart(columns, reason)))


def needs_comparing() -> bool:
    """Return whether there are customers whose folded name was not worked out yet, after an import."""
    return bool(db.session.scalar(select(exists().where(Customer.name_key.is_(None)))))


def fold_some(most: int = 500) -> int:
    """Work out the folded columns of some customers that lack them, and return how many they were."""
    lacking = select(Customer).options(selectinload(Customer.company)).where(Customer.name_key.is_(None))
    customers = db.session.scalars(lacking.order_by(Customer.id).limit(most)).all()
    for customer in customers:
        settle_keys(customer)
    db.session.flush()
    return len(customers)


def tell_apart(customers: Sequence[Customer], now: datetime) -> None:
    """Write down that these are different people; no two of them are proposed again."""
    pairs = [
        {"first_id": first, "second_id": second, "decided_at": now}
        for first, second in combinations(sorted(each.id for each in customers), 2)
    ]
    if pairs:
        db.session.execute(insert(NotDuplicate).values(pairs).on_conflict_do_nothing())


def are_told_apart(one: Customer, other: Customer) -> bool:
    """Return whether somebody found that these are two people."""
    key = tuple(sorted((one.id, other.id)))
    return db.session.get(NotDuplicate, key) is not None


def alike_with(customer: Customer, most: int = 10) -> list[Customer]:
    """Return the customers that may be the same person as this one."""
    reasons = [
        and_(*(column == getattr(customer, column.key) for column in _columns(Customer, reason)))
        for reason, names in REASONS.items()
        if all(getattr(customer, name) is not None for name in names)
    ]
    if not reasons:
        return []
    apart = exists().where(
        or_(
            and_(NotDuplicate.first_id == customer.id, NotDuplicate.second_id == Customer.id),
            and_(NotDuplicate.second_id == customer.id, NotDuplicate.first_id == Customer.id),
        )
    )
    others = select(Customer).where(or_(*reasons), Customer.id != customer.id, Customer.merged_into_id.is_(None))
    return list(db.session.scalars(others.where(~apart).order_by(Customer.id).limit(most)))


def reasons_of(one: Customer, other: Customer) -> list[str]:
    """Return in which ways two customers are alike."""
    return [
        reason
        for reason, names in REASONS.items()
        if all(getattr(one, name) is not None and getattr(one, name) == getattr(other, name) for name in names)
    ]


def _group(columns: Sequence[InstrumentedAttribute[object]], key: tuple[object, ...]) -> Group:
    here = [*(column == value for column, value in zip(columns, key, strict=True)), Customer.merged_into_id.is_(None)]
    n_all = db.session.scalar(select(func.count()).select_from(Customer).where(*here)) or 0
    some = select(Customer).options(selectinload(Customer.company)).where(*here).order_by(Customer.id)
    return Group(list(db.session.scalars(some.limit(LARGEST_GROUP))), n_all)


def _columns(model: type[Customer], reason: str) -> list[InstrumentedAttribute[object]]:
    return [getattr(model, name) for name in REASONS[reason]]


def _told_apart(columns: Sequence[InstrumentedAttribute[object]], reason: str) -> ColumnElement[int]:
    """Return how many pairs within a group were told apart."""
    first, second = aliased(Customer), aliased(Customer)
    within = [
        other == column
        for each in (first, second)
        for other, column in zip(_columns(each, reason), columns, strict=True)
    ]
    pairs = select(func.count()).select_from(NotDuplicate)
    pairs = pairs.join(first, first.id == NotDuplicate.first_id).join(second, second.id == NotDuplicate.second_id)
    standing = (first.merged_into_id.is_(None), second.merged_into_id.is_(None))
    return pairs.where(*within, *standing).correlate(Customer).scalar_subquery()
