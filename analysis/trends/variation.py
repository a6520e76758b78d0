"""How much periods differ beyond sampling: Q, I2, and the variance between periods with its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from analysis.arrays import FloatArray
from analysis.trends.waves import Waves
from analysis.values import Estimate, Interval
from analysis.values.trends import Homogeneity

ESTIMATORS = ("moments", "reml")
SOURCES = {"moments": "DerSimonian & Laird 1986; Thompson & Sharp 1999", "reml": "Harville 1977; Raudenbush 2009"}
# Two points always lie on a line.
FEWEST_PERIODS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Generalised least squares with a known covariance: coefficients, their covariance, residual sum of squares.

    `deviance` is minus twice the restricted log-likelihood, without its constant.
    """

    coefficients: FloatArray
    covariance: FloatArray
    q: float
    deviance: float


def design(waves: Waves) -> FloatArray:
    """Return the constant and the position in time as columns (k, 2); raise ValueError without two positions."""
    if waves.at.size < FEWEST_PERIODS or np.ptp(waves.at) == 0:
        raise ValueError("A line needs at least three periods at different positions in time.")
    return np.column_stack([np.ones_like(waves.at), waves.at])


def fitted(waves: Waves, tau2: float, likeness: FloatArray | None = None) -> Fit:
    """Return the line where periods vary by tau2 beyond sampling, alike by the correlations (k, k) if given."""
    columns = np.column_stack([design(waves), waves.figures])
    if likeness is None:
        spreads = np.sqrt(waves.variances + tau2)
        white, log_determinant = columns / spreads[:, None], 2 * float(np.log(spreads).sum())
    else:
        root = np.linalg.cholesky(np.diag(waves.variances) + tau2 * likeness)
        white, log_determinant = np.linalg.solve(root, columns), 2 * float(np.log(np.diag(root)).sum())
    information = white[:, :2].T @ white[:, :2]
    covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
    coefficients = covariance @ (white[:, :2].T @ white[:, 2])
    q = float(np.square(white[:, 2] - white[:, :2] @ coefficients).sum())
    deviance = log_determinant + math.log(np.linalg.det(information)) + q
    return Fit(coefficients, covariance, q, deviance)


def between_variance(waves: Waves, estimator: str = "moments", likeness: FloatArray | None = None) -> float:
    """Return tau2, the variance between periods beyond sampling, at least 0.

    `moments`: (Q - (k - 2)) / tr(P R), P = W - WX(X'WX)^-1 X'W, W = diag(1/v), R the periods' correlations (by default
    none: DerSimonian & Laird's estimator). `reml`: the maximum of the restricted likelihood (independent periods).
    """
    if estimator == "reml":
        return _restricted(waves)
    if estimator not in ESTIMATORS:
        raise ValueError(f"The variance between periods is estimated by {' or '.join(ESTIMATORS)}, not {estimator}.")
    found, columns, weights = fitted(waves, 0.0), design(waves), 1 / waves.variances
    weighted = columns * weights[:, None]
    if likeness is None:
        scale = weights.sum() - np.trace(found.covariance @ (weighted.T @ weighted))
    else:
        scale = weights @ np.diag(likeness) - np.trace(found.covariance @ (weighted.T @ likeness @ weighted))
    return max(0.0, float((found.q - (weights.size - 2)) / scale))


def homogeneity(waves: Waves, estimator: str = "moments", level: float = 0.95) -> Homogeneity:
    """Return Q about the fixed-effect line, chi-square with k - 2 degrees of freedom, I2, and tau2 with interval.

    I2 = max(0, (Q - df) / Q) (Higgins & Thompson 2002). The interval of tau2 holds all values for which the residual
    sum of squares with weights 1/(v + tau2) lies between the quantiles of chi-square (Viechtbauer 2007).
    """
    q, df = fitted(waves, 0.0).q, int(waves.figures.size) - 2
    interval = Interval(*_profile(waves, df, level), level, "q-profile")
    source = f"{SOURCES.get(estimator, estimator)}; interval: Viechtbauer 2007"
    tau2 = Estimate(
        between_variance(waves, estimator), interval, waves.base, estimator, f"variance-{waves.unit}", source=source
    )
    return Homogeneity(q, df, float(special.chdtrc(df, q)), max(0.0, (q - df) / q) if q > 0 else 0.0, tau2)


def _profile(waves: Waves, df: int, level: float) -> tuple[float, float]:
    """Return the smallest and largest tau2 that the generalised Q does not reject."""
    low, high = (float(special.chdtri(df, each)) for each in ((1 - level) / 2, (1 + level) / 2))
    return _reaching(waves, low), _reaching(waves, high)


def _reaching(waves: Waves, wanted: float) -> float:
    """Return the tau2 at which the residual sum of squares, which falls in tau2, comes down to the wanted one."""
    if fitted(waves, 0.0).q <= wanted:
        return 0.0
    top = _ceiling(waves)
    while fitted(waves, top).q > wanted:
        top *= 4
    scale = float(np.median(waves.variances))
    return float(optimize.brentq(lambda tau2: fitted(waves, tau2).q - wanted, 0.0, top, xtol=1e-13 * scale, rtol=1e-13))


def _ceiling(waves: Waves) -> float:
    """Return a variance that the one between periods hardly exceeds."""
    return float(4 * np.var(waves.figures) + waves.variances.max())


def _restricted(waves: Waves) -> float:
    """Return the tau2 of the largest restricted likelihood: where its derivative changes sign, else 0."""
    top = _ceiling(waves)
    grid = np.concatenate([[0.0], top * np.geomspace(1e-6, 1.0, 25)])
    deviances = [fitted(waves, each).deviance for each in grid]
    best = int(np.argmin(deviances))
    if best == 0 and _score(waves, 0.0) <= 0:
        return 0.0
    bounds = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, grid.size - 1)])
    if _score(waves, bounds[0]) <= 0 or _score(waves, bounds[1]) >= 0:
        return float(grid[best])
    return float(optimize.brentq(lambda tau2: _score(waves, tau2), *bounds, xtol=1e-14 * top, rtol=1e-12))


def _score(waves: Waves, tau2: float) -> float:
    """Return twice the derivative of the restricted log-likelihood: y'PPy - tr P."""
    weights, columns = 1 / (waves.variances + tau2), design(waves)
    found = fitted(waves, tau2)
    residuals = waves.figures - columns @ found.coefficients
    weighted = columns * weights[:, None]
    trace = weights.sum() - np.trace(found.covariance @ (weighted.T @ weighted))
    return float(np.square(weights * residuals).sum() - trace)
