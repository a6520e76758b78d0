"""A difference is announced only where its base carries it, and never against its own interval."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.oneway import anova_oneway
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_chisquare

from analysis.comparisons import (
    ComparisonOptions,
    adjust_family,
    adjusted_p_values,
    compare,
    compare_segments,
    paired_difference,
)
from analysis.comparisons.procedures import net_promoter_adjusted, newcombe
from analysis.intervals import Trinomial
from analysis.scores import Answers
from analysis.values import Refusal
from analysis.values.comparisons import Difference, OverallTest, Verdict
from analysis.values.scores import NPS_SCALE, Kind, Measure, Scale

NPS = Measure(Kind.NET_PROMOTER)
CSAT = Measure(Kind.TOP_BOX, Scale(1, 5))
EFFORT = Measure(Kind.MEAN, Scale(1, 7, higher_is_better=False))
ANY_BASE = ComparisonOptions(comparison_base=2)
MEASURES = [NPS, Measure(Kind.TOP_BOX, NPS_SCALE), Measure(Kind.MEAN, NPS_SCALE)]

ratings = st.lists(st.integers(0, 10).map(float), min_size=2, max_size=60)
counts = st.tuples(st.integers(0, 60), st.integers(1, 60)).map(lambda pair: (min(pair) / pair[1], pair[1]))


def _difference(result: Difference | Refusal) -> Difference:
    assert isinstance(result, Difference)
    return result


def _bounds(found: Difference) -> tuple[float, float]:
    assert found.estimate.interval is not None
    return found.estimate.interval.low, found.estimate.interval.high


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("sizes", [(29, 200), (200, 29)])
def test_twenty_nine_answers_on_one_side_are_not_compared(measure: Measure, sizes: tuple[int, int]) -> None:
    found = compare(*(Answers([9.0, 2.0] * 100) if n == 200 else Answers([9.0] * n) for n in sizes), measure)
    assert isinstance(found, Refusal)
    assert found.code == "comparison-base-too-small"
    assert (found.figures["n"], found.figures["needed"]) == (29, 30)


def test_a_large_rise_is_clearly_up_and_better() -> None:
    found = _difference(compare(Answers([3.0] * 50 + [9.0] * 50), Answers([3.0] * 10 + [9.0] * 90), NPS))
    assert found.estimate.value == pytest.approx(80)
    assert (found.verdict, found.is_better, found.alpha) == (Verdict.CLEARLY_UP, True, 0.05)
    assert found.estimate.unit == "difference-points"
    assert found.estimate.base.n == 200


def test_more_effort_is_clearly_up_but_worse() -> None:
    found = _difference(compare(Answers([2, 3] * 40), Answers([5, 6] * 40), EFFORT))
    assert (found.verdict, found.is_better) == (Verdict.CLEARLY_UP, False)


def test_a_top_box_of_a_reversed_scale_is_better_when_it_grows() -> None:
    measure = Measure(Kind.TOP_BOX, EFFORT.scale)
    found = _difference(compare(Answers([5, 6] * 40), Answers([1, 2] * 40), measure))
    assert (found.verdict, found.is_better) == (Verdict.CLEARLY_UP, True)


def test_a_small_rise_is_no_clear_change_and_neither_better_nor_worse() -> None:
    found = _difference(compare(Answers([3.0] * 20 + [9.0] * 20), Answers([3.0] * 19 + [9.0] * 21), NPS))
    assert (found.verdict, found.is_better) == (Verdict.NO_CLEAR_CHANGE, None)


@pytest.mark.parametrize("measure", MEASURES)
def test_identical_groups_differ_by_nothing(measure: Measure) -> None:
    answers = Answers([9.0] * 40)
    found = _difference(compare(answers, answers, measure))
    assert (found.estimate.value, found.statistic, found.p_value) == (0, 0, 1)
    assert found.verdict is Verdict.NO_CLEAR_CHANGE


def test_means_without_any_spread_differ_for_certain() -> None:
    found = _difference(compare(Answers([4.0] * 40), Answers([5.0] * 40), EFFORT))
    assert (found.p_value, found.verdict) == (0, Verdict.CLEARLY_UP)


def test_means_are_compared_by_welch() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.integers(1, 8, 40), rng.integers(2, 8, 90)
    found = _difference(compare(Answers(first), Answers(second), EFFORT))
    expected = stats.ttest_ind(second, first, equal_var=False)
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue)
    assert _bounds(found) == pytest.approx(tuple(expected.confidence_interval(0.95)))


def test_weighted_means_are_compared_by_their_linearised_variances() -> None:
    """By hand: each mean 4 with variance 0.75 (see the weights), bases 16/6: df = 2 (16/6 - 1)."""
    first = Answers([2, 4, 5], [1, 1, 2])
    second = Answers([4, 6, 7], [1, 1, 2])
    found = _difference(compare(first, second, EFFORT, ANY_BASE))
    half = stats.t.ppf(0.975, 2 * (16 / 6 - 1)) * math.sqrt(1.5)
    assert found.estimate.se == pytest.approx(math.sqrt(1.5))
    assert _bounds(found) == pytest.approx((2 - half, 2 + half))


@given(counts, counts)
def test_the_interval_of_a_difference_of_shares_is_newcombes(
    first: tuple[float, int], second: tuple[float, int]
) -> None:
    expected = confint_proportions_2indep(
        second[0] * second[1], second[1], first[0] * first[1], first[1], method="newcomb"
    )
    found = newcombe(first, second, 0.95)
    assert (found.low, found.high) == pytest.approx(tuple(expected), abs=1e-9)


@given(counts, counts)
def test_the_p_value_of_a_difference_of_shares_says_what_its_interval_says(
    first: tuple[float, int], second: tuple[float, int]
) -> None:
    found = newcombe(first, second, 0.95)
    assume(abs(found.p_value - 0.05) > 1e-9)
    assert (found.p_value < 0.05) == (found.low > 0 or found.high < 0)
    back = newcombe(second, first, 0.95)
    assert (back.statistic, back.p_value) == pytest.approx((-found.statistic, found.p_value))


@given(ratings, ratings, st.sampled_from(MEASURES))
def test_no_verdict_contradicts_its_interval(first: list[float], second: list[float], measure: Measure) -> None:
    found = _difference(compare(Answers(first), Answers(second), measure, ANY_BASE))
    low, high = _bounds(found)
    assume(abs(found.p_value - 0.05) > 1e-9)
    assert (found.verdict is Verdict.CLEARLY_UP) == (low > 0)
    assert (found.verdict is Verdict.CLEARLY_DOWN) == (high < 0)


@given(ratings, ratings, st.sampled_from(MEASURES))
def test_comparing_the_other_way_round_turns_the_verdict_round(
    first: list[float], second: list[float], measure: Measure
) -> None:
    there = _difference(compare(Answers(first), Answers(second), measure, ANY_BASE))
    back = _difference(compare(Answers(second), Answers(first), measure, ANY_BASE))
    assert there.estimate.value == pytest.approx(-back.estimate.value)
    assert there.p_value == pytest.approx(back.p_value)


@pytest.mark.parametrize("shares", [(0.2, 0.3, 0.5), (0.05, 0.15, 0.8), (0.01, 0.09, 0.9)])
def test_unchanged_scores_are_announced_as_changed_in_one_of_twenty_at_most(shares: tuple[float, ...]) -> None:
    """Exact false-alarm rate over all outcomes of two waves of 12 (the smallest waves are the hardest)."""
    n = 12
    outcomes = [(d, n - d - p, p) for d in range(n + 1) for p in range(n - d + 1)]
    chances = stats.multinomial.pmf(outcomes, n, shares)
    likely = [(Trinomial(*o), c) for o, c in zip(outcomes, chances, strict=True) if c > 1e-5]
    alarms = sum(
        c1 * c2 for o1, c1 in likely for o2, c2 in likely if net_promoter_adjusted(o1, o2, 0.95).p_value < 0.05
    )
    assert alarms < 0.06


def test_a_panel_is_compared_within_people() -> None:
    before = [8.0, 8, 9, 5, 6, 7, 9, 10, 3, 8] * 4
    after = [9.0, 9, 9, 7, 7, 7, 10, 10, 5, math.nan] * 4
    measure = Measure(Kind.MEAN, NPS_SCALE)
    found = _difference(paired_difference(Answers(before), Answers(after), measure))
    kept = [(b, a) for b, a in zip(before, after, strict=True) if not math.isnan(a)]
    expected = stats.ttest_rel([a for _, a in kept], [b for b, _ in kept])
    assert found.first.base.n == 36
    assert (found.statistic, found.p_value) == pytest.approx((expected.statistic, expected.pvalue))
    assert _bounds(found) == pytest.approx(tuple(expected.confidence_interval()))


def test_a_panel_score_is_the_mean_of_changes_in_standing() -> None:
    before, after = [6.0] * 20 + [9.0] * 20, [9.0] * 20 + [9.0] * 20
    found = _difference(paired_difference(Answers(before), Answers(after), NPS))
    assert found.estimate.value == pytest.approx(100)
    assert found.verdict is Verdict.CLEARLY_UP


def test_a_panel_needs_the_same_people_twice() -> None:
    with pytest.raises(ValueError, match="same people"):
        paired_difference(Answers([9] * 40), Answers([9] * 41), NPS)


def test_a_small_panel_is_not_compared() -> None:
    found = paired_difference(Answers([9] * 29), Answers([2] * 29), NPS)
    assert isinstance(found, Refusal)


@pytest.mark.parametrize(("method", "theirs"), [("holm", "holm"), ("bh", "fdr_bh")])
def test_a_family_is_adjusted_as_statsmodels_does(method: str, theirs: str) -> None:
    p_values = [0.001, 0.2, 0.04, 0.013]
    assert adjusted_p_values(p_values, method) == pytest.approx(list(multipletests(p_values, method=theirs)[1]))


def test_a_family_without_members_stays_empty() -> None:
    assert adjusted_p_values([]) == []


def test_an_unknown_adjustment_is_refused() -> None:
    with pytest.raises(ValueError, match="holm or bh"):
        adjusted_p_values([0.1], "none")


def test_a_p_value_outside_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        adjusted_p_values([math.nan])


def test_looking_often_makes_a_verdict_more_cautious() -> None:
    mild = compare(Answers([3.0] * 40 + [9.0] * 60), Answers([3.0] * 25 + [9.0] * 75), NPS)
    none = compare(Answers([3.0, 9.0] * 50), Answers([3.0, 9.0] * 50), NPS)
    refused = compare(Answers([3.0]), Answers([9.0]), NPS)
    alone = adjust_family([mild])[0]
    among = adjust_family([mild, none, none, none, refused])
    assert _difference(alone).verdict is Verdict.CLEARLY_UP
    assert _difference(among[0]).verdict is Verdict.NO_CLEAR_CHANGE
    assert _difference(among[0]).p_adjusted == pytest.approx(4 * _difference(mild).p_value)
    assert among[4] is refused


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
    alone = _difference(compare(Answers(scores[~south]), Answers(scores[south]), CSAT))
    row = table.rows[1]
    assert row.segment == "south"
    assert _difference(row.against_rest).estimate == alone.estimate
    p_adjusted = _difference(row.against_rest).p_adjusted
    assert p_adjusted is not None
    assert p_adjusted >= alone.p_value


def test_rows_without_a_segment_belong_to_nobody() -> None:
    scores, labels = _three_segments()
    whole = compare_segments(Answers(scores), labels, NPS)
    more = compare_segments(Answers(np.append(scores, [5.0, 5.0])), [*labels, None, ""], NPS)
    assert more.n_unlabelled == 2
    assert more.rows == whole.rows


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
