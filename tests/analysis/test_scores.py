"""Scores of one item: what counts, what is missing, and when there is no figure."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from analysis.scores import (
    Answers,
    ScaleAnswers,
    ScoreOptions,
    bottom_box_share,
    customer_effort_score,
    customer_satisfaction_score,
    distribution,
    mean_score,
    net_promoter_groups,
    net_promoter_score,
    person_scores,
    scale_score,
    score,
    top_box_share,
)
from analysis.values import Estimate, Item, Refusal, Role
from analysis.values.scores import CES_1, NPS_SCALE, Distribution, Kind, Measure, Scale
from analysis.weights import effective_base
from tests.analysis.carrying import lacks

CSAT = Scale(1, 5)
EFFORT = Scale(1, 7, higher_is_better=False)
ALL = ScoreOptions(minimum_base=1)
MEASURES = [Measure(Kind.NET_PROMOTER), Measure(Kind.TOP_BOX, NPS_SCALE), Measure(Kind.MEAN, NPS_SCALE)]

ratings = st.lists(st.one_of(st.integers(0, 10).map(float), st.just(math.nan)), min_size=1, max_size=40).filter(
    lambda scores: not all(math.isnan(each) for each in scores)
)
weighings = st.lists(st.floats(0.1, 10), min_size=40, max_size=40)


def _estimate(result: Estimate | Refusal) -> Estimate:
    assert isinstance(result, Estimate)
    return result


def _points(found: Distribution) -> dict[str, int]:
    return {each.code: each.n for each in found.shares}


def test_a_zero_is_an_answer_and_a_blank_is_none() -> None:
    found = _estimate(net_promoter_score([0, 0, 10, math.nan], options=ALL))
    assert found.value == pytest.approx(-100 / 3)
    assert found.base.n == 3


def test_promoters_begin_at_nine_and_detractors_end_at_six() -> None:
    groups = net_promoter_groups(Answers(list(range(11))))
    assert _points(groups) == {"detractors": 7, "passives": 2, "promoters": 2}


@pytest.mark.parametrize("wrong", [11, -1, 7.5, 99])
def test_a_value_off_the_scale_is_refused_by_name(wrong: float) -> None:
    with pytest.raises(ValueError, match=rf"first is {wrong:g}: declare missing codes"):
        net_promoter_score([9] * 20 + [wrong])


@pytest.mark.parametrize("measure", MEASURES)
def test_nine_answers_give_no_figure_but_the_reason(measure: Measure) -> None:
    found = score(Answers([9.0] * 9 + [math.nan] * 5), measure)
    assert isinstance(found, Refusal)
    assert (found.code, found.figures) == ("base-too-small", {"n": 9, "needed": 10})
    assert found.base.n == 9


@pytest.mark.parametrize(("n", "code"), [(29, "base-very-small"), (30, "base-indicative"), (99, "base-indicative")])
def test_a_thin_base_is_said_beside_the_figure(n: int, code: str) -> None:
    found = _estimate(net_promoter_score([9.0, 3.0] * (n // 2) + [8.0] * (n % 2)))
    assert code in [note.code for note in found.notes]


def test_a_good_base_needs_no_note() -> None:
    assert _estimate(net_promoter_score([9.0, 3.0] * 50)).notes == ()


def test_unanimity_leaves_uncertainty_in_scores_and_shares() -> None:
    nps = _estimate(net_promoter_score([10.0] * 12))
    share = _estimate(top_box_share(Answers([5] * 12), CSAT))
    assert nps.interval is not None
    assert share.interval is not None
    assert nps.interval.low < 60
    assert share.interval.low < 0.8
    assert "no-variation" in [note.code for note in nps.notes]


def test_a_top_box_share_has_wilsons_interval() -> None:
    found = _estimate(top_box_share(Answers([5] * 30 + [4] * 10 + [2] * 20), CSAT))
    assert found.interval is not None
    assert found.value == pytest.approx(40 / 60)
    assert found.se == pytest.approx(math.sqrt(2 / 9 / 60))
    assert (found.interval.low, found.interval.high) == pytest.approx(proportion_confint(40, 60, method="wilson"))


def test_a_weighted_share_rests_on_the_effective_base() -> None:
    scores, weights = [5.0] * 20 + [1.0] * 20, [3.0] * 10 + [1.0] * 30
    found = _estimate(top_box_share(Answers(scores, weights), CSAT))
    base = effective_base(weights)
    expected = proportion_confint(40 / 60 * base, base, method="wilson")
    assert found.interval is not None
    assert found.value == pytest.approx(40 / 60)
    assert (found.interval.low, found.interval.high) == pytest.approx(expected)
    assert found.base.effective == pytest.approx(base)


def test_where_lower_is_better_the_top_boxes_are_the_low_ones() -> None:
    found = _estimate(top_box_share(Answers([1, 2, 3, 7] * 5), EFFORT))
    assert found.value == pytest.approx(0.5)


def test_a_mean_has_students_interval() -> None:
    answers = [1, 4, 4, 5, 6, 7, 7, 2, 3, 5]
    found = _estimate(mean_score(Answers(answers), EFFORT))
    expected = stats.ttest_1samp(answers, 0).confidence_interval(0.95)
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((expected.low, expected.high))
    assert found.se == pytest.approx(stats.sem(answers))


def test_an_interval_of_a_mean_stays_on_the_scale() -> None:
    found = _estimate(mean_score(Answers([5.0] * 9 + [1.0]), CSAT))
    assert found.interval is not None
    assert found.interval.high == 5


def test_one_answer_has_a_mean_but_no_interval() -> None:
    found = _estimate(mean_score(Answers([4.0]), CSAT, ALL))
    assert (found.value, found.interval, found.se) == (4.0, None, None)


def test_a_distribution_shows_every_point_and_adds_up() -> None:
    found = distribution(Answers([1, 1, 5, 5, 5, 3, 3, 3, 3, 3, math.nan]), CSAT)
    assert _points(found) == {"1": 2, "2": 0, "3": 5, "4": 0, "5": 3}
    assert (found.base.n, found.n_missing) == (10, 1)
    assert sum(_estimate(each.share).value for each in found.shares) == pytest.approx(1)


def test_a_distribution_below_the_display_base_shows_counts_only() -> None:
    found = distribution(Answers([1, 2, 3]), CSAT)
    assert sum(each.n for each in found.shares) == 3
    assert all(isinstance(each.share, Refusal) for each in found.shares)


def test_no_answers_at_all_are_refused_not_divided_by() -> None:
    assert isinstance(net_promoter_score([], options=ScoreOptions(minimum_base=0)), Refusal)


def test_an_unknown_interval_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="adjusted, adjusted-wald, score, adjusted-t, wald, not wilson"):
        net_promoter_score([9] * 10, options=ScoreOptions(nps_interval="wilson"))


@pytest.mark.parametrize(("low", "high"), [(5, 1), (3, 3)])
def test_a_scale_without_room_is_refused(low: int, high: int) -> None:
    with pytest.raises(ValueError, match="below its high end"):
        Scale(low, high)


@pytest.mark.parametrize("boxes", [0, 5])
def test_a_top_box_leaves_a_rest(boxes: int) -> None:
    with pytest.raises(ValueError, match="do not leave a rest"):
        Measure(Kind.TOP_BOX, CSAT, boxes)


def test_a_net_promoter_score_is_not_made_from_another_scale() -> None:
    with pytest.raises(ValueError, match="0 to 10"):
        Measure(Kind.NET_PROMOTER, Scale(1, 10))


@pytest.mark.parametrize(
    ("kind", "low", "high", "measure"),
    [("nps", 0, 10, Kind.NET_PROMOTER), ("csat", 1, 5, Kind.TOP_BOX), ("ces", 1, 7, Kind.MEAN)],
)
def test_each_item_has_its_customary_measure(kind: str, low: int, high: int, measure: Kind) -> None:
    assert Measure.of(Item("q1", kind, Role.OUTCOME, {}, low, high)).kind is measure


def test_an_item_without_a_scale_has_no_measure() -> None:
    with pytest.raises(ValueError, match="q1 declares no scale"):
        Measure.of(Item("q1", "text", None, {}))


@given(ratings, st.sampled_from(MEASURES))
def test_weights_of_one_change_nothing(scores: list[float], measure: Measure) -> None:
    assert score(Answers(scores), measure, ALL) == score(Answers(scores, [1.0] * len(scores)), measure, ALL)


@given(ratings, weighings, st.sampled_from(MEASURES), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    scores: list[float], weights: list[float], measure: Measure, random: object
) -> None:
    rows = list(zip(scores, weights, strict=False))
    shuffled = sorted(rows, key=lambda _: random.random())  # type: ignore[attr-defined]
    one, other = (
        _estimate(score(Answers(*map(list, zip(*each, strict=True))), measure, ALL)) for each in (rows, shuffled)
    )
    assert one.value == pytest.approx(other.value, abs=1e-9)
    assert one.base.effective == pytest.approx(other.base.effective)


@given(ratings)
def test_exchanging_promoters_and_detractors_turns_the_score_round(scores: list[float]) -> None:
    swapped = [math.nan if math.isnan(s) else 0.0 if s >= 9 else 10.0 if s <= 6 else s for s in scores]
    here, there = (
        _estimate(net_promoter_score(scores, options=ALL)),
        _estimate(net_promoter_score(swapped, options=ALL)),
    )
    assert here.interval is not None
    assert there.interval is not None
    assert here.value == pytest.approx(-there.value)
    assert here.interval.low == pytest.approx(-there.interval.high)


@given(ratings, weighings)
def test_the_top_boxes_and_the_rest_make_one(scores: list[float], weights: list[float]) -> None:
    answers = Answers(scores, weights[: len(scores)])
    turned = Scale(0, 10, higher_is_better=False)
    top, rest = top_box_share(answers, NPS_SCALE, 2, ALL), top_box_share(answers, turned, 9, ALL)
    assert _estimate(top).value + _estimate(rest).value == pytest.approx(1)


@given(ratings, weighings, st.sampled_from(MEASURES))
def test_every_interval_holds_its_figure_or_pulls_it_towards_the_middle(
    scores: list[float], weights: list[float], measure: Measure
) -> None:
    found = _estimate(score(Answers(scores, weights[: len(scores)]), measure, ALL))
    bounds = {Kind.NET_PROMOTER: (-100, 100), Kind.TOP_BOX: (0, 1), Kind.MEAN: (0, 10)}[measure.kind]
    if found.interval is not None:
        assert bounds[0] <= found.interval.low <= found.interval.high <= bounds[1]
    assert bounds[0] <= found.value <= bounds[1]
    assert np.isfinite(found.base.weighted)


def test_every_figure_carries_its_method_and_source() -> None:
    answers = Answers([0, 3, 7, 8, 9, 10] * 10)
    results = [score(answers, measure) for measure in MEASURES]
    assert list(lacks([*results, distribution(answers, NPS_SCALE), net_promoter_groups(answers)])) == []


def test_bottom_boxes_are_the_worst_points_in_both_directions() -> None:
    answers = Answers([1, 2, 3, 7] * 5)
    assert _estimate(bottom_box_share(answers, EFFORT)).value == pytest.approx(0.25)
    assert _estimate(bottom_box_share(answers, Scale(1, 7))).value == pytest.approx(0.5)
    assert _estimate(bottom_box_share(answers, EFFORT)).method == "bottom-2-box"


def test_satisfaction_is_the_share_of_fours_and_fives() -> None:
    assert _estimate(customer_satisfaction_score(Answers([5, 4, 3, 2] * 10))).value == pytest.approx(0.5)


def test_effort_is_easy_at_the_high_end_of_ces_2_and_at_the_low_end_of_ces_1() -> None:
    made_easy = customer_effort_score(Answers([7, 6, 5, 1] * 10))
    effort = customer_effort_score(Answers([1, 2, 3, 5] * 10), CES_1)
    assert (made_easy.higher_is_better, effort.higher_is_better) == (True, False)
    assert (_estimate(made_easy.easy).value, _estimate(made_easy.hard).value) == pytest.approx((0.75, 0.25))
    assert (_estimate(effort.easy).value, _estimate(effort.hard).value) == pytest.approx((0.5, 0.25))
    assert (_estimate(made_easy.mean).value, _estimate(effort.mean).value) == pytest.approx((4.75, 2.75))


def test_wilson_is_kept_by_name_and_warned_of_where_a_side_is_thin() -> None:
    answers = Answers([5] * 3 + [1] * 37)
    named = _estimate(top_box_share(answers, CSAT, options=ScoreOptions(share_interval="wilson")))
    guarded = _estimate(top_box_share(answers, CSAT))
    for found, method in ((named, "wilson"), (guarded, "beta")):
        assert found.interval is not None
        bounds = proportion_confint(3, 40, method=method)
        assert (found.interval.low, found.interval.high) == pytest.approx(bounds)
    assert "few-on-a-side" in [note.code for note in named.notes]
    assert "few-on-a-side" not in [note.code for note in guarded.notes]


def test_a_rare_group_widens_the_default_interval_and_warns_of_a_named_one() -> None:
    scores = [10] * 40 + [8] * 8 + [2] * 2
    default, named = (
        _estimate(net_promoter_score(scores, options=ScoreOptions(nps_interval=each)))
        for each in ("adjusted", "adjusted-wald")
    )
    assert default.interval is not None
    assert default.interval.method == "adjusted-t"
    assert [note.code for note in named.notes] == ["base-indicative", "rare-group"]
    usual = _estimate(net_promoter_score([10] * 20 + [8] * 20 + [2] * 10))
    assert usual.interval is not None
    assert usual.interval.method == "adjusted-wald"


def test_the_linearised_error_of_an_unweighted_score_has_n_minus_1() -> None:
    scores = [10] * 20 + [8] * 20 + [2] * 10
    plain, linear = (
        _estimate(net_promoter_score(scores, options=ScoreOptions(nps_error=each)))
        for each in ("multinomial", "linearised")
    )
    assert plain.se is not None
    assert linear.se == pytest.approx(plain.se * math.sqrt(50 / 49))


def test_answers_mostly_alike_have_an_adjusted_interval_and_say_so() -> None:
    for answers in ([5.0] * 40, [5.0] * 38 + [1.0, 4.0]):
        found = _estimate(mean_score(Answers(answers), CSAT))
        assert found.interval is not None
        assert found.interval.method == "adjusted-t"
        assert found.interval.low < found.value - 0.02
        assert "skewed-for-t" in [note.code for note in found.notes]
    named = _estimate(mean_score(Answers([5.0] * 38 + [1.0, 4.0]), CSAT, ScoreOptions(mean_interval="t")))
    assert named.interval is not None
    assert named.interval.method == "t"


@pytest.mark.parametrize("measure", MEASURES)
def test_answers_given_twice_by_the_same_people_weigh_as_those_people(measure: Measure) -> None:
    scores = [0.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 10.0, 9.0, 3.0] * 6
    once = _estimate(score(Answers(scores), measure))
    twice = _estimate(score(Answers(scores * 2, clusters=list(range(60)) * 2), measure))
    assert once.interval is not None
    assert twice.interval is not None
    assert twice.value == pytest.approx(once.value)
    assert twice.se == pytest.approx(once.se, rel=0.01)
    width = once.interval.high - once.interval.low
    assert twice.interval.high - twice.interval.low == pytest.approx(width, rel=0.05)
    assert "repeated-respondents" in [note.code for note in twice.notes]


def test_ten_answers_of_two_people_are_too_few() -> None:
    found = net_promoter_score(Answers([9.0] * 10, clusters=["a", "b"] * 5))
    assert isinstance(found, Refusal)
    assert found.figures == {"n": 2, "needed": 10}


def test_clusters_of_one_answer_each_change_nothing() -> None:
    scores = [0, 7, 10, 9, 8, 3] * 10
    assert net_promoter_score(Answers(scores, clusters=range(60))) == net_promoter_score(scores)


def test_a_scale_score_turns_reversed_items_round_by_the_declared_ends() -> None:
    items = np.array([[5, 1, 4], [4, 2, math.nan], [3, math.nan, math.nan], [math.nan] * 3, [1, 5, 2]])
    answers = ScaleAnswers(items, CSAT, reversed_items=(1,))
    assert person_scores(answers) == pytest.approx(np.array([14 / 3, 4, math.nan, math.nan, 4 / 3]), nan_ok=True)
    assert person_scores(answers, 1 / 3)[2] == 3
    found = scale_score(answers, options=ALL)
    assert _estimate(found.mean).value == pytest.approx(10 / 3)
    assert _estimate(found.index).value == pytest.approx(100 * (10 / 3 - 1) / 4)
    assert (found.n_items, found.n_left_out) == (3, 2)


def test_the_interval_of_a_scale_score_is_students_and_its_index_the_same_on_0_to_100() -> None:
    items = np.random.default_rng(3).integers(1, 6, size=(80, 4)).astype(float)
    found = scale_score(ScaleAnswers(items, CSAT))
    expected = stats.ttest_1samp(items.mean(axis=1), 0).confidence_interval(0.95)
    mean, index = _estimate(found.mean), _estimate(found.index)
    assert mean.interval is not None
    assert index.interval is not None
    assert (mean.interval.low, mean.interval.high) == pytest.approx((expected.low, expected.high))
    assert index.interval.low == pytest.approx(25 * (expected.low - 1))
    assert list(lacks(found)) == []


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (ScaleAnswers([1, 2], CSAT), "people by items"),
        (ScaleAnswers([[1, 2]], CSAT, reversed_items=(2,)), "columns from 0 to 1"),
        (ScaleAnswers([[1, 2]], CSAT, names=("a",)), "2 items but 1 names"),
        (ScaleAnswers([[1, 9]], CSAT), "first is 9"),
    ],
)
def test_a_table_that_is_no_scale_is_refused(answers: ScaleAnswers, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        scale_score(answers)
