"""A series that mostly rises or falls: Mann-Kendall's test, Sen's slope, the least-squares line beside them."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.values.comparisons import Verdict
from analysis.values.estimates import Base, Estimate, Note


@dataclass(frozen=True, slots=True)
class MannKendall:
    """Mann and Kendall's test of a steady rise or fall.

    `s` counts pairs that rise minus pairs that fall, `variance` is its variance without a trend (ties and, by `method`,
    autocorrelation taken into account; `variance_ratio` times the plain one), `tau` Kendall's tau-b, `z` with the
    continuity correction. `verdict` holds at a rate `alpha` of false alarms. `s_by_season` is empty for one season.
    """

    s: int
    variance: float
    tau: float
    z: float
    z_without_continuity: float
    p_value: float
    verdict: Verdict
    alpha: float
    variance_ratio: float
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()
    s_by_season: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SenSlope:
    """Sen's slope: the median of the slopes between all pairs of observations, per unit of time.

    `n_slopes` pairs were compared. For seasonal series only pairs of one season count, and `per_cycle` is the slope per
    full cycle, `slope` that per period.
    """

    slope: Estimate
    intercept: float
    n_slopes: int
    method: str
    source: str
    per_cycle: Estimate | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """The least-squares line through a series, its slope judged with autocorrelation in mind.

    `slope.se` is Newey and West's with `lag` lags, `slope.interval` and `p_value` use the more cautious of it and
    `se_ordinary`. `se_ordinary` and `p_ordinary` take periods as independent, `se_hc1` as unequally scattered.
    `autocorrelations` are those of the series itself (lags 1, 2, …), `durbin_watson` is that of the residuals.
    """

    intercept: float
    slope: Estimate
    p_value: float
    verdict: Verdict
    alpha: float
    lag: int
    se_ordinary: float
    p_ordinary: float
    se_hc1: float
    r2: float
    durbin_watson: float
    autocorrelations: tuple[float, ...]
    method: str
    source: str
    notes: tuple[Note, ...] = ()
