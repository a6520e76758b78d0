"""What belongs to a customer in any room's tables, and follows them when two records are merged.

A room says so in its `registration.register` by `register_kin`; this one never learns what those rows mean.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app
from flask_babel.speaklater import LazyString
from sqlalchemy import ColumnElement, Select, Table, exists, select, update

from survey_app.extensions import db

EXTENSION = "survey_app.customers.kin"
# Databases take a limited number of values in one statement.
MANY = 500


@dataclass(frozen=True, slots=True)
class Unique:
    """Columns that differ between all rows of one customer, among those rows where `where` holds."""

    columns: tuple[str, ...] = ()
    where: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Kin:
    """Rows of a table that belong to a customer by a column; `title` names them where some could not follow."""

    table: Table
    title: str | LazyString
    column: str = "customer_id"
    unique: tuple[Unique, ...] = ()
    # Rows for which this does not hold stay where they are.
    only: ColumnElement[bool] | None = None

    @property
    def name(self) -> str:
        """Return the name under which a merge writes down which rows it moved."""
        return f"{self.table.name}.{self.column}"


@dataclass(frozen=True, slots=True)
class Moved:
    """Which rows now belong to the other customer, and which could not follow because that one has such a row."""

    ids: list[int]
    stayed: list[int]


def register_kin(app: Flask, kin: Kin) -> None:
    """Make rows known that follow their customer; raise ValueError when they are known already."""
    known: dict[str, Kin] = app.extensions.setdefault(EXTENSION, {})
    if kin.name in known:
        message = f"{kin.name} is registered twice"
        raise ValueError(message)
    known[kin.name] = kin


def all_kin() -> list[Kin]:
    """Return what belongs to customers, in the order in which the rooms said so."""
    return list(cast("dict[str, Kin]", current_app.extensions.get(EXTENSION, {})).values())


def move(kin: Kin, source: int, target: int, ids: Iterable[int] | None = None) -> Moved:
    """Let the rows of one customer (of these, the ones still theirs) belong to another, unless that one has such."""
    wanted = None if ids is None else set(ids)
    going: list[int] = []
    staying: list[int] = []
    mine = _rows_of(kin, source).add_columns(_movable(kin, target).label("is_free"))
    for row_id, is_free in db.session.execute(mine):
        if wanted is None or row_id in wanted:
            (going if is_free else staying).append(row_id)
    for start in range(0, len(going), MANY):
        some = kin.table.c.id.in_(going[start : start + MANY])
        db.session.execute(update(kin.table).where(some).values({kin.column: target}))
    return Moved(going, staying)


def _rows_of(kin: Kin, customer_id: int) -> Select[int]:
    rows = select(kin.table.c.id).where(kin.table.c[kin.column] == customer_id).order_by(kin.table.c.id)
    return rows if kin.only is None else rows.where(kin.only)


def _movable(kin: Kin, target: int) -> ColumnElement[bool]:
    """Return the condition that no row of the target stands in the way."""
    free: ColumnElement[bool] = kin.table.c.id.is_not(None)
    for unique in kin.unique:
        other = kin.table.alias()
        same = [other.c[kin.column] == target]
        same += [other.c[name] == kin.table.c[name] for name in unique.columns]
        same += [each.c[name] == value for each in (other, kin.table) for name, value in unique.where]
        free &= ~exists().where(*same).correlate(kin.table)
    return free
