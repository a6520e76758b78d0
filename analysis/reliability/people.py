"""The people who answered every item of a scale, and how a figure of their covariances is estimated from them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.arrays import FloatArray, IntArray
from analysis.moments import weighted_moments
from analysis.scores import ScaleAnswers
from analysis.scores.multi_item import turned
from analysis.values import Base, Estimate, Interval, Note, Refusal
from analysis.weights import Sample, mean_variance, sample_of

DESIGN_SOURCE = "Binder 1983"
FEWEST_ITEMS, FEWEST_PEOPLE = 2, 3


@dataclass(frozen=True, slots=True)
class ReliabilityOptions:
    """Confidence level, people needed, and the interval of alpha.

    `alpha_interval`: `linearised` (holds for ratings of any distribution; weights and clusters count) or `feldt` (for
    normal items that measure equally well).
    """

    level: float = 0.95
    minimum_base: int = 10
    alpha_interval: str = "linearised"

    def __post_init__(self) -> None:
        """Refuse a level that is no probability and an interval that does not exist."""
        if not 0 < self.level < 1:
            raise ValueError(f"A confidence level lies between 0 and 1, not at {self.level}.")
        if self.alpha_interval not in {"linearised", "feldt"}:
            raise ValueError(f"The interval of alpha is linearised or feldt, not {self.alpha_interval}.")


DEFAULTS = ReliabilityOptions()


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Centred answers (n, k) of those who answered all items, their weights and clusters, and the covariances (k, k).

    Reversed items are turned round.
    """

    centred: FloatArray
    covariance: FloatArray
    weights: FloatArray
    clusters: IntArray | None
    names: tuple[str, ...]

    @property
    def base(self) -> Base:
        """Return the base of those who answered all items."""
        return self.sample(self.weights).base

    @property
    def n_items(self) -> int:
        """Return how many items there are."""
        return int(self.covariance.shape[0])

    def sample(self, values: FloatArray) -> Sample:
        """Return one value per person with weights and clusters."""
        return Sample(values, self.weights, self.clusters)

    def without(self, item: int) -> People:
        """Return the same people without one item."""
        keep = np.arange(self.n_items) != item
        names = tuple(name for place, name in enumerate(self.names) if place != item)
        return People(self.centred[:, keep], self.covariance[np.ix_(keep, keep)], self.weights, self.clusters, names)


def people_of(answers: ScaleAnswers) -> People:
    """Return the people who answered all items."""
    items = turned(answers)
    names = tuple(answers.names) or tuple(f"item {place + 1}" for place in range(items.shape[1]))
    whole = np.where(np.isnan(items).any(axis=1), np.nan, np.arange(items.shape[0], dtype=float))
    kept = sample_of(whole, answers.weights, answers.clusters)
    chosen = items[kept.values.astype(np.int64)]
    if not kept.values.size:
        return People(chosen, np.zeros((items.shape[1],) * 2), kept.weights, kept.clusters, names)
    moments = weighted_moments(chosen, kept.weights)
    return People(chosen - moments.mean, moments.covariance, kept.weights, kept.clusters, names)


def refused(people: People, options: ReliabilityOptions) -> Refusal | None:
    """Return why the items have no reliability, if they don't."""
    n = people.sample(people.weights).n_units
    needed = max(options.minimum_base, FEWEST_PEOPLE)
    if people.n_items < FEWEST_ITEMS:
        return Refusal("too-few-items", people.base, {"n": people.n_items, "needed": FEWEST_ITEMS})
    if n < needed:
        return Refusal("base-too-small", people.base, {"n": n, "needed": needed})
    constant = np.flatnonzero(np.diag(people.covariance) <= 0)
    if constant.size:
        return Refusal("constant-item", people.base, {"item": people.names[constant[0]]})
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """A figure of the covariances and what each person contributes to it (n,), averaging to zero."""

    value: float
    contributions: FloatArray
    method: str
    unit: str
    source: str


def consistency_estimate(people: People, found: Influence, level: float, notes: tuple[Note, ...] = ()) -> Estimate:
    """Return a share of true variance with an interval symmetric in ln(1 - figure) (Bonett 2002), not above 1."""
    gap = 1 - found.value
    if gap <= 0:
        return _estimate(people, found, Interval(found.value, found.value, level, "linearised"), notes)
    half = _quantile(people, level) * _error(people, found) / gap
    low, high = (1 - gap * math.exp(half), 1 - gap * math.exp(-half))
    return _estimate(people, found, Interval(low, high, level, "linearised"), notes)


def correlation_estimate(people: People, found: Influence, level: float) -> Estimate:
    """Return a correlation with an interval symmetric in Fisher's z."""
    if abs(found.value) >= 1:
        return _estimate(people, found, Interval(found.value, found.value, level, "linearised"), ())
    half = _quantile(people, level) * _error(people, found) / (1 - found.value**2)
    centre = math.atanh(found.value)
    interval = Interval(math.tanh(centre - half), math.tanh(centre + half), level, "linearised")
    return _estimate(people, found, interval, ())


def _error(people: People, found: Influence) -> float:
    return math.sqrt(mean_variance(people.sample(found.contributions)))


def _quantile(people: People, level: float) -> float:
    df = min(people.base.effective, people.sample(people.weights).n_units) - 1
    return float(stats.t.ppf((1 + level) / 2, df))


def _estimate(people: People, found: Influence, interval: Interval, notes: tuple[Note, ...]) -> Estimate:
    source = f"{found.source}; {DESIGN_SOURCE}"
    return Estimate(found.value, interval, people.base, found.method, found.unit, _error(people, found), notes, source)
