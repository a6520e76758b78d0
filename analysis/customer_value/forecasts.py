"""The coming periods of a monthly figure: exponential smoothing against naive rules, judged by rolling origins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.arrays import FloatArray
from analysis.customer_value.smoothing import Form, forecasts, smoothed
from analysis.trends import pettitt
from analysis.values import Base, Estimate, Interval, Note, Refusal
from analysis.values.customer_value.forecasts import Contender, Forecast, ForecastPoint

SOURCE = "Hyndman et al. 2008; Hyndman & Koehler 2006; Tashman 2000"
NAIVE = ("naive", "seasonal-naive")
# One-step errors of so many standard deviations, and shifts of their level at this rate, are announced.
UNUSUAL = 4.0
ALPHA = 0.01


@dataclass(frozen=True, slots=True)
class ForecastOptions:
    """Periods of a season (1: none), level of intervals, origins of the check, fewest periods, logarithms or not."""

    season: int = 12
    level: float = 0.95
    origins: int = 12
    minimum_periods: int = 24
    in_logs: bool = False

    def __post_init__(self) -> None:
        """Refuse a season or number of origins below one."""
        if self.season < 1 or self.origins < 1 or not 0 < self.level < 1:
            raise ValueError("A season and the origins are at least 1, and a level lies between 0 and 1.")


DEFAULTS = ForecastOptions()


@dataclass(frozen=True, slots=True, eq=False)
class _Prediction:
    """Forecasts, standard errors and degrees of freedom (h,)."""

    points: FloatArray
    errors: FloatArray
    df: int

    def bounds(self, level: float) -> tuple[FloatArray, FloatArray]:
        half = float(stats.t.ppf((1 + level) / 2, self.df)) * self.errors
        return self.points - half, self.points + half


def forecast(values: ArrayLike, horizon: int, options: ForecastOptions = DEFAULTS) -> Forecast | Refusal:
    """Return forecasts of the next `horizon` periods of a figure (n,) in order of time, with prediction intervals.

    Contenders: naive (the last value), seasonal naive (a season ago), exponential smoothing with or without damped
    trend and season. Each is refitted at every one of the last `origins` and judged by its errors ahead, scaled by
    those of the (seasonal) naive rule before (MASE, Hyndman & Koehler 2006); the best one forecasts, and a smoothing
    only where it beats the naive rules. `contenders` report MASE and how many values lay within the intervals of
    then. With `in_logs` all is done on logarithms, for figures that grow in per cent; points are then medians. Notes:
    `intervals-too-narrow` (rolling coverage over ten points below the level), `level-shift`, `unusual-period`,
    `season-not-used` (fewer than two seasons and six periods to learn from). Refused: `too-few-periods`,
    `gap-in-series`, `constant-series`. Raises ValueError for infinite values, for values not above zero with
    `in_logs`, and for a horizon below one.
    """
    given = np.asarray(values, dtype=np.float64)
    if given.ndim != 1 or np.isinf(given).any() or horizon < 1:
        raise ValueError("Give a list of finite values, a missing one as NaN, and a horizon of at least 1.")
    refusal = _refusal(given, options)
    if refusal:
        return refusal
    if options.in_logs and (given <= 0).any():
        raise ValueError("Logarithms need values above zero.")
    return _forecast(given, horizon, options)


def _forecast(given: FloatArray, horizon: int, options: ForecastOptions) -> Forecast:
    """Return the forecast of the contender that did best."""
    series = np.log(given) if options.in_logs else given
    methods = _methods(series.size, options)
    contenders = _checked(given, methods, horizon, options)
    best = _chosen(contenders)
    base = Base(given.size, float(given.size), float(given.size))
    return Forecast(
        base=base,
        points=_points(_predicted(series, methods[best.method], horizon), base, best.method, options),
        contenders=contenders,
        beats_naive=best.method not in NAIVE,
        level=options.level,
        season=options.season,
        method=best.method,
        source=SOURCE,
        notes=_notes(series, methods, best, options),
    )


def _refusal(given: FloatArray, options: ForecastOptions) -> Refusal | None:
    base, n_missing = Base(given.size, float(given.size), float(given.size)), int(np.isnan(given).sum())
    if n_missing:
        return Refusal("gap-in-series", base, {"missing": n_missing})
    needed = max(options.minimum_periods, options.origins + 6, 12)
    if given.size < needed:
        return Refusal("too-few-periods", base, {"n": given.size, "needed": needed})
    if np.ptp(given[: given.size - options.origins]) <= 1e-12 * np.abs(given).max():
        return Refusal("constant-series", base, {"n": given.size})
    return None


def _uses_season(n: int, options: ForecastOptions) -> bool:
    """Tell whether the first origin has two seasons and six periods behind it."""
    return options.season > 1 and n - options.origins >= 2 * options.season + 6


def _methods(n: int, options: ForecastOptions) -> dict[str, Form]:
    """Return the contenders by name; naive rules are marked by their names."""
    found = {"naive": Form("naive", has_trend=False)}
    found["ets-level"] = Form("ets-level", has_trend=False)
    found["ets-damped-trend"] = Form("ets-damped-trend", has_trend=True)
    if _uses_season(n, options):
        for name, has_trend in (("seasonal-naive", False), ("ets-season", False), ("ets-damped-trend-season", True)):
            found[name] = Form(name, has_trend, options.season)
    return found


def _predicted(series: FloatArray, form: Form, horizon: int) -> _Prediction:
    if form.name in NAIVE:
        return _naive(series, form.season, horizon)
    fit = smoothed(series, form)
    points, variances = forecasts(fit, horizon)
    return _Prediction(points, np.sqrt(variances), fit.df)


def _naive(series: FloatArray, season: int, horizon: int) -> _Prediction:
    """Return the value a season ago, its error growing with the number of seasons ahead."""
    steps = np.arange(horizon)
    points = series[series.size - season + steps % season]
    variance = float(np.square(series[season:] - series[:-season]).mean())
    return _Prediction(points, np.sqrt(variance * (steps // season + 1)), series.size - season)


def _checked(
    given: FloatArray, methods: dict[str, Form], horizon: int, options: ForecastOptions
) -> tuple[Contender, ...]:
    """Return each contender's scaled errors and coverage over the rolling origins."""
    n, first = given.size, given.size - options.origins
    season = options.season if _uses_season(n, options) else 1
    scale = float(np.abs(given[season:first] - given[: first - season]).mean())
    scale = scale or float(np.abs(np.diff(given[:first])).mean())
    contenders = []
    for name, form in methods.items():
        errors, hits = [], []
        for origin in range(first, n):
            ahead = given[origin : origin + horizon]
            past = np.log(given[:origin]) if options.in_logs else given[:origin]
            found = _predicted(past, form, ahead.size)
            low, high = (_back(each, options) for each in found.bounds(options.level))
            errors.append(np.abs(ahead - _back(found.points, options)))
            hits.append((low <= ahead) & (ahead <= high))
        every = np.concatenate(errors)
        contenders.append(Contender(name, float(every.mean()) / scale, float(np.concatenate(hits).mean()), every.size))
    return tuple(contenders)


def _back(values: FloatArray, options: ForecastOptions) -> FloatArray:
    return np.exp(values) if options.in_logs else values


def _chosen(contenders: tuple[Contender, ...]) -> Contender:
    """Return the contender with the least error; of equal ones the first, and naive rules stand first."""
    return min(contenders, key=lambda each: (each.mase, each.method not in NAIVE))


def _points(found: _Prediction, base: Base, method: str, options: ForecastOptions) -> tuple[ForecastPoint, ...]:
    lows, highs = (_back(each, options) for each in found.bounds(options.level))
    middles = _back(found.points, options)
    points = []
    for i, middle in enumerate(middles.tolist()):
        interval = Interval(float(lows[i]), float(highs[i]), options.level, "prediction-t")
        points.append(ForecastPoint(i + 1, Estimate(middle, interval, base, method, "figure", None, (), SOURCE)))
    return tuple(points)


def _notes(series: FloatArray, methods: dict[str, Form], best: Contender, options: ForecastOptions) -> tuple[Note, ...]:
    """Warn of intervals that held too seldom, of shifts and unusual periods, and of a season that could not be used."""
    notes = []
    if best.coverage < options.level - 0.1:
        notes.append(Note("intervals-too-narrow", {"coverage": best.coverage}))
    form = methods[best.method]
    errors = series[form.season :] - series[: -form.season]
    start = form.season
    if best.method not in NAIVE:
        errors, start = smoothed(series, form).errors, 0
    shift = pettitt(errors)
    if shift.p_value < ALPHA:
        notes.append(Note("level-shift", {"last_before": start + shift.n_before}))
    spread = float(np.median(np.abs(errors - np.median(errors)))) * 1.4826
    worst = int(np.abs(errors).argmax())
    if spread > 0 and abs(float(errors[worst])) > UNUSUAL * spread:
        notes.append(Note("unusual-period", {"period": start + worst + 1}))
    if options.season > 1 and not _uses_season(series.size, options):
        notes.append(Note("season-not-used", {"n": series.size, "needed": 2 * options.season + 6 + options.origins}))
    return tuple(notes)
