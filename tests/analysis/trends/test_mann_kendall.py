"""Mann-Kendall's test and Sen's slope are those of scipy, of small samples by hand, and fast on long ones."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.trends import MonotoneOptions, mann_kendall, seasonal_mann_kendall, seasonal_sen_slope, sen_slope
from analysis.trends.monotone import selection
from analysis.trends.monotone.inversions import inversions, inverted_pairs
from analysis.trends.monotone.selection import all_slopes, slopes_at_ranks
from analysis.values import Refusal
from analysis.values.comparisons import Verdict
from analysis.values.monotone_trends import MannKendall, SenSlope
from tests.analysis.carrying import lacks

# A busy machine is no failure.
UNTIMED = settings(deadline=None, max_examples=50)
RATINGS = st.lists(st.integers(0, 10), min_size=5, max_size=40)


def _test(found: MannKendall | Refusal) -> MannKendall:
    assert isinstance(found, MannKendall)
    return found


def _slope(found: SenSlope | Refusal) -> SenSlope:
    assert isinstance(found, SenSlope)
    return found


@UNTIMED
@given(st.permutations(range(23)))
def test_inversions_are_the_pairs_in_the_wrong_order(order: list[int]) -> None:
    expected = {(a, b) for a, b in combinations(order, 2) if a > b}
    larger, smaller = inverted_pairs(np.array(order))
    assert inversions(np.array(order)) == len(expected)
    assert set(zip(larger.tolist(), smaller.tolist(), strict=True)) == expected


@UNTIMED
@given(RATINGS)
def test_tau_is_that_of_scipy(values: list[int]) -> None:
    found = _test(mann_kendall(values))
    expected = stats.kendalltau(np.arange(len(values)), values) if len(set(values)) > 1 else None
    assert found.tau == pytest.approx(expected.statistic if expected else 0.0)
    assert list(lacks(found)) == []


@UNTIMED
@given(RATINGS, st.data())
def test_the_variance_with_ties_in_value_and_time_is_that_of_scipy(values: list[int], data: st.DataObject) -> None:
    at = data.draw(st.lists(st.integers(0, 6), min_size=len(values), max_size=len(values)))
    found = _test(mann_kendall(values, at))
    if found.variance > 0 and len(set(at)) > 1:
        p_value = stats.kendalltau(at, values, method="asymptotic").pvalue
        assert 2 * stats.norm.sf(abs(found.z_without_continuity)) == pytest.approx(p_value)


@UNTIMED
@given(RATINGS)
def test_a_series_read_backwards_falls_as_it_rose(values: list[int]) -> None:
    there, back = _test(mann_kendall(values)), _test(mann_kendall(values[::-1]))
    assert (there.s, there.variance) == (-back.s, back.variance)


@UNTIMED
@given(st.lists(st.floats(-1e6, 1e6), min_size=6, max_size=30))
def test_neither_the_order_of_rows_nor_units_change_the_slope(values: list[float]) -> None:
    at = np.arange(len(values)) * 1.5
    order = np.random.default_rng(len(values)).permutation(len(values))
    first, shuffled = _slope(sen_slope(values, at)), _slope(sen_slope(np.array(values)[order], at[order]))
    scaled = _slope(sen_slope(np.array(values) * 8, at * 2))
    assert first == shuffled
    assert scaled.slope.value == pytest.approx(first.slope.value * 4, rel=1e-9, abs=1e-9)


@UNTIMED
@given(RATINGS)
def test_sens_slope_and_interval_are_those_of_scipy(values: list[int]) -> None:
    found = _slope(sen_slope(values))
    expected = stats.theilslopes(values, np.arange(len(values)), method="separate")
    assert found.slope.interval is not None
    assert (found.slope.value, found.intercept) == pytest.approx((expected.slope, expected.intercept))
    assert found.slope.interval.low == pytest.approx(expected.low_slope)
    assert found.slope.interval.high == pytest.approx(expected.high_slope)
    assert list(lacks(found)) == []


@pytest.mark.parametrize("kind", ["noise", "ratings", "one moment for many", "a line", "cauchy", "alike", "irregular"])
def test_the_selected_slopes_are_those_of_sorting_all(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "SMALL", 0)
    rng = np.random.default_rng(3)
    for n in (30, 300):
        at, values = np.arange(n, dtype=float), rng.normal(size=n)
        if kind in {"ratings", "one moment for many"}:
            values = rng.integers(0, 5, n).astype(float)
        if kind == "one moment for many":
            at = np.sort(rng.integers(0, n // 2, n)).astype(float)
        values = {"a line": 0.1 * at, "cauchy": rng.standard_cauchy(n), "alike": np.zeros(n)}.get(kind, values)
        if kind == "irregular":
            at = np.cumsum(rng.exponential(size=n))
        order = np.lexsort((values, at))
        values, at = values[order], at[order]
        every = np.sort(all_slopes(values, at))
        ranks = [1, 2, every.size // 3, every.size // 2, every.size // 2 + 1, every.size]
        scale = float(np.abs(every).max())
        assert slopes_at_ranks(values, at, ranks) == pytest.approx(
            [every[rank - 1] for rank in ranks], rel=1e-10, abs=1e-13 * scale
        )


def test_twenty_thousand_points_are_no_matter() -> None:
    """All pairs would be two hundred million."""
    rng = np.random.default_rng(1)
    values = np.arange(20_000) * 1e-4 + rng.normal(size=20_000)
    assert _test(mann_kendall(values)).verdict is Verdict.CLEARLY_UP
    interval = _slope(sen_slope(values)).slope.interval
    assert interval is not None
    assert interval.low < 1e-4 < interval.high


def test_missing_values_are_left_out_and_keep_the_others_in_place() -> None:
    values = [1.0, np.nan, 3.0, 4.0, 5.0, 6.0]
    found = _test(mann_kendall(values))
    assert (found.s, found.base.n) == (10, 5)
    assert found.notes[0].code == "periods-without-figure"
    assert _slope(sen_slope(values)).slope.value == 1


def test_values_that_never_vary_have_no_trend() -> None:
    found = _test(mann_kendall([4.0] * 8))
    assert (found.s, found.z, found.p_value, found.verdict) == (0, 0, 1, Verdict.NO_CLEAR_CHANGE)
    assert "no-variation" in [note.code for note in found.notes]
    assert _slope(sen_slope([4.0] * 8)).slope.value == 0


def test_four_observations_are_refused() -> None:
    for found in (mann_kendall([1, 2, 3, 4]), sen_slope([1, 2, 3, 4]), sen_slope([1, 2, 3, 4, 5], [1] * 5)):
        assert isinstance(found, Refusal)
        assert found.code == "too-few-periods"
    assert isinstance(mann_kendall([]), Refusal)


@pytest.mark.parametrize(
    ("values", "at"), [([1, np.inf, 2, 3, 4], None), ([1, 2, 3, 4, 5], [1, 2]), ([1, 2], [np.nan, 1]), ([[1.0]], None)]
)
def test_what_is_no_series_is_an_error(values: list[float], at: list[float] | None) -> None:
    with pytest.raises(ValueError, match="series"):
        mann_kendall(values, at)


@pytest.mark.parametrize("options", [{"alpha": 0.0}, {"correction": "magic"}])
def test_unknown_options_are_errors(options: dict[str, float | str]) -> None:
    with pytest.raises(ValueError, match=r"rate|corrected"):
        MonotoneOptions(**options)  # type: ignore[arg-type]


def test_a_correction_of_the_wrong_kind_is_an_error() -> None:
    with pytest.raises(ValueError, match="seasonal series"):
        mann_kendall(range(9), None, MonotoneOptions(correction="hirsch-slack"))
    with pytest.raises(ValueError, match="equal distances"):
        mann_kendall(range(6), [0, 1, 2, 3, 4, 9], MonotoneOptions(correction="hamed-rao"))
    with pytest.raises(ValueError, match="hamed-rao or not"):
        sen_slope(range(9), None, MonotoneOptions(correction="pre-whitened"))
    with pytest.raises(ValueError, match="none or hirsch-slack"):
        seasonal_mann_kendall(range(30), 4, MonotoneOptions(correction="hamed-rao"))


def test_the_inflation_of_hamed_and_rao_follows_its_formula() -> None:
    rng = np.random.default_rng(4)
    values = np.cumsum(rng.normal(size=60))
    slope = stats.theilslopes(values, np.arange(60)).slope
    ranks = stats.rankdata(values - slope * np.arange(60))
    away = ranks - ranks.mean()
    expected = 1.0
    for lag in range(1, 60):
        r = (away[lag:] @ away[:-lag]) / (away @ away)
        if abs(r) > 1.959963984540054 / 60**0.5:
            expected += 2 / (60 * 59 * 58) * (60 - lag) * (59 - lag) * (58 - lag) * r
    found = _test(mann_kendall(values, None, MonotoneOptions(correction="hamed-rao")))
    assert found.variance_ratio == pytest.approx(max(expected, 1.0))
    wide = _slope(sen_slope(values, None, MonotoneOptions(correction="hamed-rao"))).slope.interval
    narrow = _slope(sen_slope(values)).slope.interval
    assert wide is not None
    assert narrow is not None
    assert wide.high - wide.low > narrow.high - narrow.low


def test_the_inflation_of_an_autoregression_follows_from_its_lag_one() -> None:
    rng = np.random.default_rng(4)
    values = rng.normal(size=60)
    for i in range(1, 60):
        values[i] += 0.6 * values[i - 1]
    line = stats.linregress(np.arange(60), values)
    residuals = values - line.intercept - line.slope * np.arange(60)
    r = (residuals[1:] @ residuals[:-1]) / (residuals @ residuals)
    rho = (r + 2 / 60) / (1 - 4 / 60)
    expected = 1 + sum(
        2 / (60 * 59 * 58) * (60 - i) * (59 - i) * (58 - i) * 6 / np.pi * np.arcsin(rho**i / 2) for i in range(1, 60)
    )
    found = _test(mann_kendall(values, None, MonotoneOptions(correction="autoregression")))
    assert found.variance_ratio == pytest.approx(expected)
    assert list(lacks(found)) == []


def test_autocorrelation_that_nobody_corrects_is_warned_of() -> None:
    found = _test(mann_kendall(np.cumsum(np.random.default_rng(4).normal(size=60))))
    assert "autocorrelated" in [note.code for note in found.notes]


def test_seasons_are_compared_with_themselves_only() -> None:
    season, rng = np.tile([0.0, 5, -3, 9], 8), np.random.default_rng(2)
    values = season + rng.normal(size=32)
    found = _test(seasonal_mann_kendall(values, 4))
    alone = [_test(mann_kendall(values[i::4])) for i in range(4)]
    assert found.s_by_season == tuple(each.s for each in alone)
    assert found.variance == pytest.approx(sum(each.variance for each in alone))
    slopes = np.concatenate([all_slopes(values[i::4], np.arange(8.0)) for i in range(4)])
    slope = seasonal_sen_slope(values, 4)
    assert _slope(slope).per_cycle is not None
    assert _slope(slope).per_cycle.value == pytest.approx(np.median(slopes))  # type: ignore[union-attr]
    assert list(lacks(found)) == list(lacks(slope)) == []


def test_the_covariance_of_seasons_is_that_of_all_shuffles_of_whole_cycles() -> None:
    """Under no trend all orders of cycles are equally likely: the estimated variance is unbiased over them."""
    table = np.array([[1.0, 2.0], [3.0, 3.5], [2.0, 4.0], [5.0, 4.5], [4.0, 7.0]])
    rng = np.random.default_rng(5)
    sums = [_test(seasonal_mann_kendall(rng.permutation(table).ravel(), 2)).s for _ in range(1500)]
    found = _test(seasonal_mann_kendall(table.ravel(), 2, MonotoneOptions(correction="hirsch-slack")))
    assert found.variance == pytest.approx(np.var(sums), rel=0.12)
    assert found.variance_ratio > 1.3


def test_two_cycles_make_no_seasonal_trend() -> None:
    for found in (seasonal_mann_kendall(range(8), 4), seasonal_sen_slope(range(8), 4)):
        assert isinstance(found, Refusal)
        assert found.code == "too-few-cycles"
    with pytest.raises(ValueError, match="two seasons"):
        seasonal_mann_kendall(range(8), 1)
    with pytest.raises(ValueError, match="finite or missing"):
        seasonal_mann_kendall([np.inf], 4)


def test_a_missing_month_keeps_its_place() -> None:
    values = np.arange(36.0)
    values[7] = np.nan
    found = _test(seasonal_mann_kendall(values, 12))
    assert found.base.n == 35
    assert found.s == 11 * 3 + 1
    assert _slope(seasonal_sen_slope(values, 12)).slope.value == 1


def test_what_is_left_after_pre_whitening_has_no_memory() -> None:
    rng = np.random.default_rng(6)
    shocks = rng.normal(size=400)
    for i in range(1, 400):
        shocks[i] += 0.6 * shocks[i - 1]
    plain = _test(mann_kendall(shocks))
    found = _test(mann_kendall(shocks, None, MonotoneOptions(correction="pre-whitened")))
    assert found.method == "mann-kendall-pre-whitened"
    assert abs(found.z) < abs(plain.z) + 1
