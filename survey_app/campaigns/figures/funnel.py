"""The way from sent to finished, for everybody and for each part of the audience.

Opens are no step of it: mail programs load pictures for everybody, read or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from analysis.values.fieldwork import Disposition
from survey_app.campaigns.figures.progress import STARTED
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.customers.models import AttributeDefinition, Company, Customer
from survey_app.customers.vocabulary import list_attributes
from survey_app.extensions import db

# Parts with fewer people than this are put together where the survey promises that nobody is seen.
PRIVACY_BASE = 5
MOST_PARTS = 30
LANGUAGE, COMPANY, WORDING = "language", "company", "wording"


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """One part of the audience: so many mails sent, delivered, begun and finished. `part` None: not known."""

    part: str | None
    n_sent: int
    n_delivered: int
    n_started: int
    n_finished: int
    n_unsubscribed: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """Everybody, and the parts by one property; `n_small` people stand in parts too small to be shown."""

    everybody: FunnelRow
    parts: tuple[FunnelRow, ...] = ()
    n_small: int = 0


def funnel_of(campaign: Campaign, by: str = "") -> Funnel:
    """Return the way from sent to finished, and the same by language, company, wording or an attribute."""
    everybody = _rows(campaign, None)[0]
    column = _column(by)
    if column is None:
        return Funnel(everybody)
    rows = _rows(campaign, column)
    if campaign.survey.identification == "identified":
        return Funnel(everybody, tuple(rows))
    shown = [row for row in rows if row.n_sent >= PRIVACY_BASE]
    return Funnel(everybody, tuple(shown), sum(row.n_sent for row in rows) - sum(row.n_sent for row in shown))


def properties() -> dict[str, str]:
    """Return the attributes by which the funnel can be split, with their labels, by what names them in an address."""
    return {f"attribute.{each.code}": each.label for each in _splitting()}


def _splitting() -> list[AttributeDefinition]:
    return [each for each in list_attributes() if each.kind not in {"number", "date"}]


def _column(by: str) -> ColumnElement[Any] | None:
    fixed: dict[str, Any] = {LANGUAGE: Invitation.language, COMPANY: Company.name, WORDING: Invitation.variant}
    if by in fixed:
        column: ColumnElement[Any] = fixed[by].expression
        return column
    if by not in properties():
        return None
    value: ColumnElement[Any] = Customer.attributes[by.removeprefix("attribute.")].as_string()
    return value


def _rows(campaign: Campaign, column: ColumnElement[Any] | None) -> list[FunnelRow]:
    """Return the largest parts first; without a column one row for everybody."""
    n_sent = func.count()
    counted = (
        n_sent,
        _n(Invitation.disposition != Disposition.BOUNCED),
        _n(Invitation.disposition.in_(STARTED)),
        _n(Invitation.disposition == Disposition.COMPLETED),
        _n(Invitation.disposition == Disposition.UNSUBSCRIBED),
    )
    sent = (Invitation.campaign_id == campaign.id, Invitation.sent_at.is_not(None), ~Invitation.is_test)
    if column is None:
        row = db.session.execute(select(*counted).where(*sent)).one()
        return [FunnelRow(None, *(int(n or 0) for n in row))]
    statement = (
        select(column.label("part"), *counted)
        .select_from(Invitation)
        .join(Customer, Customer.id == Invitation.customer_id)
        .outerjoin(Company, Company.id == Customer.company_id)
        .where(*sent)
        .group_by("part")
        .order_by(n_sent.desc())
        .limit(MOST_PARTS)
    )
    return [
        FunnelRow(None if part is None else str(part), *(int(n or 0) for n in row))
        for part, *row in db.session.execute(statement)
    ]


def _n(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
