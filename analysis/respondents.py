"""Who answered: one weight per row and, where rows repeat people, whose row it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.values.estimates import Base


@dataclass(frozen=True, slots=True, eq=False)
class Respondents:
    """Who answered: one weight per row and, where rows share a respondent, the number of their cluster.

    Clusters are numbered from 0 without gaps; `respondents` makes it so.
    """

    weights: FloatArray
    clusters: IntArray | None = None

    @property
    def is_weighted(self) -> bool:
        """Tell whether the weights differ at all; equal weights change no result."""
        return bool(self.weights.size) and not np.allclose(self.weights, self.weights[0], rtol=1e-12, atol=0)

    @property
    def n_units(self) -> int:
        """Return how many respondents there are: clusters where given, rows otherwise."""
        return self.weights.size if self.clusters is None else int(np.unique(self.clusters).size)

    def rows(self, keep: BoolArray) -> Respondents:
        """Return those of the kept rows only, clusters numbered anew from 0 without gaps."""
        return respondents(int(keep.sum()), self.weights[keep], None if self.clusters is None else self.clusters[keep])

    def base(self) -> Base:
        """Return the base: rows, sum of weights and Kish's effective number (sum w)^2 / sum w^2."""
        total = float(self.weights.sum())
        squares = float(np.square(self.weights).sum())
        return Base(n=self.weights.size, weighted=total, effective=total * total / squares if squares else 0.0)


def respondents(n: int, weights: ArrayLike | None = None, clusters: ArrayLike | None = None) -> Respondents:
    """Return the respondents of n rows; without weights each row counts once, without clusters each is a person.

    Raises ValueError when a length differs from n or a weight is negative, infinite or not a number.
    """
    kept = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)
    if kept.shape != (n,) or not np.isfinite(kept).all() or (kept < 0).any():
        raise ValueError(f"Give one finite weight of at least zero for each of the {n} rows.")
    if clusters is None:
        return Respondents(kept)
    numbers = np.unique(np.asarray(clusters), return_inverse=True)[1].astype(np.int64)
    if numbers.shape != (n,):
        raise ValueError(f"Give one cluster for each of the {n} rows.")
    return Respondents(kept, numbers)


def summed_by_respondent(scores: FloatArray, clusters: IntArray | None) -> FloatArray:
    """Return the scores (n,) or (n, k) added up within each cluster; as they are where there are no clusters."""
    if clusters is None:
        return scores
    sums: FloatArray = np.zeros((int(clusters.max(initial=-1)) + 1, *scores.shape[1:]))
    np.add.at(sums, clusters, scores)
    return sums


def weighted_mean(values: FloatArray, who: Respondents) -> tuple[float, float]:
    """Return the weighted mean of `values` (no missing) and its linearised standard error.

    Variance: g/(g-1) * sum over clusters of (sum w (y - mean) / sum w)^2, a row being its own cluster where none are
    given (Binder 1983; what survey packages call Taylor linearisation). The error of a single cluster is not a number.
    """
    total = float(who.weights.sum())
    mean = float(who.weights @ values) / total
    scores = summed_by_respondent(who.weights * (values - mean) / total, who.clusters)
    g = scores.size
    return mean, float(np.sqrt(g / (g - 1) * np.square(scores).sum())) if g > 1 else float("nan")
