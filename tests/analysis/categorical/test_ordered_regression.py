"""Ordered regression against statsmodels and against what must not matter."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special, stats
from statsmodels.miscmodels.ordinal_model import OrderedModel

from analysis.categorical import (
    CategoricalOptions,
    Rows,
    marginal_effects,
    odds_ratios,
    ordered_regression,
)
from analysis.values import Refusal
from analysis.values.categorical import CategoricalModel
from tests.analysis.carrying import lacks
from tests.analysis.categorical.samples import LEVELS, X, Y, dummies, fitted, numbers, predictors


def logs(parameters: np.ndarray) -> np.ndarray:
    """Return the log-probability of each row's category, written down directly."""
    ends = np.concatenate(([-np.inf], parameters[4:], [np.inf]))
    eta = dummies(X) @ parameters[:4]
    return np.log(special.expit(ends[Y] - eta) - special.expit(ends[Y - 1] - eta))


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_coefficients_thresholds_errors_and_likelihood_equal_statsmodels(link: str) -> None:
    found = fitted(link=link)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = OrderedModel(pd.Series(pd.Categorical(Y, ordered=True)), dummies(X), distr=link)
        peer = model.fit(method="bfgs", disp=False, gtol=1e-8, maxiter=1000)
    theirs = np.concatenate((peer.params[:4], model.transform_threshold_params(peer.params)[1:-1]))
    assert numbers(found) == pytest.approx(theirs, abs=1e-5)
    assert list(found.standard_errors.values())[:4] == pytest.approx(np.asarray(peer.bse)[:4], rel=1e-4)
    assert found.log_likelihood == pytest.approx(peer.llf, abs=1e-7)
    assert found.log_likelihood_null == pytest.approx(peer.llnull, abs=1e-4)
    assert found.deviance == pytest.approx(-2 * peer.llf)
    assert found.aic == pytest.approx(peer.aic)


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_the_gradient_is_zero_at_the_maximum_by_differences(link: str) -> None:
    found = numbers(fitted(link=link))
    law = stats.logistic if link == "logit" else stats.norm
    ones = np.ones(len(Y))

    def value(parameters: np.ndarray) -> float:
        ends = np.concatenate(([-np.inf], parameters[4:], [np.inf]))
        eta = dummies(X) @ parameters[:4]
        return float(ones @ np.log(law.cdf(ends[Y] - eta) - law.cdf(ends[Y - 1] - eta)))

    assert np.abs(optimize.approx_fprime(found, value, 1e-6)).max() < 0.05
    moved = [value(found + step) for step in 1e-4 * np.eye(found.size)] + [
        value(found - step) for step in 1e-4 * np.eye(found.size)
    ]
    assert max(moved) < value(found)


def test_the_weighted_fit_is_the_maximum_of_the_pseudo_likelihood_with_linearised_errors() -> None:
    weights = np.random.default_rng(5).uniform(0.2, 4, len(Y))
    found = fitted(rows=Rows(weights=weights))
    scaled = weights / weights.mean()
    at = numbers(found)
    assert found.log_likelihood == pytest.approx(scaled @ logs(at), abs=1e-9)
    each = gradients(at)
    assert np.abs(scaled @ each).max() < 1e-4
    bread = np.linalg.inv(information(at, scaled))
    scores = each * scaled[:, None]
    n = len(Y)
    expected = bread @ (scores.T @ scores) @ bread * n / (n - 1)
    assert np.array(found.covariance) == pytest.approx(expected, rel=1e-4, abs=1e-6)
    assert [each.code for each in found.notes] == ["pseudo-likelihood"]


def test_clusters_add_up_before_they_are_squared() -> None:
    owners = np.arange(len(Y)) // 4
    found = fitted(rows=Rows(clusters=owners))
    at = numbers(found)
    assert at == pytest.approx(numbers(fitted()), abs=1e-12)
    each = gradients(at)
    sums = np.add.reduceat(each, np.arange(0, len(Y), 4))
    bread = np.linalg.inv(information(at, np.ones(len(Y))))
    expected = bread @ (sums.T @ sums) @ bread * 100 / 99
    assert np.array(found.covariance) == pytest.approx(expected, rel=1e-4, abs=1e-6)
    assert found.degrees == 99


def gradients(at: np.ndarray) -> np.ndarray:
    """Return the gradient of each row by central differences."""
    steps = 1e-6 * np.eye(at.size)
    return np.column_stack([(logs(at + step) - logs(at - step)) / 2e-6 for step in steps])


def information(at: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return minus the Hessian by central differences."""
    steps = 1e-4 * np.eye(at.size)
    result = np.empty((at.size, at.size))
    for i, a in enumerate(steps):
        for j, b in enumerate(steps):
            corners = [weights @ logs(at + s * a + t * b) * s * t for s in (1, -1) for t in (1, -1)]
            result[i, j] = -sum(corners) / 4e-8
    return result


def test_frequencies_are_repeated_rows() -> None:
    counts = np.random.default_rng(6).integers(0, 4, len(Y))
    table, long = fitted(rows=Rows(frequencies=counts)), fitted(np.repeat(Y, counts), X.loc[X.index.repeat(counts)])
    assert numbers(table) == pytest.approx(numbers(long), abs=1e-10)
    assert np.array(table.covariance) == pytest.approx(np.array(long.covariance), rel=1e-9)
    assert table.base == long.base
    assert table.log_likelihood == pytest.approx(long.log_likelihood, abs=1e-9)


def test_weights_are_no_frequencies() -> None:
    doubled, plain = fitted(rows=Rows(weights=np.full(len(Y), 2.0))), fitted()
    assert numbers(doubled) == pytest.approx(numbers(plain), abs=1e-12)
    assert doubled.standard_errors == pytest.approx(plain.standard_errors)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.001, 1000), st.floats(-1000, 1000))
def test_row_order_column_order_and_units_change_nothing(seed: int, scale: float, shift: float) -> None:
    plain = fitted()
    order = np.random.default_rng(seed).permutation(len(Y))
    other = X.iloc[order][["channel", "price", "service"]].assign(service=lambda d: d["service"] * scale + shift)
    found = fitted(Y[order], other)
    assert found.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-8)
    assert found.coefficients["price"].value == pytest.approx(plain.coefficients["price"].value, abs=1e-9)
    own, was = found.coefficients["service"], plain.coefficients["service"]
    assert own.value * scale == pytest.approx(was.value, rel=1e-7)
    assert own.se is not None
    assert was.se is not None
    assert own.se * scale == pytest.approx(was.se, rel=1e-7)


def test_turning_the_outcome_round_turns_the_coefficients_round() -> None:
    turned, plain = fitted(6 - Y), fitted()
    assert [each.value for each in turned.coefficients.values()] == pytest.approx(
        [-each.value for each in plain.coefficients.values()], abs=1e-9
    )


def test_results_carry_base_method_and_source() -> None:
    model = fitted(rows=Rows(weights=np.linspace(1, 2, len(Y)), clusters=np.arange(len(Y)) // 2))
    assert list(lacks(model)) == []
    assert list(lacks(marginal_effects(model, X))) == []
    assert list(lacks(odds_ratios(model))) == []


def test_missing_rows_are_left_out_and_counted() -> None:
    y, x = Y.astype(float), X.copy()
    y[:3] = np.nan
    x.loc[3:4, "service"] = np.nan
    x.loc[5, "channel"] = None
    found = fitted(y, x)
    assert numbers(found) == pytest.approx(numbers(fitted(Y[6:], X.iloc[6:])), abs=1e-12)
    assert ("rows-left-out", {"n": 6, "of": 400}) in [(each.code, each.figures) for each in found.notes]


def test_text_categories_without_an_order_are_an_error() -> None:
    names = np.array(["low", "middle", "high", "higher", "highest"])[Y - 1]
    with pytest.raises(ValueError, match="order"):
        ordered_regression(names, X[["price"]])
    stated = fitted(names, categories=("low", "middle", "high", "higher", "highest"))
    assert numbers(stated) == pytest.approx(numbers(fitted()), abs=1e-12)
    assert list(stated.thresholds) == ["low|middle", "middle|high", "high|higher", "higher|highest"]


def test_an_ordered_categorical_brings_its_order() -> None:
    kept = pd.Series(pd.Categorical.from_codes(Y - 1, ["e", "d", "c", "b", "a"], ordered=True))
    assert numbers(fitted(kept)) == pytest.approx(numbers(fitted()), abs=1e-12)


def test_an_unknown_category_is_an_error_and_an_unused_one_is_noted() -> None:
    with pytest.raises(ValueError, match="'5' is none of 1, 2, 3, 4"):
        fitted(categories=(1, 2, 3, 4))
    found = fitted(categories=(1, 2, 3, 4, 5, 6))
    assert found.categories == ("1", "2", "3", "4", "5")
    assert ("category-unused", {"category": "6"}) in [(each.code, each.figures) for each in found.notes]


def test_a_sparse_category_is_noted() -> None:
    y = np.where(np.arange(len(Y)) < 3, 6, Y)
    notes = {each.code: each.figures for each in fitted(y).notes}
    assert notes["category-sparse"] == {"category": "6", "n": 3, "needed": 10}


def test_separation_is_refused_with_the_predictors_that_separate() -> None:
    x = predictors(60)[["price"]].assign(perfect=np.arange(60.0))
    found = ordered_regression(np.arange(60) // 20, x)
    assert isinstance(found, Refusal)
    assert found.code == "separation"
    assert "perfect" in str(found.figures["predictors"])


def test_a_level_whose_people_all_chose_the_highest_category_is_refused_as_separation() -> None:
    x = X.assign(channel=np.where((Y == 5) & (np.arange(len(Y)) % 2 == 0), "gold", X["channel"]))
    found = ordered_regression(Y, x, options=CategoricalOptions(levels={"channel": ["phone", "shop", "web", "gold"]}))
    assert isinstance(found, Refusal)
    assert (found.code, found.figures) == ("separation", {"predictors": "channelgold"})


def test_an_exact_copy_is_refused_by_name_in_any_order_of_columns() -> None:
    for order in (["service", "price", "copy"], ["copy", "price", "service"]):
        found = ordered_regression(Y, X.assign(copy=2 * X["service"] + 1)[order])
        assert isinstance(found, Refusal)
        assert found.code == "predictors-aliased"
        assert set(str(found.figures["predictors"]).split(", ")) == {"service", "copy"}


def test_a_constant_predictor_is_left_out_with_its_name() -> None:
    found = fitted(x=X.assign(same=7))
    assert "same" not in found.coefficients
    assert ("predictor-constant", {"predictor": "same"}) in [(each.code, each.figures) for each in found.notes]


@pytest.mark.parametrize(
    ("y", "x", "code"),
    [
        (Y[:1], X[:1], "base-too-small"),
        (Y[:0], X[:0], "base-too-small"),
        (Y[:29], X[:29], "base-too-small"),
        (np.full(400, 3), X, "outcome-constant"),
        (Y, X[["price"]].assign(price=1.0), "no-usable-predictor"),
        (Y, X[[]], "no-usable-predictor"),
    ],
)
def test_what_carries_no_model_is_refused_with_a_reason(y: np.ndarray, x: pd.DataFrame, code: str) -> None:
    levels = LEVELS if "channel" in x else {}
    found = ordered_regression(y, x, options=CategoricalOptions(levels=levels, categories=(1, 2, 3, 4, 5)))
    assert isinstance(found, Refusal)
    assert found.code == code


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": X.assign(service=np.inf)}, "infinite"),
        ({"x": X.head(10)}, "one row for each outcome"),
        ({"y": np.where(Y == 1, np.inf, Y)}, "infinite"),
        ({"rows": Rows(weights=[1.0])}, "weight"),
        ({"rows": Rows(weights=np.full(400, np.nan))}, "weight"),
        ({"rows": Rows(frequencies=np.full(400, 1.5))}, "whole number"),
        ({"rows": Rows(clusters=[1])}, "cluster"),
    ],
)
def test_wrong_input_is_an_error_that_says_what_is_wrong(change: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fitted(**change)


def test_ten_levels_with_sparse_ones_converge_in_few_steps() -> None:
    rng = np.random.default_rng(8)
    x = pd.DataFrame(rng.normal(size=(5000, 3)), columns=["a", "b", "c"])
    y = np.searchsorted([-9, -8, -7, -6, -4, -2, 0, 2, 4], x.sum(axis=1) * 2 + rng.logistic(size=5000))
    found = ordered_regression(y, x)
    assert isinstance(found, CategoricalModel)
    assert found.n_iterations <= 10
    assert np.all(np.diff([each.value for each in found.thresholds.values()]) > 0)


def test_levels_of_a_text_stand_in_alphabetical_order_unless_stated() -> None:
    found = ordered_regression(Y, X)
    assert isinstance(found, CategoricalModel)
    assert numbers(found) == pytest.approx(numbers(fitted()), abs=1e-12)
    turned = ordered_regression(Y, X, options=CategoricalOptions(levels={"channel": ["web", "shop", "phone"]}))
    assert isinstance(turned, CategoricalModel)
    assert list(turned.coefficients) == ["service", "price", "channelshop", "channelphone"]
    assert turned.log_likelihood == pytest.approx(found.log_likelihood, abs=1e-9)


def test_weights_and_frequencies_together_are_weighted_repeated_rows() -> None:
    rng = np.random.default_rng(12)
    counts, weights = rng.integers(0, 4, len(Y)), rng.uniform(0.5, 2, len(Y))
    table = fitted(rows=Rows(weights=weights, frequencies=counts))
    long = fitted(np.repeat(Y, counts), X.loc[X.index.repeat(counts)], rows=Rows(weights=np.repeat(weights, counts)))
    assert numbers(table) == pytest.approx(numbers(long), abs=1e-9)
    assert np.array(table.covariance) == pytest.approx(np.array(long.covariance), rel=1e-8)
    assert table.base.n == long.base.n
    assert table.base.effective == pytest.approx(long.base.effective)
