"""Reliability agrees with independent implementations, and says where it has nothing to say."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pingouin as pg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.multivariate.factor import Factor

from analysis.reliability import ReliabilityOptions, cronbach_alpha, mcdonald_omega, reliability
from analysis.scores import ScaleAnswers
from analysis.values import Estimate, Refusal
from analysis.values.reliability import Reliability
from analysis.values.scores import Scale
from tests.analysis.carrying import lacks

SEVEN = Scale(1, 7)


def _items(n: int = 200, seed: int = 4, k: int = 5) -> np.ndarray:
    rng = np.random.default_rng(seed)
    latent = rng.normal(size=(n, 1)) * np.linspace(0.5, 1.2, k) + 0.8 * rng.normal(size=(n, k))
    return np.clip(np.round(4 + 1.3 * latent), 1, 7)


def _estimate(found: Estimate | Refusal) -> Estimate:
    assert isinstance(found, Estimate)
    return found


def _table(found: Reliability | Refusal) -> Reliability:
    assert isinstance(found, Reliability)
    return found


def test_alpha_and_feldts_interval_agree_with_pingouin() -> None:
    items = _items()
    value, bounds = pg.cronbach_alpha(pd.DataFrame(items))
    found = _estimate(cronbach_alpha(ScaleAnswers(items, SEVEN), ReliabilityOptions(alpha_interval="feldt")))
    assert found.value == pytest.approx(float(value), abs=1e-12)
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx(tuple(bounds), abs=5.1e-4)


def test_omega_agrees_with_the_factor_model_of_statsmodels() -> None:
    items = _items()
    fit = Factor(corr=np.corrcoef(items.T), n_factor=1, method="ml").fit()
    spread = items.std(axis=0, ddof=1)
    common = float(spread @ fit.loadings[:, 0]) ** 2
    expected = common / (common + float(spread**2 @ fit.uniqueness))
    assert _estimate(mcdonald_omega(ScaleAnswers(items, SEVEN))).value == pytest.approx(expected, abs=1e-6)


def test_omega_of_items_that_measure_equally_well_is_alpha() -> None:
    matrix = np.full((4, 4), 0.5) + 0.5 * np.eye(4)
    people = np.random.default_rng(1).normal(size=(400, 4))
    people = (people - people.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(people.T))).T
    exact = np.round(1e7 * (people @ np.linalg.cholesky(matrix).T))
    answers = ScaleAnswers(exact, Scale(-(10**9), 10**9))
    alpha, omega = _estimate(cronbach_alpha(answers)), _estimate(mcdonald_omega(answers))
    assert alpha.value == pytest.approx(0.8, abs=1e-6)
    assert omega.value == pytest.approx(0.8, abs=1e-6)


def test_item_rest_and_alpha_without_are_those_computed_by_hand() -> None:
    items = _items()
    found = _table(reliability(ScaleAnswers(items, SEVEN, names=list("abcde"))))
    for place, each in enumerate(found.items):
        others = np.delete(items, place, axis=1)
        assert each.name == "abcde"[place]
        assert _estimate(each.item_rest).value == pytest.approx(np.corrcoef(items[:, place], others.sum(axis=1))[0, 1])
        without = _estimate(cronbach_alpha(ScaleAnswers(others, SEVEN)))
        dropped = _estimate(each.alpha_if_dropped)
        assert dropped.value == pytest.approx(without.value)
        assert dropped.se == pytest.approx(without.se)
    pairs = np.corrcoef(items.T)[np.triu_indices(5, 1)]
    assert _estimate(found.average_correlation).value == pytest.approx(pairs.mean())
    assert list(lacks(found)) == []


def test_errors_are_those_of_the_bootstrap() -> None:
    items, rng = _items(100), np.random.default_rng(2)
    figures = ("alpha", "omega", "average_correlation")
    drawn = [_table(reliability(ScaleAnswers(items[rng.integers(0, 100, 100)], SEVEN))) for _ in range(120)]
    found = _table(reliability(ScaleAnswers(items, SEVEN)))
    for figure in figures:
        values = [_estimate(getattr(each, figure)).value for each in drawn]
        assert _estimate(getattr(found, figure)).se == pytest.approx(np.std(values), rel=0.25)


def test_a_linearised_error_of_omega_continues_the_jackknifes() -> None:
    few, more = _items(n=200), _items(n=201)
    left_out, linear = (_estimate(mcdonald_omega(ScaleAnswers(each, SEVEN))) for each in (few, more))
    assert left_out.interval is not None
    assert linear.interval is not None
    assert (left_out.interval.method, linear.interval.method) == ("jackknife", "linearised")
    assert left_out.se == pytest.approx(linear.se, rel=0.1)


def test_an_item_turned_round_changes_nothing_once_it_is_declared() -> None:
    items = _items()
    turned = items.copy()
    turned[:, 2] = 8 - turned[:, 2]
    plain = _table(reliability(ScaleAnswers(items, SEVEN)))
    declared = _table(reliability(ScaleAnswers(turned, SEVEN, reversed_items=(2,))))
    assert declared.alpha == plain.alpha
    assert [each.is_reversed for each in declared.items] == [False, False, True, False, False]


def test_an_item_that_should_have_been_reversed_is_named() -> None:
    items = _items()
    items[:, 2] = 8 - items[:, 2]
    found = _table(reliability(ScaleAnswers(items, SEVEN)))
    assert {note.figures["item"] for note in found.notes if note.code == "item-against-rest"} == {"item 3"}


def test_a_negative_alpha_is_given_with_a_warning() -> None:
    first, noise = np.random.default_rng(1).integers(1, 8, size=(2, 50))
    items = np.column_stack([first, np.where(noise < 3, noise, 8 - first)])
    found = _table(reliability(ScaleAnswers(items, SEVEN)))
    assert "negative-reliability" in [note.code for note in found.notes]
    assert _estimate(found.alpha).value < 0


def test_missing_answers_leave_a_person_out_and_are_counted() -> None:
    items = _items()
    items[:7, 0] = math.nan
    found = _table(reliability(ScaleAnswers(items, SEVEN)))
    assert (found.base.n, found.n_left_out) == (193, 7)
    assert _estimate(found.alpha).value == _estimate(cronbach_alpha(ScaleAnswers(items[7:], SEVEN))).value


def test_a_weight_of_two_counts_like_two_people_in_the_figure_but_not_in_its_error() -> None:
    items = _items(60)
    weights = np.where(np.arange(60) < 20, 2.0, 1.0)
    weighted = _estimate(cronbach_alpha(ScaleAnswers(items, SEVEN, weights=weights)))
    repeated = _estimate(cronbach_alpha(ScaleAnswers(np.vstack([items, items[:20]]), SEVEN)))
    assert weighted.value == pytest.approx(repeated.value)
    assert weighted.base.n == 60


def test_people_who_answered_twice_are_counted_once() -> None:
    items = _items(60)
    twice = ScaleAnswers(np.vstack([items, items]), SEVEN, clusters=np.tile(np.arange(60), 2))
    once = _estimate(cronbach_alpha(ScaleAnswers(items, SEVEN)))
    found = _estimate(cronbach_alpha(twice))
    assert found.value == pytest.approx(once.value)
    assert found.se == pytest.approx(once.se)


@pytest.mark.parametrize(
    ("items", "code"),
    [
        (_items(9), "base-too-small"),
        (_items(50)[:, :1], "too-few-items"),
        (np.column_stack([_items(50), np.full(50, 4.0)]), "constant-item"),
        (np.full((50, 3), math.nan), "base-too-small"),
        (np.column_stack([_items(50)[:, 0], 8 - _items(50)[:, 0]]), "no-variation"),
    ],
)
def test_what_carries_no_reliability_is_refused(items: np.ndarray, code: str) -> None:
    found = reliability(ScaleAnswers(items, SEVEN))
    assert isinstance(found, Refusal)
    assert found.code == code


def test_omega_alone_is_refused_for_two_items_and_for_few_people() -> None:
    two, few = (_table(reliability(ScaleAnswers(each, SEVEN))) for each in (_items()[:, :2], _items(25)))
    assert isinstance(two.omega, Refusal)
    assert isinstance(few.omega, Refusal)
    assert (two.omega.code, few.omega.code) == ("too-few-items", "base-too-small")


def test_items_that_repeat_each_other_have_an_alpha_of_one_and_no_omega() -> None:
    found = _table(reliability(ScaleAnswers(np.repeat(_items()[:, :1], 3, axis=1), SEVEN)))
    assert _estimate(found.alpha).value == pytest.approx(1)
    assert isinstance(found.omega, Refusal)
    assert found.omega.code == "improper-factor-solution"


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(5)), st.integers(0, 1000))
def test_the_order_of_rows_and_items_changes_nothing(order: list[int], seed: int) -> None:
    items = _items(60, seed)
    rows = np.random.default_rng(seed).permutation(60)
    here, there = (reliability(ScaleAnswers(each, SEVEN)) for each in (items, items[rows][:, order]))
    if isinstance(here, Refusal) or isinstance(there, Refusal):
        assert type(here) is type(there)
        return
    for figure in ("alpha", "average_correlation"):
        one, other = _estimate(getattr(here, figure)), _estimate(getattr(there, figure))
        assert one.value == pytest.approx(other.value, abs=1e-9)
        assert one.se == pytest.approx(other.se, abs=1e-9)


def test_an_unknown_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="jackknife or feldt"):
        ReliabilityOptions(alpha_interval="bonett")


def test_a_value_off_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="first is 8"):
        cronbach_alpha(ScaleAnswers(np.full((20, 3), 8.0), SEVEN))
