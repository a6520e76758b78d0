"""The people who answered every item of a scale, and how a figure of their covariances is estimated from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.moments import weighted_moments
from analysis.scores import ScaleAnswers
from analysis.scores.multi_item import turned
from analysis.values import Base, Refusal
from analysis.weights import Sample, sample_of

ALPHA_INTERVALS = ("jackknife", "feldt")
FEWEST_ITEMS, FEWEST_PEOPLE = 2, 3
# A sum of items whose variance is below this share of the items' own never varies: they cancel each other.
LEAST_SUM = 1e-12


@dataclass(frozen=True, slots=True)
class ReliabilityOptions:
    """Confidence level, people needed, and the interval of alpha.

    `alpha_interval`: `jackknife` (for ratings of any distribution, with weights and clusters) or `feldt` (for normal
    items that measure equally well).
    """

    level: float = 0.95
    minimum_base: int = 10
    alpha_interval: str = "jackknife"

    def __post_init__(self) -> None:
        """Refuse a level that is no probability and an interval that does not exist."""
        if not 0 < self.level < 1:
            raise ValueError(f"A confidence level lies between 0 and 1, not at {self.level}.")
        if self.alpha_interval not in ALPHA_INTERVALS:
            raise ValueError(f"The interval of alpha is {' or '.join(ALPHA_INTERVALS)}, not {self.alpha_interval}.")


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

    @property
    def degrees_of_freedom(self) -> float:
        """Return the effective base or, where fewer, the respondents, minus one."""
        return min(self.base.effective, self.sample(self.weights).n_units) - 1


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
    if people.covariance.sum() <= LEAST_SUM * np.trace(people.covariance):
        return Refusal("no-variation", people.base, {"items": people.n_items})
    return None
