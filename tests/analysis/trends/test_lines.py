"""A trend is announced by the random-effects slope, over one series, with its gaps and its error rate."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.regression.linear_model import WLS
from statsmodels.stats.meta_analysis import combine_effects

from analysis.scores import Answers
from analysis.trends import (
    LineOptions,
    between_variance,
    fixed_effect_line,
    homogeneity,
    random_effects_line,
    trend,
    trend_points,
    trend_test,
    waves_of,
)
from analysis.values import Base, Estimate, Refusal
from analysis.values.comparisons import Verdict
from analysis.values.trends import Period, TrendPoint
from tests.analysis.trends.series import MEAN, NORMAL, NPS, judged, points, waves


def test_the_fixed_effect_line_is_weighted_least_squares_with_known_variances() -> None:
    known = waves([7.0, 7.4, 7.1, 7.9, 8.2], [0.1, 0.3, 0.2, 0.15, 0.4], [0, 1, 3, 4, 7])
    design = np.column_stack([np.ones(5), known.at])
    expected = WLS(known.figures, design, weights=1 / known.variances).fit(cov_type="fixed scale")
    line = fixed_effect_line(known)
    assert line.intercept == pytest.approx(expected.params[0])
    assert line.slope.value == pytest.approx(expected.params[1])
    assert line.slope.se == pytest.approx(expected.bse[1])
    assert line.p_value == pytest.approx(expected.pvalues[1])
    assert line.slope.interval is not None
    assert (line.slope.interval.low, line.slope.interval.high) == pytest.approx(tuple(expected.conf_int()[1]))


def test_the_random_effects_line_weights_by_both_variances() -> None:
    known = waves([7.0, 7.9, 7.0, 8.1, 7.6, 8.6], [0.1, 0.2, 0.1, 0.15, 0.1, 0.2])
    tau2 = between_variance(known)
    design = np.column_stack([np.ones(6), known.at])
    expected = WLS(known.figures, design, weights=1 / (known.variances + tau2)).fit(cov_type="fixed scale")
    line = random_effects_line(known, NORMAL)
    assert tau2 > 0
    assert (line.slope.value, line.slope.se) == pytest.approx((expected.params[1], expected.bse[1]))
    assert line.slope.source == "DerSimonian & Laird 1986; Thompson & Sharp 1999"


def test_the_moment_estimator_is_the_one_of_meta_analysis() -> None:
    """Doubling every wave at opposite places removes the slope; what is left is DerSimonian and Laird's tau2.

    combine_effects fits a mean (k - 1 degrees of freedom), so both are compared by their moment equation.
    """
    figures, errors = [7.0, 7.9, 6.6, 8.1, 7.2], [0.1, 0.2, 0.1, 0.15, 0.1]
    known = waves(figures * 2, errors * 2, [-1.0] * 5 + [1.0] * 5)
    theirs = combine_effects(np.array(figures * 2), np.array(errors * 2) ** 2, method_re="chi2")
    assert random_effects_line(known).slope.value == pytest.approx(0)
    assert homogeneity(known).q == pytest.approx(theirs.q)
    scale = (1 / known.variances).sum() - 2 * (1 / known.variances[:5] ** 2).sum() / (1 / known.variances[:5]).sum()
    assert between_variance(known) == pytest.approx((theirs.q - 8) / scale)


def test_periods_that_scatter_as_sampling_does_have_no_variance_of_their_own() -> None:
    known = waves([7.0, 7.1, 7.0, 7.1], [0.2] * 4)
    assert between_variance(known) == 0
    assert homogeneity(known).p_value > 0.5


def test_the_cautious_slope_is_never_surer_than_the_normal_one() -> None:
    rng = np.random.default_rng(8)
    for _ in range(50):
        known = waves(rng.normal(7, 0.3, 6).tolist(), rng.uniform(0.05, 0.4, 6).tolist())
        assert random_effects_line(known).p_value >= random_effects_line(known, NORMAL).p_value


def test_the_cautious_slope_keeps_its_false_alarms_where_the_normal_one_does_not() -> None:
    """Six periods that truly vary: 400 draws without any trend."""
    rng = np.random.default_rng(12)
    cautious = normal = 0
    for _ in range(400):
        errors = rng.uniform(0.04, 0.1, 6)
        known = waves(rng.normal(0, np.sqrt(errors**2 + 0.08**2)).tolist(), errors.tolist())
        cautious += random_effects_line(known).p_value < 0.05
        normal += random_effects_line(known, NORMAL).p_value < 0.05
    assert cautious <= 28
    assert normal > 36


def test_figures_that_happen_to_lie_on_a_line_claim_no_more_than_their_sampling_error_allows() -> None:
    assert judged(trend_test(points([3.0, 3.1, 3.2, 3.3], se=0.5))).verdict is Verdict.NO_CLEAR_CHANGE


def test_a_steady_rise_is_clearly_up() -> None:
    found = judged(trend_test(points([7.0, 7.25, 7.4, 7.7, 7.9, 8.15])))
    assert (found.verdict, found.is_better) == (Verdict.CLEARLY_UP, True)
    assert found.random.slope.value == pytest.approx(4 / 17.5)
    assert found.random.slope.unit == "difference-mean"


def test_a_steady_rise_of_effort_is_worse() -> None:
    found = judged(trend_test(points([3.0, 3.25, 3.4, 3.7, 3.9, 4.15]), LineOptions(higher_is_better=False)))
    assert (found.verdict, found.is_better) == (Verdict.CLEARLY_UP, False)


def test_the_slope_is_per_unit_of_time_whatever_the_gaps() -> None:
    line = fixed_effect_line(waves([1.0, 2.0, 5.0], [0.1] * 3, [0, 1, 4]))
    assert (line.slope.value, line.intercept) == pytest.approx((1.0, 1.0))


def test_a_line_never_bridges_a_break_of_series() -> None:
    found = judged(trend_test(points([2.0, 2.1, 2.0], series="paper ") + points([7.0, 7.1, 7.0, 7.1], series="web ")))
    assert found.n_periods == 4
    assert (found.notes[0].code, found.notes[0].figures) == ("series-break", {"left_out": 3})


def test_periods_without_a_figure_are_left_out_and_counted() -> None:
    made = points([7.0, 7.1, 7.0, 7.1, 7.2])
    made[2] = TrendPoint(made[2].period, Refusal("base-too-small", Base(3, 3.0, 3.0)))
    found = judged(trend_test(made))
    assert found.n_periods == 4
    assert [note.code for note in found.notes] == ["periods-without-figure", "few-periods"]


def test_three_periods_make_no_trend() -> None:
    found = trend_test(points([7.0, 7.5, 8.0]))
    assert isinstance(found, Refusal)
    assert (found.code, found.figures) == ("too-few-periods", {"n": 3, "needed": 4})


def test_a_unanimous_wave_does_not_outweigh_all_others() -> None:
    answers = Answers([10.0] * 12 + [10.0, 2.0] * 50)
    timeline = [Period("a", 0), Period("b", 1)]
    known = waves_of(trend_points(answers, ["a"] * 12 + ["b"] * 100, timeline, NPS))
    assert known.variances[0] > known.variances[1] > 0


def test_waves_that_all_answer_alike_show_no_clear_change() -> None:
    answers, labels = Answers([9.0] * 48), [label for label in "abcd" for _ in range(12)]
    found = trend(answers, labels, [Period(label, i) for i, label in enumerate("abcd")], MEAN)
    assert not isinstance(found.test, Refusal)
    assert found.test.verdict == "no-clear-change"
    assert isinstance(found.points[0].estimate, Estimate)


def test_an_unknown_reference_is_refused() -> None:
    with pytest.raises(ValueError, match="cautious or normal"):
        LineOptions(reference="bayes")


def test_a_line_through_one_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="different positions"):
        fixed_effect_line(waves([1.0, 2.0, 3.0], [0.1] * 3, [1, 1, 1]))
