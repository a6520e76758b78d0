"""Mann-Kendall's test of a steady rise or fall, whatever the shape and the distribution.

S counts pairs that rise minus pairs that fall; z = (S - sign S) / sqrt(var S) (Mann 1945; Kendall 1975). Seasons are
compared only with themselves, their S added up (Hirsch, Slack & Smith 1982), by default taken as independent; their
covariance can be estimated (Dietz & Killeen 1981; Hirsch & Slack 1984). For autocorrelated series the variance is
enlarged, by what an autoregression implies or by the clear autocorrelations (Hamed & Rao 1998), or the
autocorrelation of the first lag is taken out first (Yue et al. 2002).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.arrays import FloatArray
from analysis.comparisons.differences import verdict_of
from analysis.trends.monotone.autocorrelation import cautions, inflation, pre_whitened
from analysis.trends.monotone.kendall import Kendall, kendall
from analysis.trends.observations import Observations, observed
from analysis.values import Base, Note, Refusal
from analysis.values.monotone_trends import MannKendall

CORRECTIONS = ("none", "autoregression", "hamed-rao", "pre-whitened")
SEASONAL_CORRECTIONS = ("none", "hirsch-slack")
SOURCES = {
    "none": "Mann 1945; Kendall 1975",
    "autoregression": "Hamed & Rao 1998; Marriott & Pope 1954",
    "hamed-rao": "Hamed & Rao 1998",
    "pre-whitened": "Yue et al. 2002",
    "seasonal": "Hirsch, Slack & Smith 1982",
    "hirsch-slack": "Dietz & Killeen 1981; Hirsch & Slack 1984",
}
# With fewer, no order at all is unlikely enough.
FEWEST = 5
# With fewer cycles the covariance of seasons is a guess (see the simulations).
FEWEST_CYCLES = 10


@dataclass(frozen=True, slots=True)
class MonotoneOptions:
    """Rate of false alarms (1 minus the level of Sen's interval), and how autocorrelation is treated.

    `correction`: `none`, `autoregression`, `hamed-rao` or `pre-whitened`; for seasonal series `none` or `hirsch-slack`.
    """

    alpha: float = 0.05
    correction: str = "none"

    def __post_init__(self) -> None:
        """Refuse a rate outside 0..1 and an unknown correction."""
        if not 0 < self.alpha < 1:
            raise ValueError(f"A rate of false alarms lies between 0 and 1, not at {self.alpha}.")
        known = {*CORRECTIONS, *SEASONAL_CORRECTIONS}
        if self.correction not in known:
            raise ValueError(f"Autocorrelation is corrected by {', '.join(sorted(known))}, not by {self.correction}.")


DEFAULTS = MonotoneOptions()


@dataclass(frozen=True, slots=True)
class _Way:
    """What a finding says about how it was made."""

    method: str
    source: str
    notes: tuple[Note, ...]
    variance_ratio: float = 1.0
    s_by_season: tuple[int, ...] = ()


def mann_kendall(
    values: npt.ArrayLike, at: npt.ArrayLike | None = None, options: MonotoneOptions = DEFAULTS
) -> MannKendall | Refusal:
    """Return Mann-Kendall's test of the values (n,) over the moments `at` (n,), which may be irregular or equal.

    Missing values (NaN) are left out and counted in the notes. Refused below five observations. Raises ValueError for
    infinite values or moments, lengths that differ, and a correction of a series that is not evenly spaced.
    """
    series = observed(values, at)
    if options.correction == "hirsch-slack":
        raise ValueError("The correction by Hirsch and Slack is for seasonal series.")
    if series.values.size < FEWEST:
        return Refusal("too-few-periods", series.base, {"n": series.values.size, "needed": FEWEST})
    if options.correction == "pre-whitened":
        return _pre_whitened(series, options.alpha)
    found = kendall(series.values, series.at)
    ratio = inflation(series, options.correction)
    method = "mann-kendall" if options.correction == "none" else f"mann-kendall-{options.correction}"
    notes = (*series.notes(), *cautions(series, options.correction))
    return _tested(found, series.base, options.alpha, _Way(method, SOURCES[options.correction], notes, ratio))


def seasonal_mann_kendall(
    values: npt.ArrayLike, period: int, options: MonotoneOptions = DEFAULTS
) -> MannKendall | Refusal:
    """Return the seasonal test of the values (n,), one per step of time, `period` of them to a cycle.

    Missing values (NaN) keep their place and are left out. tau is S over the pairs compared. Refused below three
    cycles or five observations. Raises ValueError for a period below 2, infinite values and another correction.
    """
    table = seasons_of(values, period)
    if options.correction not in SEASONAL_CORRECTIONS:
        raise ValueError(f"A seasonal series is corrected by {' or '.join(SEASONAL_CORRECTIONS)}.")
    there = ~np.isnan(table)
    n = int(there.sum())
    base = Base(n, float(n), float(n))
    most = int(there.sum(axis=0).max())
    if n < FEWEST or most <= 2:  # noqa: PLR2004 - three cycles
        return Refusal("too-few-cycles", base, {"n": most, "needed": 3})
    found = [
        kendall(column[keep], np.flatnonzero(keep).astype(float)) for column, keep in zip(table.T, there.T, strict=True)
    ]
    plain = sum(each.variance for each in found)
    s = sum(each.s for each in found)
    pairs = sum(int(k) * (int(k) - 1) // 2 for k in there.sum(axis=0))
    ratio = 1.0
    if options.correction == "hirsch-slack" and plain:
        ratio = max(plain + _between_seasons(table), 0.0) / plain
    name = "seasonal" if options.correction == "none" else "hirsch-slack"
    notes = (*_missing(np.size(values) - n), *_seasonal_warnings(table, options.correction))
    way = _Way(f"mann-kendall-{name}", SOURCES[name], notes, ratio, tuple(each.s for each in found))
    return _tested(Kendall(s, plain, s / pairs), base, options.alpha, way)


def seasons_of(values: npt.ArrayLike, period: int) -> FloatArray:
    """Return the series as a table (cycles, seasons), filled up with NaN; raise ValueError for what is no series."""
    series = np.asarray(values, dtype=np.float64)
    if series.ndim != 1 or np.isinf(series).any():
        raise ValueError("A seasonal series is one list of finite or missing values, one per step of time.")
    if int(period) != period or period <= 1 or not series.size:
        raise ValueError("A cycle has two seasons or more, as a whole number, and a series at least one value.")
    table = np.full((-(-series.size // int(period)), int(period)), np.nan)
    table.reshape(-1)[: series.size] = series
    return table


def _tested(found: Kendall, base: Base, alpha: float, way: _Way) -> MannKendall:
    """Return the test of S with its variance."""
    variance = found.variance * way.variance_ratio
    root = math.sqrt(variance)
    z = (found.s - math.copysign(1, found.s)) / root if found.s and root else 0.0
    p_value = min(1.0, float(2 * stats.norm.sf(abs(z))))
    notes = way.notes if root else (*way.notes, Note("no-variation"))
    return MannKendall(
        s=found.s,
        variance=variance,
        tau=found.tau,
        z=z,
        z_without_continuity=found.s / root if root else 0.0,
        p_value=p_value,
        verdict=verdict_of(z, p_value, alpha),
        alpha=alpha,
        variance_ratio=way.variance_ratio,
        base=base,
        method=way.method,
        source=way.source,
        notes=notes,
        s_by_season=way.s_by_season,
    )


def _pre_whitened(series: Observations, alpha: float) -> MannKendall:
    """Return the test after the lag-one autocorrelation about Sen's line is taken out."""
    values = pre_whitened(series)
    notes = (*series.notes(), *cautions(series, "pre-whitened"))
    way = _Way("mann-kendall-pre-whitened", SOURCES["pre-whitened"], notes)
    return _tested(kendall(values, np.arange(values.size, dtype=float)), series.base, alpha, way)


def _seasonal_warnings(table: FloatArray, correction: str) -> tuple[Note, ...]:
    """Warn of few cycles, which cannot carry an estimated covariance."""
    n = int((~np.isnan(table)).sum(axis=0).max())
    if correction == "hirsch-slack" and n < FEWEST_CYCLES:
        return (Note("short-for-correction", {"n": n, "needed": FEWEST_CYCLES}),)
    return ()


def _missing(n_missing: int) -> tuple[Note, ...]:
    return (Note("periods-without-figure", {"left_out": n_missing}),) if n_missing else ()


def _between_seasons(table: FloatArray) -> float:
    """Return the sum of the covariances between the S of different seasons (Dietz & Killeen 1981), missing allowed.

    cov = (K + 4 sum R_g R_h - n (n_g + 1)(n_h + 1)) / 3, with midranks R, (n_g + 1)/2 for a missing value, and
    K the sum over pairs of cycles of the products of the two seasons' signs.
    """
    there = ~np.isnan(table)
    sizes = there.sum(axis=0)
    ranks = np.where(there, stats.rankdata(table, axis=0, nan_policy="omit"), (sizes + 1) / 2)
    gaps = table[:, None, :] - table[None, :, :]
    signs = np.sign(np.where(np.isnan(gaps), 0.0, gaps)).reshape(-1, table.shape[1])
    products = signs.T @ signs / 2
    covariances = (products + 4 * ranks.T @ ranks - table.shape[0] * np.outer(sizes + 1, sizes + 1)) / 3
    return float(covariances.sum() - np.trace(covariances))
