"""Bootstrap intervals of importance: percentile, and percentile widened for what a small sample knows of its spread."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import stats

from analysis.arrays import FloatArray
from analysis.values.estimates import Base, Estimate, Interval


class BootstrapInterval(StrEnum):
    """Which ends of the draws an interval takes.

    `PERCENTILE` takes the quantiles of the nominal level. `EXPANDED` takes those of the level 2 F(-sqrt(n/df) t) with F
    the normal distribution, t the t quantile and df = n - k - 1 (Hesterberg 2015): resamples of a small sample vary too
    little by sqrt(df/n), and the normal reads them too surely. The two agree for large n.
    """

    PERCENTILE = "percentile"
    EXPANDED = "expanded-percentile"


SOURCES = {
    BootstrapInterval.PERCENTILE: "Efron & Tibshirani 1993",
    BootstrapInterval.EXPANDED: "Efron & Tibshirani 1993; Hesterberg 2015",
}


@dataclass(frozen=True, slots=True)
class Ends:
    """How intervals are read off draws: nominal level, quantiles taken, and the method's name and source."""

    level: float
    low: float
    high: float
    kind: BootstrapInterval

    @property
    def method(self) -> str:
        """Return the method's code as it stands in an interval."""
        return f"{self.kind.value}-bootstrap"


def ends(level: float, kind: BootstrapInterval, n: float, n_columns: int) -> Ends:
    """Return which quantiles of the draws bound an interval for n (effective) respondents and k columns."""
    if not 0 < level < 1:
        raise ValueError(f"A confidence level lies between 0 and 1, not at {level}.")
    tail = (1 - level) / 2
    if kind is BootstrapInterval.EXPANDED:
        degrees = max(n - n_columns - 1, 1.0)
        tail = float(stats.norm.cdf(math.sqrt(max(n, 1.0) / degrees) * stats.t.ppf(tail, degrees)))
    return Ends(level, tail, 1 - tail, kind)


def interval_of(draws: FloatArray, which: Ends) -> Interval:
    """Return the interval that the draws give, by order statistics (Hyndman & Fan's type 1)."""
    low, high = np.quantile(draws, [which.low, which.high], method="inverted_cdf")
    return Interval(float(low), float(high), which.level, which.method)


def explained(value: float, draws: FloatArray, which: Ends, base: Base, named: tuple[str, str]) -> Estimate:
    """Return a part of R2 with its interval; `named` are its method and its source."""
    # A share of almost nothing may lie below all draws, since resampling adds noise: the interval then starts at it.
    found = interval_of(draws, which)
    held = Interval(min(found.low, value), max(found.high, value), found.level, found.method)
    return Estimate(
        value=value,
        interval=held,
        base=base,
        method=named[0],
        unit="r2",
        se=float(draws.std(ddof=1)),
        source=f"{named[1]}; {SOURCES[which.kind]}",
    )
