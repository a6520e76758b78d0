"""Levels are those of the exact normal model, seasons come out, and bands say what would surprise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from statsmodels.tsa.statespace.structural import UnobservedComponents

from analysis.trends import (
    LevelOptions,
    LineOptions,
    between_variance,
    homogeneity,
    next_band,
    seasonal_adjustment,
    smoothed_level,
    wave_series,
    wave_trend,
)
from analysis.trends.state_space import Course, WaveModel
from analysis.trends.variation import fitted
from analysis.values import Refusal
from tests.analysis.carrying import lacks


def _given(found: Any) -> Any:
    assert not isinstance(found, Refusal)
    assert list(lacks(found)) == []
    return found


def _course(n: int = 12) -> Course:
    rng = np.random.default_rng(2)
    at = np.cumsum(rng.integers(1, 4, n)).astype(float)
    return Course(at, np.append(np.cumsum(rng.normal(size=n - 1)), np.nan), rng.uniform(0.2, 2, n))


def test_the_smoothed_level_is_the_exact_conditional_mean() -> None:
    """The level is a random walk from a diffuse start: generalised least squares and kriging give the same."""
    course, movement, scatter = _course(), 0.4, 0.3
    known = course.at.size - 1
    walk = movement * np.minimum.outer(course.at, course.at)
    seen = walk[:known, :known] + np.diag(course.variances[:known] + scatter)
    inverse, ones = np.linalg.inv(seen), np.ones(known)
    mean = (ones @ inverse @ course.figures[:known]) / (ones @ inverse @ ones)
    expected = mean + walk[:, :known] @ inverse @ (course.figures[:known] - mean)
    loss = 1 - walk[:, :known] @ inverse @ ones
    variance = np.diag(walk - walk[:, :known] @ inverse @ walk[:known]) + loss**2 / (ones @ inverse @ ones)
    model = WaveModel(course)
    found = model.smoothed(movement, scatter)
    assert found.level == pytest.approx(expected)
    assert found.variance == pytest.approx(variance)
    predicted = model.predicted(movement, scatter)
    assert (predicted.mean, predicted.variance) == pytest.approx((expected[-1], variance[-1]))


def test_equal_errors_and_gaps_give_the_local_level_of_statsmodels() -> None:
    figures = np.random.default_rng(1).normal(size=20).cumsum()
    theirs = UnobservedComponents(figures, "llevel").smooth([0.5, 0.7])
    found = WaveModel(Course(np.arange(21.0), np.append(figures, np.nan), np.full(21, 0.5))).smoothed(0.7, 0.0)
    assert found.level[:20] == pytest.approx(theirs.smoothed_state[0], rel=1e-4, abs=1e-4)


def test_a_steady_level_is_expected_to_go_on() -> None:
    rng = np.random.default_rng(5)
    waves = wave_series(40 + rng.normal(size=14), np.ones(14), np.r_[0:7, 9:16])
    found = _given(smoothed_level(waves, LevelOptions(next_error=2.0)))
    band = found.next_band
    assert band == next_band(waves, LevelOptions(next_error=2.0))
    assert (band.at, band.error) == (16, 2)
    assert not band.is_surprising(40)
    assert band.is_surprising(50)
    assert all(each.estimate.se < 1 for each in found.points)


def test_a_constant_slope_is_carried_on() -> None:
    waves = wave_series(np.arange(12.0) + np.random.default_rng(4).normal(size=12) * 0.1, np.full(12, 0.1))
    assert _given(next_band(waves, LevelOptions(model="local-trend"))).expected.value == pytest.approx(12, abs=0.3)


def test_seasons_come_out_and_are_expected_again() -> None:
    season = np.tile([3.0, -1, -2, 0], 5)
    waves = wave_series(10 + season + np.random.default_rng(4).normal(size=20) * 0.2, np.full(20, 0.2))
    found = _given(smoothed_level(waves, LevelOptions(season=4)))
    assert found.seasonal == pytest.approx([3, -1, -2, 0], abs=0.4)
    assert sum(found.seasonal) == pytest.approx(0)
    assert found.next_band.expected.value == pytest.approx(13, abs=0.6)
    assert found.points[2].estimate.value == pytest.approx(10, abs=0.5)


def test_levels_scale_with_their_unit() -> None:
    rng = np.random.default_rng(6)
    figures, errors = rng.normal(size=9), rng.uniform(0.5, 1, 9)
    one, hundred = (_given(next_band(wave_series(a * figures, a * errors))) for a in (1, 100))
    assert hundred.expected.interval.low == pytest.approx(100 * one.expected.interval.low)


def test_few_waves_and_cycles_are_refused() -> None:
    few = smoothed_level(wave_series([1, 2, 3, 4], [1] * 4))
    assert isinstance(few, Refusal)
    assert (few.code, few.figures) == ("too-few-periods", {"n": 4, "needed": 5})
    short = smoothed_level(wave_series(range(9), [1] * 9), LevelOptions(season=5))
    assert isinstance(short, Refusal)
    assert short.code in {"too-few-periods", "too-few-cycles"}
    with pytest.raises(ValueError, match="after the last"):
        next_band(wave_series(range(6), [1] * 6), LevelOptions(next_at=2.0))


@pytest.mark.parametrize("options", [{"model": "magic"}, {"season": 1}, {"level": 1.5}, {"next_error": -1.0}])
def test_unknown_options_of_levels_are_errors(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"level|standard error"):
        LevelOptions(**options)


def test_figures_that_never_vary_have_a_level_with_a_band() -> None:
    band = _given(next_band(wave_series([5.0] * 6, [0.5] * 6)))
    assert band.expected.value == pytest.approx(5)
    assert band.expected.interval.high - band.expected.interval.low > 2


@pytest.mark.parametrize(
    ("figures", "errors", "at"),
    [([1, 2], [1], None), ([1, np.inf], [1, 1], None), ([1, 2], [1, 0], None), ([1, 2], [1, 1], [3, 3])],
)
def test_waves_that_cannot_be_are_errors(figures: list[float], errors: list[float], at: list[float] | None) -> None:
    with pytest.raises(ValueError, match=r"figure|place"):
        wave_series(figures, errors, at)


def test_a_wave_without_figure_is_left_out_and_order_does_not_matter() -> None:
    first = wave_series([3.0, np.nan, 1.0], [1, 1, 1], [2, 1, 0])
    assert first.figures.tolist() == [1, 3]
    assert first.base.n == 2


def test_an_adjusted_series_has_lost_its_season() -> None:
    season = np.tile([3.0, -1, -2, 0], 6)
    values = np.linspace(0, 5, 24) + season
    found = _given(seasonal_adjustment(values, 4))
    assert found.adjusted == pytest.approx(np.linspace(0, 5, 24), abs=0.3)
    assert np.array(found.trend) + found.seasonal + found.remainder == pytest.approx(values)
    assert found.strength > 0.95
    refused = seasonal_adjustment(values[:7], 4)
    assert isinstance(refused, Refusal)
    assert refused.code == "too-few-cycles"


def test_the_restricted_estimate_is_where_its_likelihood_is_largest() -> None:
    rng = np.random.default_rng(3)
    waves = wave_series(rng.normal(0, 0.2, 10), rng.uniform(0.05, 0.15, 10))
    found = between_variance(waves, "reml")
    assert found > 0
    around = [fitted(waves, found * factor).deviance for factor in (0.98, 1.0, 1.02)]
    assert min(around) == around[1]
    assert between_variance(wave_series([1, 1.01, 1, 1.01], [1] * 4), "reml") == 0


def test_the_interval_of_the_variance_is_where_q_meets_its_quantiles() -> None:
    rng = np.random.default_rng(3)
    waves = wave_series(rng.normal(0, 0.3, 12), rng.uniform(0.05, 0.15, 12))
    found = homogeneity(waves)
    interval = found.tau2.interval
    assert interval is not None
    assert fitted(waves, interval.low).q == pytest.approx(20.483177)
    assert fitted(waves, interval.high).q == pytest.approx(3.246973)
    assert interval.low < found.tau2.value < interval.high
    assert found.i2 == pytest.approx((found.q - 10) / found.q)


def test_lasting_differences_make_the_verdict_less_sure() -> None:
    rng = np.random.default_rng(9)
    lasting = np.cumsum(rng.normal(size=16)) * 0.2
    found = _given(wave_trend(wave_series(lasting, [0.1] * 16)))
    assert found.random.p_value > found.plain.p_value
    assert found.random.autocorrelation > 0
    assert "lasting-differences" in [note.code for note in found.notes]
    alone = _given(wave_trend(wave_series(lasting, [0.1] * 16), LineOptions(memory=0.0)))
    assert alone.random == alone.plain == found.plain


def test_the_verdict_does_not_depend_on_the_unit_of_time() -> None:
    rng = np.random.default_rng(9)
    figures, errors = rng.normal(size=10), rng.uniform(0.2, 0.5, 10)
    weeks, days = (_given(wave_trend(wave_series(figures, errors, np.arange(10) * unit))) for unit in (1, 7))
    assert weeks.random.p_value == pytest.approx(days.random.p_value)
    assert weeks.random.slope.value == pytest.approx(7 * days.random.slope.value)
