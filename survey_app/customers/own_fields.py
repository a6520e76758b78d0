"""The fields that the customer's record brings itself: columns, company, attributes and interactions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Float, String, case, func, literal, select
from sqlalchemy import cast as as_type

from survey_app.accounts.models import User
from survey_app.conditions.rules import FieldKind
from survey_app.conditions.sql import Column, Gathered
from survey_app.customers.fields import Field, Look
from survey_app.customers.instants import DaysBetween, IsoDay
from survey_app.customers.models import CONTACT_STATES, AttributeDefinition, Company, Customer, Interaction
from survey_app.customers.vocabulary import list_attributes, list_interaction_kinds
from survey_app.extensions import UtcDateTime, db
from survey_app.web.languages import NAMES

MEASURES = ("count", "sum", "days_since", "last_on")
# Stands for interactions of whatever kind.
ANY = "*"
NARROWED_BY = ("days", "product", "channel", "location")
_KINDS = {"date": FieldKind.DAY}


def own_fields(wanted: Collection[str] | None) -> Iterator[Field]:
    """Return the fields of the record: of these codes, or all."""
    prefixes = {code.partition(".")[0] for code in wanted} if wanted is not None else None
    for prefix, source in _SOURCES.items():
        if prefixes is None or prefix in prefixes:
            yield from source(wanted)


def attribute_column(of: type[Customer | Company], definition: AttributeDefinition) -> Column:
    """Return an attribute's value as its kind compares it."""
    value = cast("Any", of.attributes)[definition.code]
    if definition.kind == "number":
        return cast("Column", value.as_float())
    if definition.kind == "yes_no":
        text = func.lower(value.as_string())
        yes, no = text.in_(["1", "true", "yes"]), text.in_(["0", "false", "no"])
        return cast("Column", case((yes, "yes"), (no, "no")))
    return cast("Column", func.nullif(value.as_string(), ""))


def interaction_value(kind: str, measure: str, look: Look) -> Gathered:
    """Return what is counted of a customer's interactions of a kind."""
    where: list[ColumnElement[bool]] = [] if kind == ANY else [Interaction.kind == kind]
    if look.since is not None:
        where.append(Interaction.happened_at >= look.since)
    columns = {"product": Interaction.product, "channel": Interaction.channel, "location": Interaction.location}
    where += [columns[name] == value for name, value in look.within.items() if name in columns]
    return Gathered(
        key=Customer.id.expression,
        owner=Interaction.customer_id.expression,
        measure=_measure(measure, look.now),
        where=tuple(where),
        empty=0 if measure in {"count", "sum"} else None,
    )


def interaction_label(kind: str, measure: str) -> str:
    """Return what a count of interactions is called."""
    if kind == ANY:
        return {
            "count": _("Number of interactions of any kind"),
            "sum": _("Total value of interactions of any kind"),
            "days_since": _("Days since the last interaction of any kind"),
            "last_on": _("Date of the last interaction of any kind"),
        }[measure]
    return {
        "count": _("Number of interactions: %(kind)s", kind=kind),
        "sum": _("Total value of interactions: %(kind)s", kind=kind),
        "days_since": _("Days since the last interaction: %(kind)s", kind=kind),
        "last_on": _("Date of the last interaction: %(kind)s", kind=kind),
    }[measure]


def _measure(name: str, now: datetime) -> Column:
    last = func.max(Interaction.happened_at)
    measures: dict[str, Column] = {
        "count": func.count(),
        # A customer without amounts has none, which is nought.
        "sum": func.coalesce(as_type(func.sum(Interaction.value), Float()), 0.0),
        "days_since": DaysBetween(last, literal(now, UtcDateTime())),
        "last_on": IsoDay(last),
    }
    return measures[name]


def _columns(_wanted: Collection[str] | None) -> Iterator[Field]:
    customer, company = _("Customer"), _("Company")
    plain: tuple[tuple[str, str, FieldKind, Column, tuple[tuple[str, str], ...]], ...] = (
        ("name", _("Name"), FieldKind.TEXT, Customer.name.expression, ()),
        ("email", _("Mail address"), FieldKind.TEXT, _filled(Customer.email), ()),
        (
            "email_state",
            _("Mail address: what is known of it"),
            FieldKind.CHOICE,
            _filled(Customer.email_state),
            _states(),
        ),
        ("phone", _("Telephone"), FieldKind.TEXT, _filled(Customer.phone), ()),
        ("language", _("Language"), FieldKind.CHOICE, _filled(Customer.language), tuple(NAMES.items())),
        ("time_zone", _("Time zone"), FieldKind.CHOICE, _filled(Customer.time_zone), ()),
        ("consent", _("Consent to be asked"), FieldKind.CHOICE, _filled(Customer.consent_state), _consents()),
        ("owner", _("Owner"), FieldKind.CHOICE, _owner(Customer.owner_id), _staff()),
        ("added_on", _("Added on"), FieldKind.DAY, IsoDay(Customer.created_at), ()),
    )
    for name, label, kind, column, values in plain:
        is_open = name in {"language", "time_zone"}
        yield Field(f"customer.{name}", label, kind, customer, _always(column), values, is_open=is_open)
    named = _of_company(Company.name.expression)
    yield Field("customer.company", _("Company"), FieldKind.TEXT, company, _always(named))


def _company_fields(_wanted: Collection[str] | None) -> Iterator[Field]:
    group = _("Company")
    owner = _of_company(_owner(Company.owner_id))
    yield Field("company.owner", _("Owner of the company"), FieldKind.CHOICE, group, _always(owner), _staff())
    for each in list_attributes("company"):
        column = _of_company(attribute_column(Company, each))
        yield _attribute(f"company.attribute.{each.code}", each, group, column)


def _attributes(_wanted: Collection[str] | None) -> Iterator[Field]:
    group = _("Customer's attributes")
    for each in list_attributes():
        yield _attribute(f"attribute.{each.code}", each, group, attribute_column(Customer, each))


def _attribute(code: str, definition: AttributeDefinition, group: str, column: Column | Gathered) -> Field:
    kind = _KINDS.get(definition.kind) or FieldKind(definition.kind)
    values = tuple((each, each) for each in definition.choices) if definition.kind == "choice" else ()
    return Field(code, definition.label, kind, group, _always(column), values)


def _interactions(wanted: Collection[str] | None) -> Iterator[Field]:
    group = _("Interactions")
    for kind in (ANY, *_kinds(wanted)):
        for measure in MEASURES:
            yield Field(
                f"interaction.{kind}.{measure}",
                interaction_label(kind, measure),
                FieldKind.DAY if measure == "last_on" else FieldKind.NUMBER,
                group,
                lambda look, kind=kind, measure=measure: interaction_value(kind, measure, look),  # type: ignore[misc]
                narrowed_by=NARROWED_BY if measure in {"count", "sum"} else NARROWED_BY[1:],
            )


def _kinds(wanted: Collection[str] | None) -> Iterable[str]:
    """Return the kinds there are, and those that a condition names: nothing of a kind happened yet, or no more."""
    if wanted is None:
        return list_interaction_kinds()
    named = {code.removeprefix("interaction.").rpartition(".")[0] for code in wanted if code.startswith("interaction.")}
    return sorted(named - {ANY, ""})


def _always(column: Column | Gathered) -> Callable[[Look], Column | Gathered]:
    return lambda _look: column


def _of_company(measure: Column) -> Gathered:
    return Gathered(Customer.company_id.expression, Company.id.expression, measure, is_grouped=False)


def _filled(column: Any) -> Column:
    return cast("Column", func.nullif(column, ""))


def _owner(column: Any) -> Column:
    """Return who looks after a customer or company as the text that conditions name."""
    return cast("Column", as_type(column, String()))


def _staff() -> tuple[tuple[str, str], ...]:
    rows = db.session.execute(select(User.id, User.name).order_by(User.name, User.id))
    return tuple((str(number), name) for number, name in rows)


def _states() -> tuple[tuple[str, str], ...]:
    names = {
        "unverified": _("never written to"),
        "valid": _("mail arrived"),
        "bounced": _("mail came back"),
        "invalid": _("no address"),
    }
    return tuple((each, names[each]) for each in CONTACT_STATES)


def _consents() -> tuple[tuple[str, str], ...]:
    return (("given", _("given")), ("objected", _("objected")))


_SOURCES: dict[str, Callable[[Collection[str] | None], Iterator[Field]]] = {
    "customer": _columns,
    "company": _company_fields,
    "attribute": _attributes,
    "interaction": _interactions,
}
