"""Customers and interactions on their way out: tables that an import takes in again without changing anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from survey_app.customers.imports.columns import Attributes, target_labels
from survey_app.customers.models import Customer, Interaction
from survey_app.customers.segments import customers_where
from survey_app.customers.vocabulary import list_attributes
from survey_app.extensions import db

Tree = dict[str, Any]
Row = list[object]
# Read in steps, each a statement of its own, so that a slow reader keeps no transaction open.
STEP = 1000
_CUSTOMER = ("full_number", "name", "email", "phone", "language", "time_zone", "company")
_INTERACTION = ("kind", "happened_at", "value", "cost", "channel", "product", "location", "campaign", "note")


def customer_rows(condition: Tree | None) -> Iterator[Row]:
    """Yield the heading and a row for each customer a condition finds; without one, for all who stand."""
    attributes = list_attributes()
    labels = target_labels("customers", Attributes())
    heading: Row = [labels[name] for name in _CUSTOMER]
    yield [*heading, *_unclashing({each.code: each.label for each in attributes}, heading), _("May be asked")]
    codes = [each.code for each in attributes]
    wanted = customers_where(condition, datetime.now(UTC)).where(Customer.merged_into_id.is_(None))
    for each in _in_steps(wanted.options(selectinload(Customer.company))):
        yield [*_details(each), *(each.attributes.get(code, "") for code in codes), _asked(each)]


def interaction_rows(condition: Tree | None) -> Iterator[Row]:
    """Yield the heading and a row for each interaction of the customers a condition finds; without one, of all."""
    labels = target_labels("interactions", Attributes())
    names = ("full_number", "email", *_INTERACTION, "full_external_id")
    yield [labels[name] for name in names]
    last = 0
    while found := list(db.session.execute(_interactions_after(last, condition))):
        for interaction, number, email in found:
            yield [number or "", email or "", *_happened(interaction), interaction.external_id or ""]
        last = found[-1][0].id
        db.session.expunge_all()
        db.session.rollback()


def _interactions_after(last: int, condition: Tree | None) -> Select[Interaction, str | None, str | None]:
    columns = (Interaction, Customer.external_id, Customer.email)
    query = select(*columns).join(Customer, Customer.id == Interaction.customer_id)
    if condition is not None:
        ids = customers_where(condition, datetime.now(UTC)).order_by(None).with_only_columns(Customer.id)
        query = query.where(Interaction.customer_id.in_(ids))
    return query.where(Interaction.id > last).order_by(Interaction.id).limit(STEP)


def _in_steps(wanted: Select[Any]) -> Iterator[Customer]:
    last = 0
    while True:
        step = wanted.order_by(None).where(Customer.id > last).order_by(Customer.id).limit(STEP)
        found = list(db.session.scalars(step))
        yield from found
        db.session.rollback()
        if len(found) < STEP:
            return
        last = db_identity(found[-1])
        db.session.expunge_all()


def db_identity(customer: Customer) -> int:
    """Return a customer's id without asking the database again."""
    return int(customer.__dict__.get("id") or customer.id)


def _details(customer: Customer) -> Row:
    company = customer.company.name if customer.company else ""
    texts = (customer.external_id, customer.name, customer.email, customer.phone)
    return [*(text or "" for text in texts), customer.language or "", customer.time_zone or "", company]


def _happened(interaction: Interaction) -> Row:
    at = interaction.happened_at.astimezone(UTC).isoformat(timespec="microseconds").replace(".000000", "")
    amounts = (str(each) if each is not None else "" for each in (interaction.value, interaction.cost))
    texts = (interaction.channel, interaction.product, interaction.location, interaction.campaign, interaction.note)
    return [interaction.kind, at, *amounts, *texts]


def _asked(customer: Customer) -> str:
    return {"given": _("yes"), "objected": _("no")}.get(customer.consent_state or "", "")


def _unclashing(labels: dict[str, str], taken: Row) -> list[str]:
    """Return a heading for each attribute: its label, or its code where two columns would be called the same."""
    names = [str(each) for each in (*taken, _("May be asked"), *labels.values())]
    return [label if names.count(label) == 1 else code for code, label in labels.items()]
