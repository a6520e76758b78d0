"""One shift of level in a series of periods: whether there is one, when, and how surely when.

Detection: Pettitt's rank test (1979), which needs no distribution and is not carried away by one odd period.
Dating: the set of break dates that a likelihood ratio does not reject, RSS(k) - RSS(best) <= c * RSS(best) / n with
c = -2 log(1 - sqrt(level)) (Hansen 2000; Eo & Morley 2015). A steady trend, too, makes early and late periods
differ: read it beside the trend's line. Periods are weighted alike.

Pettitt takes periods as independent. Where the periods about both levels resemble their neighbours, sums scatter more
by (1 + r) / (1 - r), r their autocorrelation with its bias taken out, and K^2 is divided by it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.arrays import FloatArray
from analysis.trends.breaks.memory import lag_one
from analysis.trends.waves import latest_series, together
from analysis.values import Estimate, Note, Refusal
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
SOURCE = "Pettitt 1979; dates: Hansen 2000, Eo & Morley 2015"
# A longer memory cannot be told from a shift.
LONGEST_MEMORY = 0.8
# Of fewer periods nobody can tell how alike neighbours are.
FEWEST_TO_JUDGE_MEMORY = 30


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
    return Pettitt(largest, before, _p_value(largest, n))


def change_point(
    points: Sequence[TrendPoint], options: ShiftOptions = DEFAULTS
) -> ChangePoint | NoChangePoint | Refusal:
    """Return when the level shifted, or that no shift is clear; refused below `minimum_periods`.

    Periods without a figure and of earlier series are left out.
    """
    there = [(p.period.label, p.estimate) for p in latest_series(points) if isinstance(p.estimate, Estimate)]
    needed = max(options.minimum_periods, 3)
    if len(there) < needed:
        base = together([each.base for _, each in there])
        return Refusal("too-few-periods", base, {"n": len(there), "needed": needed})
    return _shift(there, options)


def _shift(there: Sequence[tuple[str, Estimate]], options: ShiftOptions) -> ChangePoint | NoChangePoint:
    """Return what Pettitt's test says of periods that have a figure."""
    base = together([each.base for _, each in there])
    values = np.array([each.value for _, each in there])
    found = pettitt(values)
    rho = _memory(values, found.n_before)
    p_adjusted = _p_value(found.statistic / math.sqrt((1 + rho) / (1 - rho)), values.size)
    notes = _notes(rho, values.size)
    if p_adjusted >= options.alpha:
        return NoChangePoint(found.statistic, found.p_value, options.alpha, p_adjusted, base, "pettitt", SOURCE, notes)
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
        p_adjusted=p_adjusted,
        base=base,
        method="pettitt",
        source=SOURCE,
        notes=notes,
    )


def _p_value(statistic: float, n: int) -> float:
    """Return Pettitt's approximate p-value."""
    return min(1.0, 2 * math.exp(-6 * statistic**2 / (n**3 + n**2)))


def _memory(values: FloatArray, n_before: int) -> float:
    """Return the autocorrelation about both levels; two fitted levels push it down by about (2 + 4 r) / n."""
    levels = np.repeat([values[:n_before].mean(), values[n_before:].mean()], [n_before, values.size - n_before])
    n = values.size
    found = (lag_one(values - levels) + 2 / n) / (1 - 4 / n)
    return min(max(found, 0.0), LONGEST_MEMORY)


def _notes(rho: float, n: int) -> tuple[Note, ...]:
    """Say that neighbours are alike, and that few periods cannot show it."""
    notes = [Note("autocorrelated", {"lag_one": rho})] if rho > 1.645 / math.sqrt(n) else []
    if n < FEWEST_TO_JUDGE_MEMORY:
        notes.append(Note("few-periods", {"n": n, "needed": FEWEST_TO_JUDGE_MEMORY}))
    return tuple(notes)


def _likely_dates(values: FloatArray, level: float) -> set[int]:
    """Return the numbers of periods before a shift that the likelihood ratio does not reject."""
    n = values.size
    rss = np.array([k * np.var(values[:k]) + (n - k) * np.var(values[k:]) for k in range(1, n)])
    allowed = rss.min() * (1 - 2 * math.log(1 - math.sqrt(level)) / n)
    return {int(k) + 1 for k in np.flatnonzero(rss <= allowed)}
