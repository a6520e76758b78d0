"""The words an installation has for its customers: attributes, and kinds of interactions."""

from __future__ import annotations

from sqlalchemy import func, select

from survey_app.customers.models import AttributeDefinition, Interaction
from survey_app.customers.rules import Kind
from survey_app.extensions import db


def list_attributes(subject: str = "customer") -> list[AttributeDefinition]:
    """Return the attributes that customers (or companies) may have, by label."""
    wanted = select(AttributeDefinition).where(AttributeDefinition.subject == subject)
    return list(db.session.scalars(wanted.order_by(AttributeDefinition.label)))


def attribute_kinds(subject: str = "customer") -> dict[str, str]:
    """Return every attribute's kind, with the choices it may have, by its code."""
    return {each.code: Kind(each.kind, each.choices) for each in list_attributes(subject)}


def list_interaction_kinds() -> list[str]:
    """Return the kinds of interactions there are, each found by one step through the index: millions are no matter."""
    found = select(func.min(Interaction.kind).label("kind")).cte("kinds", recursive=True)
    following = select(func.min(Interaction.kind)).where(Interaction.kind > found.c.kind).scalar_subquery()
    kinds = found.union_all(select(following).where(found.c.kind.is_not(None)))
    return list(db.session.scalars(select(kinds.c.kind).where(kinds.c.kind.is_not(None)).order_by(kinds.c.kind)))
