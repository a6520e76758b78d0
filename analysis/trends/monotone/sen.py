"""Sen's slope: the median of the slopes between all pairs, with the interval that Kendall's S gives it."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from analysis.arrays import FloatArray
from analysis.intervals import normal_quantile
from analysis.trends.monotone.autocorrelation import cautions, count_slopes, inflation
from analysis.trends.monotone.kendall import kendall
from analysis.trends.monotone.mann_kendall import DEFAULTS, FEWEST, MonotoneOptions, seasons_of
from analysis.trends.monotone.selection import all_slopes, slopes_at_ranks
from analysis.trends.observations import observed
from analysis.values import Base, Estimate, Interval, Note, Refusal
from analysis.values.monotone_trends import SenSlope

SOURCE = "Sen 1968"


def sen_slope(
    values: npt.ArrayLike, at: npt.ArrayLike | None = None, options: MonotoneOptions = DEFAULTS
) -> SenSlope | Refusal:
    """Return Sen's slope per unit of `at`, with the interval of level 1 - alpha from ranks.

    The interval runs from the slope of rank (N - C)/2 to that of rank (N + C)/2 + 1, both rounded, of N slopes, with
    C = z sqrt(var S) (Sen 1968). With `correction` `autoregression` or `hamed-rao` the variance is enlarged. The
    intercept is median(values) - slope * median(at). n log n steps. Missing values are left out; refused below five
    observations or where all stand at one moment. Raises ValueError as `mann_kendall` does.
    """
    series = observed(values, at)
    n_slopes = count_slopes(series.at)
    if series.values.size < FEWEST or not n_slopes:
        return Refusal("too-few-periods", series.base, {"n": series.values.size, "needed": FEWEST})
    if options.correction not in {"none", "autoregression", "hamed-rao"}:
        raise ValueError("The interval of Sen's slope is corrected by autoregression, hamed-rao or not at all.")
    ratio = inflation(series, options.correction)
    spread = math.sqrt(kendall(series.values, series.at).variance * ratio)
    ranks = _ranks(n_slopes, normal_quantile(1 - options.alpha) * spread)
    low, middle, above, high = slopes_at_ranks(series.values, series.at, ranks)
    method = "sen" if options.correction == "none" else f"sen-{options.correction}"
    slope = _estimate(((middle + above) / 2, low, high), series.base, options.alpha, method)
    intercept = float(np.median(series.values) - slope.value * np.median(series.at))
    notes = (*series.notes(), *cautions(series, options.correction))
    return SenSlope(slope, intercept, n_slopes, method, SOURCE, notes=notes)


def seasonal_sen_slope(values: npt.ArrayLike, period: int, options: MonotoneOptions = DEFAULTS) -> SenSlope | Refusal:
    """Return the median of the slopes within seasons: `per_cycle`, and `slope` per step of time.

    `values` (n,) one per step of time, NaN where missing; `period` steps make a cycle (Hirsch, Slack & Smith 1982).
    The interval is from ranks with the sum of the seasons' variances. Refused below three cycles.
    """
    table = seasons_of(values, period)
    there = ~np.isnan(table)
    n, most = int(there.sum()), int(there.sum(axis=0).max())
    base = Base(n, float(n), float(n))
    if n < FEWEST or most <= 2:  # noqa: PLR2004 - three cycles
        return Refusal("too-few-cycles", base, {"n": most, "needed": 3})
    parts = [(column[keep], np.flatnonzero(keep).astype(float)) for column, keep in zip(table.T, there.T, strict=True)]
    slopes = np.sort(np.concatenate([all_slopes(*each) for each in parts]))
    spread = math.sqrt(sum(kendall(*each).variance for each in parts))
    low, middle, above, high = slopes[np.array(_ranks(slopes.size, normal_quantile(1 - options.alpha) * spread)) - 1]
    found = np.array([(middle + above) / 2, low, high])
    per_cycle = _estimate(found, base, options.alpha, "seasonal-sen")
    slope = _estimate(found / period, base, options.alpha, "seasonal-sen")
    n_missing = int(np.size(values)) - n
    notes = (Note("periods-without-figure", {"left_out": n_missing}),) if n_missing else ()
    level = np.array([np.nanmedian(table), np.median(np.flatnonzero(there.reshape(-1)))])
    source = "Hirsch, Slack & Smith 1982"
    intercept = float(level[0] - slope.value * level[1])
    return SenSlope(slope, intercept, int(slopes.size), "seasonal-sen", source, per_cycle, notes)


def _ranks(n_slopes: int, width: float) -> list[int]:
    """Return the ranks, from 1, of the lower bound, of the two middle slopes, and of the upper bound."""
    low, high = round((n_slopes - width) / 2), round((n_slopes + width) / 2) + 1
    return [max(low, 1), (n_slopes + 1) // 2, n_slopes // 2 + 1, min(high, n_slopes)]


def _estimate(found: tuple[float, float, float] | FloatArray, base: Base, alpha: float, method: str) -> Estimate:
    """Return the slope with its interval."""
    value, low, high = (float(each) for each in found)
    source = (
        SOURCE if method == "sen" else f"{SOURCE}; {'Hirsch et al. 1982' if 'seas' in method else 'Hamed & Rao 1998'}"
    )
    return Estimate(value, Interval(low, high, 1 - alpha, "ranks"), base, method, "slope", source=source)
