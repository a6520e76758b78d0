"""All that a fit needs to know of the rows: means, spreads and correlations, of the sample and resampled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.moments import correlations, weighted_moments
from analysis.respondents import Respondents

# Doubles held at a time for the resampled counts and for the table of products: 16 MB each.
_HELD = 1 << 21
# After standardising, an item with less variance than this is constant in its resample.
_LEAST_VARIANCE = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class ItemMoments:
    """Means (b x p), standard deviations with n - 1 (b x p) and correlations (b x p x p) of the items."""

    mean: FloatArray
    spread: FloatArray
    correlation: FloatArray


def of_table(table: FloatArray, sample: Respondents) -> ItemMoments:
    """Return the weighted moments of one table, as a batch of one."""
    found = weighted_moments(table, sample.weights if sample.is_weighted else None)
    spread = np.sqrt(np.diagonal(found.covariance))
    return ItemMoments(found.mean[None], spread[None], correlations(found.covariance[None]))


def of_tables(tables: tuple[FloatArray, ...], sample: Respondents) -> ItemMoments:
    """Return the moments of several tables as one batch."""
    each = [of_table(table, sample) for table in tables]
    return ItemMoments(
        np.concatenate([one.mean for one in each]),
        np.concatenate([one.spread for one in each]),
        np.concatenate([one.correlation for one in each]),
    )


def _drawn(n_units: int, n_draws: int, rng: np.random.Generator) -> FloatArray:
    """Return how often each unit comes in each resample with replacement, n_draws x n_units."""
    units = rng.integers(0, n_units, size=(n_draws, n_units))
    units += np.arange(n_draws)[:, None] * n_units
    return np.bincount(units.ravel(), minlength=units.size).reshape(units.shape).astype(np.float64)


def _sums(counts: FloatArray, scaled: FloatArray, sample: Respondents) -> FloatArray:
    """Return per resample the sums of weights, of weighted columns and of their products (upper triangle).

    One matrix product, over pieces of rows that fit in memory.
    """
    rows, columns = np.triu_indices(scaled.shape[1])
    width = 1 + scaled.shape[1] + rows.size
    step = max(1, _HELD // width)
    total = np.zeros((len(counts), width))
    for start in range(0, len(scaled), step):
        part = slice(start, start + step)
        data = scaled[part]
        table = np.concatenate((np.ones((len(data), 1)), data, data[:, rows] * data[:, columns]), axis=1)
        table *= sample.weights[part, None]
        total += (counts[:, part] if sample.clusters is None else counts[:, sample.clusters[part]]) @ table
    return total


def _moments(sums: FloatArray, k: int) -> tuple[FloatArray, FloatArray]:
    """Return means (b x k) and covariances (b x k x k) from such sums."""
    rows, columns = np.triu_indices(k)
    mean = sums[:, 1 : 1 + k] / sums[:, :1]
    packed = sums[:, 1 + k :] / sums[:, :1] - mean[:, rows] * mean[:, columns]
    covariance = np.empty((len(sums), k, k))
    covariance[:, rows, columns] = packed
    covariance[:, columns, rows] = packed
    return mean, covariance


def resampled(table: FloatArray, sample: Respondents, n_draws: int, rng: np.random.Generator) -> Iterator[ItemMoments]:
    """Yield the moments of resampled respondents (clusters where given) in batches, weights travelling with rows.

    The fits after it never see the rows. An item that does not vary in a resample has the spread 0 there; a resample in
    which nobody has any weight gives no numbers.
    """
    own = of_table(table, sample)
    scaled = (table - own.mean[0]) / own.spread[0]
    n, n_units = len(table), sample.n_units
    step = max(1, _HELD // max(n, n_units))
    for start in range(0, n_draws, step):
        counts = _drawn(n_units, min(step, n_draws - start), rng)
        with np.errstate(invalid="ignore"):
            mean, covariance = _moments(_sums(counts, scaled, sample), table.shape[1])
        correlation = correlations(covariance, _LEAST_VARIANCE)
        variance = np.diagonal(covariance, axis1=1, axis2=2) * (n / (n - 1))
        spread = np.sqrt(np.where(variance > _LEAST_VARIANCE, variance, 0.0))
        yield ItemMoments(own.mean[0] + own.spread[0] * mean, own.spread[0] * spread, correlation)
