"""Logistic regression by Newton's method, which says when answers are separated instead of running away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from analysis.arrays import BoolArray, FloatArray

_STEPS = 30
_STOP = 1e-10
# Log odds beyond which a probability is 0 or 1 for all purposes: the maximum lies at infinity.
_FAR = 18.0


@dataclass(frozen=True, slots=True, eq=False)
class LogitFit:
    """Coefficients (k), their covariance (k x k), fitted probabilities (n) and the log-likelihood."""

    coefficients: FloatArray
    covariance: FloatArray
    fitted: FloatArray
    log_likelihood: float


def log_likelihood(table: FloatArray, happened: BoolArray, coefficients: FloatArray) -> float:
    """Return the log-likelihood of coefficients."""
    signs = np.where(happened, 1.0, -1.0)
    return float(log_expit(signs * (table @ coefficients)).sum())


def logit(table: FloatArray, happened: BoolArray) -> LogitFit | None:
    """Return the maximum-likelihood fit on columns (n x k, intercept included); None where there is none.

    None means that some combination of columns tells the two apart entirely (separation), or that columns repeat
    each other.
    """
    coefficients = np.zeros(table.shape[1])
    value = log_likelihood(table, happened, coefficients)
    for _ in range(_STEPS):
        fitted = expit(table @ coefficients)
        information = (table * (fitted * (1 - fitted))[:, None]).T @ table
        if np.linalg.cond(information) > 1 / np.finfo(float).eps:
            return None
        step = np.linalg.solve(information, table.T @ (happened - fitted))
        coefficients, value, moved = _climbed(table, happened, (coefficients, step, value))
        if np.abs(table @ coefficients).max() > _FAR:
            return None
        if moved < _STOP:
            fitted = expit(table @ coefficients)
            information = (table * (fitted * (1 - fitted))[:, None]).T @ table
            return LogitFit(coefficients, np.linalg.inv(information), fitted, value)
    return None


def _climbed(
    table: FloatArray, happened: BoolArray, at: tuple[FloatArray, FloatArray, float]
) -> tuple[FloatArray, float, float]:
    """Return coefficients after a step that does not lower the likelihood, the likelihood, and how far they moved."""
    coefficients, step, value = at
    for _ in range(_STEPS):
        reached = log_likelihood(table, happened, coefficients + step)
        if reached >= value - 1e-12 * abs(value):
            break
        step = step / 2
    return coefficients + step, reached, float(np.abs(step).max())
