"""How much a series remembers, and what that does to a test of a trend."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats
from statsmodels.tsa.stattools import acf

from analysis.arrays import FloatArray
from analysis.trends.monotone.selection import slopes_at_ranks
from analysis.trends.observations import Observations
from analysis.values import Note

# With fewer periods nobody can tell whether neighbours are alike.
FEWEST_TO_JUDGE = 50
# A longer memory cannot be told from a trend.
LONGEST_MEMORY = 0.95


def detrended(series: Observations) -> FloatArray:
    """Return the values less Sen's line through the origin of time."""
    return np.asarray(series.values - median_slope(series) * (series.at - series.at.mean()), dtype=np.float64)


def median_slope(series: Observations) -> float:
    """Return the median of the slopes between all pairs; raise ValueError where all stand at one moment."""
    n_slopes = count_slopes(series.at)
    if not n_slopes:
        raise ValueError("A slope needs observations at two moments or more.")
    middle = [(n_slopes + 1) // 2, n_slopes // 2 + 1]
    return float(np.mean(slopes_at_ranks(series.values, series.at, middle)))


def count_slopes(at: FloatArray) -> int:
    """Return the number of pairs at different moments."""
    _, sizes = np.unique(at, return_counts=True)
    return int(at.size * (at.size - 1) // 2 - (sizes * (sizes - 1) // 2).sum())


def lag_one(series: Observations) -> float:
    """Return the autocorrelation of the first lag about the least-squares line; 0 where nothing is left."""
    away = series.at - series.at.mean()
    spread = float(away @ away)
    residuals = series.values - series.values.mean() - (away * (float(away @ series.values) / spread) if spread else 0)
    largest = np.abs(residuals).max()
    if largest <= 1e-12 * np.abs(series.values).max():
        return 0.0
    # Divided by the largest, so that squares of tiny residuals do not vanish.
    residuals = residuals / largest
    return float(residuals[1:] @ residuals[:-1] / (residuals @ residuals))


def cautions(series: Observations, correction: str) -> tuple[Note, ...]:
    """Warn of likeness of neighbours that nobody corrects or that cannot be judged, and of what a correction misses.

    Corrected by Hamed and Rao or pre-whitened, series with a true autocorrelation of 0.3 to 0.5 gave 10 to 30 % false
    alarms in the simulations.
    """
    n = series.values.size
    if correction in {"hamed-rao", "pre-whitened"}:
        return (Note("correction-incomplete", {"n": n}),)
    few = (Note("few-periods", {"n": n, "needed": FEWEST_TO_JUDGE}),) if n < FEWEST_TO_JUDGE else ()
    if correction == "autoregression":
        return few
    if not series.is_regular:
        return ()
    found = lag_one(series)
    notes = (Note("autocorrelated", {"lag_one": found}),) if found > 1.645 / math.sqrt(n) else ()
    return (*notes, *few)


def inflation(series: Observations, correction: str) -> float:
    """Return by how much the variance of S is enlarged."""
    if correction == "autoregression":
        return autoregressive_inflation(series)
    return variance_inflation(series) if correction == "hamed-rao" else 1.0


def variance_inflation(series: Observations) -> float:
    """Return Hamed and Rao's n/n*: 1 + 2/(n(n-1)(n-2)) sum (n-i)(n-i-1)(n-i-2) r_i, never below 1.

    r_i are the autocorrelations of the ranks of the detrended series, those only that differ from 0 at 5 %. Below 1,
    which negative ones could make it, the series is taken as independent. Raises ValueError for uneven spacing.
    """
    _check(series)
    ranks = stats.rankdata(detrended(series))
    n = ranks.size
    if np.ptp(ranks) == 0:
        return 1.0
    found = acf(ranks, nlags=n - 1, fft=True)[1:]
    clear = np.abs(found) > stats.norm.ppf(0.975) / math.sqrt(n)
    lags = np.arange(1, n)
    weights = (n - lags) * (n - lags - 1.0) * (n - lags - 2.0)
    together = float((weights * found)[clear].sum())
    return float(max(1.0, 1 + 2 * together / (n * (n - 1.0) * (n - 2.0))))


def autoregressive_inflation(series: Observations) -> float:
    """Return Hamed and Rao's n/n* for a first-order autoregression: r_i = (6/pi) asin(rho^i / 2), the ranks' share.

    rho is the lag-one autocorrelation about the least-squares line, freed of its bias: two fitted parameters push it
    down by about (2 + 4 rho)/n (Marriott & Pope 1954), which is why estimated inflations fall short. Between 0 and
    0.95. Raises ValueError for uneven spacing.
    """
    _check(series)
    n = series.values.size
    rho = min(max((lag_one(series) + 2 / n) / (1 - 4 / n), 0.0), LONGEST_MEMORY)
    lags = np.arange(1, n)
    weights = (n - lags) * (n - lags - 1.0) * (n - lags - 2.0)
    together = float(weights @ (6 / math.pi * np.arcsin(rho**lags / 2)))
    return 1 + 2 * together / (n * (n - 1.0) * (n - 2.0))


def pre_whitened(series: Observations) -> FloatArray:
    """Return the series with its lag-one autocorrelation about Sen's line removed and the line put back (n - 1,)."""
    _check(series)
    slope = median_slope(series)
    residuals = np.asarray(series.values - slope * (series.at - series.at.mean()))
    rho = 0.0 if np.ptp(residuals) == 0 else float(acf(residuals, nlags=1, fft=False)[1])
    return np.asarray(residuals[1:] - rho * residuals[:-1] + slope * series.at[1:], dtype=np.float64)


def _check(series: Observations) -> None:
    if not series.is_regular:
        raise ValueError("A correction for autocorrelation needs periods at equal distances, none missing.")
