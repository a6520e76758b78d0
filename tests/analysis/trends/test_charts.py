"""Limits follow each period, stay where figures can be, and are those of the textbooks."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.scores import Answers
from analysis.trends import (
    laney_chart,
    p_chart,
    trend,
)
from analysis.values.scores import Kind, Measure, Scale
from analysis.values.trends import ControlChart, Period


def test_chart_limits_follow_the_size_of_each_period_and_stay_shares() -> None:
    chart = p_chart([2, 50], [4, 1000], ["a", "b"])
    centre = 52 / 1004
    assert chart.points[1].high == pytest.approx(centre + 3 * np.sqrt(centre * (1 - centre) / 1000))
    assert (chart.points[0].low, chart.points[0].is_outside) == (0, True)


def test_a_share_that_never_varies_is_never_outside() -> None:
    chart = laney_chart([0, 0, 0], [10, 20, 30], list("abc"))
    assert (chart.sigma_z, [point.is_outside for point in chart.points]) == (1, [False] * 3)


@pytest.mark.parametrize(("counts", "bases"), [([1], [2]), ([1, 3], [2, 2]), ([0, 0], [0, 1]), ([1, 1, 1], [2, 2])])
def test_a_chart_of_impossible_counts_is_refused(counts: list[int], bases: list[int]) -> None:
    with pytest.raises(ValueError, match="period"):
        p_chart(counts, bases, ["a"] * len(bases))


def test_a_csat_trend_charts_its_top_boxes() -> None:
    scores, labels = [5.0, 1.0] * 60, [label for label in "abcd" for _ in range(30)]
    timeline = [Period(label, i) for i, label in enumerate("abcd")]
    found = trend(Answers(scores), labels, timeline, Measure(Kind.TOP_BOX, Scale(1, 5)))
    assert isinstance(found.chart, ControlChart)
    assert found.chart.centre == pytest.approx(0.5)
