"""Weights: normalisation, effective base, and the variance that a weighted mean really has.

Weights are survey weights (how many people an answer stands for), never frequencies: multiplying all of
them by a constant changes nothing. Sources: Kish 1965; Taylor linearisation with weights taken as fixed,
as in `survey::svymean` of R (Lumley 2010).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.respondents import summed_by_respondent
from analysis.values import Base


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Answers that are there, with their weights and, where people answered more than once, whose each one is.

    Arrays of one length without gaps; clusters are numbered from 0.
    """

    values: FloatArray
    weights: FloatArray
    clusters: IntArray | None = None

    @property
    def is_weighted(self) -> bool:
        """Return whether the weights differ; equal weights are no weights."""
        return self.weights.size > 0 and bool(np.ptp(self.weights) > 0)

    @property
    def base(self) -> Base:
        """Return the count, the sum of weights and Kish's effective count."""
        n = int(self.values.size)
        if not self.is_weighted:
            return Base(n, float(self.weights.sum()), float(n))
        return Base(n, float(self.weights.sum()), effective_base(self.weights))

    @property
    def mean(self) -> float:
        """Return the weighted mean: sum(w y) / sum(w); NaN without answers."""
        if not self.values.size:
            return float("nan")
        return float(np.average(self.values, weights=self.weights))

    @property
    def n_units(self) -> int:
        """Return how many respondents there are: clusters where given, answers otherwise."""
        return int(self.values.size if self.clusters is None else np.unique(self.clusters).size)

    def where(self, chosen: BoolArray) -> Sample:
        """Return the part of the sample that a mask of its length selects, clusters numbered anew."""
        return Sample(self.values[chosen], self.weights[chosen], _numbered(self.clusters, chosen))

    def scored(self, values: FloatArray) -> Sample:
        """Return the same respondents with other values, one for each answer."""
        return Sample(values, self.weights, self.clusters)


def _numbered(clusters: npt.NDArray[np.generic] | None, chosen: BoolArray) -> IntArray | None:
    """Return the clusters of the chosen rows, numbered from 0 without gaps."""
    if clusters is None:
        return None
    numbers: IntArray = np.unique(clusters[chosen], return_inverse=True)[1].astype(np.int64)
    return numbers


def sample_of(
    values: npt.ArrayLike, weights: npt.ArrayLike | None = None, clusters: npt.ArrayLike | None = None
) -> Sample:
    """Pair answers (n,) with weights (n,) and respondents (n,), and leave out what is missing.

    `clusters` names the respondent of each answer where some answered more than once; any values that can be told
    apart will do.

    NaN answers and answers of weight zero are left out: neither supports a figure. Raises ValueError for
    infinite answers and for weights that are missing, infinite, negative or of another length.
    """
    given = np.asarray(values, dtype=np.float64)
    weighing = np.ones(given.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    if given.ndim != 1 or weighing.shape != given.shape:
        msg = f"Answers and weights must be two lists of one length, not {given.shape} and {weighing.shape}."
        raise ValueError(msg)
    check_weights(weighing)
    if np.isinf(given).any():
        msg = "Answers must be finite numbers; write a missing answer as NaN."
        raise ValueError(msg)
    owners = None if clusters is None else np.asarray(clusters)
    if owners is not None and owners.shape != given.shape:
        msg = f"Answers and clusters must be two lists of one length, not {given.shape} and {owners.shape}."
        raise ValueError(msg)
    there = ~np.isnan(given) & (weighing > 0)
    return Sample(given[there], weighing[there], _numbered(owners, there))


def check_weights(weights: FloatArray) -> None:
    """Raise ValueError unless every weight is a finite number not below zero."""
    wrong = np.flatnonzero(~np.isfinite(weights) | (weights < 0))
    if wrong.size:
        msg = f"Every weight must be a number of at least 0; row {wrong[0] + 1} has {weights[wrong[0]]}."
        raise ValueError(msg)


def normalised_weights(weights: npt.ArrayLike) -> FloatArray:
    """Return the weights (n,) scaled to a mean of one, so that they sum to the number of answers.

    Normalise every wave by itself, so that a wave with a larger population does not outweigh the others.
    Raises ValueError where nothing has a weight above zero.
    """
    given = np.asarray(weights, dtype=np.float64)
    check_weights(given)
    if not given.size or given.sum() <= 0:
        msg = "At least one weight must be above zero."
        raise ValueError(msg)
    scaled: FloatArray = given * (given.size / given.sum())
    return scaled


def effective_base(weights: npt.ArrayLike) -> float:
    """Return Kish's effective number of answers, (sum w)^2 / sum w^2 (Kish 1965); 0 where all weigh nothing."""
    given = np.asarray(weights, dtype=np.float64)
    check_weights(given)
    largest = given.max(initial=0.0)
    if largest == 0:
        return 0.0
    # Scaled by the largest weight, so that neither tiny nor huge weights leave the range of floats.
    scaled = given / largest
    return float(scaled.sum() ** 2 / np.square(scaled).sum())


def kish_design_effect(weights: npt.ArrayLike) -> float:
    """Return Kish's design effect of unequal weights, n / n_eff (Kish 1965); NaN without answers."""
    positive = np.asarray(weights, dtype=np.float64)
    effective = effective_base(positive)
    return float(np.count_nonzero(positive) / effective) if effective else float("nan")


def mean_variance(sample: Sample) -> float:
    """Return the linearised variance of the weighted mean; NaN below two respondents.

    n/(n-1) * sum (w (y - ybar) / sum w)^2, with the terms of one respondent added up before they are squared and n the
    number of respondents (Binder 1983). With equal weights and no clusters this is s^2/n with divisor n-1.
    """
    if sample.values.size <= 1:
        return float("nan")
    shares = sample.weights / sample.weights.sum()
    scores = summed_by_respondent(shares * (sample.values - sample.mean), sample.clusters)
    n = scores.size
    return float(n / (n - 1) * np.square(scores).sum()) if n > 1 else float("nan")


def independent_base(sample: Sample) -> float:
    """Return how many independent, equally weighted answers would have the variance of the sample's mean.

    Without clusters Kish's effective base. Where respondents answered more than once: s^2 / variance of the mean, with
    s^2 the spread of one answer, at most Kish's base (Korn & Graubard 1998). Where all answers are alike no dependence
    can be seen: then the effective number of respondents. 0 without answers.
    """
    if sample.clusters is None or sample.n_units >= sample.values.size:
        return sample.base.effective
    variance = mean_variance(sample)
    if not variance > 0:
        return effective_base(summed_by_respondent(sample.weights, sample.clusters))
    spread = float(np.average(np.square(sample.values - sample.mean), weights=sample.weights))
    return min(spread / variance, sample.base.effective)


def supporting_base(sample: Sample, level: float = 0.95) -> float:
    """Return the independent base times (z / t)^2, for intervals that know no degrees of freedom.

    Few respondents say little about the variance that their repeated answers cost: t has n_units - 1 degrees of freedom
    (Korn & Graubard 1998). Without clusters the independent base itself.
    """
    base = independent_base(sample)
    if sample.clusters is None or sample.n_units >= sample.values.size or sample.n_units <= 1:
        return base
    tail = (1 + level) / 2
    return base * float(stats.norm.ppf(tail) / stats.t.ppf(tail, sample.n_units - 1)) ** 2


def design_effect(sample: Sample) -> float:
    """Return the linearised variance over that of an equally weighted sample of the same n; NaN without spread.

    The comparison variance is (n/(n-1)) * sum w (y - ybar)^2 / sum w / n.
    """
    n = sample.values.size
    if n <= 1:
        return float("nan")
    spread = float(np.average(np.square(sample.values - sample.mean), weights=sample.weights))
    return mean_variance(sample) / (spread / (n - 1)) if spread > 0 else float("nan")
