"""What conditions on customers may ask of invitations, and which campaigns and rules use a segment."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, literal, select

from survey_app.campaigns.models import Campaign, ContactRule, Invitation
from survey_app.conditions.rules import FieldKind
from survey_app.conditions.sql import Column, Gathered
from survey_app.customers.fields import DAYS, Field, Look
from survey_app.customers.instants import DaysBetween
from survey_app.customers.models import Customer, Segment
from survey_app.customers.registry import Use
from survey_app.extensions import UtcDateTime, db


def invited_fields(wanted: Collection[str] | None) -> Iterator[Field]:
    """Return how often and when somebody was asked to take part, whatever the survey."""
    if wanted is not None and not any(each.startswith("invited.") for each in wanted):
        return
    group = _("Invitations")
    label = _("Number of invitations")
    yield Field("invited.count", label, FieldKind.NUMBER, group, _count, narrowed_by=(DAYS,))
    yield Field("invited.days_since", _("Days since the last invitation"), FieldKind.NUMBER, group, _days_since)


def uses_of(segment: Segment) -> list[Use]:
    """Return the campaigns and contact rules that a segment decides about."""
    campaigns = select(Campaign).where(Campaign.segment_id == segment.id).order_by(Campaign.id)
    rules = select(ContactRule).where(ContactRule.segment_id == segment.id).order_by(ContactRule.name)
    return [
        *(Use(each.name, url_for("campaigns.show", campaign_id=each.id)) for each in db.session.scalars(campaigns)),
        *(Use(_("Contact rule %(name)s", name=each.name)) for each in db.session.scalars(rules)),
    ]


def _count(look: Look) -> Gathered:
    since = [] if look.since is None else [Invitation.sent_at >= look.since]
    return _gathered(func.count(), 0, *since)


def _days_since(look: Look) -> Gathered:
    return _gathered(DaysBetween(func.max(Invitation.sent_at), literal(look.now, UtcDateTime())), None)


def _gathered(measure: Column, empty: float | None, *more: ColumnElement[bool]) -> Gathered:
    sent = (Invitation.sent_at.is_not(None), Invitation.customer_id.is_not(None), ~Invitation.is_test, *more)
    return Gathered(Customer.id.expression, Invitation.customer_id.expression, measure, sent, empty=empty)
