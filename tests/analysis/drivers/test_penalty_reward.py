"""Penalty-reward contrasts: equal to statsmodels, and silent unless the answers settle a class."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from analysis.drivers import ContrastOptions, Cuts, penalty_reward_contrast
from analysis.drivers.fieller import ratio_interval
from analysis.multiplicity import adjusted_p_values
from analysis.respondents import respondents
from analysis.values import Estimate, Refusal
from analysis.values.penalty_reward import ContrastClass, ContrastReason, PenaltyReward
from tests.analysis.carrying import lacks

CUTS = Cuts(low=4, high=8)


def ratings(seed: int, n: int = 600) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(rng.integers(1, 11, (n, 4)), columns=["clean", "price", "charm", "colour"])


def outcome(table: pd.DataFrame, seed: int = 1) -> np.ndarray:
    """Cleanliness only costs, price does both, charm only brings, colour does nothing."""
    rng = np.random.default_rng(seed)
    found = 7 - 1.5 * (table["clean"] <= 4) + 0.1 * (table["clean"] >= 8)
    found += 1.0 * (table["price"] >= 8) - 1.0 * (table["price"] <= 4)
    found += 1.5 * (table["charm"] >= 8) - 0.1 * (table["charm"] <= 4)
    return (found + rng.normal(size=len(table))).to_numpy()


def contrast(table: pd.DataFrame, answers: np.ndarray, **more: object) -> PenaltyReward:
    found = penalty_reward_contrast(table, answers, CUTS, **more)  # type: ignore[arg-type]
    assert isinstance(found, PenaltyReward)
    return found


def test_slopes_errors_and_p_values_are_those_of_statsmodels_with_hc3() -> None:
    table = ratings(1)
    found = contrast(table, outcome(table))
    columns = {f"{name}-low": table[name] <= 4 for name in table} | {f"{name}-high": table[name] >= 8 for name in table}
    fit = sm.OLS(outcome(table), sm.add_constant(pd.DataFrame(columns).astype(float))).fit(cov_type="HC3", use_t=True)
    for each in found.attributes:
        pair = [f"{each.name}-low", f"{each.name}-high"]
        assert [each.penalty.value, each.reward.value] == pytest.approx(fit.params[pair].tolist(), abs=1e-10)
        assert [each.penalty.se, each.reward.se] == pytest.approx(fit.bse[pair].tolist(), rel=1e-9)
        test = fit.t_test(_row(fit, pair))
        assert each.asymmetry.se == pytest.approx(float(np.squeeze(test.sd)), rel=1e-9)
        assert each.p_value == pytest.approx(float(test.pvalue), rel=1e-6)
        assert each.asymmetry.interval is not None
        assert [each.asymmetry.interval.low, each.asymmetry.interval.high] == pytest.approx(
            np.squeeze(test.conf_int()).tolist(), rel=1e-9
        )


def _row(fit: object, pair: list[str]) -> np.ndarray:
    names = list(fit.params.index)  # type: ignore[attr-defined]
    return np.array([float(each in pair) for each in names])


def test_clear_answers_settle_the_classes_and_nothing_else_is_classified() -> None:
    table = ratings(2)
    found = contrast(table, outcome(table))
    kinds = {each.name: each.kind for each in found.attributes}
    assert kinds == {
        "clean": ContrastClass.BASIC,
        "price": ContrastClass.PERFORMANCE,
        "charm": ContrastClass.EXCITER,
        "colour": ContrastClass.UNCLASSIFIED,
    }
    assert list(lacks(found)) == []


def test_small_cells_stay_unclassified_whatever_the_effect() -> None:
    table = ratings(3, n=90)
    for each in contrast(table, outcome(table), options=ContrastOptions(least_cell=90)).attributes:
        assert (each.kind, each.reason) == (ContrastClass.UNCLASSIFIED, ContrastReason.TOO_FEW_LOW_OR_HIGH)


def test_respondents_of_a_cell_are_counted_not_their_rows() -> None:
    table = ratings(4, n=60)
    thrice = pd.concat([table] * 3, ignore_index=True)
    who = respondents(180, clusters=np.tile(np.arange(60), 3))
    found = contrast(thrice, np.tile(outcome(table), 3), who=who)
    assert {each.reason for each in found.attributes} == {ContrastReason.TOO_FEW_LOW_OR_HIGH}
    assert found.method == "penalty-reward-linearised-clusters"


def test_unexpected_signs_give_no_class_and_no_impact_asymmetry() -> None:
    table = ratings(5)
    answers = 5 + 2.0 * (table["clean"] <= 4).to_numpy() + np.random.default_rng(1).normal(size=len(table))
    found = contrast(table, answers).attribute("clean")
    assert found.reason is ContrastReason.UNEXPECTED_SIGNS
    assert found.impact_asymmetry is None


def test_the_direction_of_a_scale_can_be_turned() -> None:
    table = ratings(6)
    plain = contrast(table, outcome(table))
    turned = penalty_reward_contrast(11 - table, outcome(table), Cuts(low=7, high=3, higher_is_better=False))
    assert isinstance(turned, PenaltyReward)
    for one, other in zip(plain.attributes, turned.attributes, strict=True):
        assert one.penalty.value == pytest.approx(other.penalty.value, abs=1e-10)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.permutations(range(4)), st.floats(-6, 6))
def test_row_order_column_order_and_the_outcomes_unit_change_nothing(seed: int, order: list[int], power: float) -> None:
    table = ratings(seed, n=150)
    answers, unit = outcome(table, seed), 10.0**power
    rows = np.random.default_rng(seed).permutation(150)
    plain = contrast(table, answers)
    moved = contrast(table.iloc[rows, order], answers[rows] * unit)
    for each in plain.attributes:
        other = moved.attribute(each.name)
        assert other.penalty.value / unit == pytest.approx(each.penalty.value, abs=1e-9)
        assert other.z == pytest.approx(each.z, abs=1e-6)
        assert other.kind is each.kind


def test_an_empty_cell_a_constant_outcome_and_too_few_rows_are_stated() -> None:
    table = ratings(7).assign(colour=5)
    found = contrast(table, outcome(table)).attribute("colour")
    assert (found.n_low, found.n_high, found.z) == (0, 0, 0.0)
    assert isinstance(found.penalty, Refusal)
    assert found.penalty.figures == {"n": 0, "needed": 2}
    assert found.kind is ContrastClass.UNCLASSIFIED
    constant = penalty_reward_contrast(table, np.full(600, 3.0), CUTS)
    assert isinstance(constant, Refusal)
    assert constant.code == "outcome-constant"
    few = penalty_reward_contrast(table.head(9), outcome(table)[:9], CUTS)
    assert isinstance(few, Refusal)
    assert few.code == "base-too-small"


def test_gaps_are_left_out_and_counted_and_infinite_ratings_refused() -> None:
    table = ratings(8).astype(float)
    table.iloc[3, 1] = np.nan
    assert contrast(table, outcome(table)).notes[0].figures == {"n": 1}
    table.iloc[3, 1] = np.inf
    with pytest.raises(ValueError, match="infinite"):
        contrast(table, outcome(ratings(8)))
    with pytest.raises(ValueError, match="no middle"):
        Cuts(low=5, high=5)
    with pytest.raises(ValueError, match="Give cuts for 'price'"):
        penalty_reward_contrast(ratings(8), outcome(ratings(8)), {"clean": CUTS})


def test_fiellers_ends_are_the_ratios_at_the_edge_of_rejection() -> None:
    covariance = np.array([[0.04, 0.01], [0.01, 0.09]])
    low, high, bounded = ratio_interval(1.0, 2.0, covariance, 1.96)
    assert bounded
    for ratio in (low, high):
        error = np.sqrt(covariance[0, 0] - 2 * ratio * covariance[0, 1] + ratio**2 * covariance[1, 1])
        assert abs(1.0 - ratio * 2.0) / error == pytest.approx(1.96)
    assert not ratio_interval(1.0, 0.1, covariance, 1.96)[2]


@pytest.mark.parametrize("p_values", [[0.02], [0.01, 0.04, 0.03], [0.5, 0.5, 0.001, 0.9, 0.02]])
def test_holms_adjustment_is_that_of_statsmodels(p_values: list[float]) -> None:
    assert adjusted_p_values(p_values) == pytest.approx(multipletests(p_values, method="holm")[1], abs=1e-15)


def test_without_a_middle_nothing_is_told_apart() -> None:
    table = ratings(8)
    table["price"] = np.where(table["price"] <= 5, 2, 9)
    found = contrast(table, outcome(table))
    price, clean = found.attribute("price"), found.attribute("clean")
    for figure in (price.penalty, price.reward, price.asymmetry, price.impact_range):
        assert isinstance(figure, Refusal)
        assert figure.code == "not-told-apart"
    assert (price.kind, price.reason) == (ContrastClass.UNCLASSIFIED, ContrastReason.NOT_TOLD_APART)
    assert (price.z, price.p_value, price.adjusted_p_value, price.impact_asymmetry) == (0.0, 1.0, 1.0, None)
    assert np.isnan(price.penalty_classical_se)
    assert isinstance(clean.penalty, Estimate)
    assert clean.penalty.value == pytest.approx(-1.5, abs=0.3)
    assert list(lacks(found)) == []


def test_an_attribute_given_twice_is_not_told_apart_from_itself() -> None:
    table = ratings(9).assign(again=lambda each: each["clean"])
    found = contrast(table, outcome(table))
    reasons = {each.name: each.reason for each in found.attributes}
    assert reasons["clean"] == reasons["again"] == ContrastReason.NOT_TOLD_APART
    assert ContrastReason.NOT_TOLD_APART not in {reasons[name] for name in ("price", "charm", "colour")}


@pytest.mark.parametrize("n_low", [0, 1])
def test_a_penalty_that_nobody_or_one_paid_is_not_known(n_low: int) -> None:
    table = ratings(10)
    table["charm"] = table["charm"].clip(lower=5)
    table.loc[: n_low - 1, "charm"] = 1
    charm = contrast(table, outcome(table)).attribute("charm")
    assert isinstance(charm.penalty, Refusal)
    assert (charm.penalty.code, charm.penalty.figures) == ("base-too-small", {"n": n_low, "needed": 2})
    assert isinstance(charm.asymmetry, Refusal)
    assert isinstance(charm.reward, Estimate)
    assert charm.reward.value == pytest.approx(1.5, abs=0.3)
    assert charm.reason is ContrastReason.TOO_FEW_LOW_OR_HIGH
