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
    """How intervals are read off draws: nominal level, quantiles taken, kind, and residual degrees of freedom."""

    level: float
    low: float
    high: float
    kind: BootstrapInterval
    degrees: float = 1.0

    @property
    def method(self) -> str:
        """Return the method's code as it stands in an interval."""
        return f"{self.kind.value}-bootstrap"


def ends(level: float, kind: BootstrapInterval, n: float, n_columns: int) -> Ends:
    """Return which quantiles of the draws bound an interval for n (effective) respondents and k columns."""
    if not 0 < level < 1:
        raise ValueError(f"A confidence level lies between 0 and 1, not at {level}.")
    tail, degrees = (1 - level) / 2, max(n - n_columns - 1, 1.0)
    if kind is BootstrapInterval.EXPANDED:
        tail = float(stats.norm.cdf(math.sqrt(max(n, 1.0) / degrees) * stats.t.ppf(tail, degrees)))
    return Ends(level, tail, 1 - tail, kind, degrees)


def interval_of(draws: FloatArray, which: Ends) -> Interval:
    """Return the interval that the draws give, by order statistics (Hyndman & Fan's type 1)."""
    ordered, most = np.sort(draws), draws.size - 1
    # The smallest draw that at least so large a share of the draws does not exceed; rounding must not add one.
    low, high = (min(max(math.ceil(draws.size * end - 1e-9) - 1, 0), most) for end in (which.low, which.high))
    return Interval(float(ordered[low]), float(ordered[high]), which.level, which.method)


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


def without_bias(draws: FloatArray, totals: FloatArray, n_columns: int, which: Ends) -> FloatArray:
    """Return draws of an R2 less twice what chance alone adds to one, k (1 - R2) / (n - k - 1), not below zero.

    The sample's R2 is too high by that (adjusted R2 takes it off), each resample's once more. Shares are left alone:
    theirs is small beside their spread. `PERCENTILE` intervals stay as they are, as others report them. `totals` are
    the R2 of the whole model, k the columns that the R2 in question is of.
    """
    if which.kind is BootstrapInterval.PERCENTILE:
        return draws
    return np.maximum(draws - 2 * (1 - totals) * n_columns / which.degrees, 0.0)
