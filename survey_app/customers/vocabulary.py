"""The words an installation has for its customers: attributes, and kinds of interactions."""

from __future__ import annotations

from sqlalchemy import select

from survey_app.customers.models import AttributeDefinition, Interaction
from survey_app.extensions import db


def list_attributes() -> list[AttributeDefinition]:
    """Return the attributes that customers may have, by label."""
    return list(db.session.scalars(select(AttributeDefinition).order_by(AttributeDefinition.label)))


def attribute_kinds() -> dict[str, str]:
    """Return every attribute's kind by its code."""
    return {each.code: each.kind for each in list_attributes()}


def list_interaction_kinds() -> list[str]:
    """Return the kinds of interactions there are."""
    return list(db.session.scalars(select(Interaction.kind).distinct().order_by(Interaction.kind)))
