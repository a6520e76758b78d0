"""Figures with their bootstrap errors and intervals, as estimates."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.arrays import FloatArray
from analysis.satisfaction_index.figures import Figures
from analysis.satisfaction_index.inference import Draws
from analysis.values.estimates import Base, Estimate, Interval, Note

PLS_SOURCE = "Wold 1982; Lohmoeller 1989; Tenenhaus et al. 2005; bootstrap: Efron & Tibshirani 1993; Hesterberg 2015"
INTERVAL_METHOD = "bootstrap-expanded-percentile"


@dataclass(frozen=True, slots=True)
class Said:
    """What kind of figure an estimate is: method, unit and source."""

    method: str
    unit: str
    source: str = PLS_SOURCE


@dataclass(frozen=True, slots=True, eq=False)
class Uncertain:
    """Figures of the sample with standard errors and interval ends from the draws, all of the same shapes."""

    value: Figures
    error: Figures
    low: Figures
    high: Figures
    base: Base
    level: float

    def estimate(self, field: str, place: int | tuple[int, int], said: Said, notes: tuple[Note, ...] = ()) -> Estimate:
        """Return one figure; without interval where some draws could not give it."""
        value, error, low, high = (float(getattr(each, field)[place]) for each in self._parts())
        sure = math.isfinite(low) and math.isfinite(high)
        interval = Interval(low, high, self.level, INTERVAL_METHOD) if sure else None
        return Estimate(value, interval, self.base, said.method, said.unit, error if sure else None, notes, said.source)

    def _parts(self) -> tuple[Figures, Figures, Figures, Figures]:
        return self.value, self.error, self.low, self.high


def ends(drawn: FloatArray, level: float, n_units: float) -> FloatArray:
    """Return the ends (2 x …) of expanded percentile intervals of the draws (b x …), as order statistics.

    Resampling n respondents makes draws that spread too little, by the factor sqrt((n - 1) / n) and tails of the
    normal instead of Student's t. The shares of draws outside are therefore Phi(-sqrt(n / (n - 1)) t), t leaving
    (1 - level) / 2 at n - 1 degrees of freedom (Hesterberg 2015): 2.3 % instead of 2.5 % at n = 100.
    """
    units = max(n_units, 2.0)
    quantile = special.stdtrit(units - 1, (1 + level) / 2)
    outside = float(special.ndtr(-math.sqrt(units / (units - 1)) * quantile))
    found: FloatArray = np.quantile(drawn, [outside, 1 - outside], axis=0, method="inverted_cdf")
    return found


def _spread(drawn: FloatArray) -> FloatArray:
    """Return the standard deviation of the draws (b x …); NaN where one of them could not give the figure."""
    spread: FloatArray = np.where(np.isfinite(drawn), drawn, np.nan).std(axis=0, ddof=1)
    return spread


def uncertain(value: Figures, drawn: Draws, base: Base, level: float) -> Uncertain:
    """Return the figures with the standard deviation and the percentiles of their draws."""
    both = drawn.figures.mapped(lambda array: ends(array, level, drawn.n_units))
    return Uncertain(
        value=value,
        error=drawn.figures.mapped(_spread),
        low=both.mapped(lambda array: array[0]),
        high=both.mapped(lambda array: array[1]),
        base=base,
        level=level,
    )


@dataclass(frozen=True, slots=True)
class Ground:
    """What an interval rests on: the base, how many respondents were resampled, and the level."""

    base: Base
    n_units: float
    level: float


def estimated(value: float, drawn: FloatArray, ground: Ground, said: Said) -> Estimate:
    """Return one figure with the error and the percentiles of its draws (b)."""
    low, high = ends(drawn, ground.level, ground.n_units).tolist()
    interval = Interval(low, high, ground.level, INTERVAL_METHOD)
    error = float(drawn.std(ddof=1))
    return Estimate(value, interval, ground.base, said.method, said.unit, error, (), said.source)
