"""Plans agree with textbook formulas and with statsmodels, and with themselves read backwards."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import NormalIndPower, TTestIndPower, TTestPower
from statsmodels.stats.proportion import power_proportions_2indep, samplesize_confint_proportion

from analysis.planning import (
    PlanningOptions,
    WaveSeries,
    change_power,
    detectable_change,
    detectable_slope,
    importance_precision,
    margin_of_error,
    planned_mean,
    planned_net_promoter_score,
    planned_share,
    r_squared_power,
    sample_size_for_change,
    sample_size_for_importance,
    sample_size_for_margin,
    sample_size_for_r_squared,
    sample_size_for_slope,
    sample_size_to_outrank,
    slope_power,
)
from analysis.values import Refusal
from analysis.values.planning import Plan
from tests.analysis.carrying import lacks
from tests.simulations.planning import IMPORTANCE_SIZES, OUTRANK_SIZES, STRUCTURE

NPS = planned_net_promoter_score(0.2, 0.5)
CSAT = planned_share(0.8)


def _plan(found: Plan | Refusal) -> Plan:
    assert isinstance(found, Plan)
    assert list(lacks(found)) == []
    return found


def test_the_spread_of_a_net_promoter_score_is_multinomial() -> None:
    assert (NPS.value, NPS.sd) == (pytest.approx(30), pytest.approx(100 * math.sqrt(0.61)))


def test_the_sample_size_of_a_share_is_the_one_of_statsmodels() -> None:
    found = sample_size_for_margin(CSAT, 0.04)
    assert found.n == math.ceil(samplesize_confint_proportion(0.8, 0.04))
    assert found.effect <= 0.04
    assert list(lacks(found)) == []


def test_fewer_customers_need_fewer_answers_and_all_of_them_leave_no_margin() -> None:
    """Cochran: n0 = 385 for p = 1/2 and 5 points; of 1,000 customers 385 / (1 + 384 / 1000) = 278."""
    half = planned_share(0.5)
    assert sample_size_for_margin(half, 0.05).n == 385
    assert sample_size_for_margin(half, 0.05, PlanningOptions(population=1000)).n == 278
    assert margin_of_error(half, 1000, PlanningOptions(population=1000)).effect == 0


def test_a_design_effect_multiplies_answers_and_a_response_rate_invitations() -> None:
    found = sample_size_for_margin(CSAT, 0.04, PlanningOptions(design_effect=1.5, response_rate=0.2))
    assert found.n == math.ceil(1.5 * samplesize_confint_proportion(0.8, 0.04))
    assert found.invitations == 5 * found.n
    assert found.base.effective == pytest.approx(found.n / 1.5)


def test_more_invitations_than_customers_are_warned_of() -> None:
    found = sample_size_for_margin(CSAT, 0.04, PlanningOptions(response_rate=0.1, population=1000))
    assert [note.code for note in found.notes] == ["population-too-small"]


def test_power_for_a_net_promoter_score_is_that_of_the_normal_test() -> None:
    spread = 100 * math.sqrt((0.7 - 0.3**2 + 0.7 - 0.4**2) / 2)
    expected = NormalIndPower().power(10 / spread, 500, 0.05, ratio=1.0)
    assert _plan(change_power(NPS, 10, 500)).power == pytest.approx(expected)


def test_power_for_a_share_is_that_of_two_proportions() -> None:
    expected = power_proportions_2indep(0.08, 0.6, 500, alternative="two-sided", value=0).power
    assert _plan(change_power(planned_share(0.6), 0.08, 500)).power == pytest.approx(expected, abs=0.005)


def test_power_for_a_mean_is_that_of_the_t_test_independent_and_paired() -> None:
    mean = planned_mean(3.8, 1.1, 1, 5)
    assert _plan(change_power(mean, 0.2, 200)).power == pytest.approx(TTestIndPower().power(0.2 / 1.1, 200, 0.05))
    panel = PlanningOptions(panel_correlation=0.5)
    assert _plan(change_power(mean, 0.2, 200, panel)).power == pytest.approx(TTestPower().power(0.2 / 1.1, 200, 0.05))


@settings(max_examples=25, deadline=None)
@given(st.floats(0.02, 0.5), st.floats(0.02, 0.45), st.integers(60, 5000), st.booleans())
def test_size_power_and_detectable_change_agree(low: float, high: float, n: int, falling: bool) -> None:
    figure, options = planned_net_promoter_score(low, high), PlanningOptions(falling=falling)
    found = detectable_change(figure, n, options)
    if isinstance(found, Refusal):
        assert found.code == "no-detectable-change"
        return
    assert found.power == pytest.approx(0.8, abs=1e-6)
    assert found.effect * (-1 if falling else 1) > 0
    assert abs(_plan(sample_size_for_change(figure, found.effect, options)).n - n) <= 1


def test_a_share_near_its_bound_can_fall_but_not_rise_detectably() -> None:
    share = planned_share(0.97)
    assert isinstance(detectable_change(share, 100), Refusal)
    assert _plan(detectable_change(share, 100, PlanningOptions(falling=True))).effect < 0


def test_no_answers_suffice_for_a_change_too_small() -> None:
    found = sample_size_for_change(NPS, 1e-4)
    assert isinstance(found, Refusal)
    assert found.code == "change-too-small"


def test_slope_size_power_and_detectable_slope_agree() -> None:
    waves = WaveSeries(8, 1.0)
    size = _plan(sample_size_for_slope(NPS, 2.0, waves))
    assert (
        _plan(slope_power(NPS, 2.0, size.n, waves)).power >= 0.8 > _plan(slope_power(NPS, 2.0, size.n - 1, waves)).power
    )
    assert _plan(detectable_slope(NPS, size.n, waves)).effect == pytest.approx(2.0, rel=0.01)
    assert _plan(detectable_slope(NPS, size.n, waves, PlanningOptions(falling=True))).effect < 0


def test_the_power_of_a_slope_is_that_of_the_noncentral_t() -> None:
    error = NPS.sd / math.sqrt(400) / math.sqrt(17.5)
    found = _plan(slope_power(NPS, 2.0, 400, WaveSeries(6)))
    critical = stats.t.ppf(0.975, 4)
    expected = 1 - stats.nct.cdf(critical, 4, 2 / error) + stats.nct.cdf(-critical, 4, 2 / error)
    assert found.power == pytest.approx(expected)


def test_waves_that_differ_for_real_can_drown_a_slope() -> None:
    assert isinstance(sample_size_for_slope(NPS, 0.5, WaveSeries(4, 10.0)), Refusal)


def test_the_power_of_r_squared_is_that_of_the_noncentral_f() -> None:
    f2, n, k = 0.1 / 0.9, 103, 3
    expected = stats.ncf.sf(stats.f.ppf(0.95, k, n - k - 1), k, n - k - 1, f2 * n)
    assert _plan(r_squared_power(0.1, k, n)).power == pytest.approx(expected)
    assert _plan(sample_size_for_r_squared(0.1, k)).n == n


def test_importance_is_as_precise_as_the_size_planned_for_it() -> None:
    for margin, n in IMPORTANCE_SIZES.items():
        found = sample_size_for_importance(STRUCTURE, margin, np.random.default_rng(2))
        assert found.n == pytest.approx(n, rel=0.08)
    found = importance_precision(STRUCTURE, IMPORTANCE_SIZES[0.1], np.random.default_rng(3))
    assert max(found.half_widths) == pytest.approx(0.1, rel=0.05)
    assert sum(found.shares) == pytest.approx(1)
    assert list(lacks(found)) == []


def test_the_chance_to_outrank_is_the_power_planned_for() -> None:
    for pair, n in OUTRANK_SIZES.items():
        found = _plan(sample_size_to_outrank(STRUCTURE, pair, np.random.default_rng(2)))
        assert found.n == pytest.approx(n, rel=0.1)
    made = importance_precision(STRUCTURE, OUTRANK_SIZES[0, 1], np.random.default_rng(3))
    assert made.outranks[0][1] == pytest.approx(0.8, abs=0.03)
    assert made.outranks[1][0] < 0.025


def test_the_same_seed_gives_the_same_digits() -> None:
    first, second = (importance_precision(STRUCTURE, 200, np.random.default_rng(9)) for _ in range(2))
    assert first == second


def test_a_driver_that_is_not_expected_to_be_more_important_outranks_nothing() -> None:
    found = sample_size_to_outrank(STRUCTURE, (3, 0), np.random.default_rng(1))
    assert isinstance(found, Refusal)
    assert found.code == "not-more-important"


@pytest.mark.parametrize(
    "wrong",
    [
        {"confidence": 95},
        {"power": 0},
        {"design_effect": 0},
        {"response_rate": 0},
        {"population": 0},
        {"panel_correlation": 1},
    ],
)
def test_what_cannot_be_is_refused_by_name(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"lies|number|counts"):
        PlanningOptions(**wrong)  # type: ignore[arg-type]


def test_figures_that_cannot_be_planned_are_refused() -> None:
    with pytest.raises(ValueError, match="shares of all"):
        planned_net_promoter_score(0.6, 0.6)
    with pytest.raises(ValueError, match="between 0 and 1"):
        planned_share(80)
    with pytest.raises(ValueError, match="SD above 0"):
        planned_mean(3, 0)
    with pytest.raises(ValueError, match="leaves"):
        change_power(CSAT, 0.3, 100)
    with pytest.raises(ValueError, match="at least 3"):
        margin_of_error(CSAT, 2)
    with pytest.raises(ValueError, match="contradict"):
        importance_precision(np.ones((3, 3)), 100, np.random.default_rng(1))
    with pytest.raises(ValueError, match="3 waves"):
        WaveSeries(2)
