"""People who answered twice are compared with themselves."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from analysis.comparisons import (
    paired_difference,
)
from analysis.scores import Answers
from analysis.values import Refusal
from analysis.values.comparisons import Verdict
from analysis.values.scores import NPS_SCALE, Kind, Measure
from tests.analysis.comparisons.groups import NPS, bounds, difference


def test_a_panel_is_compared_within_people() -> None:
    before = [8.0, 8, 9, 5, 6, 7, 9, 10, 3, 8] * 4
    after = [9.0, 9, 9, 7, 7, 7, 10, 10, 5, math.nan] * 4
    measure = Measure(Kind.MEAN, NPS_SCALE)
    found = difference(paired_difference(Answers(before), Answers(after), measure))
    kept = [(b, a) for b, a in zip(before, after, strict=True) if not math.isnan(a)]
    expected = stats.ttest_rel([a for _, a in kept], [b for b, _ in kept])
    assert found.first.base.n == 36
    assert (found.statistic, found.p_value) == pytest.approx((expected.statistic, expected.pvalue))
    assert bounds(found) == pytest.approx(tuple(expected.confidence_interval()))


def test_a_panel_score_is_the_mean_of_changes_in_standing() -> None:
    before, after = [6.0] * 20 + [9.0] * 20, [9.0] * 20 + [9.0] * 20
    found = difference(paired_difference(Answers(before), Answers(after), NPS))
    assert found.estimate.value == pytest.approx(100)
    assert found.verdict is Verdict.CLEARLY_UP


def test_a_panel_needs_the_same_people_twice() -> None:
    with pytest.raises(ValueError, match="same people"):
        paired_difference(Answers([9] * 40), Answers([9] * 41), NPS)


def test_a_small_panel_is_not_compared() -> None:
    found = paired_difference(Answers([9] * 29), Answers([2] * 29), NPS)
    assert isinstance(found, Refusal)
