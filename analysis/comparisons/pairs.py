"""Two groups whose respondents may overlap: the variance of their difference counts what they share."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.scores import Answers, contributions, rated
from analysis.values import Base
from analysis.values.scores import Measure, Scale
from analysis.weights import Sample, effective_base, mean_variance


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two samples, and the numbers that name the respondent of each answer in both of them.

    Without clusters every answer is a respondent of its own.
    """

    first: Sample
    second: Sample
    owners: tuple[IntArray, IntArray]

    def scored(self, measure: Measure) -> Pair:
        """Return the same answers as what they add to the figure."""
        first, second = (each.scored(contributions(each, measure).values) for each in (self.first, self.second))
        return Pair(first, second, self.owners)

    @property
    def samples(self) -> tuple[Sample, Sample]:
        """Return both samples."""
        return self.first, self.second

    @property
    def overlaps(self) -> bool:
        """Return whether anybody stands in both groups."""
        return bool(np.isin(*self.owners).any())

    @property
    def is_plain(self) -> bool:
        """Return whether every answer counts once and comes from a respondent of its own."""
        return (
            all(not each.is_weighted and each.n_units == each.values.size for each in self.samples)
            and not self.overlaps
        )


def pair_of(first: Answers, second: Answers, scale: Scale) -> Pair:
    """Return two groups of answers checked against the scale; clusters of one name are one respondent in both.

    Raises ValueError where only one of the groups names its respondents.
    """
    samples = (rated(first, scale), rated(second, scale))
    if first.clusters is None and second.clusters is None:
        return pair_of_samples(samples)
    if first.clusters is None or second.clusters is None:
        raise ValueError("Name the respondents of both groups or of neither: clusters stand beside one of them only.")
    names = [np.asarray(each.clusters)[answered(each)] for each in (first, second)]
    numbers: IntArray = np.unique(np.concatenate(names), return_inverse=True)[1].astype(np.int64)
    return Pair(*samples, (numbers[: names[0].size], numbers[names[0].size :]))


def pair_of_samples(samples: tuple[Sample, Sample]) -> Pair:
    """Return two samples of which it is known that nobody stands in both."""
    first, second = (np.arange(each.values.size) if each.clusters is None else each.clusters for each in samples)
    return Pair(*samples, (first, second + int(first.max(initial=-1)) + 1))


def answered(answers: Answers) -> BoolArray:
    """Return which rows hold an answer that counts: one that is there, with a weight above zero."""
    scores = np.asarray(answers.scores, dtype=np.float64)
    there: BoolArray = ~np.isnan(scores)
    return there if answers.weights is None else there & (np.asarray(answers.weights, dtype=np.float64) > 0)


def chosen(answers: Answers, rows: BoolArray) -> Answers:
    """Return the chosen rows with their weights and respondents."""
    weights = None if answers.weights is None else np.asarray(answers.weights, dtype=np.float64)[rows]
    clusters = None if answers.clusters is None else np.asarray(answers.clusters)[rows]
    return Answers(np.asarray(answers.scores, dtype=np.float64)[rows], weights, clusters)


@dataclass(frozen=True, slots=True)
class Spread:
    """Linearised variances of two means, their covariance, and the degrees of freedom of the difference."""

    first: float
    second: float
    covariance: float
    df: float

    @property
    def variance(self) -> float:
        """Return the variance of the difference."""
        return max(self.first + self.second - 2 * self.covariance, 0.0)

    @property
    def correlation(self) -> float:
        """Return how the two means go together; 0 where one of them does not vary."""
        product = self.first * self.second
        return max(-1.0, min(self.covariance / math.sqrt(product), 1.0)) if product > 0 else 0.0


def spread_of(pair: Pair) -> Spread:
    """Return variances and covariance by respondent, with degrees of freedom after Welch & Satterthwaite.

    Each respondent's share in a mean is w (y - mean) / sum w, summed over that respondent's answers. The variance of
    the difference is a sum over those in the first group only, in the second only, and in both: each part has the
    degrees of freedom of its (effective) respondents less its part of the estimated means. Without overlap this is
    Welch's test, with full overlap the paired one.
    """
    size = int(max(each.max(initial=-1) for each in pair.owners)) + 1
    (shares1, weights1), (shares2, weights2) = (
        _by_respondent(sample, owner, size) for sample, owner in zip(pair.samples, pair.owners, strict=True)
    )
    lost1, lost2 = 1 / effective_base(weights1), 1 / effective_base(weights2)
    both = (weights1 > 0) & (weights2 > 0)
    parts = [
        _part(shares1 - shares2, weights1, (weights1 > 0) & ~both, lost1),
        _part(shares1 - shares2, weights2, (weights2 > 0) & ~both, lost2),
        _part(shares1 - shares2, weights1 + weights2, both, (lost1 + lost2) / 2),
    ]
    variance = sum(part for part, _ in parts)
    below = sum(part**2 / df for part, df in parts if part > 0)
    df = variance**2 / below if below > 0 else math.inf
    return Spread(mean_variance(pair.first), mean_variance(pair.second), float(shares1 @ shares2), df)


def _by_respondent(sample: Sample, owner: IntArray, size: int) -> tuple[FloatArray, FloatArray]:
    """Return each respondent's share in the mean, made free of bias, and the sum of their weights."""
    weights: FloatArray = np.bincount(owner, sample.weights, size).astype(np.float64)
    n = np.count_nonzero(weights)
    terms = sample.weights / sample.weights.sum() * (sample.values - sample.mean)
    shares: FloatArray = math.sqrt(n / (n - 1)) * np.bincount(owner, terms, size).astype(np.float64)
    return shares, weights


def _part(shares: FloatArray, weights: FloatArray, chosen: BoolArray, lost: float) -> tuple[float, float]:
    """Return the sum of squares of some respondents and its degrees of freedom."""
    n = effective_base(weights[chosen]) if chosen.any() else 0.0
    return float(np.square(shares[chosen]).sum()), n * (1 - lost)


def together(first: Base, second: Base) -> Base:
    """Return the base of two groups together."""
    return Base(first.n + second.n, first.weighted + second.weighted, first.effective + second.effective)
