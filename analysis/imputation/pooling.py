"""Rubin's rules: one estimate and one honest error out of several completed data sets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class Pooled:
    """Pooled estimates, arrays over the quantities pooled.

    `within` is the mean squared error U, `between` the variance B of the estimates; `variance` is T = U + (1+1/m) B.
    `fraction` is lambda = (1+1/m) B / T, `missing_information` the small-sample fraction (r + 2/(df+3)) / (r + 1) with
    r = (1+1/m) B / U; `degrees` are those of Barnard & Rubin 1999.
    """

    estimate: FloatArray
    within: FloatArray
    between: FloatArray
    variance: FloatArray
    fraction: FloatArray
    degrees: FloatArray
    missing_information: FloatArray

    @property
    def standard_errors(self) -> FloatArray:
        """Return the standard errors, the root of T."""
        errors: FloatArray = np.sqrt(self.variance)
        return errors


def _degrees(fraction: FloatArray, m: int, complete: float) -> FloatArray:
    """Return Barnard & Rubin's degrees of freedom, never more than those of complete data."""
    observed = (complete + 1) / (complete + 3) * complete * (1 - fraction)
    with np.errstate(divide="ignore"):
        between = (m - 1) / np.square(fraction)
    result: FloatArray = np.where(fraction > 0, 1 / (1 / between + 1 / observed), observed)
    return result


def pool(estimates: FloatArray, variances: FloatArray, complete_degrees: float) -> Pooled:
    """Return the pooled estimates of m completed data sets (m x q estimates and their squared errors).

    T = U + (1 + 1/m) B (Rubin 1987). A single data set has B = 0 and keeps its own degrees of freedom.
    """
    m = estimates.shape[0]
    within = variances.mean(axis=0)
    between = estimates.var(axis=0, ddof=1) if m > 1 else np.zeros_like(within)
    added = (1 + 1 / m) * between
    variance = within + added
    fraction = np.divide(added, variance, out=np.zeros_like(variance), where=variance > 0)
    degrees = _degrees(fraction, m, complete_degrees) if m > 1 else np.full_like(within, complete_degrees)
    ratio = np.divide(added, within, out=np.zeros_like(variance), where=within > 0)
    information = (ratio + 2 / (degrees + 3)) / (ratio + 1) if m > 1 else np.zeros_like(within)
    return Pooled(estimates.mean(axis=0), within, between, variance, fraction, degrees, information)
