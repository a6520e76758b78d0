"""Segments: which fields a condition on customers may name, and whom a condition finds."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Float, Select, String, cast, func, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from survey_app.conditions.rules import FieldKind, Tree, fields_of
from survey_app.conditions.sql import to_sql
from survey_app.customers.models import Company, Customer, Interaction
from survey_app.customers.vocabulary import attribute_kinds, list_attributes, list_interaction_kinds
from survey_app.extensions import UtcDateTime, db

Column = ColumnElement[Any]

_COLUMNS = {
    "customer.name": FieldKind.TEXT,
    "customer.email": FieldKind.TEXT,
    "customer.company": FieldKind.TEXT,
    "customer.language": FieldKind.CHOICE,
    "customer.added_on": FieldKind.DATE,
}
MEASURES = ("count", "sum", "days_since")


class DaysBetween(GenericFunction[float]):
    """Whole days from one instant to a later one."""

    type = Float()
    inherit_cache = True
    name = "days_between"


@compiles(DaysBetween, "sqlite")
def _days_sqlite(element: DaysBetween, compiler: SQLCompiler, **options: object) -> str:
    earlier, later = (compiler.process(each, **options) for each in element.clauses)
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"


@compiles(DaysBetween, "postgresql")
def _days_postgres(element: DaysBetween, compiler: SQLCompiler, **options: object) -> str:
    earlier, later = (compiler.process(each, **options) for each in element.clauses)
    return f"trunc(extract(epoch from (({later}) - ({earlier}))) / 86400)"


class IsoDay(GenericFunction[str]):
    """The day of an instant in UTC, as 2026-01-31."""

    type = String()
    inherit_cache = True
    name = "iso_day"


@compiles(IsoDay, "sqlite")
def _day_sqlite(element: IsoDay, compiler: SQLCompiler, **options: object) -> str:
    return f"date({compiler.process(element.clauses, **options)})"


@compiles(IsoDay, "postgresql")
def _day_postgres(element: IsoDay, compiler: SQLCompiler, **options: object) -> str:
    return f"to_char(({compiler.process(element.clauses, **options)}) AT TIME ZONE 'UTC', 'YYYY-MM-DD')"


def fields() -> dict[str, FieldKind]:
    """Return the fields that a condition on customers may name, with their kinds."""
    named = {f"attribute.{each.code}": FieldKind(each.kind) for each in list_attributes()}
    counted = {
        f"interaction.{kind}.{measure}": FieldKind.NUMBER for kind in list_interaction_kinds() for measure in MEASURES
    }
    return _COLUMNS | named | counted


def field_labels() -> dict[str, str]:
    """Return the fields' names in words, in the order in which a form offers them."""
    labels = {
        "customer.name": _("Name"),
        "customer.email": _("Mail address"),
        "customer.company": _("Company"),
        "customer.language": _("Language"),
        "customer.added_on": _("Added on"),
    }
    labels |= {f"attribute.{each.code}": each.label for each in list_attributes()}
    for kind in list_interaction_kinds():
        labels |= {
            f"interaction.{kind}.count": _("Number of interactions: %(kind)s", kind=kind),
            f"interaction.{kind}.sum": _("Total value of interactions: %(kind)s", kind=kind),
            f"interaction.{kind}.days_since": _("Days since the last interaction: %(kind)s", kind=kind),
        }
    return labels


def customers_where(tree: Tree | None, now: datetime | None = None) -> Select[Customer]:
    """Return the query for the customers for whom a checked condition holds, in the order of their numbers."""
    instant = now or datetime.now(UTC)
    kinds = attribute_kinds()
    columns = {field: _column(field, kinds, instant) for field in fields_of(tree)}
    return select(Customer).where(to_sql(tree, columns)).order_by(Customer.id)


def values_of(customer_id: int, wanted: Collection[str], now: datetime) -> dict[str, object]:
    """Return a customer's values of those wanted fields that exist, for conditions decided in memory; one statement."""
    columns = {field: _column(field, {}, now) for field in sorted(wanted) if _is_column(field)}
    statement = select(Customer.attributes, *columns.values()).where(Customer.id == customer_id)
    found = db.session.execute(statement).one_or_none()
    if found is None:
        return {}
    attributes, *values = found
    own = {f"attribute.{code}": value for code, value in attributes.items()}
    return {field: own[field] for field in wanted if field in own} | dict(zip(columns, values, strict=True))


def _is_column(field: str) -> bool:
    """Return whether a field is a column of the record, or is counted from the customer's interactions."""
    room, _dot, name = field.partition(".")
    return field in _COLUMNS or (room == "interaction" and name.rpartition(".")[2] in MEASURES)


def _column(field: str, kinds: dict[str, str], now: datetime) -> Column:
    room, _dot, name = field.partition(".")
    if room == "attribute":
        value = Customer.attributes[name]
        typed: Column = value.as_float() if kinds[name] == "number" else value.as_string()
        return typed
    if room == "interaction":
        kind, _dot, measure = name.rpartition(".")
        return _interaction(kind, measure, now)
    plain: dict[str, Column] = {
        "name": Customer.name.expression,
        "email": Customer.email.expression,
        "language": Customer.language.expression,
        "company": select(Company.name).where(Company.id == Customer.company_id).scalar_subquery(),
        "added_on": IsoDay(Customer.created_at),
    }
    return plain[name]


def _interaction(kind: str, measure: str, now: datetime) -> Column:
    measures: dict[str, Column] = {
        "count": func.count(Interaction.id),
        "sum": func.coalesce(cast(func.sum(Interaction.value), Float()), 0.0),
        "days_since": DaysBetween(func.max(Interaction.happened_at), literal(now, UtcDateTime())),
    }
    mine = (Interaction.customer_id == Customer.id, Interaction.kind == kind)
    return select(measures[measure]).where(*mine).scalar_subquery()
