"""Whom a condition finds now: how many of how many, and some of them with the reasons why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from survey_app.conditions.rules import Tree
from survey_app.customers.models import Customer
from survey_app.customers.segments import Reason, customers_where, problems_of, reasons_for, values_for
from survey_app.extensions import db

MOST_EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class Example:
    """A customer whom a condition finds, and why."""

    customer: Customer
    reasons: list[Reason]


@dataclass(frozen=True, slots=True)
class Found:
    """How many customers a condition finds, of how many, and some of them; or what is wrong with it."""

    n: int
    n_all: int
    examples: list[Example]
    problems: list[str]


def count_where(tree: Tree | None, now: datetime) -> int:
    """Return how many customers a condition finds."""
    query = customers_where(tree, now).order_by(None).with_only_columns(Customer.id)
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def find_examples(tree: Tree, now: datetime) -> Found:
    """Return whom a condition finds now; a broken one finds nobody and says what is wrong."""
    problems = problems_of(tree)
    if problems:
        return Found(0, count_where(None, now), [], problems)
    query = customers_where(tree, now).options(selectinload(Customer.company)).limit(MOST_EXAMPLES)
    some = list(db.session.scalars(query))
    values = values_for([each.id for each in some], tree, now) if some else {}
    examples = [Example(each, reasons_for(tree, values[each.id], now)) for each in some]
    return Found(count_where(tree, now), count_where(None, now), examples, [])
