"""The common-factor model with one factor, by maximum likelihood, for many covariance matrices at a time.

Covariances L L' + diag(P). Fisher scoring: with V the inverse of the fitted covariances and D what they leave of the
observed ones, the score is (V D V L, diag(V D V) / 2) and the information
[[V (L'VL) + VL (VL)', V * (VL)'], [.., V * V / 2]] (Joreskog 1967; Lawley & Maxwell 1971).
"""

from __future__ import annotations

import numpy as np

from analysis.arrays import BoolArray, FloatArray

# Unique variance as a share of an item's: at it the solution is improper (Heywood 1931).
SMALLEST_UNIQUE = 0.005
MOST_STEPS = 200
CONVERGED = 1e-9


def one_factor(correlations: FloatArray, start: FloatArray | None = None) -> tuple[FloatArray, BoolArray]:
    """Return loadings and unique variances (g, 2k) of matrices with ones on the diagonal or nearly so (g, k, k).

    Beside them whether each is proper: converged, with every unique variance above 0.005. Without `start` (g, 2k) the
    first principal axis is. Steps that leave the admissible values are cut at their edge.
    """
    theta = _start(correlations) if start is None else start.copy()
    k = correlations.shape[1]
    moving = np.ones(theta.shape[0], dtype=bool)
    for _ in range(MOST_STEPS):
        step = _step(theta[moving], correlations[moving])
        theta[moving] += step
        theta[:, k:] = np.maximum(theta[:, k:], SMALLEST_UNIQUE)
        moving[moving] = np.abs(step).max(axis=1) > CONVERGED
        stuck = (theta[:, k:] <= SMALLEST_UNIQUE).any(axis=1)
        if not (moving & ~stuck).any():
            break
        moving &= ~stuck
    return theta, ~moving & (theta[:, k:] > SMALLEST_UNIQUE).all(axis=1)


def _start(correlations: FloatArray) -> FloatArray:
    """Return loadings of 0.7 in the directions of the first principal axis, and half of each variance as unique."""
    axis = np.linalg.eigh(correlations)[1][:, :, -1]
    size = np.sqrt(0.5 * axis.shape[1])
    return np.hstack([np.clip(size * axis, -0.9, 0.9), np.full(axis.shape, 0.5)])


def _step(theta: FloatArray, correlations: FloatArray) -> FloatArray:
    """Return the scoring steps (g, 2k), each at most 0.5 long in any place."""
    k = correlations.shape[1]
    loadings, uniques = theta[:, :k], theta[:, k:]
    scaled = loadings / uniques
    weight = 1 + (loadings * scaled).sum(axis=1)
    along = scaled / weight[:, None]
    inverse = -scaled[:, :, None] * along[:, None, :]
    place = np.arange(k)
    inverse[:, place, place] += 1 / uniques
    left = correlations - loadings[:, :, None] * loadings[:, None, :]
    left[:, place, place] -= uniques
    both = inverse @ left @ inverse
    score = np.hstack([(both @ loadings[:, :, None])[:, :, 0], 0.5 * both[:, place, place]])
    step: FloatArray = np.linalg.solve(_information(inverse, loadings, along), score[:, :, None])[:, :, 0]
    cut: FloatArray = step / np.maximum(1.0, 2 * np.abs(step).max(axis=1, keepdims=True))
    return cut


def _information(inverse: FloatArray, loadings: FloatArray, along: FloatArray) -> FloatArray:
    """Return the expected information (g, 2k, 2k); a trace of ridge keeps what is not identified from blowing up."""
    fit = (along * loadings).sum(axis=1)[:, None, None]
    mixed = inverse * along[:, None, :]
    top = np.concatenate([inverse * fit + along[:, :, None] * along[:, None, :], mixed.transpose(0, 2, 1)], axis=2)
    bottom = np.concatenate([mixed, 0.5 * np.square(inverse)], axis=2)
    whole: FloatArray = np.concatenate([top, bottom], axis=1)
    place = np.arange(whole.shape[1])
    whole[:, place, place] *= 1 + 1e-10
    return whole
