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
CLOSE = 1e-4
MOST_HALVINGS = 12
ROUNDING = 1e-13
MOST_STEPS = 100
CONVERGED = 1e-9


def one_factor(
    correlations: FloatArray, start: FloatArray | None = None, tolerance: float = CONVERGED
) -> tuple[FloatArray, BoolArray]:
    """Return loadings and unique variances (g, 2k) of matrices with ones on the diagonal or nearly so (g, k, k).

    Beside them whether each is proper: no place moves by more than `tolerance`, and every unique variance is above
    0.005. `start` (g, 2k) may say where to begin. A step goes nine tenths of the way to that edge at
    most; what keeps going there ends at it.
    """
    theta = _start(correlations) if start is None else start.copy()
    k = correlations.shape[1]
    moving, at_edge = np.ones(theta.shape[0], dtype=bool), np.zeros(theta.shape[0], dtype=bool)
    for _ in range(MOST_STEPS):
        step = _step(theta[moving], correlations[moving])
        inside = _inside(theta[moving, k:], step)
        theta[moving] += _downhill(theta[moving], inside, correlations[moving])
        at_edge[moving] = (theta[moving, k:] < SMALLEST_UNIQUE + CLOSE).any(axis=1)
        moving[moving] = np.abs(step).max(axis=1) > tolerance
        moving &= ~at_edge
        if not moving.any():
            break
    return theta, ~moving & ~at_edge


def _inside(uniques: FloatArray, step: FloatArray) -> FloatArray:
    """Return the steps (g, 2k), shortened so that unique variances (g, k) keep a tenth of their way to the edge."""
    down = -step[:, uniques.shape[1] :]
    room = 0.9 * (uniques - SMALLEST_UNIQUE)
    share = np.divide(room, down, out=np.ones_like(room), where=down > room).min(axis=1)
    shortened: FloatArray = step * share[:, None]
    return shortened


def _start(correlations: FloatArray) -> FloatArray:
    """Return unique variances (1 - 1/(2k)) / r^jj (Joreskog 1963), and the loadings that are likeliest with them."""
    k = correlations.shape[1]
    ridged = correlations + 1e-6 * np.eye(k)
    uniques = np.clip((1 - 0.5 / k) / np.diagonal(np.linalg.inv(ridged), axis1=1, axis2=2), 0.02, 0.98)
    roots = np.sqrt(uniques)
    values, vectors = np.linalg.eigh(correlations / (roots[:, :, None] * roots[:, None, :]))
    size = np.sqrt(np.maximum(values[:, -1:] - 1, 0.1))
    return np.hstack([size * roots * vectors[:, :, -1], uniques])


def _downhill(theta: FloatArray, step: FloatArray, correlations: FloatArray) -> FloatArray:
    """Return the steps, each halved until the likelihood does not fall."""
    now = _misfit(theta, correlations)
    shortened = step.copy()
    for _ in range(MOST_HALVINGS):
        uphill = ~(_misfit(theta + shortened, correlations) <= now + ROUNDING * np.abs(now))
        if not uphill.any():
            break
        shortened[uphill] /= 2
    return shortened


def _misfit(theta: FloatArray, correlations: FloatArray) -> FloatArray:
    """Return ln det(fitted) + trace(observed / fitted) for each matrix (g,)."""
    k = correlations.shape[1]
    loadings, uniques = theta[:, :k], theta[:, k:]
    scaled = loadings / uniques
    weight = 1 + (loadings * scaled).sum(axis=1)
    traced = (np.diagonal(correlations, axis1=1, axis2=2) / uniques).sum(axis=1)
    along = np.einsum("gi,gij,gj->g", scaled, correlations, scaled)
    misfit: FloatArray = np.log(uniques).sum(axis=1) + np.log(weight) + traced - along / weight
    return misfit


def _step(theta: FloatArray, correlations: FloatArray) -> FloatArray:
    """Return the scoring steps (g, 2k), each at most 0.5 long in any place."""
    k = correlations.shape[1]
    loadings, uniques = theta[:, :k], theta[:, k:]
    inverse, along = _inverse(loadings, uniques)
    place = np.arange(k)
    left: FloatArray = correlations - loadings[:, :, None] * loadings[:, None, :]
    left[:, place, place] -= uniques
    both = inverse @ left @ inverse
    score = np.hstack([(both @ loadings[:, :, None])[:, :, 0], 0.5 * both[:, place, place]])
    step = np.linalg.solve(_information(inverse, loadings, along), score[:, :, None])[:, :, 0]
    cut: FloatArray = step / np.maximum(1.0, 2 * np.abs(step).max(axis=1, keepdims=True))
    return cut


def _inverse(loadings: FloatArray, uniques: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the inverses of the fitted matrices (g, k, k), by Woodbury's formula, and times the loadings (g, k)."""
    scaled = loadings / uniques
    along = scaled / (1 + (loadings * scaled).sum(axis=1))[:, None]
    inverse: FloatArray = -scaled[:, :, None] * along[:, None, :]
    place = np.arange(loadings.shape[1])
    inverse[:, place, place] += 1 / uniques
    return inverse, along


def contributions(theta: FloatArray, centred: FloatArray, correlations: FloatArray) -> FloatArray:
    """Return what each person's standardised answers (n, k) add to loadings and unique variances, as n x 2k.

    The score of one person times the inverse information, whatever the distribution (Satorra & Bentler 1994).
    """
    k = centred.shape[1]
    inverse, along = _inverse(theta[None, :k], theta[None, k:])
    scores = centred @ inverse[0]
    left: FloatArray = inverse[0] @ correlations @ inverse[0]
    by_loading = scores * (scores @ theta[:k])[:, None] - left @ theta[:k]
    score = np.hstack([by_loading, 0.5 * (np.square(scores) - np.diag(left))])
    added: FloatArray = np.linalg.solve(_information(inverse, theta[None, :k], along)[0], score.T).T
    return added


def _information(inverse: FloatArray, loadings: FloatArray, along: FloatArray) -> FloatArray:
    """Return the expected information (g, 2k, 2k); a trace of ridge keeps what is not identified from blowing up."""
    fit = (along * loadings).sum(axis=1)[:, None, None]
    mixed = inverse * along[:, None, :]
    top = np.concatenate([inverse * fit + along[:, :, None] * along[:, None, :], mixed], axis=2)
    bottom = np.concatenate([mixed.transpose(0, 2, 1), 0.5 * np.square(inverse)], axis=2)
    whole: FloatArray = np.concatenate([top, bottom], axis=1)
    place = np.arange(whole.shape[1])
    whole[:, place, place] *= 1 + 1e-10
    return whole
