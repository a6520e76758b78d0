"""How far calibrated weights may go from the base weights: Deville & Särndal's distances as factor functions.

Each gives the factor g = F(u) of a row and its slope, with F(0) = 1 and F'(0) = 1.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import numpy as np

from analysis.arrays import FloatArray

Factor = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
# exp of more than this leaves the range of floats.
_LARGEST_EXPONENT = 700.0


class Distance(StrEnum):
    """The distance that calibration keeps small (Deville & Särndal 1992, cases 1, 2 and 6)."""

    LINEAR = "linear"
    RAKING = "raking"
    LOGIT = "logit"


def _linear(u: FloatArray) -> tuple[FloatArray, FloatArray]:
    return 1 + u, np.ones_like(u)


def _raking(u: FloatArray) -> tuple[FloatArray, FloatArray]:
    factors = np.exp(np.minimum(u, _LARGEST_EXPONENT))
    return factors, factors


def _logit(bounds: tuple[float, float]) -> Factor:
    """Return the factor that stays between its bounds, L < 1 < U."""
    low, high = bounds
    if not 0 <= low < 1 < high:
        raise ValueError("Bounds of the factors must be L and U with 0 <= L < 1 < U.")
    steepness = (high - low) / ((1 - low) * (high - 1))

    def factor(u: FloatArray) -> tuple[FloatArray, FloatArray]:
        grown = np.exp(np.clip(steepness * u, -_LARGEST_EXPONENT / 2, _LARGEST_EXPONENT / 2))
        below = (high - 1) + (1 - low) * grown
        factors = (low * (high - 1) + high * (1 - low) * grown) / below
        slopes = steepness * grown * (high - 1) * (1 - low) * (high - low) / np.square(below)
        return factors, slopes

    return factor


def factor_function(distance: Distance, bounds: tuple[float, float]) -> Factor:
    """Return the factor function of a distance; bounds matter to the logit one only."""
    return {Distance.LINEAR: _linear, Distance.RAKING: _raking}.get(distance) or _logit(bounds)
