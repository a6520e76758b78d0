"""By which way customers leave: cumulative incidence under competing risks."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.customer_value.curves import Curve, curve_of, log_log_bounds
from analysis.customer_value.histories import Histories, Spells, coded_spells, too_few
from analysis.customer_value.risk_sets import Influence, influence, linearised_error
from analysis.customer_value.survival import (
    DEFAULTS,
    FEW,
    SurvivalOptions,
    checked_times,
    point_at,
)
from analysis.values import Base, Estimate, Interval, Note, Refusal
from analysis.values.customer_value.persistence import CompetingRisks, Incidence, IncidencePoint

SOURCE = "Aalen & Johansen 1978; Therneau, Crowson & Atkinson 2024; Choudhury 2002"


def cumulative_incidence(
    histories: Histories, times: ArrayLike, options: SurvivalOptions = DEFAULTS
) -> CompetingRisks | Refusal:
    """Return the share of customers who have left by each cause until each of the given times (k,).

    `events` of the histories hold the cause of each departure as text or number; None, NaN, "" and 0 mean "still
    there". F_k(t) is the sum over departures up to t of S(just before) d_k/Y (Aalen & Johansen 1978): one minus
    Kaplan-Meier of one cause alone would overstate it. Standard error linearised over customers, interval on the
    log(-log) scale of 1 - F. Causes that occur less than ten times are shown with a note. Refused below
    `minimum_base`; single times as for `survival_at`.
    """
    codes, names = _causes(histories.events)
    spells = coded_spells(histories, codes, np.ones(codes.shape, dtype=np.bool_))
    refusal = too_few(spells, options.minimum_base)
    if refusal:
        return refusal
    if not spells.n_events:
        return Refusal("nobody-left", spells.base, {})
    return _risks(curve_of(spells, options.level), names, checked_times(times).tolist())


def _risks(curve: Curve, names: list[str], times: list[float]) -> CompetingRisks:
    spells, parts = curve.spells, influence(curve.spells, curve.sets)
    counts = np.bincount(spells.events, minlength=len(names) + 1)
    few = [name for i, name in enumerate(names) if counts[i + 1] < FEW]
    return CompetingRisks(
        base=spells.base,
        causes=tuple(
            Incidence(name, int(counts[i + 1]), _points(curve, parts, i + 1, times)) for i, name in enumerate(names)
        ),
        method="aalen-johansen",
        source=SOURCE,
        notes=spells.notes + tuple(Note("few-departures-by-cause", {"cause": name, "needed": FEW}) for name in few),
    )


def _causes(events: ArrayLike) -> tuple[FloatArray, list[str]]:
    """Return each row's number of cause, 0 for none, and the causes in order."""
    labels = ["" if _is_none(each) else str(each) for each in np.asarray(events, dtype=object)]
    names = sorted(set(labels) - {""})
    place = {name: i + 1.0 for i, name in enumerate(names)} | {"": 0.0}
    return np.array([place[each] for each in labels]), names


def _is_none(cause: object) -> bool:
    if isinstance(cause, float | np.floating):
        return math.isnan(cause) or cause == 0
    return cause is None or cause == "" or (isinstance(cause, int | np.integer) and cause == 0)


def incidence_curve(curve: Curve, cause: int) -> FloatArray:
    """Return the cumulative incidence (E,) of a cause at every time of any departure."""
    spells, sets = curve.spells, curve.sets
    own = spells.events == cause
    place = np.searchsorted(sets.times, spells.times[own])
    events = np.bincount(place, weights=spells.weights[own], minlength=sets.times.size)
    result: FloatArray = np.cumsum(sets.before * events / sets.at_risk)
    return result


def _points(curve: Curve, parts: Influence, cause: int, times: Sequence[float]) -> tuple[IncidencePoint, ...]:
    heights = incidence_curve(curve, cause)
    return tuple(
        IncidencePoint(time, point_at(curve, time).at_risk, _estimate(curve, parts, (cause, heights), time))
        for time in times
    )


def _estimate(curve: Curve, parts: Influence, cause: tuple[int, FloatArray], time: float) -> Estimate | Refusal:
    spells: Spells = curve.spells
    base: Base = spells.base
    if time > spells.times.max():
        return Refusal("beyond-follow-up", base, {"time": time, "last": float(spells.times.max())})
    number, heights = cause
    until = int(np.searchsorted(curve.sets.times, time, side="right"))
    share = float(heights[until - 1]) if until else 0.0
    if share <= 0:
        n = int(((spells.times >= time) & (spells.entries < time)).sum())
        high = 1 - ((1 - curve.level) / 2) ** (1 / max(n, 1))
        interval = Interval(0.0, high, curve.level, "clopper-pearson")
        return Estimate(0.0, interval, base, "aalen-johansen", "share", None, (), f"{SOURCE}; Clopper & Pearson 1934")
    se = linearised_error(parts.of_incidence(time, number, heights), is_plain=spells.is_plain)
    bounds = log_log_bounds(np.array([1 - share]), np.array([se]), curve.quantile)
    low, high = (1.0 if np.isnan(each[0]) else 1 - float(each[0]) for each in reversed(bounds))
    interval = Interval(max(low, 0.0), min(high, 1.0), curve.level, "log-log")
    return Estimate(share, interval, base, "aalen-johansen", "share", se, (), SOURCE)
