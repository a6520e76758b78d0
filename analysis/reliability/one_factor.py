"""The common-factor model with one factor, by maximum likelihood.

Covariances L L' + diag(P). Fisher scoring: with V the inverse of the fitted covariances and D what they leave of the
observed ones, the score is (V D V L, diag(V D V) / 2) and the information
[[V (L'VL) + VL (VL)', V * (VL)'], [.., V * V / 2]] (Joreskog 1967; Lawley & Maxwell 1971). The same two give what each
person contributes to the loadings, whatever the distribution of the items (Satorra & Bentler 1994).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray

# Unique variance as a share of an item's: below it the solution is improper (Heywood 1931).
SMALLEST_UNIQUE = 0.001
MOST_STEPS = 500
CONVERGED = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class OneFactor:
    """Loadings (k,) and unique variances (k,) of items in the units of the covariances, and V and information."""

    loadings: FloatArray
    uniques: FloatArray
    inverse: FloatArray
    information: FloatArray


def one_factor(covariance: FloatArray) -> OneFactor | None:
    """Return the fit to correlations or covariances (k, k); None for an improper solution or where none is found.

    Scoring steps are halved until unique variances stay above 0.001 of the items' own.
    """
    variances = np.diag(covariance)
    loadings: FloatArray
    uniques: FloatArray
    loadings, uniques = _start(covariance, variances)
    for _ in range(MOST_STEPS):
        fitted = _fitted(loadings, uniques)
        if fitted is None:
            return None
        step = _step(fitted, covariance)
        if step is None:
            return None
        size = _size(fitted, covariance, step)
        k = loadings.size
        loadings, uniques = loadings + size * step[:k], uniques + size * step[k:]
        if np.max(np.abs(step) / np.concatenate([np.sqrt(variances), variances])) < CONVERGED:
            fitted = _fitted(loadings, uniques)
            return fitted if fitted is not None and (uniques > 2 * SMALLEST_UNIQUE * variances).all() else None
    return None


def contributions(fit: OneFactor, centred: FloatArray, covariance: FloatArray) -> FloatArray:
    """Return what each person (n) adds to loadings and unique variances (n, 2k)."""
    scores = centred @ fit.inverse
    against = scores @ fit.loadings
    left = fit.inverse @ covariance @ fit.inverse
    by_loading = scores * against[:, None] - left @ fit.loadings
    by_unique = 0.5 * (np.square(scores) - np.diag(left))
    result: FloatArray = np.linalg.solve(fit.information, np.hstack([by_loading, by_unique]).T).T
    return result


def _start(covariance: FloatArray, variances: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return loadings along the first principal axis of the correlations, and half of each variance as unique."""
    spread = np.sqrt(variances)
    values, vectors = np.linalg.eigh(covariance / np.outer(spread, spread))
    axis = vectors[:, -1] * np.sqrt(max(values[-1] / spread.size, 0.25))
    return np.sqrt(spread.size) * axis * spread * np.sqrt(0.5), 0.5 * variances


def _fitted(loadings: FloatArray, uniques: FloatArray) -> OneFactor | None:
    """Return the inverse of the fitted covariances, by Woodbury's formula, and the information."""
    if (uniques <= 0).any():
        return None
    scaled = loadings / uniques
    weight = 1 + loadings @ scaled
    inverse = np.diag(1 / uniques) - np.outer(scaled, scaled) / weight
    along = scaled / weight
    top = np.hstack([inverse * (along @ loadings) + np.outer(along, along), inverse * along])
    bottom = np.hstack([(inverse * along).T, 0.5 * np.square(inverse)])
    return OneFactor(loadings, uniques, inverse, np.vstack([top, bottom]))


def _step(fit: OneFactor, covariance: FloatArray) -> FloatArray | None:
    left = covariance - np.outer(fit.loadings, fit.loadings) - np.diag(fit.uniques)
    both = fit.inverse @ left @ fit.inverse
    try:
        step: FloatArray = np.linalg.solve(fit.information, np.concatenate([both @ fit.loadings, 0.5 * np.diag(both)]))
    except np.linalg.LinAlgError:
        return None
    return step


def _size(fit: OneFactor, covariance: FloatArray, step: FloatArray) -> float:
    """Return the largest of 1, 1/2, 1/4 … that keeps unique variances positive and does not worsen the fit."""
    k = fit.loadings.size
    floor, now = SMALLEST_UNIQUE * np.diag(covariance), _misfit(fit.loadings, fit.uniques, covariance)
    size = 1.0
    while size > CONVERGED:
        uniques = fit.uniques + size * step[k:]
        if (uniques > floor).all():
            then = _misfit(fit.loadings + size * step[:k], uniques, covariance)
            if then <= now + 1e-12 * (1 + abs(now)):
                return size
        size /= 2
    return size


def _misfit(loadings: FloatArray, uniques: FloatArray, covariance: FloatArray) -> float:
    """Return ln det(fitted) + trace(observed / fitted)."""
    scaled = loadings / uniques
    weight = 1 + loadings @ scaled
    traced = (np.diag(covariance) / uniques).sum() - scaled @ covariance @ scaled / weight
    return float(np.log(uniques).sum() + np.log(weight) + traced)
