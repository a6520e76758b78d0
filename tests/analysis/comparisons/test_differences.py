"""A difference is announced only where its base carries it, and never against its own interval."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from analysis.comparisons import (
    ComparisonOptions,
    bottom_box_difference,
    compare,
    paired_difference,
)
from analysis.comparisons.procedures import net_promoter_adjusted, newcombe
from analysis.intervals import Trinomial
from analysis.scores import Answers
from analysis.values import Refusal
from analysis.values.comparisons import Verdict
from analysis.values.scores import Kind, Measure, Scale
from tests.analysis.carrying import lacks
from tests.analysis.comparisons.groups import ANY_BASE, EFFORT, MEASURES, NPS, bounds, difference
from tests.simulations.nps_verdicts import nps_verdicts

ratings = st.lists(st.integers(0, 10).map(float), min_size=2, max_size=60)
counts = st.tuples(st.integers(0, 60), st.integers(1, 60)).map(lambda pair: (min(pair) / pair[1], pair[1]))


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("sizes", [(29, 200), (200, 29)])
def test_twenty_nine_answers_on_one_side_are_not_compared(measure: Measure, sizes: tuple[int, int]) -> None:
    found = compare(*(Answers([9.0, 2.0] * 100) if n == 200 else Answers([9.0] * n) for n in sizes), measure)
    assert isinstance(found, Refusal)
    assert found.code == "comparison-base-too-small"
    assert (found.figures["n"], found.figures["needed"]) == (29, 30)


def test_a_large_rise_is_clearly_up_and_better() -> None:
    found = difference(compare(Answers([3.0] * 50 + [9.0] * 50), Answers([3.0] * 10 + [9.0] * 90), NPS))
    assert found.estimate.value == pytest.approx(80)
    assert (found.verdict, found.is_better, found.alpha) == (Verdict.CLEARLY_UP, True, 0.05)
    assert found.estimate.unit == "difference-points"
    assert found.estimate.base.n == 200


def test_more_effort_is_clearly_up_but_worse() -> None:
    found = difference(compare(Answers([2, 3] * 40), Answers([5, 6] * 40), EFFORT))
    assert (found.verdict, found.is_better) == (Verdict.CLEARLY_UP, False)


def test_a_top_box_of_a_reversed_scale_is_better_when_it_grows() -> None:
    measure = Measure(Kind.TOP_BOX, EFFORT.scale)
    found = difference(compare(Answers([5, 6] * 40), Answers([1, 2] * 40), measure))
    assert (found.verdict, found.is_better) == (Verdict.CLEARLY_UP, True)


def test_a_small_rise_is_no_clear_change_and_neither_better_nor_worse() -> None:
    found = difference(compare(Answers([3.0] * 20 + [9.0] * 20), Answers([3.0] * 19 + [9.0] * 21), NPS))
    assert (found.verdict, found.is_better) == (Verdict.NO_CLEAR_CHANGE, None)


@pytest.mark.parametrize("measure", MEASURES)
def test_identical_groups_differ_by_nothing(measure: Measure) -> None:
    answers = Answers([9.0] * 40)
    found = difference(compare(answers, answers, measure))
    assert (found.estimate.value, found.statistic, found.p_value) == (0, 0, 1)
    assert found.verdict is Verdict.NO_CLEAR_CHANGE


def test_means_without_any_spread_differ_for_certain() -> None:
    found = difference(compare(Answers([4.0] * 40), Answers([5.0] * 40), EFFORT))
    assert (found.p_value, found.verdict) == (0, Verdict.CLEARLY_UP)


def test_means_are_compared_by_welch() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.integers(1, 8, 40), rng.integers(2, 8, 90)
    found = difference(compare(Answers(first), Answers(second), EFFORT))
    expected = stats.ttest_ind(second, first, equal_var=False)
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue)
    assert bounds(found) == pytest.approx(tuple(expected.confidence_interval(0.95)))


def test_weighted_means_are_compared_by_their_linearised_variances() -> None:
    """By hand: each mean 4 with variance 0.75 (see the weights), bases 16/6: df = 2 (16/6 - 1)."""
    first = Answers([2, 4, 5], [1, 1, 2])
    second = Answers([4, 6, 7], [1, 1, 2])
    found = difference(compare(first, second, EFFORT, ANY_BASE))
    half = stats.t.ppf(0.975, 2 * (16 / 6 - 1)) * math.sqrt(1.5)
    assert found.estimate.se == pytest.approx(math.sqrt(1.5))
    assert bounds(found) == pytest.approx((2 - half, 2 + half))


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


@settings(max_examples=40, deadline=None)
@given(ratings, ratings, st.sampled_from(MEASURES))
def test_no_verdict_contradicts_its_interval(first: list[float], second: list[float], measure: Measure) -> None:
    found = difference(compare(Answers(first), Answers(second), measure, ANY_BASE))
    low, high = bounds(found)
    assume(abs(found.p_value - 0.05) > 1e-9)
    held_back = any(note.code == "not-confirmed" for note in found.estimate.notes)
    assert (found.verdict is Verdict.CLEARLY_UP) == (low > 0 and not held_back)
    assert (found.verdict is Verdict.CLEARLY_DOWN) == (high < 0 and not held_back)
    assert list(lacks(found)) == []


@settings(max_examples=40, deadline=None)
@given(ratings, ratings, st.sampled_from(MEASURES))
def test_comparing_the_other_way_round_turns_the_verdict_round(
    first: list[float], second: list[float], measure: Measure
) -> None:
    there = difference(compare(Answers(first), Answers(second), measure, ANY_BASE))
    back = difference(compare(Answers(second), Answers(first), measure, ANY_BASE))
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


def test_a_few_skewed_answers_beside_many_do_not_pass_for_a_rise() -> None:
    """Thirty unanimous answers beside 300 of which one in six is lower: Welch's t is sure, a new deal is not."""
    few, many = Answers([5.0] * 30), Answers([5.0] * 270 + [4.0] * 30)
    found = difference(compare(many, few, Measure(Kind.MEAN, Scale(1, 5))))
    assert found.p_value < 0.001
    assert found.p_confirming is not None
    assert found.p_confirming > 0.05
    assert found.verdict is Verdict.NO_CLEAR_CHANGE
    assert [note.code for note in found.estimate.notes] == ["not-confirmed"]


def test_more_of_the_worst_answers_is_worse() -> None:
    good, bad = Answers([5.0] * 90 + [1.0] * 10), Answers([5.0] * 60 + [1.0] * 40)
    found = difference(bottom_box_difference(good, bad, Scale(1, 5)))
    assert found.estimate.value == pytest.approx(0.3)
    assert (found.verdict, found.is_better, found.higher_is_better) == (Verdict.CLEARLY_UP, False, False)
    assert found.first.method == "bottom-2-box"
    assert list(lacks(found)) == []


def test_too_few_worst_answers_are_not_compared() -> None:
    assert isinstance(bottom_box_difference(Answers([5.0]), Answers([1.0]), Scale(1, 5)), Refusal)


def test_an_option_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="adjusted-wald or wald"):
        ComparisonOptions(nps_interval="score")
    with pytest.raises(ValueError, match="between 0 and 1"):
        ComparisonOptions(alpha=5)


def test_the_simulation_judges_scores_as_the_function_does() -> None:
    rng = np.random.default_rng(1)
    for _ in range(40):
        sizes, shares = rng.integers(30, 60, 2), rng.dirichlet([1, 1, 1])
        first, second = (
            rng.multinomial(n, p) for n, p in zip(sizes, (shares, rng.dirichlet(30 * shares + 1)), strict=True)
        )
        found = difference(compare(*(Answers(np.repeat([0.0, 8, 10], each)) for each in (first, second)), NPS))
        assert (found.verdict is not Verdict.NO_CLEAR_CHANGE) == nps_verdicts(first, second[None])[0]


def test_people_in_both_waves_make_a_difference_surer() -> None:
    rng = np.random.default_rng(2)
    person = rng.integers(1, 4, 60)
    waves = [Answers(person + rng.integers(0, 2, 60), clusters=np.arange(60)) for _ in range(2)]
    alone = [Answers(each.scores) for each in waves]
    for measure in (Measure(Kind.MEAN, Scale(1, 5)), Measure(Kind.TOP_BOX, Scale(1, 5), 2)):
        joined, apart = difference(compare(*waves, measure)), difference(compare(*alone, measure))
        assert joined.estimate.se is not None
        assert apart.estimate.se is not None
        assert joined.estimate.se < apart.estimate.se
        assert bounds(joined)[1] - bounds(joined)[0] < bounds(apart)[1] - bounds(apart)[0]


def test_a_panel_by_its_clusters_is_a_panel_by_its_rows() -> None:
    rng = np.random.default_rng(3)
    before, after = rng.integers(1, 6, 50), rng.integers(1, 6, 50)
    order, measure = rng.permutation(50), Measure(Kind.MEAN, Scale(1, 5))
    waves = (Answers(before, clusters=np.arange(50)), Answers(after[order], clusters=np.arange(50)[order]))
    by_cluster = difference(compare(*waves, measure))
    by_row = difference(paired_difference(Answers(before), Answers(after), measure))
    assert by_cluster.p_value == pytest.approx(by_row.p_value)
    assert bounds(by_cluster) == pytest.approx(bounds(by_row))


def test_people_are_named_in_both_groups_or_in_neither() -> None:
    with pytest.raises(ValueError, match="both groups or of neither"):
        compare(Answers([5.0] * 40, clusters=np.arange(40)), Answers([5.0] * 40), NPS)
