"""One imputation model: a Bayesian draw of a linear regression, and real answers of those predicted alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from analysis.arrays import FloatArray

# Share of its own diagonal added to each cross-product, so that patterns that repeat each other still have a solution.
_RIDGE = 1e-5


@dataclass(frozen=True, slots=True)
class CoefficientDraw:
    """Least-squares coefficients of one model and one draw from their posterior under a flat prior."""

    fitted: FloatArray
    drawn: FloatArray


def draw_coefficients(products: FloatArray, rng: np.random.Generator, n_rows: int) -> CoefficientDraw:
    """Return the coefficients of the last column on the others, from their cross-products (k x k) over n rows.

    sigma*^2 = SSE / chi2(n - k + 1), beta* = beta + sigma* L'^-1 z with L L' the predictors' cross-products
    (Rubin 1987, 166; van Buuren 2018, algorithm 3.1).
    """
    among, cross = products[:-1, :-1], products[:-1, -1]
    lower = np.linalg.cholesky(among + np.diag(_RIDGE * np.diagonal(among) + np.finfo(float).tiny ** 0.5))
    fitted = solve_triangular(lower.T, solve_triangular(lower, cross, lower=True), lower=False)
    residual = max(float(products[-1, -1] - cross @ fitted), 0.0)
    sigma = np.sqrt(residual / rng.chisquare(max(n_rows - cross.size, 1)))
    noise = solve_triangular(lower.T, rng.standard_normal(cross.size), lower=False)
    return CoefficientDraw(fitted, fitted + sigma * noise)


def nearest_donors(
    fitted: FloatArray, predicted: FloatArray, n_donors: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Return, for each prediction, the place of a donor drawn from those with the nearest fitted values.

    Equal fitted values are put in random order first, so that no row is preferred by its position.
    """
    shuffled = rng.permutation(fitted.size)
    order = shuffled[np.argsort(fitted[shuffled], kind="stable")]
    ranked = fitted[order]
    width, n_donors = min(2 * n_donors, ranked.size), min(n_donors, ranked.size)
    start = np.clip(np.searchsorted(ranked, predicted) - width // 2, 0, ranked.size - width)
    window = start[:, None] + np.arange(width)
    distances = np.abs(ranked[window] - predicted[:, None])
    nearest = np.argpartition(distances, n_donors - 1, axis=1)[:, :n_donors]
    chosen = nearest[np.arange(predicted.size), rng.integers(0, n_donors, predicted.size)]
    donors: NDArray[np.intp] = order[window[np.arange(predicted.size), chosen]]
    return donors
