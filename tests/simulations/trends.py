"""Trends: false alarms of every verdict where nothing changes, and how often intervals and bands hold the truth.

Waves are figures with known sampling errors of n answers each; `tau` is the standard deviation of their true levels
beyond sampling and `rho` the autocorrelation of those levels, `sd 0.775` the standard deviation of one answer, as of
a net score on -1..1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import permutations
from typing import Any

import numpy as np

from analysis.trends import (
    LevelOptions,
    MonotoneOptions,
    Waves,
    change_point,
    homogeneity,
    individuals_chart,
    laney_chart,
    mann_kendall,
    next_band,
    ols_cusum,
    p_chart,
    seasonal_mann_kendall,
    sen_slope,
    series_line,
    sup_f,
    wave_series,
    wave_trend,
)
from analysis.values import Base, Estimate, Interval, Refusal
from analysis.values.comparisons import Verdict
from analysis.values.trends import ChangePoint, Period, TrendPoint
from tests.simulations.settings import Drawn, Exact, Outcome, Setting

ANSWER_SD = 0.775
# Notes by which a result says that its rate may not hold.
WARNINGS = {"autocorrelated", "few-periods", "correction-incomplete", "short-for-correction", "few-expected"}
BASE = Base(100, 100.0, 100.0)
Generator = np.random.Generator
Noise = Callable[[Generator, int], np.ndarray]


def _judged(found: Any, *, held: bool) -> Outcome:
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    if held:
        return Outcome.HELD
    return Outcome.WARNED if WARNINGS & {note.code for note in found.notes} else Outcome.MISSED


def _lasting(rng: Generator, n: int, rho: float) -> np.ndarray:
    """Return a first-order autoregression of unit variance, stationary from the first value on."""
    shocks = rng.normal(size=n) * math.sqrt(1 - rho**2)
    shocks[0] = rng.normal()
    for i in range(1, n):
        shocks[i] += rho * shocks[i - 1]
    return shocks


def _ar(rho: float) -> Noise:
    return lambda rng, n: _lasting(rng, n, rho)


def _independent(rng: Generator, n: int) -> np.ndarray:
    return rng.normal(size=n)


def _skewed(rng: Generator, n: int) -> np.ndarray:
    return rng.exponential(size=n)


def _ratings(rng: Generator, n: int) -> np.ndarray:
    return np.clip(np.rint(rng.normal(8, 1.5, n)), 0, 10)


def _waves(rng: Generator, k: int, sizes: tuple[int, int], tau: float, rho: float, slope: float = 0.0) -> Waves:
    n = rng.integers(sizes[0], sizes[1] + 1, k)
    errors = ANSWER_SD / np.sqrt(n)
    return wave_series(slope * np.arange(k) + tau * _lasting(rng, k, rho) + errors * rng.normal(size=k), errors)


def _alarm(k: int, sizes: tuple[int, int], tau: float, rho: float) -> Drawn:
    def repeat(rng: Generator) -> Outcome:
        found = wave_trend(_waves(rng, k, sizes, tau, rho))
        return _judged(found, held=getattr(found, "verdict", None) is Verdict.NO_CLEAR_CHANGE)

    conditions = f"{k} waves of {sizes[0]} to {sizes[1]} answers, tau {tau}, rho {rho}"
    return Drawn(Setting("wave trend, false alarms", conditions, sizes[0], 0.95, 1.0), repeat)


def _skewed_waves(k: int, n: int) -> Drawn:
    """Real answers, 1/9/90 % of detractors, passives and promoters, their standard errors estimated."""

    def repeat(rng: Generator) -> Outcome:
        counts = rng.multinomial(n, [0.01, 0.09, 0.9], k) + np.array([0.75, 1.5, 0.75])
        shares = counts / counts.sum(axis=1, keepdims=True)
        nets = shares[:, 2] - shares[:, 0]
        errors = np.sqrt((shares[:, 2] + shares[:, 0] - nets**2) / counts.sum(axis=1))
        found = wave_trend(wave_series(nets, errors))
        return _judged(found, held=getattr(found, "verdict", None) is Verdict.NO_CLEAR_CHANGE)

    setting = Setting("wave trend, false alarms", f"{k} waves of NPS, 1/9/90 %", n, 0.95, 1.0)
    return Drawn(setting, repeat)


def _tau2(k: int, tau: float) -> Drawn:
    def repeat(rng: Generator) -> Outcome:
        found = homogeneity(_waves(rng, k, (30, 1000), tau, 0.0, 0.01)).tau2
        return _judged(found, held=_holds(found.interval, tau**2))

    return Drawn(Setting("variance between waves, Q-profile", f"{k} waves of 30 to 1000, tau {tau}", 30), repeat)


def _slope(k: int, tau: float, rho: float) -> Drawn:
    def repeat(rng: Generator) -> Outcome:
        found = wave_trend(_waves(rng, k, (30, 1000), tau, rho, 0.02))
        held = not isinstance(found, Refusal) and _holds(found.random.slope.interval, 0.02)
        return _judged(found, held=held)

    conditions = f"{k} waves of 30 to 1000, slope 0.02, tau {tau}, rho {rho}"
    return Drawn(Setting("slope of waves", conditions, 30, 0.93, 1.0), repeat)


def _holds(interval: Interval | None, truth: float) -> bool:
    return interval is not None and interval.low <= truth <= interval.high


def _next(k: int, conditions: str, draw: Callable[[Generator], np.ndarray], model: str = "local-level") -> Drawn:
    """The level course of k + 1 waves is drawn; the last wave's figure is compared with the band from the others."""

    def repeat(rng: Generator) -> Outcome:
        errors = ANSWER_SD / np.sqrt(rng.integers(30, 1001, k + 1))
        figures = draw(rng) + errors * rng.normal(size=k + 1)
        options = LevelOptions(model=model, next_error=float(errors[-1]))
        found = next_band(wave_series(figures[:-1], errors[:-1]), options)
        return _judged(found, held=not isinstance(found, Refusal) and not found.is_surprising(float(figures[-1])))

    return Drawn(
        Setting(f"band of the next wave, {model}", f"{k} waves of 30 to 1000, {conditions}", 30, high=0.99), repeat
    )


def _kendall(n: int, name: str, noise: Noise, correction: str = "none") -> Drawn:
    options = MonotoneOptions(correction=correction)

    def repeat(rng: Generator) -> Outcome:
        found = mann_kendall(noise(rng, n), None, options)
        return _judged(found, held=getattr(found, "verdict", None) is Verdict.NO_CLEAR_CHANGE)

    return Drawn(Setting(f"Mann-Kendall, {correction}, false alarms", name, n, 0.95, 1.0), repeat)


def _seasonal(cycles: int, rho: float, correction: str) -> Drawn:
    options = MonotoneOptions(correction=correction)

    def repeat(rng: Generator) -> Outcome:
        season = np.tile(np.sin(np.arange(12)), cycles)
        found = seasonal_mann_kendall(3 * season + _lasting(rng, 12 * cycles, rho), 12, options)
        return _judged(found, held=getattr(found, "verdict", None) is Verdict.NO_CLEAR_CHANGE)

    conditions = f"{cycles} years of months, rho {rho}"
    return Drawn(
        Setting(f"seasonal Mann-Kendall, {correction}, false alarms", conditions, 12 * cycles, 0.95, 1.0), repeat
    )


def _sen(n: int, name: str, noise: Noise, high: float = 0.975) -> Drawn:
    def repeat(rng: Generator) -> Outcome:
        at = np.cumsum(rng.exponential(size=n)) if "irregular" in name else np.arange(n)
        found = sen_slope(0.3 * at + noise(rng, n), at)
        return _judged(found, held=not isinstance(found, Refusal) and _holds(found.slope.interval, 0.3))

    return Drawn(Setting("Sen's slope", name, n, high=high), repeat)


def _sen_exact(n: int) -> Exact:
    """All orders of n values without a trend are equally likely."""

    def outcomes() -> Iterator[tuple[float, Outcome]]:
        share = 1 / math.factorial(n)
        for order in permutations(range(n)):
            found = sen_slope(np.array(order, dtype=float))
            yield share, _judged(found, held=not isinstance(found, Refusal) and _holds(found.slope.interval, 0.0))

    return Exact(Setting("Sen's slope", "all orders", n, 0.925, 1.0), outcomes)


def _line(n: int, name: str, noise: Noise) -> Drawn:
    def repeat(rng: Generator) -> Outcome:
        found = series_line(noise(rng, n))
        return _judged(found, held=getattr(found, "verdict", None) is Verdict.NO_CLEAR_CHANGE)

    return Drawn(Setting("least-squares line, false alarms", name, n, 0.95, 1.0), repeat)


def _points(figures: Iterable[float]) -> list[TrendPoint]:
    return [
        TrendPoint(Period(str(i), float(i)), Estimate(float(each), None, BASE, "mean", "mean", 0.1))
        for i, each in enumerate(figures)
    ]


def _shift(n: int, name: str, noise: Noise) -> Drawn:
    def repeat(rng: Generator) -> Outcome:
        found = change_point(_points(noise(rng, n)))
        return _judged(found, held=not isinstance(found, ChangePoint))

    return Drawn(Setting("shift of level (Pettitt), false alarms", name, n, 0.95, 1.0), repeat)


def _tested_shift(test: Callable[..., Any], n: int, name: str, noise: Noise) -> Drawn:
    def repeat(rng: Generator) -> Outcome:
        found = test(noise(rng, n))
        return _judged(found, held=not getattr(found, "is_shift", True))

    return Drawn(Setting(f"{test.__name__}, false alarms", name, n, 0.95, 1.0), repeat)


def _date(n: int, size: float) -> Drawn:
    def repeat(rng: Generator) -> Outcome:
        found = sup_f(rng.normal(size=n) + size * (np.arange(n) >= n // 3))
        held = not isinstance(found, Refusal) and found.date.earliest <= n // 3 <= found.date.latest
        return _judged(found, held=held)

    conditions = f"shift of {size} standard deviations after a third"
    return Drawn(Setting("date of a shift", conditions, n, high=1.0), repeat)


def _chart(k: int, n: int, share: float, tau: float, chart: Callable[..., Any]) -> Drawn:
    """How often a period in control lies inside: 3 sigma promise 0.9973."""

    def repeat(rng: Generator) -> Outcome:
        chances = np.clip(share + tau * rng.normal(size=k), 0.001, 0.999)
        found = chart(rng.binomial(n, chances), np.full(k, n), [str(i) for i in range(k)])
        return _judged(found, held=not found.points[int(rng.integers(k))].is_outside)

    conditions = f"{k} periods, share {share}, tau {tau}: one period inside"
    return Drawn(Setting(chart.__name__, conditions, n, 0.99, 1.0), repeat)


def _individuals(k: int, name: str, noise: Noise) -> Drawn:
    def repeat(rng: Generator) -> Outcome:
        found = individuals_chart(noise(rng, k), [str(i) for i in range(k)])
        return _judged(found, held=not found.points[int(rng.integers(k))].is_outside)

    return Drawn(Setting("individuals_chart", f"{k} periods, {name}: one period inside", k, 0.99, 1.0), repeat)


def _steady(k: int, tau: float) -> Callable[[Generator], np.ndarray]:
    return lambda rng: tau * rng.normal(size=k + 1)


def _wandering(k: int, step: float) -> Callable[[Generator], np.ndarray]:
    return lambda rng: np.cumsum(step * rng.normal(size=k + 1))


def _rising(k: int, slope: float) -> Callable[[Generator], np.ndarray]:
    return lambda _: slope * np.arange(k + 1)


UNEQUAL = (30, 1000)
SETTINGS: tuple[Drawn | Exact, ...] = (
    _alarm(4, UNEQUAL, 0.0, 0.0),
    _alarm(4, UNEQUAL, 0.08, 0.0),
    _alarm(6, UNEQUAL, 0.08, 0.5),
    _alarm(10, (30, 30), 0.08, 0.3),
    _alarm(10, UNEQUAL, 0.08, 0.0),
    _alarm(12, UNEQUAL, 0.04, 0.5),
    _alarm(12, UNEQUAL, 0.2, 0.5),
    _alarm(20, UNEQUAL, 0.0, 0.0),
    _alarm(20, UNEQUAL, 0.08, 0.3),
    _alarm(20, UNEQUAL, 0.08, 0.5),
    _skewed_waves(12, 30),
    _skewed_waves(12, 100),
    _slope(6, 0.08, 0.0),
    _slope(12, 0.08, 0.3),
    _tau2(6, 0.08),
    _tau2(12, 0.03),
    _tau2(20, 0.08),
    _next(5, "steady", _steady(5, 0.0)),
    _next(8, "tau 0.08", _steady(8, 0.08)),
    _next(12, "random walk by 0.08", _wandering(12, 0.08)),
    _next(20, "steady", _steady(20, 0.0)),
    _next(12, "rising by 0.03", _rising(12, 0.03)),
    _next(12, "rising by 0.03", _rising(12, 0.03), "local-trend"),
    _kendall(10, "independent", _independent),
    _kendall(30, "skewed", _skewed),
    _kendall(30, "ratings 0 to 10", _ratings),
    _kendall(100, "independent", _independent),
    _kendall(30, "rho 0.3", _ar(0.3)),
    _kendall(100, "rho 0.5", _ar(0.5)),
    _kendall(30, "rho 0.3", _ar(0.3), "hamed-rao"),
    _kendall(100, "rho 0.3", _ar(0.3), "hamed-rao"),
    _kendall(300, "rho 0.5", _ar(0.5), "hamed-rao"),
    _kendall(100, "rho 0.5", _ar(0.5), "pre-whitened"),
    _kendall(30, "rho 0.5", _ar(0.5), "autoregression"),
    _kendall(50, "independent", _independent, "autoregression"),
    _kendall(50, "rho 0.3", _ar(0.3), "autoregression"),
    _kendall(100, "rho 0.5", _ar(0.5), "autoregression"),
    _kendall(300, "rho 0.5", _ar(0.5), "autoregression"),
    _seasonal(5, 0.0, "none"),
    _seasonal(12, 0.0, "hirsch-slack"),
    _seasonal(12, 0.5, "hirsch-slack"),
    _sen_exact(5),
    _sen_exact(6),
    _sen_exact(7),
    _sen(10, "independent", _independent),
    _sen(30, "skewed", _skewed),
    _sen(30, "irregular moments", _independent),
    _sen(30, "ratings 0 to 10", _ratings, 1.0),
    _sen(100, "independent", _independent),
    _line(10, "independent", _independent),
    _line(30, "skewed", _skewed),
    _line(30, "rho 0.3", _ar(0.3)),
    _line(100, "rho 0.5", _ar(0.5)),
    _line(300, "rho 0.3", _ar(0.3)),
    _shift(12, "independent", _independent),
    _shift(30, "skewed", _skewed),
    _shift(20, "rho 0.5", _ar(0.5)),
    _shift(50, "rho 0.3", _ar(0.3)),
    _shift(50, "rho 0.5", _ar(0.5)),
    _tested_shift(sup_f, 20, "independent", _independent),
    _tested_shift(sup_f, 30, "skewed", _skewed),
    _tested_shift(sup_f, 100, "independent", _independent),
    _tested_shift(sup_f, 100, "rho 0.3", _ar(0.3)),
    _tested_shift(ols_cusum, 20, "independent", _independent),
    _tested_shift(ols_cusum, 100, "independent", _independent),
    _tested_shift(ols_cusum, 100, "rho 0.3", _ar(0.3)),
    _date(30, 2.0),
    _date(100, 1.0),
    _chart(20, 100, 0.4, 0.0, p_chart),
    _chart(20, 30, 0.1, 0.0, p_chart),
    _chart(20, 300, 0.4, 0.05, laney_chart),
    _individuals(30, "independent", _independent),
    _individuals(10, "independent", _independent),
)
