"""Attributes renamed and deleted, with a word on what names them. The caller commits."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from survey_app.accounts.operations import record
from survey_app.conditions.rules import fields_of
from survey_app.customers.models import AttributeDefinition, Company, Customer, Segment
from survey_app.customers.queries import list_segments
from survey_app.customers.registry import Use, uses_of
from survey_app.extensions import db


@dataclass(frozen=True, slots=True)
class AttributeUse:
    """A segment that names an attribute and finds nobody without it, and what that segment decides about."""

    segment: Segment
    uses: list[Use]


def uses_of_attribute(attribute: AttributeDefinition) -> list[AttributeUse]:
    """Return the segments that name an attribute, with the campaigns and the like they decide about."""
    return [AttributeUse(each, uses_of(each)) for each in segments_naming(attribute)]


def segments_naming(attribute: AttributeDefinition) -> list[Segment]:
    """Return the segments whose condition names this attribute."""
    field = f"attribute.{attribute.code}"
    return [each for each in list_segments() if field in fields_of(each.condition)]


def count_values(attribute: AttributeDefinition) -> int:
    """Return how many customers, or companies, have a value of this attribute."""
    model = Company if attribute.subject == "company" else Customer
    has = model.attributes[attribute.code].as_string().is_not(None)
    return db.session.scalar(select(func.count()).select_from(model).where(has)) or 0


def delete_attribute(attribute: AttributeDefinition) -> None:
    """Delete an attribute; values stay unseen on the records, so that it can be defined again."""
    record("customers.attribute_deleted", "attribute", attribute.code, label=attribute.label, kind=attribute.kind)
    db.session.delete(attribute)
    db.session.flush()
