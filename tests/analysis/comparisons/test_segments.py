"""Segments are shown side by side, tested together, and each against the others."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.oneway import anova_oneway
from statsmodels.stats.proportion import proportions_chisquare

from analysis.comparisons import (
    compare,
    compare_segments,
)
from analysis.scores import Answers
from analysis.values import Refusal
from analysis.values.comparisons import OverallTest
from analysis.values.scores import Kind, Measure
from tests.analysis.comparisons.groups import CSAT, MEASURES, NPS, difference


def _three_segments() -> tuple[np.ndarray, list[str | None]]:
    rng = np.random.default_rng(11)
    scores = np.concatenate([rng.integers(1, 6, 80), rng.integers(2, 6, 60), rng.integers(1, 5, 70)]).astype(float)
    return scores, ["north"] * 80 + ["south"] * 60 + ["west"] * 70


def test_segments_are_tested_together_by_welchs_anova() -> None:
    scores, labels = _three_segments()
    table = compare_segments(Answers(scores), labels, Measure(Kind.MEAN, CSAT.scale))
    groups = [scores[np.array(labels) == name] for name in ("north", "south", "west")]
    expected = anova_oneway(groups, use_var="unequal")
    assert isinstance(table.overall, OverallTest)
    assert (table.overall.statistic, table.overall.p_value) == pytest.approx((expected.statistic, expected.pvalue))
    assert (table.overall.df, table.overall.df_within) == pytest.approx((expected.df_num, expected.df_denom))


def test_shares_of_segments_are_tested_together_by_chi_square() -> None:
    scores, labels = _three_segments()
    table = compare_segments(Answers(scores), labels, CSAT)
    groups = [scores[np.array(labels) == name] for name in ("north", "south", "west")]
    expected = proportions_chisquare([np.sum(group >= 4) for group in groups], [len(group) for group in groups])
    assert isinstance(table.overall, OverallTest)
    assert (table.overall.statistic, table.overall.p_value) == pytest.approx(expected[:2])


def test_a_segment_is_compared_with_all_the_others() -> None:
    scores, labels = _three_segments()
    table = compare_segments(Answers(scores), labels, CSAT)
    south = np.array(labels) == "south"
    alone = difference(compare(Answers(scores[~south]), Answers(scores[south]), CSAT))
    row = table.rows[1]
    assert row.segment == "south"
    assert difference(row.against_rest).estimate == alone.estimate
    p_adjusted = difference(row.against_rest).p_adjusted
    assert p_adjusted is not None
    assert p_adjusted >= alone.p_value


def test_rows_without_a_segment_belong_to_nobody() -> None:
    scores, labels = _three_segments()
    whole = compare_segments(Answers(scores), labels, NPS)
    more = compare_segments(Answers(np.append(scores, [5.0, 5.0])), [*labels, None, ""], NPS)
    assert more.n_unlabelled == 2
    assert more.rows == whole.rows


def test_segments_numbered_are_segments() -> None:
    scores, labels = _three_segments()
    numbers = {"north": 1, "south": 2, "west": 3}
    named = compare_segments(Answers(scores), labels, NPS)
    for kind in (int, float, np.int64):
        table = compare_segments(Answers(scores), [kind(numbers[str(each)]) for each in labels], NPS)
        assert [row.segment for row in table.rows] == ["1", "2", "3"]
        assert [row.estimate for row in table.rows] == [row.estimate for row in named.rows]
        assert table.overall == named.overall


@pytest.mark.parametrize("measure", MEASURES)
def test_a_small_segment_shows_its_count_and_nothing_else(measure: Measure) -> None:
    scores, labels = [9.0, 3.0] * 40 + [9.0] * 4, ["large"] * 40 + ["middle"] * 40 + ["small"] * 4
    table = compare_segments(Answers(scores), labels, measure)
    small = table.rows[2]
    assert isinstance(small.estimate, Refusal)
    assert isinstance(small.against_rest, Refusal)
    assert isinstance(table.overall, OverallTest)
    assert table.overall.base.n == 80


def test_one_segment_cannot_differ_from_itself() -> None:
    table = compare_segments(Answers([9.0] * 40), ["only"] * 40, NPS)
    assert isinstance(table.overall, Refusal)
    assert table.overall.code == "too-few-segments"
    assert isinstance(table.rows[0].against_rest, Refusal)


@pytest.mark.parametrize("measure", [CSAT, Measure(Kind.MEAN, CSAT.scale)])
def test_segments_that_all_answer_alike_have_no_overall_test(measure: Measure) -> None:
    table = compare_segments(Answers([5.0] * 80), ["a", "b"] * 40, measure)
    assert isinstance(table.overall, Refusal)
    assert table.overall.code == "no-variation"


def test_weights_of_one_change_no_segment() -> None:
    scores, labels = _three_segments()
    for measure in (CSAT, Measure(Kind.MEAN, CSAT.scale), Measure(Kind.TOP_BOX, CSAT.scale, 1)):
        plain = compare_segments(Answers(scores), labels, measure)
        assert compare_segments(Answers(scores, np.ones(scores.size)), labels, measure) == plain


def test_labels_for_other_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="2 answers but 1"):
        compare_segments(Answers([1, 2]), ["a"], CSAT)
