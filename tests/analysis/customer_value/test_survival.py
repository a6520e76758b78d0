"""How long customers stay: the curve, its median and mean against independent implementations."""

from __future__ import annotations

import lifelines
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from analysis.customer_value import (
    Histories,
    SurvivalOptions,
    cumulative_incidence,
    kaplan_meier,
    median_survival,
    restricted_mean,
    survival_at,
)
from analysis.values import Estimate, Refusal
from analysis.values.customer_value.persistence import CompetingRisks, SurvivalCurve
from tests.analysis.carrying import lacks


def _drawn(n: int = 120, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    stay, seen = np.ceil(rng.exponential(12, n)), np.ceil(rng.uniform(0, 40, n))
    return np.minimum(stay, seen), (stay <= seen).astype(float)


def _curve(histories: Histories) -> SurvivalCurve:
    found = kaplan_meier(histories)
    assert isinstance(found, SurvivalCurve)
    return found


def test_the_curve_agrees_with_statsmodels_and_lifelines() -> None:
    times, events = _drawn()
    curve, theirs = _curve(Histories(times, events)), SurvfuncRight(times, events)
    fitter = lifelines.KaplanMeierFitter().fit(times, events)
    there = [each for each in curve.points if isinstance(each.estimate, Estimate)]
    assert [each.time for each in there] == theirs.surv_times[: len(there)].tolist()
    assert [each.estimate.value for each in there] == pytest.approx(theirs.surv_prob[: len(there)], abs=1e-12)
    assert [each.estimate.se for each in there] == pytest.approx(theirs.surv_prob_se[: len(there)], abs=1e-12)
    assert [each.at_risk for each in there] == theirs.n_risk[: len(there)].tolist()
    bounds = fitter.confidence_interval_survival_function_.loc[[each.time for each in there]].to_numpy()
    assert [each.estimate.interval.low for each in there] == pytest.approx(bounds[:, 0], abs=1e-9)
    assert [each.estimate.interval.high for each in there] == pytest.approx(bounds[:, 1], abs=1e-9)
    assert list(lacks(curve)) == []


def test_customers_already_there_enter_the_risk_set_at_their_entry() -> None:
    times, events = _drawn(200)
    entries = np.random.default_rng(2).uniform(0, 0.9, 200) * times * (np.arange(200) % 2)
    curve = _curve(Histories(times, events, entries))
    theirs = lifelines.KaplanMeierFitter().fit(times, events, entry=entries)
    ours = {each.time: each.estimate.value for each in curve.points if isinstance(each.estimate, Estimate)}
    assert ours == pytest.approx({time: float(theirs.predict(time)) for time in ours}, abs=1e-9)
    assert {each.code for each in curve.notes} >= {"left-truncated"}


def test_a_group_known_only_later_counts_from_then_on() -> None:
    times, events = _drawn(200)
    known = np.full(200, 5.0)
    curve = _curve(Histories(times, events, known_at=known))
    late = times > 5
    entered = _curve(Histories(times[late], events[late], np.full(int(late.sum()), 5.0)))
    assert [each.estimate for each in curve.points] == [each.estimate for each in entered.points]
    notes = {each.code: each.figures["n"] for each in curve.notes}
    assert notes["immortal-time-removed"] == int((~late).sum())


def test_linearised_errors_of_single_rows_are_greenwoods() -> None:
    times, events = _drawn()
    plain = _curve(Histories(times, events))
    single = _curve(Histories(times, events, clusters=np.arange(times.size)))
    factor = np.sqrt(times.size / (times.size - 1))
    ours = [each.estimate.se for each in single.points if isinstance(each.estimate, Estimate)]
    theirs = [each.estimate.se * factor for each in plain.points if isinstance(each.estimate, Estimate)]
    assert ours == pytest.approx(theirs, rel=1e-10)


def test_rows_written_twice_change_nothing_when_clustered() -> None:
    times, events = _drawn()
    once = _curve(Histories(times, events, clusters=np.arange(times.size)))
    twice = _curve(Histories(np.repeat(times, 2), np.repeat(events, 2), clusters=np.repeat(np.arange(times.size), 2)))
    for ours, theirs in zip(once.points, twice.points, strict=True):
        if isinstance(ours.estimate, Estimate):
            assert theirs.estimate.value == pytest.approx(ours.estimate.value, abs=1e-12)
            assert theirs.estimate.se == pytest.approx(ours.estimate.se, rel=1e-9)


def test_whole_number_weights_give_the_curve_of_repeated_customers() -> None:
    times, events = _drawn()
    weights = np.random.default_rng(3).integers(1, 4, times.size)
    weighted = _curve(Histories(times, events, weights=weights))
    repeated = _curve(Histories(np.repeat(times, weights), np.repeat(events, weights)))
    assert [each.time for each in weighted.points] == [each.time for each in repeated.points]
    for ours, theirs in zip(weighted.points, repeated.points, strict=True):
        if isinstance(ours.estimate, Estimate):
            assert ours.estimate.value == pytest.approx(theirs.estimate.value, abs=1e-12)


def test_equal_weights_of_any_size_are_no_weights() -> None:
    times, events = _drawn()
    plain, heavy = _curve(Histories(times, events)), _curve(Histories(times, events, weights=np.full(times.size, 7.0)))
    assert [each.estimate.se for each in plain.points[:-1]] == [each.estimate.se for each in heavy.points[:-1]]


def test_nobody_gone_yet_is_bounded_by_the_exact_binomial() -> None:
    points = survival_at(Histories([10.0] * 20, [0] * 20), [5.0])
    assert isinstance(points, tuple)
    found = points[0].estimate
    assert isinstance(found, Estimate)
    assert (found.value, found.interval.high) == (1.0, 1.0)
    assert found.interval.low == pytest.approx(0.025 ** (1 / 20))


def test_times_beyond_the_last_observation_and_after_the_last_customer_are_refused() -> None:
    points = survival_at(Histories(np.arange(1.0, 21), [1] * 20), [20.0, 21.0])
    assert isinstance(points, tuple)
    assert [each.estimate.code for each in points] == ["nobody-at-risk", "beyond-follow-up"]


def test_a_median_that_is_not_reached_is_refused_and_an_open_bound_said() -> None:
    times, events = np.arange(1.0, 21), np.array([1, 0] * 10)
    refused = median_survival(Histories(times + 10, events * (times < 10)))
    assert isinstance(refused, Refusal)
    assert refused.code == "median-not-reached"
    half = median_survival(Histories(np.arange(1.0, 12), np.append(np.ones(6), np.zeros(5))))
    assert isinstance(half, Estimate)
    assert half.interval.high == np.inf
    assert [each.code for each in half.notes] == ["upper-bound-not-reached"]


def test_the_median_lies_midway_where_the_curve_rests_on_one_half() -> None:
    found = median_survival(Histories([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1] * 10))
    assert isinstance(found, Estimate)
    assert found.value == 5.5


def test_few_customers_or_none_are_refused() -> None:
    for n in (0, 1, 9):
        found = kaplan_meier(Histories([3.0] * n, [1] * n))
        assert isinstance(found, Refusal)
        assert found.code == "base-too-small"
    one = survival_at(Histories([3.0, 4.0], [1, 0]), [3.5], SurvivalOptions(minimum_base=1))
    assert isinstance(one, tuple)


@pytest.mark.parametrize(
    ("histories", "said"),
    [
        (Histories([1.0, 2.0], [1, 2]), "Events are 1"),
        (Histories([1.0, -2.0], [1, 1]), "finite numbers not below zero"),
        (Histories([1.0, np.inf], [1, 1]), "finite numbers not below zero"),
        (Histories([1.0, 2.0], [1]), "one event for each time"),
        (Histories([1.0, 2.0], [1, 1], entries=[0.0, 2.0]), "before the time"),
        (Histories([1.0, 2.0], [1, 1], weights=[-1.0, 1.0]), "weight"),
    ],
)
def test_impossible_histories_raise_a_clear_error(histories: Histories, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        kaplan_meier(histories)


def test_missing_times_and_events_are_left_out_and_said() -> None:
    times, events = _drawn()
    whole = _curve(Histories(times, events))
    holed = _curve(Histories(np.append(times, [np.nan, 3.0]), np.append(events, [1.0, np.nan])))
    assert [each.estimate for each in holed.points] == [each.estimate for each in whole.points]
    assert [(each.code, each.figures["n"]) for each in holed.notes] == [("missing-left-out", 2)]


def test_the_restricted_mean_is_the_area_under_the_curve() -> None:
    times, events = _drawn()
    found = restricted_mean(Histories(times, events), 15.0)
    assert isinstance(found, Estimate)
    fitter = lifelines.KaplanMeierFitter().fit(times, events)
    assert found.value == pytest.approx(float(lifelines.utils.restricted_mean_survival_time(fitter, 15.0)), abs=1e-9)
    assert list(lacks(found)) == []
    beyond = restricted_mean(Histories(times, events), 1e6)
    assert isinstance(beyond, Refusal)


def test_shares_gone_by_each_cause_agree_with_statsmodels() -> None:
    times, events = _drawn()
    causes = events * np.random.default_rng(4).integers(1, 3, times.size)
    found = cumulative_incidence(Histories(times, causes), [6.0, 12.0])
    assert isinstance(found, CompetingRisks)
    theirs = CumIncidenceRight(times, causes.astype(int))
    for cause, share, se in zip(found.causes, theirs.cinc, theirs.cinc_se, strict=True):
        for point in cause.points:
            place = np.searchsorted(theirs.times, point.time, side="right") - 1
            assert (point.estimate.value, point.estimate.se) == pytest.approx((share[place], se[place]), abs=1e-12)
    assert list(lacks(found)) == []


def test_causes_and_those_who_stay_sum_to_one() -> None:
    times, events = _drawn()
    names = np.array(["", "price", "service", "moved"], dtype=object)
    labels = names[(events * np.random.default_rng(5).integers(1, 4, times.size)).astype(int)]
    weights = np.random.default_rng(6).uniform(0.5, 2, times.size)
    found = cumulative_incidence(Histories(times, labels, weights=weights), [9.0])
    stays = survival_at(Histories(times, events, weights=weights), [9.0])
    assert isinstance(found, CompetingRisks)
    assert isinstance(stays, tuple)
    assert [each.cause for each in found.causes] == ["moved", "price", "service"]
    total = sum(each.points[0].estimate.value for each in found.causes) + stays[0].estimate.value
    assert total == pytest.approx(1.0, abs=1e-12)


def test_one_cause_alone_is_what_the_curve_leaves() -> None:
    times, events = _drawn()
    weights, clusters = np.random.default_rng(6).uniform(0.5, 2, times.size), np.arange(times.size) // 2
    options = {"weights": weights, "clusters": clusters}
    gone = cumulative_incidence(Histories(times, events, **options), [9.0])
    stays = survival_at(Histories(times, events, **options), [9.0])
    assert isinstance(gone, CompetingRisks)
    assert isinstance(stays, tuple)
    ours, theirs = gone.causes[0].points[0].estimate, stays[0].estimate
    assert (ours.value, ours.se) == pytest.approx((1 - theirs.value, theirs.se), rel=1e-10)
    assert ours.interval.low == pytest.approx(1 - theirs.interval.high, rel=1e-9)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_order_of_rows_and_unit_of_time_change_nothing(data: st.DataObject) -> None:
    n = data.draw(st.integers(10, 30))
    times = np.array(data.draw(st.lists(st.integers(0, 12), min_size=n, max_size=n)), dtype=float)
    events = np.array(data.draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)))
    order = np.array(data.draw(st.permutations(range(n))))
    first = _curve(Histories(times, events))
    second = _curve(Histories(times[order] * 7.25, events[order]))
    assert [each.estimate for each in first.points if isinstance(each.estimate, Estimate)] == [
        each.estimate for each in second.points if isinstance(each.estimate, Estimate)
    ]
    assert list(lacks(first)) == []
