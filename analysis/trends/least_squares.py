"""The least-squares line through a series whose neighbours resemble each other: Newey and West's errors."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.stattools import durbin_watson
from statsmodels.tsa.stattools import acf

from analysis.arrays import FloatArray
from analysis.comparisons.differences import verdict_of
from analysis.comparisons.procedures import ratio
from analysis.trends.observations import Observations, observed
from analysis.values import Estimate, Interval, Note, Refusal
from analysis.values.monotone_trends import SeriesLine

SOURCE = "Newey & West 1987; lag after Newey & West 1994"
# Two parameters, and something left to judge their errors by.
FEWEST = 8
# With fewer periods nobody can tell whether neighbours are alike.
FEWEST_TO_JUDGE = 50


@dataclass(frozen=True, slots=True)
class SeriesOptions:
    """Rate of false alarms, number of lags (None: floor(4 (n/100)^(2/9))), and autocorrelations listed."""

    alpha: float = 0.05
    lag: int | None = None
    n_autocorrelations: int = 5


DEFAULTS = SeriesOptions()


def series_line(
    values: npt.ArrayLike, at: npt.ArrayLike | None = None, options: SeriesOptions = DEFAULTS
) -> SeriesLine | Refusal:
    """Return the least-squares line through values (n,) at evenly spaced moments `at` (n,), with HAC errors.

    The slope's standard error is Newey and West's with the Bartlett kernel, without prewhitening or small-sample
    factor. Its interval and test use Student's t with n - 2 degrees of freedom and the larger of that error and the
    ordinary one. Refused below eight periods and where the series does not vary. Raises ValueError for missing or
    infinite values and uneven spacing.
    """
    series = observed(values, at)
    n = series.values.size
    if series.n_missing or not series.is_regular:
        raise ValueError("Newey and West's errors need periods at equal distances, none missing.")
    if n < FEWEST:
        return Refusal("too-few-periods", series.base, {"n": n, "needed": FEWEST})
    if np.ptp(series.values) == 0:
        return Refusal("no-variation", series.base)
    return _line(series, options)


def _line(series: Observations, options: SeriesOptions) -> SeriesLine:
    """Return the line of a series that varies."""
    n = series.values.size
    design = np.column_stack([np.ones(n), series.at - series.at[0]])
    fit = OLS(series.values, design).fit()
    lag = math.floor(4 * (n / 100) ** (2 / 9)) if options.lag is None else options.lag
    robust = OLS(series.values, design).fit(cov_type="HAC", cov_kwds={"maxlags": lag, "use_correction": False})
    slope, errors = float(fit.params[1]), (float(robust.bse[1]), float(fit.bse[1]))
    half = float(stats.t.ppf(1 - options.alpha / 2, n - 2)) * max(errors)
    statistic = ratio(slope, max(errors))
    p_value = float(2 * stats.t.sf(abs(statistic), n - 2))
    interval = Interval(slope - half, slope + half, 1 - options.alpha, "t")
    return SeriesLine(
        intercept=float(fit.params[0] - slope * series.at[0]),
        slope=Estimate(slope, interval, series.base, "newey-west", "slope", errors[0], source=SOURCE),
        p_value=p_value,
        verdict=verdict_of(statistic, p_value, options.alpha),
        alpha=options.alpha,
        lag=lag,
        se_ordinary=errors[1],
        p_ordinary=float(2 * stats.t.sf(abs(ratio(slope, errors[1])), n - 2)),
        se_hc1=float(fit.get_robustcov_results("HC1").bse[1]),
        r2=float(fit.rsquared),
        durbin_watson=float(durbin_watson(fit.resid)) if fit.ssr > 0 else 2.0,
        autocorrelations=_autocorrelations(series.values, options.n_autocorrelations),
        method="newey-west",
        source=SOURCE,
        notes=_warnings(np.asarray(fit.resid)),
    )


def _autocorrelations(values: FloatArray, n_lags: int) -> tuple[float, ...]:
    """Return the autocorrelations of lags 1, 2, … of the series; zeros where it does not vary."""
    n_lags = min(n_lags, values.size - 1)
    if np.ptp(values) == 0:
        return (0.0,) * n_lags
    return tuple(float(each) for each in acf(values, nlags=n_lags, fft=True)[1:])


def _warnings(residuals: FloatArray) -> tuple[Note, ...]:
    """Warn where the residuals resemble their neighbours: with short series the errors are then still too small."""
    if np.ptp(residuals) == 0:
        return (Note("no-variation"),)
    found = float(acf(residuals, nlags=1, fft=True)[1])
    n = residuals.size
    notes = (Note("autocorrelated", {"lag_one": found}),) if found > 1.645 / math.sqrt(n) else ()
    return (*notes, Note("few-periods", {"n": n, "needed": FEWEST_TO_JUDGE})) if n < FEWEST_TO_JUDGE else notes
