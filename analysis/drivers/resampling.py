"""Resampled and shuffled correlation matrices: how sure the importance is, and what chance alone would give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import FloatArray
from analysis.moments import correlations, weighted_moments
from analysis.respondents import Respondents

# Doubles held at a time for the resampled counts and for the table of products: 16 MB each.
_HELD = 1 << 21
# After standardising, a replicate's column with less variance than this is constant in it.
_LEAST_VARIANCE = 1e-10


@dataclass(frozen=True, slots=True)
class Replicates:
    """Correlation matrices of b resamples (b x k x k, outcome last) and the resampled sums of the tallies (b x t)."""

    correlations: FloatArray
    tallies: FloatArray

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Return which replicates have an outcome that varies at all."""
        varies: NDArray[np.bool_] = self.correlations[:, -1, -1] > 0
        return varies


def draw_counts(n_units: int, n_draws: int, rng: np.random.Generator) -> FloatArray:
    """Return how often each unit is drawn in each resample with replacement, as n_draws x n_units."""
    drawn = rng.integers(0, n_units, size=(n_draws, n_units))
    drawn += np.arange(n_draws)[:, None] * n_units
    return np.bincount(drawn.ravel(), minlength=n_draws * n_units).reshape(n_draws, n_units).astype(np.float64)


def standardise(data: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the columns with weighted mean 0 and variance 1; constant columns become 0."""
    moments = weighted_moments(data, weights)
    spread = np.sqrt(np.diagonal(moments.covariance))
    result: FloatArray = np.where(spread > 0, (data - moments.mean) / np.where(spread > 0, spread, 1.0), 0.0)
    return result


def _products(data: FloatArray, tallies: FloatArray, weights: FloatArray) -> FloatArray:
    """Return, per row: weight, weighted columns, weighted products of columns (upper triangle), weighted tallies."""
    rows, columns = np.triu_indices(data.shape[1])
    table = np.concatenate((np.ones((len(data), 1)), data, data[:, rows] * data[:, columns], tallies), axis=1)
    table *= weights[:, None]
    return table


def _sums(counts: FloatArray, data: FloatArray, tallies: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the resampled sums of the product table, going over the rows in chunks that fit in memory."""
    k = data.shape[1]
    width = 1 + k + k * (k + 1) // 2 + tallies.shape[1]
    step = max(1, _HELD // width)
    total = np.zeros((counts.shape[0], width))
    for start in range(0, len(data), step):
        part = slice(start, start + step)
        total += counts[:, part] @ _products(data[part], tallies[part], weights[part])
    return total


def _replicates(sums: FloatArray, k: int) -> Replicates:
    """Return correlations and tallies from resampled sums."""
    rows, columns = np.triu_indices(k)
    last = 1 + k + rows.size
    mean = sums[:, 1 : 1 + k] / sums[:, :1]
    packed = sums[:, 1 + k : last] / sums[:, :1] - mean[:, rows] * mean[:, columns]
    covariances = np.empty((len(sums), k, k))
    covariances[:, rows, columns] = packed
    covariances[:, columns, rows] = packed
    return Replicates(correlations(covariances, _LEAST_VARIANCE), sums[:, last:])


def bootstrap(
    data: FloatArray,
    tallies: FloatArray,
    sample: Respondents,
    n_draws: int,
    rng: np.random.Generator,
) -> Iterator[Replicates]:
    """Yield resamples of respondents (of clusters where given) in chunks, weights travelling with their rows.

    `data` (n x k) holds drivers and, last, the outcome; `tallies` (n x t) are further columns to sum. Each replicate
    costs one row of a matrix product: integer counts times the table of products (Efron & Tibshirani 1993).
    """
    scaled = standardise(data, sample.weights)
    n_units = len(data) if sample.clusters is None else int(sample.clusters.max()) + 1
    step = max(1, _HELD // max(n_units, len(data)))
    for start in range(0, n_draws, step):
        counts = draw_counts(n_units, min(step, n_draws - start), rng)
        rows = counts if sample.clusters is None else counts[:, sample.clusters]
        yield _replicates(_sums(rows, scaled, tallies, sample.weights), data.shape[1])


def _shuffled(outcome: FloatArray, sample: Respondents, n_draws: int, rng: np.random.Generator) -> FloatArray:
    """Return the outcome with its link to the drivers broken, once per column (n x n_draws).

    Rows are permuted; with clusters the centred outcome keeps or turns its sign by whole clusters instead, because rows
    of one respondent are not exchangeable (wild cluster resampling under the null: Cameron, Gelbach & Miller 2008).
    """
    if sample.clusters is None:
        return rng.permuted(np.tile(outcome, (n_draws, 1)), axis=1).T
    signs = rng.choice(np.array([-1.0, 1.0]), size=(int(sample.clusters.max()) + 1, n_draws))
    return signs[sample.clusters] * outcome[:, None]


def _explained_by_controls(scaled: FloatArray, shares: FloatArray, controls: tuple[int, ...]) -> FloatArray:
    """Return the part of the outcome that the controls explain (n), zeros without controls."""
    if not controls:
        return np.zeros(len(scaled))
    design, root = scaled[:, list(controls)], np.sqrt(shares)
    slopes = np.linalg.lstsq(design * root[:, None], scaled[:, -1] * root, rcond=1e-10)[0]
    fitted: FloatArray = design @ slopes
    return fitted


def permutation_null(
    data: FloatArray,
    sample: Respondents,
    n_draws: int,
    rng: np.random.Generator,
    controls: tuple[int, ...] = (),
) -> Iterator[FloatArray]:
    """Yield correlation matrices (b x k x k) of the drivers with an outcome that has nothing to do with them.

    Where columns are controlled, what they explain stays and only the rest of the outcome is shuffled (Freedman & Lane
    1983).
    """
    scaled = standardise(data, sample.weights)
    drivers, shares = scaled[:, :-1], sample.weights / sample.weights.sum()
    among = correlations((drivers.T * shares) @ drivers, _LEAST_VARIANCE)
    kept = _explained_by_controls(scaled, shares, controls)
    step = max(1, _HELD // len(data))
    for start in range(0, n_draws, step):
        outcomes = _shuffled(scaled[:, -1] - kept, sample, min(step, n_draws - start), rng) + kept[:, None]
        centred = outcomes - shares @ outcomes
        spread = np.sqrt(shares @ np.square(centred))
        cross = (drivers.T * shares) @ centred / np.where(spread > 0, spread, 1.0)
        size = np.sqrt(np.einsum("ij,ij,i->j", drivers, drivers, shares))
        yield _bordered(among, (cross / np.where(size > 0, size, 1.0)[:, None]).T)


def _bordered(among: FloatArray, cross: FloatArray) -> FloatArray:
    """Return the drivers' correlations with each row of `cross` (b x p) as the outcome's."""
    n_draws, p = cross.shape
    result = np.ones((n_draws, p + 1, p + 1))
    result[:, :p, :p] = among
    result[:, :p, p] = cross
    result[:, p, :p] = cross
    return result


def rank_probabilities(draws: FloatArray) -> FloatArray:
    """Return the probability of each rank (column 0 = first) of each driver (row), from draws (b x p) of importance."""
    n_draws, p = draws.shape
    order = np.argsort(-draws, axis=1, kind="stable")
    counts = np.zeros((p, p))
    for place in range(p):
        counts[:, place] = np.bincount(order[:, place], minlength=p)
    result: FloatArray = counts / n_draws
    return result
