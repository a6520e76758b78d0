"""Weighted first and second moments: all that linear driver analysis needs to know about the rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray

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
