"""The coming periods: smoothing against statsmodels, naive rules, and what is said about the check."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from analysis.customer_value import ForecastOptions, forecast
from analysis.customer_value.smoothing import Form, forecasts, smoothed, smoothed_with
from analysis.values import Refusal
from analysis.values.customer_value.forecasts import Forecast
from tests.analysis.carrying import lacks

MONTHLY = ForecastOptions(season=12, origins=6)
PLAIN = ForecastOptions(season=1, origins=6)


def _series(n: int = 60, *, season: float = 0.0, growth: float = 0.0, seed: int = 1) -> np.ndarray:
    rng, t = np.random.default_rng(seed), np.arange(n)
    return 100 + growth * t + season * np.sin(2 * np.pi * t / 12) + np.cumsum(rng.normal(0, 1, n)) + rng.normal(0, 2, n)


def _found(values: np.ndarray, horizon: int, options: ForecastOptions) -> Forecast:
    found = forecast(values, horizon, options)
    assert isinstance(found, Forecast)
    return found


FORMS = (
    (Form("level", has_trend=False), {}),
    (Form("trend", has_trend=True), {"trend": "add", "damped_trend": True}),
    (Form("season", has_trend=False, season=12), {"seasonal": "add", "seasonal_periods": 12}),
    (
        Form("both", has_trend=True, season=12),
        {"trend": "add", "damped_trend": True, "seasonal": "add", "seasonal_periods": 12},
    ),
)


@pytest.mark.parametrize(("form", "theirs"), FORMS, ids=lambda each: getattr(each, "name", ""))
def test_errors_forecasts_and_variances_are_those_of_statsmodels(form: Form, theirs: dict[str, object]) -> None:
    series = _series(48, season=8.0)
    parameters = np.array([0.4, 0.1 * form.has_trend, 0.2 * (form.season > 1), 0.9 if form.has_trend else 1.0])
    ours = smoothed_with(series, form, parameters)
    model = ETSModel(series, error="add", initialization_method="known", **theirs, **_starts(series, form, parameters))
    given = {"smoothing_level": 0.4, "smoothing_trend": 0.1, "smoothing_seasonal": 0.2, "damping_trend": 0.9}
    result = model.smooth([given[name] for name in model.param_names if name in given])
    assert ours.errors == pytest.approx(result.resid, abs=1e-8)
    points, variances = forecasts(ours, 15)
    assert points == pytest.approx(result.forecast(15), abs=1e-8)
    ratios = np.asarray(result.forecast_variance(15)) if hasattr(result, "forecast_variance") else None
    if ratios is not None:
        assert variances / variances[0] == pytest.approx(ratios / ratios[0], rel=1e-8)


def _starts(series: np.ndarray, form: Form, parameters: np.ndarray) -> dict[str, object]:
    """Return the states at the start that least squares finds, by running the recursion for each of them alone."""
    columns = []
    for i in range(form.n_states):
        state = np.zeros(form.n_states)
        state[i] = 1.0
        columns.append(_errors(np.zeros(series.size), form, parameters, state))
    design = -np.column_stack(columns)
    states = np.linalg.lstsq(design, _errors(series, form, parameters, np.zeros(form.n_states)), rcond=None)[0]
    level, trend, seasonal = _split(states, form)
    found: dict[str, object] = {"initial_level": level}
    if form.has_trend:
        found["initial_trend"] = trend
    if form.season > 1:
        found["initial_seasonal"] = seasonal
    return found


def _split(states: np.ndarray, form: Form) -> tuple[float, float, np.ndarray]:
    offset = 1 + int(form.has_trend)
    free = states[offset:]
    return float(states[0]), float(states[1]) if form.has_trend else 0.0, np.append(free, -free.sum())


def _errors(series: np.ndarray, form: Form, parameters: np.ndarray, states: np.ndarray) -> np.ndarray:
    level, trend, seasonal = _split(states, form)
    alpha, beta, gamma, phi = parameters
    found = []
    for t, value in enumerate(series):
        place = t % form.season
        error = value - (level + phi * trend + seasonal[place])
        level, trend = level + phi * trend + alpha * error, phi * trend + beta * error
        seasonal[place] += gamma * error
        found.append(error)
    return np.array(found)


def test_the_grid_finds_nearly_the_least_squares_that_statsmodels_finds() -> None:
    series = _series(60)
    ours = smoothed(series, Form("level", has_trend=False))
    theirs = ETSModel(series, error="add", initialization_method="estimated").fit(disp=False)
    assert np.square(ours.errors).sum() <= theirs.sse * 1.005


def test_a_clear_season_is_used_and_beats_the_naive_rules() -> None:
    found = _found(_series(72, season=20.0), 6, MONTHLY)
    assert found.beats_naive
    assert "season" in found.method
    best = min(found.contenders, key=lambda each: each.mase)
    assert best.method == found.method
    assert list(lacks(found)) == []


def test_the_naive_forecast_is_the_last_value_and_its_check_can_be_redone() -> None:
    series = np.cumsum(np.random.default_rng(5).normal(0, 1, 40)) + 50
    found = _found(series, 2, PLAIN)
    naive = next(each for each in found.contenders if each.method == "naive")
    scale = np.abs(np.diff(series[:34])).mean()
    errors = [abs(series[o + h] - series[o - 1]) for o in range(34, 40) for h in range(2) if o + h < 40]
    assert naive.mase == pytest.approx(np.mean(errors) / scale, rel=1e-12)
    assert naive.n == len(errors)
    if not found.beats_naive:
        assert found.points[0].estimate.value == series[-1]


def test_intervals_widen_with_the_steps_and_hold_the_forecast() -> None:
    found = _found(_series(60), 6, PLAIN)
    widths = [each.estimate.interval.high - each.estimate.interval.low for each in found.points]
    assert widths == sorted(widths)
    assert [each.step for each in found.points] == [1, 2, 3, 4, 5, 6]


def test_units_change_nothing_but_the_figures() -> None:
    series = _series(48)
    first, second = _found(series, 3, PLAIN), _found(series * 1000, 3, PLAIN)
    assert first.method == second.method
    assert [each.mase for each in first.contenders] == pytest.approx([each.mase for each in second.contenders])
    assert second.points[2].estimate.value == pytest.approx(1000 * first.points[2].estimate.value)


def test_growth_in_per_cent_is_forecast_on_logarithms() -> None:
    series = 100 * 1.02 ** np.arange(48) * np.exp(np.random.default_rng(6).normal(0, 0.02, 48))
    found = _found(series, 3, ForecastOptions(season=1, origins=6, in_logs=True))
    assert found.points[0].estimate.interval.low > 0
    assert found.points[2].estimate.value == pytest.approx(100 * 1.02**50, rel=0.1)
    with pytest.raises(ValueError, match="above zero"):
        forecast(np.append(series, 0.0), 3, ForecastOptions(season=1, in_logs=True))


def test_a_shift_of_level_and_an_odd_period_are_said() -> None:
    rng = np.random.default_rng(7)
    odd = 100 + rng.normal(0, 1, 48)
    odd[20] += 30
    notes = {each.code: each.figures for each in _found(odd, 1, PLAIN).notes}
    assert notes["unusual-period"]["period"] in {21, 22}


def test_a_season_that_cannot_be_learnt_yet_is_said() -> None:
    assert "season-not-used" in {each.code for each in _found(_series(30), 3, MONTHLY).notes}


def test_short_holed_and_constant_series_are_refused_and_nonsense_an_error() -> None:
    holed = _series(40)
    holed[7] = np.nan
    refused = [forecast(_series(20), 3), forecast(holed, 3), forecast([5.0] * 40, 3), forecast([], 3)]
    assert [each.code for each in refused if isinstance(each, Refusal)] == [
        "too-few-periods",
        "gap-in-series",
        "constant-series",
        "too-few-periods",
    ]
    for wrong, horizon in (([1.0, np.inf] * 20, 3), (_series(40), 0)):
        with pytest.raises(ValueError, match="horizon of at least 1"):
            forecast(wrong, horizon)
    with pytest.raises(ValueError, match="at least 1"):
        ForecastOptions(season=0)
