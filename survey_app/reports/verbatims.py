"""Open answers with the score their authors gave, under the same filter as the figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, func, select

from analysis.values import Codebook, Role
from survey_app.campaigns.models import Campaign
from survey_app.customers.models import AttributeDefinition
from survey_app.datasets.filters import ResponseFilter
from survey_app.datasets.queries import completions
from survey_app.extensions import db
from survey_app.questionnaires.models import Survey
from survey_app.responses.models import Response
from survey_app.responses.rules import PRIVACY_BASE

PER_PAGE = 20
MOST_CHOICES = 30


@dataclass(frozen=True, slots=True)
class VerbatimFilter:
    """Which open answers: of one item, with scores between two ends (both included)."""

    item: str
    lowest: float | None = None
    highest: float | None = None


def verbatim_items(codebook: Codebook) -> tuple[str, ...]:
    """Return the codes of the items whose answers are verbatims."""
    return tuple(item.code for item in codebook.with_role(Role.VERBATIM))


def page_of_verbatims(survey: Survey, chosen: ResponseFilter, wanted: VerbatimFilter, page: int) -> Pagination:
    """Return a page of open answers, newest first."""
    statement = completions(survey.id, chosen).where(func.length(Response.answers[wanted.item].as_string()) > 0)
    if wanted.lowest is not None:
        statement = statement.where(Response.outcome >= wanted.lowest)
    if wanted.highest is not None:
        statement = statement.where(Response.outcome <= wanted.highest)
    newest_first: Select[Any] = statement.with_only_columns(Response)
    newest_first = newest_first.order_by(Response.completed_at.desc(), Response.id.desc())
    return db.paginate(newest_first, page=page, per_page=PER_PAGE, error_out=False)


def may_show_verbatims(survey: Survey, n: int) -> bool:
    """Return whether so few people stand behind a filter that their words would give them away."""
    return survey.identification == "identified" or n >= PRIVACY_BASE


def filter_choices(survey: Survey) -> dict[str, Any]:
    """Return which waves, languages, channels and attribute values the survey's completions hold."""
    done = (Response.survey_id == survey.id, Response.state == "completed", Response.is_test.is_(False))
    waves = select(Campaign.wave, Campaign.wave_order).join(Response, Response.campaign_id == Campaign.id).where(*done)
    rows = db.session.execute(waves.distinct().order_by(Campaign.wave_order)).all()
    return {
        "wave": list(dict.fromkeys(wave for wave, _ in rows if wave)),
        "language": _distinct(Response.language, done),
        "channel": _distinct(Response.channel, done),
        "profile": _profile_values(done),
    }


def _profile_values(done: tuple[Any, ...]) -> dict[str, list[str]]:
    """Return the values of each attribute marked for reporting, where they are few enough to choose from."""
    values = {}
    for code in db.session.scalars(select(AttributeDefinition.code).where(AttributeDefinition.for_reporting)):
        column = Response.profile[code].as_string()
        found = [each for each in _distinct(column, done) if each]
        if 1 < len(found) <= MOST_CHOICES:
            values[code] = found
    return values


def _distinct(column: Any, conditions: tuple[Any, ...]) -> list[str]:
    return list(db.session.scalars(select(column).where(*conditions).distinct().order_by(column)))
