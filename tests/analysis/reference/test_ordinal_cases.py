"""Ordered logit and probit against MASS::polr and ordinal::clm: every number of the ordinal cases."""

from __future__ import annotations

from functools import cache

import pytest

from analysis.categorical import CategoricalOptions, Rows, ordered_regression, predicted_probabilities
from analysis.values import Refusal
from analysis.values.categorical import CategoricalModel
from tests.analysis.reference.reading import case, needs_cases, rows

CASES = [(name, link) for name in ("ordinal_housing", "ordinal_mobi") for link in ("logit", "probit")]

pytestmark = needs_cases


def formula(name: str) -> tuple[str, list[str]]:
    outcome, predictors = case(name)["data"]["formula"].split(" ~ ")
    return outcome, predictors.split(" + ")


@cache
def fitted(name: str, link: str) -> CategoricalModel:
    data, definition = rows(name), case(name)
    outcome, predictors = formula(name)
    weights = definition["data"]["weights"]
    options = CategoricalOptions(
        link=link,
        categories=definition["data"]["category_order"],
        levels={key: levels for key, levels in definition["factor_levels"].items() if key in predictors},
    )
    standing = Rows(frequencies=None if weights is None else data[weights])
    found = ordered_regression(data[outcome], data[predictors], standing, options)
    assert not isinstance(found, Refusal)
    return found


@pytest.mark.parametrize(("name", "link"), CASES)
def test_coefficients_and_thresholds_equal_polr_to_its_own_accuracy(name: str, link: str) -> None:
    found, expected = fitted(name, link), case(name)["expected"][link]
    # polr and clm differ by up to 3e-8 from each other; the case demands 1e-4.
    assert {key: each.value for key, each in found.coefficients.items()} == pytest.approx(expected["coef"], abs=1e-7)
    assert {key: each.value for key, each in found.thresholds.items()} == pytest.approx(
        expected["thresholds"], abs=1e-7
    )


@pytest.mark.parametrize(("name", "link"), CASES)
def test_standard_errors_equal_polr(name: str, link: str) -> None:
    found, expected = fitted(name, link), case(name)["expected"][link]
    wanted = {**expected["coef_se"], **expected["thresholds_se"]}
    # The reference takes numerical second derivatives, good to 3e-6; the case demands 1e-3.
    assert found.standard_errors == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize(("name", "link"), CASES)
def test_likelihood_pseudo_r2_and_aic_equal_polr(name: str, link: str) -> None:
    found, expected = fitted(name, link), case(name)["expected"][link]
    assert found.log_likelihood == pytest.approx(expected["loglik"], abs=1e-8)
    assert found.log_likelihood_null == pytest.approx(expected["loglik_null"], abs=1e-8)
    assert found.mcfadden_r2 == pytest.approx(expected["mcfadden_r2"], abs=1e-10)
    assert found.aic == pytest.approx(expected["aic"], abs=1e-7)
    assert found.base.n == expected["nobs"]


@pytest.mark.parametrize(("name", "link"), CASES)
def test_predicted_probabilities_of_the_first_rows_equal_polr(name: str, link: str) -> None:
    shares = predicted_probabilities(fitted(name, link), rows(name)[formula(name)[1]].head())
    for found, wanted in zip(
        shares.to_dict("records"), case(name)["expected"][link]["pred_probs_first_rows"], strict=True
    ):
        assert found == pytest.approx(wanted, abs=1e-8)


def test_the_sparse_lowest_categories_of_mobi_are_noted() -> None:
    found = fitted("ordinal_mobi", "logit")
    assert [each.figures["category"] for each in found.notes if each.code == "category-sparse"] == ["4", "5"]
