"""Reads of responses for staff: lists with their filters, one response, a customer's own."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from survey_app.campaigns.models import Campaign
from survey_app.customers.models import Customer
from survey_app.extensions import db
from survey_app.questionnaires.models import Survey
from survey_app.responses.filters import ListFilter
from survey_app.responses.models import Response
from survey_app.responses.rules import PRIVACY_BASE

PAGE_SIZE = 50
NEWEST = 20


def page_of_responses(chosen: ListFilter, page: int) -> tuple[Pagination, int]:
    """Return one page of the completed responses, newest first, and from how many surveys some are withheld.

    A survey that promises secrecy shows none of its answers where the filter leaves fewer than five of them.
    """
    conditions = _conditions(chosen)
    too_few = _surveys_with_too_few(conditions)
    query = _completed().where(*conditions)
    if too_few:
        query = query.where(Response.survey_id.not_in(too_few))
    query = query.order_by(Response.completed_at.desc(), Response.id.desc())
    return db.paginate(query, page=page, per_page=PAGE_SIZE, error_out=False), len(too_few)


def find_completed(public_id: str) -> Response | None:
    """Return the completed response with this public id, unless its survey's promise of secrecy forbids it."""
    response = db.session.scalar(_completed().where(Response.public_id == public_id))
    if response is None or response.survey_id in _surveys_with_too_few([Response.survey_id == response.survey_id]):
        return None
    return response


def list_of_customer(customer: Customer) -> list[Response]:
    """Return a customer's newest answers to surveys that promise no secrecy."""
    query = _completed().where(Response.customer_id == customer.id, Survey.identification == "identified")
    return list(db.session.scalars(query.order_by(Response.completed_at.desc(), Response.id.desc()).limit(NEWEST)))


def list_languages() -> list[str]:
    """Return the languages in which people have answered."""
    query = select(Response.language).where(Response.state == "completed").distinct().order_by(Response.language)
    return list(db.session.scalars(query))


def _completed() -> Select[Response]:
    return (
        select(Response)
        .join(Response.campaign)
        .join(Campaign.survey)
        .where(Response.state == "completed")
        .options(contains_eager(Response.campaign).contains_eager(Campaign.survey), joinedload(Response.customer))
    )


def _conditions(chosen: ListFilter) -> list[ColumnElement[bool]]:
    """Return the conditions for the parts of a filter that are given."""
    parts: list[tuple[Any, Any, Callable[[Any, Any], ColumnElement[bool]]]] = [
        (chosen.survey, Survey.code, operator.eq),
        (chosen.campaign, Response.campaign_id, operator.eq),
        (chosen.channel, Response.channel, operator.eq),
        (chosen.language, Response.language, operator.eq),
        (chosen.lowest, Response.outcome, operator.ge),
        (chosen.highest, Response.outcome, operator.le),
        (chosen.from_at, Response.completed_at, operator.ge),
        (chosen.before_at, Response.completed_at, operator.lt),
    ]
    return [compare(column, value) for value, column, compare in parts if value is not None]


def _surveys_with_too_few(conditions: list[ColumnElement[bool]]) -> list[int]:
    """Return the surveys that promise secrecy and of which these conditions leave fewer than five people."""
    people = func.count(func.distinct(Response.customer_id)) + func.count().filter(Response.customer_id.is_(None))
    query = (
        select(Response.survey_id)
        .join(Response.campaign)
        .join(Campaign.survey)
        .where(Response.state == "completed", Survey.identification != "identified", *conditions)
        .group_by(Response.survey_id)
        .having(people < PRIVACY_BASE)
    )
    return list(db.session.scalars(query))
