"""Exact permutation tests of two groups: how often would answers dealt anew differ as much (Fisher 1935).

They keep their rate of false alarms where t and z do not: few skewed answers against many.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from analysis.arrays import FloatArray, IntArray
from analysis.intervals import Trinomial

# What lies further out than this many standard deviations has no chance that floats could show.
FAR_OUT = 9.0
# Grids grow with the smaller group; beyond these t and z are exact enough, and None is returned.
WIDEST_GRID = 4_000_000
WIDEST_SUMS = 80_000
SUM_DEVIATIONS = 12
ROUNDING = 1e-9


def permutation_p_value(first: Trinomial, second: Trinomial) -> float | None:
    """Return the exact two-sided p-value of two net scores when answers are dealt to the groups anew (Fisher 1935).

    Given all detractors, passives and promoters, those of the second group are hypergeometric. None for groups so
    large that the normal test is exact enough.
    """
    totals = (
        np.array(
            [first.detractors + second.detractors, first.passives + second.passives, first.promoters + second.promoters]
        )
        .round()
        .astype(np.int64)
    )
    drawn = round(second.n)
    low, passive, high = totals
    detractors, promoters = _likely_counts(int(low), totals, drawn), _likely_counts(int(high), totals, drawn)
    if detractors.size * promoters.size > WIDEST_GRID:
        return None
    rest = drawn - detractors[:, None] - promoters[None, :]
    possible = (rest >= 0) & (rest <= passive)
    ways = (
        _log_ways(int(low), detractors)[:, None]
        + _log_ways(int(high), promoters)
        + _log_ways(int(passive), np.clip(rest, 0, passive))
    )
    chances = np.where(possible, np.exp(ways - _log_ways(int(totals.sum()), np.array([drawn]))), 0.0)
    expected = drawn * (high - low) / totals.sum()
    distance = np.abs(promoters[None, :] - detractors[:, None] - expected)
    observed = abs(second.promoters - second.detractors - expected)
    return min(float(chances[distance >= observed - ROUNDING * totals.sum()].sum()), 1.0)


def _likely_counts(group: int, totals: IntArray, drawn: int) -> IntArray:
    """Return the counts of one group of answers that a draw may hold."""
    n = int(totals.sum())
    mean = drawn * group / n
    spread = math.sqrt(mean * (1 - group / n) * (n - drawn) / max(n - 1, 1))
    far = FAR_OUT * spread + 10
    return np.arange(max(0, math.floor(mean - far)), min(group, drawn, math.ceil(mean + far)) + 1, dtype=np.int64)


def _log_ways(n: int, k: IntArray) -> FloatArray:
    """Return log of n over k."""
    ways: FloatArray = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    return ways


def permutation_p_value_of_means(first: FloatArray, second: FloatArray) -> float | None:
    """Return the exact two-sided p-value of two means of whole numbers; None where both groups are large.

    Among all ways to choose the smaller group out of all answers, the share whose sum is as far from what is expected.
    The number of ways is a coefficient of prod (1 + x y^v)^c over the values v with their counts c, read off by a
    Fourier transform after x is scaled so that the chosen number is the likeliest.
    """
    drawn = first if first.size <= second.size else second
    values, counts = np.unique(np.concatenate((first, second)), return_counts=True)
    n, m = int(counts.sum()), drawn.size
    if values.size == 1:
        return 1.0
    expected = m * float(values @ counts) / n
    variance = float(counts @ np.square(values - expected / m)) / n
    spread = math.sqrt(m * (1 - m / n))
    chosen, sums = (
        _even(SUM_DEVIATIONS * each + 30) for each in (spread, spread * math.sqrt(variance) + np.ptp(values))
    )
    if chosen * sums > WIDEST_SUMS:
        return None
    chances = _sum_chances((values, counts), m, (chosen, sums))
    places = np.arange(sums)
    distance = np.abs(places + sums * np.round((expected - places) / sums) - expected)
    beyond = chances[distance >= abs(float(drawn.sum()) - expected) - ROUNDING * n]
    return min(float(beyond.sum()), 1.0)


def _even(size: float) -> int:
    return 2 * math.ceil(size / 2)


def _sum_chances(answers: tuple[FloatArray, IntArray], m: int, grid: tuple[int, int]) -> FloatArray:
    """Return the chance of every sum of m chosen answers, sums counted modulo the size of the grid."""
    (values, counts), (chosen, sums) = answers, grid
    p = m / counts.sum()
    turns = 2j * np.pi * np.arange(chosen)[:, None] / chosen
    shifts = 2j * np.pi * np.arange(sums // 2 + 1) / sums
    logs = np.zeros((chosen, sums // 2 + 1), dtype=np.complex128)
    for value, count in zip(values, counts, strict=True):
        logs += count * np.log((1 - p) + p * np.exp(turns + shifts * value))
    spectrum = np.sum(np.exp(logs - turns * m), axis=0)
    ways = np.maximum(np.fft.irfft(np.conj(spectrum), sums), 0.0)
    chances: FloatArray = ways / ways.sum()
    return chances
