"""One shift of level in a series of periods: whether there is one, when, and how surely when.

Detection: Pettitt's rank test (1979), which needs no distribution and is not carried away by one odd period.
Dating: the set of break dates that a likelihood ratio does not reject, RSS(k) - RSS(best) <= c * RSS(best) / n with
c = -2 log(1 - sqrt(level)) (Hansen 2000; Eo & Morley 2015). A steady trend, too, makes early and late periods
differ: read it beside the trend's line. Periods are weighted alike and taken as independent.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.arrays import FloatArray
from analysis.trends.lines import latest_series
from analysis.values import Base, Estimate, Refusal
from analysis.values.trends import ChangePoint, NoChangePoint, TrendPoint


@dataclass(frozen=True, slots=True)
class ShiftOptions:
    """Rate of false alarms, periods needed, and the confidence that the dates hold the shift."""

    alpha: float = 0.05
    minimum_periods: int = 8
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class Pettitt:
    """Pettitt's K, the number of periods before the shift, and the approximate p-value."""

    statistic: float
    n_before: int
    p_value: float


DEFAULTS = ShiftOptions()


def pettitt(values: npt.ArrayLike) -> Pettitt:
    """Return K = max |U_t|, U_t = 2 sum of the first t midranks - t (n + 1), p about 2 exp(-6 K^2 / (n^3 + n^2)).

    `values` (n,) in order of time, at least two and none missing; raises ValueError otherwise.
    """
    series = np.asarray(values, dtype=float)
    n = series.size
    if n <= 1 or np.isnan(series).any():
        raise ValueError("Pettitt's test needs two periods or more and none missing.")
    scores = 2 * np.cumsum(stats.rankdata(series)) - np.arange(1, n + 1) * (n + 1)
    largest = float(np.abs(scores[:-1]).max())
    before = int(np.abs(scores[:-1]).argmax()) + 1
    return Pettitt(largest, before, min(1.0, 2 * math.exp(-6 * largest**2 / (n**3 + n**2))))


def change_point(
    points: Sequence[TrendPoint], options: ShiftOptions = DEFAULTS
) -> ChangePoint | NoChangePoint | Refusal:
    """Return when the level shifted, or that no shift is clear; refused below `minimum_periods`.

    Periods without a figure and of earlier series are left out.
    """
    there = [(p.period.label, p.estimate) for p in latest_series(points) if isinstance(p.estimate, Estimate)]
    needed = max(options.minimum_periods, 3)
    if len(there) < needed:
        bases = [each.base for _, each in there]
        base = Base(sum(b.n for b in bases), sum(b.weighted for b in bases), sum(b.effective for b in bases))
        return Refusal("too-few-periods", base, {"n": len(there), "needed": needed})
    values = np.array([each.value for _, each in there])
    found = pettitt(values)
    if found.p_value >= options.alpha:
        return NoChangePoint(found.statistic, found.p_value, options.alpha)
    dates = _likely_dates(values, options.level) | {found.n_before}
    labels = [label for label, _ in there]
    return ChangePoint(
        last_before=labels[found.n_before - 1],
        earliest=labels[min(dates) - 1],
        latest=labels[max(dates) - 1],
        statistic=found.statistic,
        p_value=found.p_value,
        alpha=options.alpha,
        level=options.level,
    )


def _likely_dates(values: FloatArray, level: float) -> set[int]:
    """Return the numbers of periods before a shift that the likelihood ratio does not reject."""
    n = values.size
    rss = np.array([k * np.var(values[:k]) + (n - k) * np.var(values[k:]) for k in range(1, n)])
    allowed = rss.min() * (1 - 2 * math.log(1 - math.sqrt(level)) / n)
    return {int(k) + 1 for k in np.flatnonzero(rss <= allowed)}
