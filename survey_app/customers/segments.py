"""Segments: whom a condition finds, in the database and in memory alike, and what it says of each customer found."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast

from flask_babel import format_date, format_decimal
from flask_babel import gettext as _
from sqlalchemy import Select, false, select

from survey_app.conditions.rules import (
    FieldKind,
    Tree,
    check,
    comparisons,
    evaluate,
    fields_of,
    name_of,
    resolved,
)
from survey_app.conditions.sentences import within_words
from survey_app.conditions.sql import Column, Gathered, to_sql
from survey_app.customers.fields import Field, Look, known_fields
from survey_app.customers.models import Customer
from survey_app.customers.own_fields import interaction_label, interaction_value
from survey_app.customers.vocabulary import list_attributes, list_interaction_kinds
from survey_app.extensions import db

# What the routing of questionnaires may look at: enough for it, and cheap at every answer's request.
_ROUTING = {
    "customer.name": FieldKind.TEXT,
    "customer.email": FieldKind.TEXT,
    "customer.company": FieldKind.TEXT,
    "customer.language": FieldKind.CHOICE,
    "customer.added_on": FieldKind.DATE,
}
_COUNTED = ("count", "sum", "days_since")


def fields() -> dict[str, FieldKind]:
    """Return the fields that the routing of a questionnaire may name, with their kinds."""
    named = {f"attribute.{each.code}": FieldKind(each.kind) for each in list_attributes()}
    counted = {
        f"interaction.{kind}.{measure}": FieldKind.NUMBER for kind in list_interaction_kinds() for measure in _COUNTED
    }
    return _ROUTING | named | counted


def field_labels() -> dict[str, str]:
    """Return those fields' names in words, in the order in which a form offers them."""
    labels = {
        "customer.name": _("Name"),
        "customer.email": _("Mail address"),
        "customer.company": _("Company"),
        "customer.language": _("Language"),
        "customer.added_on": _("Added on"),
    }
    labels |= {f"attribute.{each.code}": each.label for each in list_attributes()}
    for kind in list_interaction_kinds():
        labels |= {f"interaction.{kind}.{measure}": interaction_label(kind, measure) for measure in _COUNTED}
    return labels


def problems_of(tree: Tree | None, known: Mapping[str, Field] | None = None) -> list[str]:
    """Return what is wrong with a segment's condition, in words: what it names may be gone since it was saved."""
    if known is None:
        known = known_fields(fields_of(tree))
    kinds = {code: field.kind for code, field in known.items()}
    narrowings = {code: field.narrowed_by for code, field in known.items() if field.narrowed_by}
    return [str(each) for each in check(tree, kinds, narrowings)]


def customers_where(tree: Tree | None, now: datetime | None = None) -> Select[Customer]:
    """Return the query for the customers for whom a condition holds, in the order of their numbers.

    A condition that names what is gone holds for nobody; `problems_of` says which part that is. Customers merged into
    others are never found.
    """
    query = select(Customer).where(Customer.merged_into_id.is_(None)).order_by(Customer.id)
    if tree is None:
        return query
    instant = now or datetime.now(UTC)
    known = known_fields(fields_of(tree))
    if problems_of(tree, known):
        return query.where(false())
    day = resolved(tree, instant.date())
    return query.where(to_sql(day, _columns(day, known, instant)))


def holds_for(tree: Tree, values: Mapping[str, object], now: datetime) -> bool:
    """Return whether a condition holds for a customer's values, decided in memory."""
    return evaluate(resolved(tree, now.date()), values)


def values_for(ids: Collection[int], tree: Tree | None, now: datetime) -> dict[int, dict[str, object]]:
    """Return by customer what a sound condition looks at; one statement for all of them."""
    known = known_fields(fields_of(tree))
    columns = {
        name: column.value() if isinstance(column, Gathered) else column
        for name, column in _columns(tree, known, now).items()
    }
    labelled = (column.label(f"value_{at}") for at, column in enumerate(columns.values()))
    rows = db.session.execute(select(Customer.id, *labelled).where(Customer.id.in_(ids)))
    return {row[0]: dict(zip(columns, row[1:], strict=True)) for row in rows}


def values_of(customer_id: int, wanted: Collection[str], now: datetime) -> dict[str, object]:
    """Return a customer's values of those wanted fields of routing that exist; one statement."""
    columns = {name: column for name in sorted(wanted) if (column := _routing_column(name, now)) is not None}
    statement = select(Customer.attributes, *columns.values()).where(Customer.id == customer_id)
    found = db.session.execute(statement).one_or_none()
    if found is None:
        return {}
    attributes, *values = found
    own = {f"attribute.{code}": value for code, value in attributes.items()}
    return {field: own[field] for field in wanted if field in own} | dict(zip(columns, values, strict=True))


@dataclass(frozen=True, slots=True)
class Reason:
    """One comparison that holds for a customer: what was looked at, and what stands there."""

    label: str
    value: str


def reasons_for(tree: Tree, values: Mapping[str, object], now: datetime) -> list[Reason]:
    """Return why a condition holds for a customer with these values: each thing it looks at that is so, once."""
    known = known_fields(fields_of(tree))
    found: dict[str, Reason] = {}
    for each in comparisons(tree):
        value = values.get(name_of(each))
        if value is not None and holds_for(each, values, now):
            field = known[each["field"]]
            label = f"{field.label} {within_words(each.get('within'))}".strip()
            found[name_of(each)] = Reason(label, shown(field, value))
    return list(found.values())


def shown(field: Field, value: object) -> str:
    """Return a value as people read it."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return format_decimal(value)
    if field.kind in {FieldKind.DATE, FieldKind.DAY}:
        try:
            return cast("str", format_date(date.fromisoformat(str(value)), "medium"))  # type: ignore[no-untyped-call]
        except ValueError:
            return str(value)
    return dict(field.values).get(str(value), str(value))


def labels_of(known: Mapping[str, Field]) -> dict[str, str]:
    """Return what fields and their values are called in sentences."""
    labels = {code: field.label for code, field in known.items()}
    for code, field in known.items():
        labels |= {f"{code}={value}": name for value, name in field.values}
    return labels


def _columns(tree: Tree | None, known: Mapping[str, Field], now: datetime) -> dict[str, Column | Gathered]:
    """Return what each comparison looks at in the database, by its name."""
    return {
        name_of(each): known[each["field"]].column(Look(now, each.get("within") or {})) for each in comparisons(tree)
    }


def _routing_column(name: str, now: datetime) -> Column | None:
    """Return a field of routing as a column of the record or counted from interactions; attributes come with it."""
    room, _dot, rest = name.partition(".")
    kind, _dot, measure = rest.rpartition(".")
    if room == "interaction" and measure in _COUNTED:
        return interaction_value(kind, measure, Look(now, {})).value()
    if name not in _ROUTING:
        return None
    column: Any = known_fields({name})[name].column(Look(now, {}))
    return cast("Column", column.value() if isinstance(column, Gathered) else column)
