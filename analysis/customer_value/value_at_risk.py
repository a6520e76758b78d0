"""Satisfaction linked to behaviour: what a dissatisfied group is worth, and how much of it leaves beyond the usual.

An association: detractors may leave more for reasons that made them detractors. Satisfaction must have been known
before the time that is looked at begins (`known_at` in the histories), or those who left early could not have
answered at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.customer_value.curves import Curve, curve_of
from analysis.customer_value.histories import Histories, Spells, spells_of
from analysis.customer_value.survival import checked_times, point_at
from analysis.respondents import Respondents
from analysis.values import Base, Estimate, Interval, Note, Refusal
from analysis.values.customer_value.persistence import SurvivalPoint, ValueAtRisk

SOURCE = "Kaplan & Meier 1958; Zou & Donner 2008"


@dataclass(frozen=True, slots=True)
class RiskOptions:
    """Confidence level, fewest customers and departures in each group."""

    level: float = 0.95
    minimum_base: int = 30
    minimum_events: int = 5


DEFAULTS = RiskOptions()

Pair = tuple[Spells, Spells]


def value_at_risk(
    histories: Histories,
    at_risk: ArrayLike,
    values: ArrayLike,
    horizon: float,
    options: RiskOptions = DEFAULTS,
) -> ValueAtRisk | Refusal:
    """Return the money that leaves with a group within the horizon beyond what would leave if it were like the others.

    `at_risk` (n,) marks the group (1, 0, NaN unknown), `values` (n,) what each customer is worth over the horizon.
    Money = the group's value times F_group - F_others, F the share gone (Kaplan-Meier). Interval of the difference
    from the two log-log intervals (MOVER, Zou & Donner 2008), values taken as known. Always notes
    `association-not-effect`; `no-clear-excess` where the interval holds zero, `value-matters` where weighting
    customers by value gives a figure outside it. Refused: `base-too-small`, `too-few-departures`, `beyond-follow-up`,
    `nobody-at-risk`, `no-value`. Raises ValueError for negative values or other marks.
    """
    time = float(checked_times(horizon)[0])
    marks, money = _checked(at_risk, values, np.size(histories.times))
    spells = spells_of(histories, ~np.isnan(marks) & ~np.isnan(money))
    inside, worth = marks[spells.kept] == 1, money[spells.kept]
    pair = spells.rows(inside), spells.rows(~inside)
    refusal = _refusal(pair, worth[inside], time, options)
    if refusal:
        return refusal
    return _valued(pair, (worth[inside], worth[~inside]), time, options.level)


def _valued(pair: Pair, worth: tuple[FloatArray, FloatArray], time: float, level: float) -> ValueAtRisk | Refusal:
    """Return what leaves with the first group beyond what would leave if it were like the second."""
    gone = [_gone(point_at(curve_of(each, level), time), level) for each in pair]
    group, others = gone
    if isinstance(group, Refusal) or isinstance(others, Refusal):
        return next(each for each in gone if isinstance(each, Refusal))
    value, base = float(worth[0] @ pair[0].who.weights), _together(pair)
    excess = _difference(group, others, base)
    money, weighted = _times(excess, value), _value_weighted(pair, worth, (time, value, level))
    return ValueAtRisk(
        base=base,
        horizon=time,
        value=value,
        churn=group,
        churn_of_others=others,
        excess=excess,
        at_risk=money,
        value_weighted=weighted,
        method="kaplan-meier-excess",
        source=SOURCE,
        notes=pair[0].notes + _notes(money, weighted),
    )


def _together(pair: Pair) -> Base:
    """Return the base of both groups."""
    weights = np.concatenate([each.who.weights for each in pair])
    return Respondents(weights).base()


def _checked(at_risk: ArrayLike, values: ArrayLike, n: int) -> tuple[FloatArray, FloatArray]:
    marks, money = np.asarray(at_risk, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if marks.shape != (n,) or money.shape != (n,):
        raise ValueError(f"Give one mark and one value for each of the {n} customers.")
    if not np.isin(marks[~np.isnan(marks)], (0.0, 1.0)).all():
        raise ValueError("Mark customers at risk by 1, others by 0, unknown ones by NaN.")
    if np.isinf(money).any() or (money < 0).any():
        raise ValueError("Values must be finite and not negative; write a missing one as NaN.")
    return marks, money


def _refusal(pair: Pair, worth: FloatArray, time: float, options: RiskOptions) -> Refusal | None:
    for spells in pair:
        base, needed = spells.base, max(options.minimum_base, 1)
        left = int(((spells.events > 0) & (spells.times <= time)).sum())
        if base.n < needed:
            return Refusal("base-too-small", base, {"n": base.n, "needed": needed})
        if left < options.minimum_events:
            return Refusal("too-few-departures", base, {"n": left, "needed": options.minimum_events})
    return None if worth.any() else Refusal("no-value", pair[0].base, {})


def _gone(point: SurvivalPoint, level: float) -> Estimate | Refusal:
    """Return the share gone: one minus the share still there."""
    there = point.estimate
    if isinstance(there, Refusal) or there.interval is None:
        return there if isinstance(there, Refusal) else Refusal("nobody-left", there.base, {})
    interval = Interval(1 - there.interval.high, 1 - there.interval.low, level, there.interval.method)
    return Estimate(1 - there.value, interval, there.base, there.method, "share", there.se, there.notes, there.source)


def _difference(first: Estimate, second: Estimate, base: Base) -> Estimate:
    """Return first minus second, its interval from the distances of both intervals (MOVER)."""
    value = first.value - second.value
    a, b = first.interval, second.interval
    if a is None or b is None:
        return Estimate(value, None, base, "kaplan-meier-difference", "difference-share", None, (), SOURCE)
    low = value - math.hypot(first.value - a.low, b.high - second.value)
    high = value + math.hypot(a.high - first.value, second.value - b.low)
    se = math.hypot(first.se or 0.0, second.se or 0.0)
    interval = Interval(low, high, a.level, "mover")
    return Estimate(value, interval, base, "kaplan-meier-difference", "difference-share", se, (), SOURCE)


def _times(excess: Estimate, value: float) -> Estimate:
    bounds = excess.interval
    interval = None if bounds is None else Interval(bounds.low * value, bounds.high * value, bounds.level, "mover")
    return Estimate(
        excess.value * value, interval, excess.base, "value-at-risk", "money", (excess.se or 0.0) * value, (), SOURCE
    )


def _value_weighted(
    pair: Pair, worth: tuple[FloatArray, FloatArray], about: tuple[float, float, float]
) -> Estimate | Refusal:
    """Return the money at risk with every customer counted by value: the share of value that goes, not of heads."""
    time, value, level = about
    gone = []
    for spells, amounts in zip(pair, worth, strict=True):
        paying = amounts > 0
        if int(paying.sum()) <= 1:
            return Refusal("no-value", spells.base, {})
        curve = _weighted(spells.rows(paying), amounts[paying], level)
        found = _gone(point_at(curve, time), level)
        if isinstance(found, Refusal):
            return found
        gone.append(found)
    return _times(_difference(gone[0], gone[1], _together(pair)), value)


def _weighted(spells: Spells, amounts: FloatArray, level: float) -> Curve:
    who = Respondents(spells.who.weights * amounts, spells.who.clusters)
    return curve_of(Spells(spells.times, spells.events, spells.entries, who, spells.kept, spells.notes), level)


def _notes(money: Estimate, weighted: Estimate | Refusal) -> tuple[Note, ...]:
    notes, bounds = [Note("association-not-effect", {})], money.interval
    if bounds is not None and bounds.low <= 0 <= bounds.high:
        notes.append(Note("no-clear-excess", {}))
    if bounds is not None and isinstance(weighted, Estimate) and not bounds.low <= weighted.value <= bounds.high:
        notes.append(Note("value-matters", {"value_weighted": weighted.value}))
    return tuple(notes)
