"""The interval of a ratio of two estimates, which holds where the denominator is uncertain too (Fieller 1954)."""

from __future__ import annotations

import math

from analysis.arrays import FloatArray


def ratio_interval(
    numerator: float, denominator: float, covariance: FloatArray, critical: float
) -> tuple[float, float, bool]:
    """Return the ends of all ratios r that numerator - r * denominator = 0 does not reject, and whether they exist.

    Solves (b^2 - t^2 vbb) r^2 - 2 (ab - t^2 vab) r + (a^2 - t^2 vaa) <= 0. Where the denominator itself is not clearly
    away from zero the set has no ends: minus and plus infinity, and False.
    """
    t2 = critical * critical
    square = denominator**2 - t2 * float(covariance[1, 1])
    if square <= 0:
        return -math.inf, math.inf, False
    middle = numerator * denominator - t2 * float(covariance[0, 1])
    root = math.sqrt(max(middle**2 - square * (numerator**2 - t2 * float(covariance[0, 0])), 0.0))
    return (middle - root) / square, (middle + root) / square, True
