"""Whether the residuals about levels resemble their neighbours: then breaks may be chance that lasts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from analysis.arrays import FloatArray
from analysis.trends.breaks.segments import Segments
from analysis.values import Note

# With fewer periods nobody can tell whether neighbours are alike.
FEWEST_TO_JUDGE = 50


def remembered(segments: Segments, breaks: Sequence[int]) -> tuple[Note, ...]:
    """Return a warning where the residuals about the levels are autocorrelated (5 %, one-sided), or too few to tell."""
    found, n = lag_one(residuals(segments, breaks)), segments.n
    notes = (Note("autocorrelated", {"lag_one": found}),) if found > 1.645 / math.sqrt(n) else ()
    return (*notes, Note("few-periods", {"n": n, "needed": FEWEST_TO_JUDGE})) if n < FEWEST_TO_JUDGE else notes


def residuals(segments: Segments, breaks: Sequence[int]) -> FloatArray:
    """Return the values less the level of their segment."""
    ends = [0, *breaks, segments.n]
    levels = [segments.mean(start, stop) for start, stop in pairwise(ends)]
    return np.asarray(segments.values - np.repeat(levels, np.diff(ends)), dtype=np.float64)


def lag_one(values: FloatArray) -> float:
    """Return the autocorrelation of the first lag, 0 where nothing varies."""
    largest = float(np.abs(values).max())
    if np.ptp(values) <= 1e-12 * largest:
        return 0.0
    # Divided by the largest, so that squares of tiny residuals do not vanish.
    away = values / largest - np.mean(values / largest)
    return float(away[1:] @ away[:-1] / (away @ away))
