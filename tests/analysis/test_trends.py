"""A trend is announced by the random-effects slope, over one series, with its gaps and its error rate."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from statsmodels.regression.linear_model import WLS
from statsmodels.stats.meta_analysis import combine_effects

from analysis.comparisons import compare
from analysis.scores import Answers
from analysis.trends import (
    Grain,
    calendar_periods,
    change_point,
    fixed_effect_line,
    laney_chart,
    latest_change,
    p_chart,
    pettitt,
    random_effects_line,
    trend,
    trend_points,
    trend_test,
)
from analysis.trends.lines import LineOptions, Waves, between_variance, homogeneity, waves_of
from analysis.values import Base, Estimate, Interval, Refusal
from analysis.values.comparisons import Difference, Verdict
from analysis.values.scores import NPS_SCALE, Kind, Measure, Scale
from analysis.values.trends import ChangePoint, ControlChart, NoChangePoint, Period, TrendPoint, TrendTest

MEAN = Measure(Kind.MEAN, NPS_SCALE)
NPS = Measure(Kind.NET_PROMOTER)
NORMAL = LineOptions(reference="normal")
BASE = Base(100, 100.0, 100.0)


def _waves(figures: list[float], errors: list[float], at: list[float] | None = None) -> Waves:
    places = list(range(len(figures))) if at is None else at
    return Waves(np.array(places, float), np.array(figures), np.array(errors) ** 2, "mean", BASE)


def _points(figures: list[float], se: float = 0.1, series: str = "") -> list[TrendPoint]:
    return [
        TrendPoint(
            Period(f"{series}{i + 1}", float(i), series),
            Estimate(figure, Interval(figure - 2 * se, figure + 2 * se), BASE, "mean", "mean", se),
        )
        for i, figure in enumerate(figures)
    ]


def _tested(result: TrendTest | Refusal) -> TrendTest:
    assert isinstance(result, TrendTest)
    return result


def _shifting(level_before: float, level_after: float, n: int = 60) -> tuple[Answers, list[str | None], list[Period]]:
    """Return twelve months of answers whose level moves after the sixth."""
    rng = np.random.default_rng(5)
    levels = [level_before] * 6 + [level_after] * 6
    scores = np.concatenate([np.clip(np.round(rng.normal(level, 2, n)), 0, 10) for level in levels])
    timeline = [Period(f"m{i + 1:02d}", float(i)) for i in range(12)]
    return Answers(scores), [period.label for period in timeline for _ in range(n)], timeline


def test_the_fixed_effect_line_is_weighted_least_squares_with_known_variances() -> None:
    waves = _waves([7.0, 7.4, 7.1, 7.9, 8.2], [0.1, 0.3, 0.2, 0.15, 0.4], [0, 1, 3, 4, 7])
    design = np.column_stack([np.ones(5), waves.at])
    expected = WLS(waves.figures, design, weights=1 / waves.variances).fit(cov_type="fixed scale")
    line = fixed_effect_line(waves)
    assert line.intercept == pytest.approx(expected.params[0])
    assert line.slope.value == pytest.approx(expected.params[1])
    assert line.slope.se == pytest.approx(expected.bse[1])
    assert line.p_value == pytest.approx(expected.pvalues[1])
    assert line.slope.interval is not None
    assert (line.slope.interval.low, line.slope.interval.high) == pytest.approx(tuple(expected.conf_int()[1]))


def test_the_random_effects_line_weights_by_both_variances() -> None:
    waves = _waves([7.0, 7.9, 7.0, 8.1, 7.6, 8.6], [0.1, 0.2, 0.1, 0.15, 0.1, 0.2])
    tau2 = between_variance(waves)
    design = np.column_stack([np.ones(6), waves.at])
    expected = WLS(waves.figures, design, weights=1 / (waves.variances + tau2)).fit(cov_type="fixed scale")
    line = random_effects_line(waves, NORMAL)
    assert tau2 > 0
    assert (line.slope.value, line.slope.se) == pytest.approx((expected.params[1], expected.bse[1]))


def test_the_moment_estimator_is_the_one_of_meta_analysis() -> None:
    """Doubling every wave at opposite places removes the slope; what is left is DerSimonian and Laird's tau2.

    combine_effects fits a mean (k - 1 degrees of freedom), so both are compared by their moment equation.
    """
    figures, errors = [7.0, 7.9, 6.6, 8.1, 7.2], [0.1, 0.2, 0.1, 0.15, 0.1]
    waves = _waves(figures * 2, errors * 2, [-1.0] * 5 + [1.0] * 5)
    theirs = combine_effects(np.array(figures * 2), np.array(errors * 2) ** 2, method_re="chi2")
    assert random_effects_line(waves).slope.value == pytest.approx(0)
    assert homogeneity(waves).q == pytest.approx(theirs.q)
    scale = (1 / waves.variances).sum() - 2 * (1 / waves.variances[:5] ** 2).sum() / (1 / waves.variances[:5]).sum()
    assert between_variance(waves) == pytest.approx((theirs.q - 8) / scale)


def test_periods_that_scatter_as_sampling_does_have_no_variance_of_their_own() -> None:
    waves = _waves([7.0, 7.1, 7.0, 7.1], [0.2] * 4)
    assert between_variance(waves) == 0
    assert homogeneity(waves).p_value > 0.5


def test_the_cautious_slope_is_never_surer_than_the_normal_one() -> None:
    rng = np.random.default_rng(8)
    for _ in range(50):
        waves = _waves(rng.normal(7, 0.3, 6).tolist(), rng.uniform(0.05, 0.4, 6).tolist())
        assert random_effects_line(waves).p_value >= random_effects_line(waves, NORMAL).p_value


def test_the_cautious_slope_keeps_its_false_alarms_where_the_normal_one_does_not() -> None:
    """Six periods that truly vary: 400 draws without any trend."""
    rng = np.random.default_rng(12)
    cautious = normal = 0
    for _ in range(400):
        errors = rng.uniform(0.04, 0.1, 6)
        waves = _waves(rng.normal(0, np.sqrt(errors**2 + 0.08**2)).tolist(), errors.tolist())
        cautious += random_effects_line(waves).p_value < 0.05
        normal += random_effects_line(waves, NORMAL).p_value < 0.05
    assert cautious <= 28
    assert normal > 36


def test_figures_that_happen_to_lie_on_a_line_claim_no_more_than_their_sampling_error_allows() -> None:
    assert _tested(trend_test(_points([3.0, 3.1, 3.2, 3.3], se=0.5))).verdict is Verdict.NO_CLEAR_CHANGE


def test_a_steady_rise_is_clearly_up() -> None:
    found = _tested(trend_test(_points([7.0, 7.25, 7.4, 7.7, 7.9, 8.15])))
    assert (found.verdict, found.is_better) == (Verdict.CLEARLY_UP, True)
    assert found.random.slope.value == pytest.approx(4 / 17.5)
    assert found.random.slope.unit == "difference-mean"


def test_a_steady_rise_of_effort_is_worse() -> None:
    found = _tested(trend_test(_points([3.0, 3.25, 3.4, 3.7, 3.9, 4.15]), LineOptions(higher_is_better=False)))
    assert (found.verdict, found.is_better) == (Verdict.CLEARLY_UP, False)


def test_the_slope_is_per_unit_of_time_whatever_the_gaps() -> None:
    line = fixed_effect_line(_waves([1.0, 2.0, 5.0], [0.1] * 3, [0, 1, 4]))
    assert (line.slope.value, line.intercept) == pytest.approx((1.0, 1.0))


def test_a_line_never_bridges_a_break_of_series() -> None:
    found = _tested(
        trend_test(_points([2.0, 2.1, 2.0], series="paper ") + _points([7.0, 7.1, 7.0, 7.1], series="web "))
    )
    assert found.n_periods == 4
    assert (found.notes[0].code, found.notes[0].figures) == ("series-break", {"left_out": 3})


def test_periods_without_a_figure_are_left_out_and_counted() -> None:
    points = _points([7.0, 7.1, 7.0, 7.1, 7.2])
    points[2] = TrendPoint(points[2].period, Refusal("base-too-small", Base(3, 3.0, 3.0)))
    found = _tested(trend_test(points))
    assert found.n_periods == 4
    assert [note.code for note in found.notes] == ["periods-without-figure", "few-periods"]


def test_three_periods_make_no_trend() -> None:
    found = trend_test(_points([7.0, 7.5, 8.0]))
    assert isinstance(found, Refusal)
    assert (found.code, found.figures) == ("too-few-periods", {"n": 3, "needed": 4})


def test_a_unanimous_wave_does_not_outweigh_all_others() -> None:
    answers = Answers([10.0] * 12 + [10.0, 2.0] * 50)
    timeline = [Period("a", 0), Period("b", 1)]
    waves = waves_of(trend_points(answers, ["a"] * 12 + ["b"] * 100, timeline, NPS))
    assert waves.variances[0] > waves.variances[1] > 0


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
        fixed_effect_line(_waves([1.0, 2.0, 3.0], [0.1] * 3, [1, 1, 1]))


def test_a_true_fall_shows_in_test_latest_points_and_shift() -> None:
    found = trend(*_shifting(8.0, 6.0), MEAN)
    assert _tested(found.test).verdict is Verdict.CLEARLY_DOWN
    assert isinstance(found.change_point, ChangePoint)
    assert found.change_point.last_before == "m06"
    assert found.change_point.earliest <= "m06" <= found.change_point.latest
    assert isinstance(found.chart, Refusal)
    assert found.chart.code == "not-a-share"


def test_a_level_year_shows_neither_trend_nor_shift() -> None:
    found = trend(*_shifting(7.0, 7.0), NPS)
    assert _tested(found.test).verdict is Verdict.NO_CLEAR_CHANGE
    assert isinstance(found.change_point, NoChangePoint)
    assert isinstance(found.chart, ControlChart)
    assert not any(point.is_outside for point in found.chart.points)


def test_the_latest_change_is_the_last_period_against_the_one_before() -> None:
    answers, labels, timeline = _shifting(8.0, 6.0)
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
    points = trend_points(Answers([9.0] * 14), ["a"] * 10 + ["b"] * 4, [Period("a", 0), Period("b", 1)], NPS)
    assert isinstance(points[0].estimate, Estimate)
    assert isinstance(points[1].estimate, Refusal)


def test_weights_reach_every_period() -> None:
    weights = [3.0] * 10 + [1.0] * 10
    points = trend_points(Answers([10.0] * 10 + [0.0] * 10, weights), ["a"] * 20, [Period("a", 0)], MEAN)
    assert isinstance(points[0].estimate, Estimate)
    assert points[0].estimate.value == pytest.approx(7.5)


@pytest.mark.parametrize(
    ("labels", "timeline", "reason"),
    [
        (["a", "x"], [Period("a", 0)], "lacks the periods x"),
        (["a"], [Period("a", 0)], "2 answers but 1"),
        (["a", "b"], [Period("b", 1), Period("a", 0)], "order of time"),
        (["a", "a"], [Period("a", 0), Period("a", 1)], "labels of their own"),
    ],
)
def test_a_timeline_that_does_not_fit_is_refused(labels: list[str | None], timeline: list[Period], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        trend(Answers([9.0, 9.0]), labels, timeline, NPS)


def test_a_survey_without_dated_answers_has_a_trend_that_says_why_there_is_none() -> None:
    for answers, labels in ((Answers([]), []), (Answers([9.0]), [None])):
        found = trend(answers, labels, (), NPS)
        assert found.points == ()
        assert all(isinstance(each, Refusal) for each in (found.test, found.latest_change, found.change_point))


def test_months_keep_their_gaps() -> None:
    labels, timeline = calendar_periods([date(2026, 3, 9), None, date(2025, 12, 31), date(2026, 3, 1)], Grain.MONTH)
    assert labels == ["2026-03", None, "2025-12", "2026-03"]
    assert [(period.label, period.at) for period in timeline] == [("2025-12", 0), ("2026-03", 3)]


def test_weeks_begin_on_monday_and_cross_the_year_as_one() -> None:
    days = [date(2026, 1, 4), date(2026, 1, 5), date(2025, 12, 29), date(2025, 12, 28)]
    labels, timeline = calendar_periods(days, Grain.WEEK)
    assert labels == ["2026-W01", "2026-W02", "2026-W01", "2025-W52"]
    assert [period.at for period in timeline] == [0, 1, 2]


def test_no_dates_make_no_periods() -> None:
    assert calendar_periods([None], Grain.WEEK) == ([None], ())


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


def test_a_shift_is_dated_between_the_periods_it_may_have_been() -> None:
    found = change_point(_points([7, 7.1, 6.9, 7, 7.05, 6.95, 6, 6.1, 5.9, 6, 6.05, 5.95]))
    assert isinstance(found, ChangePoint)
    assert (found.earliest, found.last_before, found.latest) == ("6", "6", "6")


def test_an_unclear_date_of_a_shift_is_a_range() -> None:
    rng = np.random.default_rng(2)
    figures = np.concatenate([rng.normal(0, 1, 20), rng.normal(1.3, 1, 20)]).tolist()
    found = change_point(_points(figures))
    assert isinstance(found, ChangePoint)
    assert int(found.earliest) < int(found.latest)


def test_seven_periods_have_no_shift() -> None:
    found = change_point(_points([1, 1, 1, 9, 9, 9, 9]))
    assert isinstance(found, Refusal)
    assert found.code == "too-few-periods"


@pytest.mark.parametrize("values", [[1.0], [1.0, float("nan")]])
def test_pettitts_test_needs_whole_series(values: list[float]) -> None:
    with pytest.raises(ValueError, match="two periods or more"):
        pettitt(values)


def test_pettitts_statistic_is_the_largest_count_of_earlier_against_later() -> None:
    values = np.array([3.0, 1, 4, 1, 5, 9, 2, 6])
    by_hand = [abs(np.sign(values[:t, None] - values[None, t:]).sum()) for t in range(1, 8)]
    assert pettitt(values).statistic == max(by_hand)


def test_a_csat_trend_charts_its_top_boxes() -> None:
    scores, labels = [5.0, 1.0] * 60, [label for label in "abcd" for _ in range(30)]
    timeline = [Period(label, i) for i, label in enumerate("abcd")]
    found = trend(Answers(scores), labels, timeline, Measure(Kind.TOP_BOX, Scale(1, 5)))
    assert isinstance(found.chart, ControlChart)
    assert found.chart.centre == pytest.approx(0.5)
