"""Seasonal adjustment of an evenly spaced series by loess (Cleveland, Cleveland, McRae & Terpenning 1990)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from statsmodels.tsa.seasonal import STL

from analysis.trends.observations import whole_series
from analysis.values import Base, Refusal
from analysis.values.levels import SeasonalAdjustment

SOURCE = "Cleveland, Cleveland, McRae & Terpenning 1990; strength: Wang, Smith & Hyndman 2006"


def seasonal_adjustment(values: npt.ArrayLike, period: int, *, robust: bool = True) -> SeasonalAdjustment | Refusal:
    """Return the series (n,), one value per step of time, as trend + seasonal + remainder (STL).

    `period` steps make a cycle; `robust` keeps single odd periods from moving the rest. Refused below two full cycles
    (`too-few-cycles`). Raises ValueError for missing or infinite values and a period below 2.
    """
    series = whole_series(values, 1, "A seasonal adjustment")
    if int(period) != period or period <= 1:
        raise ValueError("A cycle has two seasons or more, as a whole number.")
    base = Base(series.size, float(series.size), float(series.size))
    if series.size < 2 * period:
        return Refusal("too-few-cycles", base, {"n": series.size / period, "needed": 2})
    found = STL(series, period=int(period), robust=robust).fit()
    detrended = found.seasonal + found.resid
    spread = float(np.var(detrended))
    strength = max(0.0, 1 - float(np.var(found.resid)) / spread) if spread > 0 else 0.0
    parts = (found.trend, found.seasonal, found.resid, series - found.seasonal)
    trend, seasonal, remainder, adjusted = (tuple(float(each) for each in part) for part in parts)
    return SeasonalAdjustment(trend, seasonal, remainder, adjusted, strength, int(period), base, "stl", SOURCE)
