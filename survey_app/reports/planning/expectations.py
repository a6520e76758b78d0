"""What may be expected, from what the survey has seen so far; else from stated guesses."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from sqlalchemy import func, select

from analysis.values.fieldwork import STANDINGS, Standing
from survey_app.campaigns.queries import ELIGIBLE, count_dispositions, list_campaigns
from survey_app.customers.queries import count_customers
from survey_app.extensions import db
from survey_app.questionnaires.definition import Item
from survey_app.questionnaires.models import Survey
from survey_app.reports.planning.requests import KINDS, Kind
from survey_app.reports.rules import COMPARISON_BASE
from survey_app.responses.models import Response

GUESSED_RATE = 0.20
GUESSES = {Kind.NPS: (0.5, 0.2), Kind.SHARE: (0.8, 0.0)}
CHANGES = {Kind.NPS: 5.0, Kind.SHARE: 0.05, Kind.MEAN: 0.25}
PROMOTERS, DETRACTORS = 9, 6
BEST_BOXES = 2


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of an outcome and of the fieldwork; the counts say on how much it rests (0: a guess)."""

    first: float
    second: float
    n_answers: int
    response_rate: float
    n_invited: int
    audience: int
    change: float


def expectation_of(survey: Survey, item: Item) -> Expectation:
    """Return what may be expected of an item that has a plannable type."""
    kind = KINDS[item.type]
    counts = _answers(survey) if item.is_primary else {}
    n = sum(counts.values())
    first, second = _seen(kind, item, counts) if n >= COMPARISON_BASE else _guessed(kind, item)
    rate, n_invited = _response_rate(survey)
    return Expectation(
        first, second, n if n >= COMPARISON_BASE else 0, rate, n_invited, max(count_customers(), 1), CHANGES[kind]
    )


def _answers(survey: Survey) -> dict[float, int]:
    """Return how many completed answers the primary outcome has on each point."""
    rows = db.session.execute(
        select(Response.outcome, func.count())
        .where(
            Response.survey_id == survey.id,
            Response.state == "completed",
            ~Response.is_test,
            Response.outcome.is_not(None),
        )
        .group_by(Response.outcome)
    )
    return {float(point): n for point, n in rows if point is not None}


def _seen(kind: Kind, item: Item, counts: dict[float, int]) -> tuple[float, float]:
    n = sum(counts.values())
    if kind is Kind.NPS:
        promoters = sum(each for point, each in counts.items() if point >= PROMOTERS)
        detractors = sum(each for point, each in counts.items() if point <= DETRACTORS)
        return promoters / n, detractors / n
    if kind is Kind.SHARE:
        return sum(each for point, each in counts.items() if is_best(item, point)) / n, 0.0
    mean = sum(point * each for point, each in counts.items()) / n
    spread = sqrt(sum(each * (point - mean) ** 2 for point, each in counts.items()) / (n - 1))
    return mean, spread or _guessed(kind, item)[1]


def is_best(item: Item, point: float) -> bool:
    """Return whether a point of an item's scale counts as satisfied: the best two."""
    if item.scale is None:
        return False
    best = item.scale.high - point if item.scale.higher_is_better else point - item.scale.low
    return best < BEST_BOXES


def _guessed(kind: Kind, item: Item) -> tuple[float, float]:
    if kind is not Kind.MEAN or item.scale is None:
        return GUESSES[kind]
    width = item.scale.high - item.scale.low
    return item.scale.low + 0.7 * width, width / 4


def _response_rate(survey: Survey) -> tuple[float, int]:
    """Return the share of eligible invitations that were answered, over all campaigns by mail, and their number."""
    n_invited = n_completed = 0
    for campaign in (each for each in list_campaigns(survey) if each.mode == "mail"):
        for disposition, n in count_dispositions(campaign).items():
            n_invited += n if disposition in ELIGIBLE else 0
            n_completed += n if STANDINGS[disposition] is Standing.INTERVIEW else 0
    if n_invited < COMPARISON_BASE or not n_completed:
        return GUESSED_RATE, 0
    return n_completed / n_invited, n_invited
