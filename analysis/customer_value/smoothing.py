"""Exponential smoothing as state space (ETS with additive errors, trend and season; Hyndman et al. 2008).

For given smoothing parameters the one-step errors are linear in the states at the start: these are found by least
squares, the parameters by a grid with a finer grid around the best point. All points of the grid run through the
series together, which makes a fit take milliseconds; a rolling-origin check needs fifty of them. For fixed parameters
the recursion is that of statsmodels' ETSModel (tests).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray

LEVELS = (0.02, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95)
TREND_SHARES = (0.02, 0.1, 0.25, 0.5)
SEASON_SHARES = (0.02, 0.1, 0.3, 0.6)
DAMPINGS = (0.8, 0.9, 0.98)


@dataclass(frozen=True, slots=True)
class Form:
    """Which components a smoothing has: a damped trend, a season of so many periods (1: none)."""

    name: str
    has_trend: bool
    season: int = 1

    @property
    def n_states(self) -> int:
        """Return how many states at the start are estimated; seasonal ones sum to zero."""
        return 1 + int(self.has_trend) + self.season - 1

    @property
    def n_parameters(self) -> int:
        """Return the estimated figures: smoothing parameters and states."""
        return 1 + 2 * int(self.has_trend) + int(self.season > 1) + self.n_states


@dataclass(frozen=True, slots=True, eq=False)
class Smoothed:
    """A fitted smoothing: parameters level, trend, season, damping; states at the end; one-step errors (n,)."""

    form: Form
    parameters: FloatArray
    level: float
    trend: float
    seasonal: FloatArray
    errors: FloatArray

    @property
    def variance(self) -> float:
        """Return the variance of one-step errors, with the degrees of freedom that are left."""
        return float(np.square(self.errors).sum()) / self.df

    @property
    def df(self) -> int:
        """Return periods less estimated figures, at least one."""
        return max(self.errors.size - self.form.n_parameters, 1)


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """States (P, c) at the end and errors (P, c, n) for P parameter points, c columns: states at the start, data."""

    level: FloatArray
    trend: FloatArray
    seasonal: FloatArray
    errors: FloatArray


def smoothed(series: FloatArray, form: Form) -> Smoothed:
    """Return the smoothing with the least sum of squared one-step errors."""
    best = _best(series, form, _grid(form))
    return _best(series, form, _finer(best.parameters, form))


def smoothed_with(series: FloatArray, form: Form, parameters: FloatArray) -> Smoothed:
    """Return the smoothing under given level, trend, season and damping (4,)."""
    return _best(series, form, parameters[None, :])


def _grid(form: Form) -> FloatArray:
    trends = TREND_SHARES if form.has_trend else (0.0,)
    seasons = SEASON_SHARES if form.season > 1 else (0.0,)
    dampings = DAMPINGS if form.has_trend else (1.0,)
    points = itertools.product(LEVELS, trends, seasons, dampings)
    return np.array([(a, a * b, (1 - a) * c, d) for a, b, c, d in points])


def _finer(best: FloatArray, form: Form) -> FloatArray:
    """Return a grid within a quarter of the way to the neighbours of the best point."""
    level, trend, season, damping = best
    levels = np.clip(level + np.array([-0.075, -0.0375, 0.0, 0.0375, 0.075]), 0.001, 0.999)
    shares = trend / level * np.array([0.6, 1.0, 1.5]) if form.has_trend else np.zeros(1)
    seasons = season / (1 - level) * np.array([0.6, 1.0, 1.5]) if form.season > 1 else np.zeros(1)
    dampings = np.clip(damping + np.array([-0.03, 0.0, 0.015]), 0.8, 0.98) if form.has_trend else np.ones(1)
    points = list(itertools.product(levels, shares, seasons, dampings))
    return np.array([best, *((a, a * min(b, 1.0), (1 - a) * min(c, 1.0), d) for a, b, c, d in points)])


def _best(series: FloatArray, form: Form, parameters: FloatArray) -> Smoothed:
    run = _run(series, form, parameters)
    columns, data = -run.errors[:, :-1], run.errors[:, -1]
    products = columns @ columns.transpose(0, 2, 1)
    starts = (np.linalg.pinv(products, rcond=1e-12, hermitian=True) @ (columns @ data[:, :, None]))[:, :, 0]
    errors = data - np.einsum("pkn,pk->pn", columns, starts)
    at = int(np.square(errors).sum(axis=1).argmin())
    mix = np.append(starts[at], 1.0)
    return Smoothed(
        form,
        parameters[at],
        float(run.level[at] @ mix),
        float(run.trend[at] @ mix),
        np.asarray(mix @ run.seasonal[at], dtype=np.float64),
        errors[at],
    )


def _run(series: FloatArray, form: Form, parameters: FloatArray) -> _Run:
    """Run the recursion for the data from states of zero, and for each state at the start without data."""
    n_points, columns, season = len(parameters), form.n_states + 1, form.season
    alpha, beta, gamma, phi = (parameters[:, i, None] for i in range(4))
    level, trend = np.zeros((n_points, columns)), np.zeros((n_points, columns))
    seasonal, errors = np.zeros((n_points, columns, season)), np.zeros((n_points, columns, series.size))
    level[:, 0] = 1.0
    if form.has_trend:
        trend[:, 1] = 1.0
    offset = 1 + int(form.has_trend)
    for place in range(season - 1):
        seasonal[:, offset + place, place] = 1.0
        seasonal[:, offset + place, season - 1] = -1.0
    for t in range(series.size):
        steady, moved = phi * trend, seasonal[:, :, t % season]
        error = -(level + steady + moved)
        error[:, -1] += series[t]
        errors[:, :, t] = error
        level = level + steady + alpha * error
        trend = steady + beta * error
        seasonal[:, :, t % season] = moved + gamma * error
    return _Run(level, trend, seasonal, errors)


def forecasts(fit: Smoothed, horizon: int) -> tuple[FloatArray, FloatArray]:
    """Return forecasts (h,) and variances (h,), sigma^2 (1 + sum of squared c_j) (Hyndman et al. 2008, table 6.1)."""
    alpha, beta, gamma, phi = fit.parameters
    steps = np.arange(1, horizon + 1)
    growth = np.cumsum(phi**steps)
    place = (fit.errors.size + steps - 1) % fit.form.season
    points = fit.level + growth * fit.trend + fit.seasonal[place]
    weights = alpha + beta * growth + gamma * (steps % fit.form.season == 0)
    spread = 1 + np.concatenate([[0.0], np.cumsum(np.square(weights))[:-1]])
    return points, fit.variance * spread
