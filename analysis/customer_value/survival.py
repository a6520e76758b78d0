"""The share of customers still there after a time: Kaplan-Meier with Greenwood's error and log-log intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.customer_value.curves import Curve, curve_of
from analysis.customer_value.histories import Histories, spells_of, too_few
from analysis.customer_value.risk_sets import influence, linearised_error, n_at_risk_at, remaining_areas
from analysis.values import Estimate, Interval, Note, Refusal
from analysis.values.customer_value.persistence import SurvivalCurve, SurvivalPoint

MEDIAN_SOURCE = "Kaplan & Meier 1958; Brookmeyer & Crowley 1982"
# Below this many at risk, or departures, an interval that rests on large samples is shown with a warning.
FEW = 10


@dataclass(frozen=True, slots=True)
class SurvivalOptions:
    """Confidence level, and the fewest customers for a figure."""

    level: float = 0.95
    minimum_base: int = 10


DEFAULTS = SurvivalOptions()


def kaplan_meier(histories: Histories, options: SurvivalOptions = DEFAULTS) -> SurvivalCurve | Refusal:
    """Return the share of customers still there at every time somebody left, with pointwise intervals and median.

    S(t) is the product over departures up to t of 1 - d/Y (d leaving of Y at risk). Standard error: Greenwood, S
    sqrt(sum d/(Y(Y-d))); with weights or clusters the linearised one (Williams 1995). Interval: S^exp(+-z se/(S log
    S)), on the log(-log S) scale. Left-truncated customers count from their entry. Rows with a missing time or event
    are left out and noted. Refused below `minimum_base` customers. Raises ValueError for wrong input.
    """
    spells = spells_of(histories)
    refusal = too_few(spells, options.minimum_base)
    if refusal:
        return refusal
    curve = curve_of(spells, options.level)
    return SurvivalCurve(
        base=spells.base,
        n_events=spells.n_events,
        points=_points(curve),
        median=_median(curve),
        last_time=float(spells.times.max()),
        level=options.level,
        method=curve.method,
        source=curve.source,
        notes=spells.notes + _cautions(curve),
    )


def survival_at(
    histories: Histories, times: ArrayLike, options: SurvivalOptions = DEFAULTS
) -> tuple[SurvivalPoint, ...] | Refusal:
    """Return the share still there at each of the given times (k,), with how many were at risk just before.

    A time beyond the last observation is refused (`beyond-follow-up`), as is one after the curve came to rest on
    nobody (`nobody-at-risk`).
    """
    spells = spells_of(histories)
    refusal = too_few(spells, options.minimum_base)
    if refusal:
        return refusal
    curve = curve_of(spells, options.level)
    return tuple(point_at(curve, float(each)) for each in checked_times(times))


def checked_times(times: ArrayLike) -> FloatArray:
    """Return times as a list; raise ValueError for one that is missing, infinite or below zero."""
    asked = np.atleast_1d(np.asarray(times, dtype=np.float64))
    if not np.isfinite(asked).all() or (asked < 0).any():
        raise ValueError("Ask for finite times not below zero.")
    return asked


def point_at(curve: Curve, time: float) -> SurvivalPoint:
    """Return the curve at any time."""
    spells = curve.spells
    at_risk = float(spells.weights[(spells.times >= time) & (spells.entries < time)].sum())
    events = float(spells.weights[(spells.times == time) & (spells.events > 0)].sum())
    return SurvivalPoint(time, at_risk, events, _estimate_at(curve, time))


def _points(curve: Curve) -> tuple[SurvivalPoint, ...]:
    """Return the curve at every departure."""
    sets, points = curve.sets, []
    figures = np.column_stack([sets.survival, *curve.bounds(np.arange(sets.times.size))]).tolist()
    for i, each in enumerate(figures):
        time = float(sets.times[i])
        estimate = _estimate(curve, each, time, int(sets.n_at_risk[i]))
        points.append(SurvivalPoint(time, float(sets.at_risk[i]), float(sets.events[i]), estimate))
    return tuple(points)


def _estimate(curve: Curve, figures: list[float], time: float, n_at_risk: int) -> Estimate | Refusal:
    """Return survival, its error and bounds as an estimate, or that nobody is left to tell."""
    share, se, low, high = figures
    base = curve.spells.base
    if share <= 0:
        return Refusal("nobody-at-risk", base, {"time": time})
    interval = Interval(low, high, curve.level, "log-log")
    return Estimate(share, interval, base, curve.method, "share", se, _few_at_risk(n_at_risk), curve.source)


def _few_at_risk(n: int) -> tuple[Note, ...]:
    return (Note("few-at-risk", {"n": n, "needed": FEW}),) if n < FEW else ()


def _estimate_at(curve: Curve, time: float) -> Estimate | Refusal:
    """Return survival at any time with its log-log interval, or why there is none."""
    spells, sets = curve.spells, curve.sets
    last = float(spells.times.max())
    if time > last:
        return Refusal("beyond-follow-up", spells.base, {"time": time, "last": last})
    n_at_risk = int(n_at_risk_at(spells, np.array([time]))[0])
    place = int(np.searchsorted(sets.times, time, side="right")) - 1
    if place < 0:
        return _nobody_left_yet(curve, n_at_risk)
    figures = [float(sets.survival[place]), *(float(each[0]) for each in curve.bounds(np.array([place])))]
    return _estimate(curve, figures, time, n_at_risk)


def _nobody_left_yet(curve: Curve, at_risk: int) -> Estimate:
    """Return a share of 1, bounded below as if all still at risk had been asked: exact binomial, k of k."""
    low = ((1 - curve.level) / 2) ** (1 / max(at_risk, 1))
    interval = Interval(low, 1.0, curve.level, "clopper-pearson")
    source = f"{curve.source}; Clopper & Pearson 1934"
    return Estimate(1.0, interval, curve.spells.base, curve.method, "share", None, _few_at_risk(at_risk), source)


def _cautions(curve: Curve) -> tuple[Note, ...]:
    """Warn of few departures, and of an early risk set so small that left truncation spoils the whole curve."""
    notes = []
    n_events = curve.spells.n_events
    if n_events < FEW:
        notes.append(Note("few-departures", {"n": n_events, "needed": FEW}))
    if curve.spells.is_truncated and n_events and int(curve.sets.n_at_risk[0]) < FEW:
        notes.append(Note("small-early-risk-set", {"n": int(curve.sets.n_at_risk[0]), "needed": FEW}))
    return tuple(notes)


def median_survival(histories: Histories, options: SurvivalOptions = DEFAULTS) -> Estimate | Refusal:
    """Return the time by which half of the customers have left: the first time with S below (at, midway) one half.

    Interval: all times at which the log-log interval of S holds one half (Brookmeyer & Crowley 1982); its upper bound
    is infinite where the curve's upper bound never falls below one half. Refused (`median-not-reached`) where the
    curve stays above one half.
    """
    spells = spells_of(histories)
    return too_few(spells, options.minimum_base) or _median(curve_of(spells, options.level))


def _median(curve: Curve) -> Estimate | Refusal:
    survival, times = curve.sets.survival, curve.sets.times
    median = _crossing(times, survival)
    if not math.isfinite(median):
        return Refusal("median-not-reached", curve.spells.base, {"lowest": float(survival.min(initial=1.0))})
    _, lower, upper = curve.bounds(np.arange(survival.size))
    # Once nobody is left, the upper bound before stands on and the lower one is zero.
    gone = np.isnan(upper)
    lower[gone] = 0.0
    upper[gone] = upper[~gone][-1] if (~gone).any() else 1.0
    low, high = _crossing(times, lower), _crossing(times, upper)
    notes = () if math.isfinite(high) else (Note("upper-bound-not-reached", {}),)
    interval = Interval(min(low, median), max(high, median), curve.level, "brookmeyer-crowley-log-log")
    return Estimate(median, interval, curve.spells.base, "kaplan-meier-median", "time", None, notes, MEDIAN_SOURCE)


def _crossing(times: FloatArray, heights: FloatArray) -> float:
    """Return where a falling step function reaches one half; midway where it stays exactly there for a while."""
    tolerance = 1e-9
    reached = np.flatnonzero(heights <= 0.5 + tolerance)
    if not reached.size:
        return math.inf
    first = int(reached[0])
    below = np.flatnonzero(heights < 0.5 - tolerance)
    is_flat = abs(float(heights[first]) - 0.5) <= tolerance and below.size
    return float((times[first] + times[int(below[0])]) / 2) if is_flat else float(times[first])


def restricted_mean(histories: Histories, horizon: float, options: SurvivalOptions = DEFAULTS) -> Estimate | Refusal:
    """Return how long customers stay on average within the horizon: the area under the curve up to it.

    Standard error: sqrt(sum A(t)^2 d/(Y(Y-d))) with A the area from t to the horizon (Irwin 1949), linearised with
    weights or clusters; interval on the normal scale, inside 0..horizon. Refused beyond the last observation and where
    nobody left within the horizon.
    """
    limit = float(checked_times(horizon)[0])
    spells = spells_of(histories)
    refusal = too_few(spells, options.minimum_base)
    if refusal:
        return refusal
    last = float(spells.times.max())
    if limit > last:
        return Refusal("beyond-follow-up", spells.base, {"time": limit, "last": last})
    curve = curve_of(spells, options.level)
    if not (curve.sets.times < limit).any():
        return Refusal("nobody-left", spells.base, {"time": limit})
    area = float(curve.sets.times[0] + remaining_areas(curve.sets, limit)[0])
    se = linearised_error(influence(spells, curve.sets).of_area(limit), is_plain=spells.is_plain)
    half = curve.quantile * se
    interval = Interval(max(area - half, 0.0), min(area + half, limit), options.level, "wald")
    notes = spells.notes + _cautions(curve)
    return Estimate(area, interval, spells.base, "restricted-mean", "time", se, notes, "Irwin 1949; Karrison 1987")
