"""A trend holds points, latest change, line, shift and chart of one measure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis.comparisons import compare
from analysis.scores import Answers
from analysis.trends import (
    TrendOptions,
    latest_change,
    trend,
    trend_points,
)
from analysis.values import Estimate, Refusal
from analysis.values.comparisons import Difference, Verdict
from analysis.values.levels import WaveLevels
from analysis.values.trends import ChangePoint, ControlChart, NoChangePoint, Period
from tests.analysis.carrying import lacks
from tests.analysis.trends.series import MEAN, NPS, judged, shifting


def test_a_true_fall_shows_in_test_latest_points_and_shift() -> None:
    found = trend(*shifting(8.0, 6.0), MEAN)
    assert judged(found.test).verdict is Verdict.CLEARLY_DOWN
    assert isinstance(found.change_point, ChangePoint)
    assert found.change_point.last_before == "m06"
    assert found.change_point.earliest <= "m06" <= found.change_point.latest
    assert isinstance(found.chart, Refusal)
    assert found.chart.code == "not-a-share"


def test_a_level_year_shows_neither_trend_nor_shift() -> None:
    found = trend(*shifting(7.0, 7.0), NPS)
    assert judged(found.test).verdict is Verdict.NO_CLEAR_CHANGE
    assert isinstance(found.change_point, NoChangePoint)
    assert isinstance(found.chart, ControlChart)
    assert not any(point.is_outside for point in found.chart.points)


def test_the_latest_change_is_the_last_period_against_the_one_before() -> None:
    answers, labels, timeline = shifting(8.0, 6.0)
    scores = np.asarray(answers.scores)
    change = latest_change(answers, labels, timeline, MEAN)
    assert change == compare(Answers(scores[-120:-60]), Answers(scores[-60:]), MEAN)
    assert trend(answers, labels, timeline, MEAN).compared == ("m11", "m12")


def test_the_latest_change_skips_a_period_too_small_to_compare() -> None:
    timeline = [Period(label, i) for i, label in enumerate("abc")]
    found = trend(Answers([9.0, 3.0] * 41 + [9.0] * 2), ["a"] * 40 + ["b"] * 4 + ["c"] * 40, timeline, NPS)
    assert isinstance(found.latest_change, Difference)
    assert found.compared == ("a", "c")


def test_the_latest_change_never_reaches_into_another_series() -> None:
    timeline = [Period("2016", 0, "paper"), Period("2017", 1, "web")]
    found = trend(Answers([9.0] * 80), ["2016"] * 40 + ["2017"] * 40, timeline, NPS)
    assert isinstance(found.latest_change, Refusal)
    assert found.latest_change.code == "no-comparable-period"
    assert found.compared is None


def test_an_unfinished_last_period_is_not_compared() -> None:
    timeline = [Period("a", 0), Period("b", 1)]
    found = latest_change(Answers([9.0] * 52), ["a"] * 40 + ["b"] * 12, timeline, NPS)
    assert isinstance(found, Refusal)
    assert found.figures["n"] == 12


def test_a_period_below_the_display_base_shows_its_count_only() -> None:
    made = trend_points(Answers([9.0] * 14), ["a"] * 10 + ["b"] * 4, [Period("a", 0), Period("b", 1)], NPS)
    assert isinstance(made[0].estimate, Estimate)
    assert isinstance(made[1].estimate, Refusal)


def test_weights_reach_every_period() -> None:
    weights = [3.0] * 10 + [1.0] * 10
    made = trend_points(Answers([10.0] * 10 + [0.0] * 10, weights), ["a"] * 20, [Period("a", 0)], MEAN)
    assert isinstance(made[0].estimate, Estimate)
    assert made[0].estimate.value == pytest.approx(7.5)


@pytest.mark.parametrize(
    ("labels", "timeline", "reason"),
    [
        (["a", "x"], [Period("a", 0)], "lacks the periods x"),
        (["a", 2], [Period("a", 0)], "lacks the periods 2"),
        (["a"], [Period("a", 0)], "2 answers but 1"),
        (["a", "b"], [Period("b", 1), Period("a", 0)], "order of time"),
        (["a", "a"], [Period("a", 0), Period("a", 1)], "labels of their own"),
    ],
)
def test_a_timeline_that_does_not_fit_is_refused(labels: list[Any], timeline: list[Period], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        trend(Answers([9.0, 9.0]), labels, timeline, NPS)


def test_a_survey_without_dated_answers_has_a_trend_that_says_why_there_is_none() -> None:
    for answers, labels in ((Answers([]), []), (Answers([9.0]), [None])):
        found = trend(answers, labels, (), NPS)
        assert found.points == ()
        assert all(isinstance(each, Refusal) for each in (found.test, found.latest_change, found.change_point))


def test_a_trend_says_what_to_expect_next_and_carries_its_sources() -> None:
    found = trend(*shifting(7.0, 7.0), NPS)
    assert list(lacks(found)) == []
    assert isinstance(found.levels, WaveLevels)
    band = found.levels.next_band
    assert (band.at, band.expected.unit) == (12, "points")
    assert not band.is_surprising(band.expected.value)
    assert band.is_surprising(band.expected.value + 100)


def test_a_season_without_two_cycles_is_left_out() -> None:
    found = trend(*shifting(7.0, 7.0), NPS, TrendOptions(season=12))
    assert isinstance(found.levels, WaveLevels)
    assert found.levels.seasonal == ()
