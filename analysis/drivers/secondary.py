"""Other measures of a driver's weight, from correlation matrices alone: cross-checks of LMG, never the headline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.drivers.subsets import SMALLEST_PIVOT


@dataclass(frozen=True, slots=True)
class SecondaryMetrics:
    """Secondary metrics on the R2 scale, arrays r x p.

    `standardised` are the standardised coefficients b; `betasq` is b^2; `pratt` b*r (Pratt 1987; sums to R2, may be
    negative); `relative_weights` Johnson 2000, equal to Genizi 1993; `car` squared components of R^(-1/2) r
    (Zuber & Strimmer 2010). Relative weights and CAR sum to R2, betasq does not.
    """

    standardised: FloatArray
    betasq: FloatArray
    pratt: FloatArray
    relative_weights: FloatArray
    car: FloatArray


def _roots(drivers: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return R^(1/2) and R^(-1/2), symmetric, of correlation matrices; directions without variance are left out."""
    values, vectors = np.linalg.eigh(drivers)
    seen = values > SMALLEST_PIVOT
    root = np.sqrt(np.where(seen, values, 0.0))
    inverse = np.where(seen, 1.0 / np.where(seen, root, 1.0), 0.0)
    turned = np.swapaxes(vectors, -1, -2)
    return (vectors * root[..., None, :]) @ turned, (vectors * inverse[..., None, :]) @ turned


def secondary_metrics(matrices: FloatArray) -> SecondaryMetrics:
    """Return the secondary metrics of r correlation matrices (r x k x k, outcome last, p = k - 1 drivers).

    With R the drivers' correlations, r theirs with the outcome and L = R^(1/2): b = R^-1 r, CAR = (L^-1 r)^2,
    relative weight_j = sum_k L_jk^2 (L^-1 r)_k^2. Exact copies share what they explain (pseudo-inverse).
    """
    drivers, outcome = matrices[..., :-1, :-1], matrices[..., :-1, -1]
    root, inverse = _roots(drivers)
    scores = np.einsum("...jk,...k->...j", inverse, outcome)
    standardised = np.einsum("...jk,...k->...j", inverse, scores)
    weights = np.einsum("...jk,...k->...j", np.square(root), np.square(scores))
    return SecondaryMetrics(standardised, np.square(standardised), standardised * outcome, weights, np.square(scores))
