"""Reads of stored answers, for imports, exports and datasets."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from survey_app.campaigns.models import Campaign
from survey_app.customers.models import Customer
from survey_app.datasets.filters import ResponseFilter
from survey_app.extensions import db
from survey_app.responses.models import Response


def find_campaign(survey_id: int, name: str) -> Campaign | None:
    """Return the imported campaign of this name, if the survey has it."""
    return db.session.scalar(
        select(Campaign).where(Campaign.survey_id == survey_id, Campaign.name == name, Campaign.mode == "imported"),
    )


def find_customer_ids(external_ids: Collection[str | None]) -> dict[str | None, int]:
    """Return the customers' ids by their numbers in other systems."""
    found: dict[str | None, int] = {}
    wanted = sorted(key for key in external_ids if key)
    for start in range(0, len(wanted), 500):
        rows = db.session.execute(
            select(Customer.external_id, Customer.id).where(Customer.external_id.in_(wanted[start : start + 500])),
        )
        found.update((external, identifier) for external, identifier in rows)
    return found


def stored_rows(submission_ids: Collection[str]) -> dict[str, tuple[Any, ...]]:
    """Return what stands already under these submission ids: answers, reasons, weight and language."""
    rows = db.session.execute(
        select(Response.submission_id, Response.answers, Response.missing, Response.weight, Response.language).where(
            Response.submission_id.in_(submission_ids),
        ),
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def completions(survey_id: int, chosen: ResponseFilter) -> Select[Response, Campaign]:
    """Return the statement that all figures, lists and exports of a survey share: its completions under a filter."""
    return (
        select(Response, Campaign)
        .join(Campaign, Campaign.id == Response.campaign_id)
        .where(Response.survey_id == survey_id, Response.state == "completed", Response.is_test.is_(False))
        .where(*conditions(chosen))
    )


def conditions(chosen: ResponseFilter) -> list[ColumnElement[bool]]:
    """Return a filter's parts as conditions; names come from the filter's closed list, values are bound."""
    parts: list[ColumnElement[bool]] = []
    if chosen.from_on:
        parts.append(Response.completed_at >= chosen.from_at)
    if chosen.to_on:
        parts.append(Response.completed_at < chosen.to_at)
    if chosen.waves:
        parts.append(Campaign.wave.in_(chosen.waves))
    if chosen.languages:
        parts.append(Response.language.in_(chosen.languages))
    if chosen.channels:
        parts.append(Response.channel.in_(chosen.channels))
    parts += [Response.profile[code].as_string() == value for code, value in chosen.profile]
    parts += [Response.answers[code].as_string() == value for code, value in chosen.answers]
    return parts


def count_completions(survey_id: int, chosen: ResponseFilter) -> int:
    """Return how many completions a filter leaves."""
    return db.session.scalar(select(func.count()).select_from(completions(survey_id, chosen).subquery())) or 0


def count_completions_of(survey_ids: Collection[int]) -> dict[int, int]:
    """Return how many completions each of these surveys has; those without any are left out."""
    return _completions_by(Response.survey_id, survey_ids)


def count_completions_by_campaign(campaign_ids: Collection[int]) -> dict[int, int]:
    """Return how many completions each of these campaigns has; those without any are left out."""
    return _completions_by(Response.campaign_id, campaign_ids)


def _completions_by(column: InstrumentedAttribute[int], ids: Collection[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(column, func.count())
        .where(column.in_(ids), Response.state == "completed", Response.is_test.is_(False))
        .group_by(column),
    )
    return dict(rows.all())


def iterate_completions(survey_id: int, chosen: ResponseFilter) -> Iterator[Row[Response, Campaign]]:
    """Yield the completions of a filter with their campaigns, oldest first, without holding them all."""
    statement = completions(survey_id, chosen).order_by(Response.completed_at, Response.id)
    yield from db.session.execute(statement.execution_options(yield_per=500))


def snapshot_of(survey_id: int) -> str:
    """Return a short text that changes whenever the completions of a survey do."""
    row = db.session.execute(
        select(func.count(), func.max(Response.id), func.max(Response.saved_at)).where(
            Response.survey_id == survey_id,
            Response.state == "completed",
            Response.is_test.is_(False),
        ),
    ).one()
    return "/".join(str(part) for part in row)


def dataset_rows(survey_id: int, chosen: ResponseFilter) -> Iterator[Any]:
    """Yield what a dataset needs of each completion, oldest first, as plain columns."""
    statement = completions(survey_id, chosen).with_only_columns(
        Response.public_id.label("response"),
        Response.completed_at,
        Response.campaign_id,
        Campaign.wave,
        Campaign.wave_order,
        Response.language,
        Response.channel,
        Response.customer_id,
        Response.weight,
        Response.profile,
        Response.answers,
        Response.missing,
        Response.shown,
    )
    yield from db.session.execute(
        statement.order_by(Response.completed_at, Response.id).execution_options(yield_per=500)
    )
