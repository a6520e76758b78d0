"""A survival curve with its errors: Greenwood's for plain rows, linearised ones with weights or clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special
from statsmodels.duration.survfunc import SurvfuncRight

from analysis.arrays import FloatArray, IntArray
from analysis.customer_value.histories import Spells
from analysis.customer_value.risk_sets import RiskSets, greenwood, influence, linearised_error, risk_sets
from analysis.intervals import normal_quantile

SOURCE = "Kaplan & Meier 1958; Greenwood 1926; Kalbfleisch & Prentice 2002"
WEIGHTED_SOURCE = "Kaplan & Meier 1958; Williams 1995; Kalbfleisch & Prentice 2002"


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A curve, what it rests on, and the quantile of its intervals; errors are found where they are asked for."""

    spells: Spells
    sets: RiskSets
    level: float
    quantile: float

    @property
    def method(self) -> str:
        """Return the code of how the errors were found."""
        return "kaplan-meier-greenwood" if self.spells.is_plain else "kaplan-meier-linearised"

    @property
    def source(self) -> str:
        """Return who is to be read on it."""
        return SOURCE if self.spells.is_plain else WEIGHTED_SOURCE

    def errors(self, places: IntArray) -> FloatArray:
        """Return the standard errors at departures (k,)."""
        if self.spells.is_plain:
            return greenwood(self.sets)[places]
        parts = influence(self.spells, self.sets)
        relative = [linearised_error(parts.of_log_survival(t), is_plain=False) for t in self.sets.times[places]]
        result: FloatArray = self.sets.survival[places] * np.array(relative)
        return result

    def bounds(self, places: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return standard errors, lower and upper log-log bounds at departures (k,); NaN where nobody is left."""
        errors = self.errors(places)
        return errors, *log_log_bounds(self.sets.survival[places], errors, self.quantile)


def curve_of(spells: Spells, level: float) -> Curve:
    """Return the curve of spells; Student's t stands in for z where weights or clusters make errors estimates."""
    sets, units = risk_sets(spells), spells.who.n_units
    quantile = normal_quantile(level)
    if not spells.is_plain and units > 1:
        quantile = float(special.stdtrit(units - 1, (1 + level) / 2))
    if not spells.n_events or not spells.is_plain or spells.is_truncated:
        return Curve(spells, sets, level, quantile)
    found = SurvfuncRight(spells.times, (spells.events > 0).astype(np.float64))
    exact = RiskSets(sets.times, sets.at_risk, sets.n_at_risk, sets.events, np.asarray(found.surv_prob))
    return Curve(spells, exact, level, quantile)


def log_log_bounds(share: FloatArray, errors: FloatArray, quantile: float) -> tuple[FloatArray, FloatArray]:
    """Return S^exp(+-z se/(S |log S|)), the interval on the log(-log S) scale, inside 0..1; NaN for S of zero."""
    inside = (share > 0) & (share < 1) & (errors > 0)
    safe = np.where(inside, share, 0.5)
    half = quantile * np.where(inside, errors, 0.0) / (safe * np.abs(np.log(safe)))
    edge = np.where(share > 0, share, np.nan)
    return np.where(inside, safe ** np.exp(half), edge), np.where(inside, safe ** np.exp(-half), edge)
