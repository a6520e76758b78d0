"""How many shifts of level, and when: the best partitions by dynamic programming (Bai & Perron 1998, 2003)."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from analysis.arrays import FloatArray, IntArray
from analysis.trends.breaks.memory import remembered
from analysis.trends.breaks.segments import DEFAULTS, BreakOptions, Segments, break_date, segments_of, why_no_breaks
from analysis.values import Refusal
from analysis.values.breaks import Breaks

SOURCE = "Bai & Perron 1998, 2003; BIC: Yao 1988; dates: Hansen 2000, Eo & Morley 2015"


def bai_perron(
    values: npt.ArrayLike, variances: npt.ArrayLike | None = None, options: BreakOptions = DEFAULTS
) -> Breaks | Refusal:
    """Return the partition of values (n,) into levels that BIC prefers, each break with its likely dates.

    For every number of breaks the partition with the least sum of squares among those whose segments have at least
    h = floor(trim n) periods; BIC = n log(RSS/n) + n (1 + log 2 pi) + 2 (breaks + 1) log n. A date's range is that of
    the breaks between its neighbours which a likelihood ratio does not reject. n^2 steps per break. With sampling
    variances (n,) periods weigh 1/v. Refused below eight periods and where the series does not vary. Raises
    ValueError for missing or infinite values.
    """
    segments = segments_of(values, variances, 2, "A search for breaks")
    return why_no_breaks(segments) or _searched(segments, options)


def _searched(segments: Segments, options: BreakOptions) -> Breaks:
    """Return the partition of a series that varies."""
    n = segments.n
    smallest = segments.smallest(options.trim)
    most = math.ceil(n / smallest) - 2 if options.most_breaks is None else options.most_breaks
    most = max(0, min(most, n // smallest - 1))
    rss, partitions = _partitions(segments, smallest, most)
    bic = _bic(rss, n)
    chosen = int(np.argmin(bic))
    ends = [0, *partitions[chosen], n]
    return Breaks(
        n_breaks=chosen,
        dates=tuple(
            break_date(segments, place, (ends[i], ends[i + 2]), options.level)
            for i, place in enumerate(partitions[chosen])
        ),
        levels=tuple(segments.mean(ends[i], ends[i + 1]) for i in range(chosen + 1)),
        rss=tuple(rss),
        bic=tuple(bic),
        partitions=tuple(partitions),
        minimum_segment=smallest,
        base=segments.base,
        method="bai-perron-bic",
        source=SOURCE,
        notes=remembered(segments, partitions[chosen]),
    )


def _bic(rss: list[float], n: int) -> list[float]:
    """Return BIC for 0, 1, 2, … breaks; a partition without any residual wins."""
    return [
        (n * math.log(each / n) if each > 0 else -math.inf)
        + n * (1 + math.log(2 * math.pi))
        + 2 * (i + 1) * math.log(n)
        for i, each in enumerate(rss)
    ]


def _partitions(segments: Segments, smallest: int, most: int) -> tuple[list[float], list[tuple[int, ...]]]:
    """Return the least sum of squares for 0, 1, … breaks, and the breaks that reach it.

    best[k] is the least sum of squares of the first k periods with the breaks so far, from[k] its last break.
    """
    n = segments.n
    ends = np.arange(n + 1)
    best = np.full(n + 1, np.inf)
    best[smallest:] = segments.rss(0, ends[smallest:])
    rss, back = [float(best[n])], []
    partitions: list[tuple[int, ...]] = [()]
    for _ in range(most):
        best, last = _with_one_more(segments, best, smallest)
        back.append(last)
        rss.append(float(best[n]))
        partitions.append(_traced(back, n))
    return rss, partitions


def _with_one_more(segments: Segments, best: FloatArray, smallest: int) -> tuple[FloatArray, IntArray]:
    """Return the least sums of squares with one more break, and where that break is."""
    n = segments.n
    better, last = np.full(n + 1, np.inf), np.zeros(n + 1, dtype=np.int64)
    for end in range(2 * smallest, n + 1):
        starts = np.arange(smallest, end - smallest + 1)
        sums = best[starts] + segments.rss(starts, end)
        place = int(sums.argmin())
        better[end], last[end] = sums[place], starts[place]
    return better, last


def _traced(back: list[IntArray], n: int) -> tuple[int, ...]:
    """Return the breaks of the best partition of the first n periods, from the last one back."""
    breaks, end = [], n
    for last in reversed(back):
        end = int(last[end])
        breaks.append(end)
    return tuple(reversed(breaks))
