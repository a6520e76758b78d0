"""Kendall's S of a series: pairs that rise minus pairs that fall, with its variance where there is no trend."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.trends.monotone.inversions import inversions, ranks_of


@dataclass(frozen=True, slots=True)
class Kendall:
    """S, its variance under no trend with ties in value and in time, and Kendall's tau-b (0 where undefined)."""

    s: int
    variance: float
    tau: float


def kendall(values: FloatArray, at: FloatArray) -> Kendall:
    """Return S and its variance in n log n steps (Kendall 1975); `at` is sorted, equal moments sorted by value."""
    n = values.size
    pairs = n * (n - 1) // 2
    in_value, in_time = _ties(values), _ties(at)
    tied_value, tied_time = _pairs(in_value), _pairs(in_time)
    tied_both = _pairs(_ties(np.column_stack([at, values])))
    falling = inversions(ranks_of(values))
    s = pairs - tied_value - tied_time + tied_both - 2 * falling
    spread = math.sqrt(float(pairs - tied_value)) * math.sqrt(float(pairs - tied_time))
    return Kendall(s, _variance(n, in_value, in_time), s / spread if spread else 0.0)


def _ties(values: FloatArray) -> IntArray:
    """Return how often each value occurs."""
    return np.asarray(np.unique(values, axis=0, return_counts=True)[1], dtype=np.int64)


def _pairs(sizes: IntArray) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def _variance(n: int, in_value: IntArray, in_time: IntArray) -> float:
    """Return Kendall's variance of S (1975, equation 4.3), tied in value, in time, or in both."""
    if min(in_value.size, in_time.size) <= 1:
        return 0.0
    value, time = in_value.astype(np.float64), in_time.astype(np.float64)
    plain = n * (n - 1) * (2 * n + 5) - sum(float((t * (t - 1) * (2 * t + 5)).sum()) for t in (value, time))
    twos = [float((t * (t - 1)).sum()) for t in (value, time)]
    threes = [float((t * (t - 1) * (t - 2)).sum()) for t in (value, time)]
    # Three points at least are tied three at a time.
    third = threes[0] * threes[1] / (9 * n * (n - 1) * (n - 2)) if min(threes) else 0.0
    return plain / 18 + twos[0] * twos[1] / (2 * n * (n - 1)) + third
