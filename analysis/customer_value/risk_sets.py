"""Who was at risk when customers left: counts at each time of a departure, and what each customer adds to the curve.

The variance with weights or clusters is linearised (the infinitesimal jackknife): the derivative of the estimate with
respect to a customer's weight, times the weight, added up within clusters and squared. With equal weights and no
clusters it is exactly Greenwood's for the survival curve.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.customer_value.histories import Spells
from analysis.respondents import summed_by_respondent


@dataclass(frozen=True, slots=True, eq=False)
class RiskSets:
    """Weighted customers at risk and departures of any kind at each distinct time of a departure (E,).

    `n_at_risk` counts customers, whatever their weights; `survival` is the product over times up to each one of
    1 - events/at_risk; `before` is the same just before.
    """

    times: FloatArray
    at_risk: FloatArray
    n_at_risk: IntArray
    events: FloatArray
    survival: FloatArray

    @property
    def before(self) -> FloatArray:
        """Return the survival just before each time."""
        return np.concatenate([[1.0], self.survival[:-1]])


def risk_sets(spells: Spells) -> RiskSets:
    """Return counts at every time at which somebody left, n log n work."""
    left = spells.events > 0
    times, place = np.unique(spells.times[left], return_inverse=True)
    events: FloatArray = np.bincount(place, weights=spells.weights[left], minlength=times.size).astype(np.float64)
    at_risk = _sum_at_risk(spells, times, spells.weights)
    heads = _sum_at_risk(spells, times, np.ones(spells.times.size))
    # Rounding of sums of weights must not leave a remainder where all who were at risk left.
    at_risk = np.where(np.isclose(at_risk, events, rtol=1e-12, atol=0), events, at_risk)
    survival: FloatArray = np.cumprod(1 - events / at_risk, dtype=np.float64)
    return RiskSets(times, at_risk, np.rint(heads).astype(np.int64), events, survival)


def _sum_at_risk(spells: Spells, times: FloatArray, values: FloatArray) -> FloatArray:
    """Return the sum of values (n,) over those with entry < t <= time, for each t."""
    return _sum_from(spells.times, values, times) - _sum_from(spells.entries, values, times)


def _sum_from(when: FloatArray, values: FloatArray, times: FloatArray) -> FloatArray:
    """Return the sum of values whose `when` is at or after each time."""
    order = np.argsort(when, kind="stable")
    totals = np.concatenate([np.cumsum(values[order][::-1])[::-1], [0.0]])
    result: FloatArray = totals[np.searchsorted(when[order], times, side="left")]
    return result


def n_at_risk_at(spells: Spells, times: FloatArray) -> IntArray:
    """Return how many customers were observed at each time: entry < t <= time."""
    return np.rint(_sum_at_risk(spells, times, np.ones(spells.times.size))).astype(np.int64)


def greenwood(sets: RiskSets) -> FloatArray:
    """Return Greenwood's standard error at each time of a departure; NaN from where nobody was left."""
    rest = sets.at_risk - sets.events
    steps = np.divide(sets.events, sets.at_risk * rest, out=np.full(rest.shape, np.nan), where=rest > 0)
    result: FloatArray = sets.survival * np.sqrt(np.cumsum(steps))
    return result


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """Sums over departures that a customer's influence is made of, each with a leading zero (E+1,)."""

    spells: Spells
    sets: RiskSets
    exits: IntArray
    starts: IntArray

    def _prefix(self, steps: FloatArray, until: int) -> FloatArray:
        """Return, for each customer, the sum of steps while at risk, not beyond the first `until` departures."""
        sums = np.concatenate([[0.0], np.cumsum(steps)])
        result: FloatArray = sums[np.minimum(self.exits, until)] - sums[np.minimum(self.starts, until)]
        return result

    def _rest(self) -> FloatArray:
        rest = self.sets.at_risk - self.sets.events
        return np.divide(1.0, rest, out=np.zeros(rest.shape), where=rest > 0)

    def of_log_survival(self, time: float) -> FloatArray:
        """Return each customer's weighted influence on log S(time), added up within clusters."""
        until = int(np.searchsorted(self.sets.times, time, side="right"))
        inverse = self._rest()
        values = self._prefix(self.sets.events / self.sets.at_risk * inverse, until)
        gone = self._gone(until)
        values[gone] -= inverse[self.exits[gone] - 1]
        return self._summed(values)

    def of_area(self, time: float) -> FloatArray:
        """Return each customer's weighted influence on the area under the curve up to `time`."""
        until = int(np.searchsorted(self.sets.times, time, side="left"))
        remaining = remaining_areas(self.sets, time)
        inverse = self._rest()
        values = self._prefix(remaining * self.sets.events / self.sets.at_risk * inverse, until)
        gone = self._gone(until)
        at = self.exits[gone] - 1
        values[gone] -= (remaining * inverse)[at]
        return self._summed(values)

    def of_incidence(self, time: float, cause: int, incidence: FloatArray) -> FloatArray:
        """Return each customer's weighted influence on the cumulative incidence (E,) of a cause at `time`."""
        sets = self.sets
        until = int(np.searchsorted(sets.times, time, side="right"))
        if until == 0:
            return self._summed(np.zeros(self.exits.size))
        still = incidence[until - 1] - incidence
        inverse, before = self._rest(), sets.before
        own = np.diff(np.concatenate([[0.0], incidence])) / sets.at_risk
        values = self._prefix(still * sets.events / sets.at_risk * inverse - own, until)
        gone = self._gone(until)
        at = self.exits[gone] - 1
        values[gone] += (before / sets.at_risk)[at] * (self.spells.events[gone] == cause) - (still * inverse)[at]
        return self._summed(values)

    def _gone(self, until: int) -> IntArray:
        return np.flatnonzero((self.spells.events > 0) & (self.exits <= until)).astype(np.int64)

    def _summed(self, values: FloatArray) -> FloatArray:
        return summed_by_respondent(self.spells.weights * values, self.spells.who.clusters)


def influence(spells: Spells, sets: RiskSets) -> Influence:
    """Return what the influences of these spells are made of."""
    exits = np.searchsorted(sets.times, spells.times, side="right").astype(np.int64)
    starts = np.searchsorted(sets.times, spells.entries, side="right").astype(np.int64)
    return Influence(spells, sets, exits, starts)


def remaining_areas(sets: RiskSets, horizon: float) -> FloatArray:
    """Return the area under the curve between each departure and the horizon (zero after it)."""
    ends = np.minimum(np.concatenate([sets.times[1:], [max(horizon, sets.times[-1])]]), horizon)
    pieces = sets.survival * np.maximum(ends - sets.times, 0.0)
    result: FloatArray = np.cumsum(pieces[::-1])[::-1]
    return result


def linearised_error(scores: FloatArray, *, is_plain: bool) -> float:
    """Return sqrt(sum of squares) of the influences, times sqrt(g/(g-1)) where weights or clusters call for it."""
    g = scores.size
    factor = 1.0 if is_plain else (g / (g - 1) if g > 1 else np.nan)
    return float(np.sqrt(factor * np.square(scores).sum()))
