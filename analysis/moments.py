"""Weighted first and second moments: all that linear driver analysis needs to know about the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.values.estimates import Base

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]

# A column whose spread is below this share of its size holds rounding noise only: it counts as constant.
CONSTANT_SPREAD = 1e-12
# Rows centred and multiplied together.
_PIECE = 4096


@dataclass(frozen=True, slots=True)
class Moments:
    """Number of rows, sum of weights, weighted means and covariances of some columns.

    `covariance` is sum w (x-m)(x-m)' / sum w times n/(n-1); rows and columns of constant columns are exactly zero.
    """

    n: int
    weight: float
    mean: FloatArray
    covariance: FloatArray


@dataclass(frozen=True, slots=True)
class Sample:
    """Who answered: one weight per row and, where rows share a respondent, the number of their cluster.

    Clusters are numbered from 0 without gaps; `sample_of` makes it so.
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

    def rows(self, keep: NDArray[np.bool_]) -> Sample:
        """Return the sample of the kept rows only, clusters numbered anew from 0 without gaps."""
        return sample_of(int(keep.sum()), self.weights[keep], None if self.clusters is None else self.clusters[keep])

    def base(self) -> Base:
        """Return the base: rows, sum of weights and Kish's effective number (sum w)^2 / sum w^2."""
        total = float(self.weights.sum())
        squares = float(np.square(self.weights).sum())
        return Base(n=self.weights.size, weighted=total, effective=total * total / squares if squares else 0.0)


def sample_of(n: int, weights: ArrayLike | None = None, clusters: ArrayLike | None = None) -> Sample:
    """Return the sample of n rows; without weights each row counts once.

    Raises ValueError when a length differs from n or a weight is negative, infinite or not a number.
    """
    kept = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)
    if kept.shape != (n,) or not np.isfinite(kept).all() or (kept < 0).any():
        raise ValueError(f"Give one finite weight of at least zero for each of the {n} rows.")
    if clusters is None:
        return Sample(kept)
    numbers = np.unique(np.asarray(clusters), return_inverse=True)[1].astype(np.int64)
    if numbers.shape != (n,):
        raise ValueError(f"Give one cluster for each of the {n} rows.")
    return Sample(kept, numbers)


def _centred_products(data: FloatArray, mean: FloatArray, weights: FloatArray | None) -> FloatArray:
    """Return the sum of (weighted) products of the centred columns, rows taken in pieces that stay in the cache."""
    total = np.zeros((data.shape[1], data.shape[1]))
    for start in range(0, data.shape[0], _PIECE):
        centred = data[start : start + _PIECE] - mean
        weighted = centred if weights is None else centred * weights[start : start + _PIECE, None]
        total += weighted.T @ centred
    return total


def weighted_moments(data: FloatArray, weights: FloatArray | None = None) -> Moments:
    """Return the weighted moments of the columns of `data` (n x k, no missing values), n k^2 work.

    Columns are centred before products are formed, so that large offsets cost no digits.
    Doubling all weights changes nothing; whole-number weights give what repeated rows would, up to the factor n/(n-1).
    """
    n = data.shape[0]
    rows = np.ones(n) if weights is None else weights
    total = float(rows.sum())
    mean = rows @ data / total
    covariance = _centred_products(data, mean, weights) * (n / (max(n - 1, 1) * total))
    spread = np.sqrt(np.diagonal(covariance))
    constant = spread <= CONSTANT_SPREAD * np.abs(mean)
    if constant.any():
        covariance[constant, :] = 0.0
        covariance[:, constant] = 0.0
    return Moments(n, total, mean, covariance)


def correlations(covariances: FloatArray, least_variance: float = 0.0) -> FloatArray:
    """Return correlation matrices of covariance matrices (… x k x k).

    A column whose variance is at most `least_variance` is constant: its row and column become zero, diagonal included.
    """
    variances = np.diagonal(covariances, axis1=-2, axis2=-1)
    moving = variances > least_variance
    scale = np.where(moving, 1.0 / np.sqrt(np.where(moving, variances, 1.0)), 0.0)
    result: FloatArray = covariances * scale[..., :, None] * scale[..., None, :]
    return result


def weighted_mean(values: FloatArray, sample: Sample) -> tuple[float, float]:
    """Return the weighted mean of `values` (no missing) and its linearised standard error.

    Variance: g/(g-1) * sum over clusters of (sum w (y - mean) / sum w)^2, a row being its own cluster where none are
    given (Binder 1983; what survey packages call Taylor linearisation). The error of a single cluster is not a number.
    """
    total = float(sample.weights.sum())
    mean = float(sample.weights @ values) / total
    scores: FloatArray = sample.weights * (values - mean) / total
    if sample.clusters is not None:
        scores = np.asarray(np.bincount(sample.clusters, weights=scores), dtype=np.float64)
    g = scores.size
    return mean, float(np.sqrt(g / (g - 1) * np.square(scores).sum())) if g > 1 else float("nan")
