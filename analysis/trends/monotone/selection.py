"""The k-th smallest of all n(n-1)/2 slopes between pairs of points, without making them all.

Whether the slope between two points exceeds s shows in the order of x - s t: so the number of slopes up to s is one
count of inversions. Two bounds are drawn together around the wanted rank, guided by a sample of the slopes, then by
interpolation and, where that stalls, by halving the numbers between them; then the few slopes left are made and
sorted. The answer does not depend on the sample (the idea is Matousek's, 1991; Dillencourt, Mount & Netanyahu 1992).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.trends.monotone.inversions import inversions, inverted_pairs, ranks_of

# Up to here all slopes fit into some megabytes and are simply made.
SMALL = 1_000
# As many slopes per point may be left over to be made and sorted.
LEFT_PER_POINT = 8
# Additive steps of an evenly spread sequence in the square (Roberts 2018): no random numbers, hence same digits always.
SPREAD = (0.7548776662466927, 0.5698402909980532)


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """Points in order of time, centred so that x - s t loses as few digits as can be.

    `n_twins` pairs stand at one moment with one value, `n_slopes` at different moments.
    """

    values: FloatArray
    at: FloatArray
    n_twins: int
    n_slopes: int


@dataclass(frozen=True, slots=True, eq=False)
class _Bound:
    """A slope and how many slopes lie at or below it."""

    slope: float
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class _Window:
    """Slopes in a row, sorted, and how many lie below them."""

    below: int
    slopes: FloatArray


def pairs_alike(*columns: FloatArray) -> int:
    """Return how many pairs are equal in all columns."""
    _, sizes = np.unique(np.column_stack(columns), axis=0, return_counts=True)
    return int((sizes * (sizes - 1) // 2).sum())


def all_slopes(values: FloatArray, at: FloatArray) -> FloatArray:
    """Return the slopes between all pairs at different moments, unordered; memory grows with their number."""
    return _slopes(values, at, *np.triu_indices(values.size, 1))


def slopes_at_ranks(values: FloatArray, at: FloatArray, ranks: list[int]) -> list[float]:
    """Return the slopes of the given ranks, 1 for the smallest; `at` is sorted, equal moments sorted by value."""
    if values.size <= SMALL:
        ordered = np.sort(all_slopes(values, at))
        return [float(ordered[rank - 1]) for rank in ranks]
    n = values.size
    n_slopes = n * (n - 1) // 2 - pairs_alike(at)
    points = _Points(values - values.mean(), at - at.mean(), pairs_alike(at, values), n_slopes)
    sample = _sampled(points)
    windows: list[_Window] = []
    return [_select(points, rank, sample, windows) for rank in ranks]


def _slopes(values: FloatArray, at: FloatArray, first: IntArray, second: IntArray) -> FloatArray:
    """Return the slopes of the pairs that stand at different moments."""
    apart = at[first] != at[second]
    first, second = first[apart], second[apart]
    return np.asarray((values[second] - values[first]) / (at[second] - at[first]), dtype=np.float64)


def _count(points: _Points, slope: float) -> int:
    """Return how many slopes are at most `slope`: pairs i < j with x_j - s t_j <= x_i - s t_i at different moments."""
    # Reversed in time, equal residuals keep their order, so that i < j with equal residuals is counted as well.
    turned = (points.values - slope * points.at)[::-1]
    n = turned.size
    return n * (n - 1) // 2 - inversions(ranks_of(turned)) - points.n_twins


def _sampled(points: _Points) -> FloatArray:
    """Return the slopes of evenly spread pairs, sorted."""
    n = points.values.size
    steps = np.arange(1, 2 * n + 1)
    first, second = (np.minimum((steps * step % 1 * n).astype(np.int64), n - 1) for step in SPREAD)
    return np.sort(_slopes(points.values, points.at, first, second))


def _select(points: _Points, rank: int, sample: FloatArray, windows: list[_Window]) -> float:
    """Return the slope of one rank; what had to be made for it is kept for the next."""
    for window in windows:
        if 0 < rank - window.below <= window.slopes.size:
            return float(window.slopes[rank - window.below - 1])
    low, high = _ends(points)
    for guess in _guesses(points, rank, sample):
        if low.slope < guess < high.slope:
            low, high = _narrowed(points, (low, high), rank, guess)
    turn = 0
    while high.count - low.count > LEFT_PER_POINT * points.values.size:
        middle = _between(low, high, rank + (turn % 2 * 2 - 1) * points.values.size, turn)
        if not low.slope < middle < high.slope:
            return _snapped(high.slope, sample)
        low, high = _narrowed(points, (low, high), rank, middle)
        turn += 1
    windows.append(_listed(points, (low, high)))
    place = min(max(rank - windows[-1].below - 1, 0), windows[-1].slopes.size - 1)
    return float(windows[-1].slopes[place])


def _ends(points: _Points) -> tuple[_Bound, _Bound]:
    """Return bounds below and above all slopes: those between neighbouring moments hold the smallest and largest."""
    moments, start = np.unique(points.at, return_index=True)
    lowest, highest = np.minimum.reduceat(points.values, start), np.maximum.reduceat(points.values, start)
    gaps = np.diff(moments)
    least, most = float(((lowest[1:] - highest[:-1]) / gaps).min()), float(((highest[1:] - lowest[:-1]) / gaps).max())
    # Far enough away for rounding: the counts at the ends are known.
    room = 1e-6 * (most - least) + 1e-9 * max(abs(most), abs(least)) + 1e-300
    return _Bound(least - room, 0), _Bound(most + room, points.n_slopes)


def _guesses(points: _Points, rank: int, sample: FloatArray) -> list[float]:
    """Return slopes of the sample that probably enclose the wanted one."""
    place, room = rank / points.n_slopes * sample.size, np.sqrt(sample.size)
    places = np.clip([place, place - 2 * room, place + 2 * room], 0, sample.size - 1).astype(np.int64)
    middle, low, high = (float(each) for each in sample[places])
    # Just below the middle, too: where many slopes are equal it is often the wanted one.
    return [float(np.nextafter(low, -np.inf)), high, middle, float(np.nextafter(middle, -np.inf))]


def _narrowed(points: _Points, bounds: tuple[_Bound, _Bound], rank: int, slope: float) -> tuple[_Bound, _Bound]:
    """Return the bounds with one of them moved to the slope."""
    bound = _Bound(slope, _count(points, slope))
    return (bounds[0], bound) if bound.count >= rank else (bound, bounds[1])


def _between(low: _Bound, high: _Bound, target: int, turn: int) -> float:
    """Return the next slope to try: by interpolation, every fourth time halfway along the floating-point numbers."""
    if turn % 4 == 3:  # noqa: PLR2004 - every fourth
        return _halfway(low.slope, high.slope)
    share = min(max((target - low.count) / (high.count - low.count), 0.01), 0.99)
    return float(low.slope + share * (high.slope - low.slope))


def _halfway(low: float, high: float) -> float:
    """Return the number halfway between two in the order of floating-point numbers: 64 halvings end any search."""
    keys = [_ordered(int(each)) for each in np.array([low, high]).view(np.int64)]
    return float(np.array([_ordered((keys[0] + keys[1]) // 2)], dtype=np.int64).view(np.float64)[0])


def _ordered(bits: int) -> int:
    """Return the bits of a number as an integer that grows with it, and such an integer as bits."""
    return bits if bits >= 0 else -(2**63) - bits


def _listed(points: _Points, bounds: tuple[_Bound, _Bound]) -> _Window:
    """Return the slopes above the lower and up to the upper bound, made and sorted."""
    # Pairs whose slope lies between change their order from x - low t to x - high t; of equals the later stands first.
    before, after = (np.lexsort((-points.at, points.values - each.slope * points.at)) for each in bounds)
    place = np.empty(after.size, dtype=np.int64)
    place[after] = np.arange(after.size)
    larger, smaller = inverted_pairs(place[before])
    slopes = _slopes(points.values, points.at, after[larger], after[smaller])
    return _Window(bounds[0].count, np.sort(slopes) if slopes.size else np.array([bounds[1].slope]))


def _snapped(slope: float, sample: FloatArray) -> float:
    """Return the sample's slope within rounding of one that very many pairs share, else the slope itself."""
    nearest = float(sample[np.abs(sample - slope).argmin()])
    return nearest if np.isclose(nearest, slope, rtol=1e-12, atol=1e-300) else slope
