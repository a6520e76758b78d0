"""Shares with their intervals by the standard library alone, for pages that are drawn anew at every look.

The same formulas as `analysis.intervals` and `analysis.comparisons`, which need packages that web processes never
load; tests hold the two to the same figures.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

from analysis.values import Interval

LEVEL = 0.95
# Below so many on a side of a share the exact interval is given.
ENOUGH_ON_A_SIDE = 10
FURTHEST_Z = 40.0
_STEPS = 80
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class ShareDifference:
    """The interval of a difference of two shares and its two-sided p-value."""

    low: float
    high: float
    p_value: float


@lru_cache(maxsize=2_000)
def interval_of(n_counted: int, n: int) -> Interval:
    """Return the 95 % interval of a share: Wilson's, Clopper & Pearson's where a side has fewer than ten."""
    if min(n_counted, n - n_counted) < ENOUGH_ON_A_SIDE:
        low = 0.0 if n_counted == 0 else 1 - _upper(n - n_counted, n)
        high = 1.0 if n_counted == n else _upper(n_counted, n)
        return Interval(low, high, LEVEL, "clopper-pearson")
    low, high = _wilson(n_counted / n, n, _NORMAL.inv_cdf((1 + LEVEL) / 2))
    return Interval(low, high, LEVEL, "wilson")


def newcombe(first: tuple[int, int], second: tuple[int, int]) -> ShareDifference | None:
    """Return Newcombe's hybrid score interval of second minus first, each (counted, of so many); None without a base.

    The p-value is that of the z at which the interval reaches zero (Newcombe 1998, method 10).
    """
    (k1, n1), (k2, n2) = first, second
    if not n1 or not n2:
        return None
    pair = ((k1 / n1, n1), (k2 / n2, n2))
    low, high = _bounds(pair, _NORMAL.inv_cdf((1 + LEVEL) / 2))
    rising = pair if pair[1][0] >= pair[0][0] else (pair[1], pair[0])
    z = 0.0 if pair[0][0] == pair[1][0] else _root(lambda at: _bounds(rising, at)[0])
    return ShareDifference(low, high, math.erfc(z / math.sqrt(2)))


def _bounds(pair: tuple[tuple[float, int], tuple[float, int]], z: float) -> tuple[float, float]:
    (p1, n1), (p2, n2) = pair
    (l1, u1), (l2, u2) = _wilson(p1, n1, z), _wilson(p2, n2, z)
    difference = p2 - p1
    return (
        max(difference - math.hypot(p2 - l2, u1 - p1), -1.0),
        min(difference + math.hypot(u2 - p2, p1 - l1), 1.0),
    )


def _wilson(share: float, n: int, z: float) -> tuple[float, float]:
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return centre - half, centre + half


def _root(bound: Callable[[float], float]) -> float:
    """Return the z at which a falling bound reaches zero."""
    low, high = 0.0, 1.0
    while bound(high) > 0:
        low, high = high, high * 2
        if high > FURTHEST_Z:
            return FURTHEST_Z
    return _halved(lambda z: bound(z) > 0, low, high)


def _upper(k: int, n: int) -> float:
    """Return the largest share at which at most k of n still comes in 2.5 % of all trials (Clopper & Pearson 1934)."""
    return _halved(lambda share: _at_most(k, n, share) > (1 - LEVEL) / 2, k / n, 1.0)


def _at_most(k: int, n: int, share: float) -> float:
    """Return the probability of at most k of n, summed over the shorter tail."""
    if share >= 1.0:
        return 0.0
    if n - k <= k:
        return 1.0 - math.fsum(_exactly(each, n, share) for each in range(k + 1, n + 1))
    return math.fsum(_exactly(each, n, share) for each in range(k + 1))


def _exactly(k: int, n: int, share: float) -> float:
    if share <= 0.0:
        return float(k == 0)
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(ways + k * math.log(share) + (n - k) * math.log1p(-share))


def _halved(is_below: Callable[[float], bool], low: float, high: float) -> float:
    """Return where a condition that holds at first stops to hold."""
    for _step in range(_STEPS):
        middle = (low + high) / 2
        if is_below(middle):
            low = middle
        else:
            high = middle
    return (low + high) / 2
