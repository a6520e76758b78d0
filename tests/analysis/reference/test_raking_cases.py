"""Raking and weighted estimates against R's survey: weights, design effects, errors that know raking or don't."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.drivers import ImportanceOptions, driver_importance
from analysis.respondents import respondents
from analysis.values.importance import DriverImportance
from analysis.values.weighting import DesignEstimate, DesignRegression
from analysis.weighting import (
    CalibrationOptions,
    SurveyDesign,
    Weighting,
    calibrate,
    rake,
    survey_design,
    survey_mean,
    survey_means_by,
    survey_regression,
    weighted_beside_unweighted,
)
from tests.analysis.reference.reading import REFERENCE, case, needs_cases, rows

CASES = ("rake_apiclus1", "rake_mobi")
# One-stage clusters of a finite population in the first, a simple random sample in the second.
CLUSTERS = {"rake_apiclus1": ("dnum", "fpc"), "rake_mobi": (None, None)}

pytestmark = needs_cases


def expected(name: str) -> dict[str, Any]:
    return case(name)["expected"]


def base_of(name: str) -> pd.Series:
    return rows(name)[case(name)["data"]["base_weight"]]


@cache
def raked(name: str) -> Weighting:
    return rake(rows(name), expected(name)["margins"], base_of(name))


def full_design(name: str, weights: Weighting | pd.Series, population: float | None = None) -> SurveyDesign:
    """Return the design with clusters and finite population where the case has them."""
    clusters, units = CLUSTERS[name]
    data = rows(name)
    if clusters is None or units is None:
        return survey_design(weights, population=population)
    return survey_design(weights, data[clusters], None, data[units], population)


def agrees(found: object, reference: dict[str, float]) -> None:
    assert isinstance(found, DesignEstimate)
    assert found.value == pytest.approx(reference["mean"], rel=1e-6)
    assert found.se == pytest.approx(reference["se"], rel=1e-6)
    if "deff" in reference:
        assert found.design_effect == pytest.approx(reference["deff"], rel=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_every_raked_weight_equals_that_of_survey(name: str) -> None:
    reference = pd.read_csv(REFERENCE / case(name)["data"]["weights_file"])["raked_weight"]
    assert raked(name).weights == pytest.approx(reference.to_numpy(), rel=1e-6)
    first = expected(name)["raked_weights"]["first10"]
    assert raked(name).weights[:10].tolist() == pytest.approx(list(first.values()), rel=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_margins_are_met_to_eight_digits(name: str) -> None:
    reached = {(each.variable, each.category): each.reached for each in raked(name).summary.margins}
    targets = {(v, c): total for v, each in expected(name)["margins"].items() for c, total in each.items()}
    assert reached == pytest.approx(targets, rel=1e-8)


@pytest.mark.parametrize("name", CASES)
def test_the_summary_of_the_weights_equals_the_reference(name: str) -> None:
    summary, reference = raked(name).summary, expected(name)["raked_weights"]
    found = {
        "min": summary.smallest,
        "max": summary.largest,
        "mean": summary.base.weighted / summary.base.n,
        "sum": summary.base.weighted,
        "kish_neff": summary.base.effective,
        "kish_deff": summary.design_effect,
    }
    assert found == pytest.approx({key: reference[key] for key in found}, rel=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_calibration_with_the_raking_distance_gives_the_same_weights(name: str) -> None:
    found = calibrate(rows(name), expected(name)["margins"], base_of(name), CalibrationOptions("raking"))
    assert found.weights == pytest.approx(raked(name).weights, rel=1e-8)


@pytest.mark.parametrize("name", CASES)
def test_means_of_the_base_design_equal_survey(name: str) -> None:
    reference = expected(name)["base_design_means"]
    population = float(base_of(name).sum()) if CLUSTERS[name][0] else None
    for item, figures in reference.items():
        agrees(survey_mean(rows(name)[item], full_design(name, base_of(name), population)), figures)


@pytest.mark.parametrize("name", CASES)
def test_calibrated_errors_know_what_raking_gains(name: str) -> None:
    reference = expected(name)["raked_means_full_linearization"]
    population = raked(name).summary.base.weighted
    for item, figures in reference.items():
        agrees(survey_mean(rows(name)[item], full_design(name, raked(name), population)), figures)


@pytest.mark.parametrize("name", CASES)
def test_errors_with_weights_taken_as_fixed_equal_survey(name: str) -> None:
    for item, figures in expected(name)["raked_means_weights_only_linearization"].items():
        agrees(survey_mean(rows(name)[item], survey_design(raked(name).weights)), figures)


@pytest.mark.parametrize(("name", "group", "item"), [(CASES[0], "stype", "api00"), (CASES[1], "segment", "CUSA1")])
def test_means_of_domains_equal_survey(name: str, group: str, item: str) -> None:
    found = survey_means_by(rows(name)[item], rows(name)[group], survey_design(raked(name).weights))
    reference = expected(name)["domain_means_weights_only"]
    assert list(found) == list(reference)
    for domain, figures in reference.items():
        agrees(found[domain], figures)


def model_of(name: str, key: str) -> tuple[pd.Series, pd.DataFrame]:
    formula = expected(name)["regression_weights_only"]["formula"]
    outcome, predictors = formula.split(" ~ ")
    assert set(expected(name)[key]["coef"]) == {"(Intercept)", *predictors.split(" + ")}
    return rows(name)[outcome], rows(name)[predictors.split(" + ")]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("key", ["regression_weights_only", "regression_full_design_base_weights"])
def test_regression_equals_survey(name: str, key: str) -> None:
    outcome, predictors = model_of(name, key)
    fixed = key == "regression_weights_only"
    design = survey_design(raked(name).weights) if fixed else full_design(name, base_of(name))
    found = survey_regression(outcome, predictors, design)
    assert isinstance(found, DesignRegression)
    named = dict(zip(found.names, found.coefficients, strict=True))
    assert {each: named[each].value for each in named} == pytest.approx(expected(name)[key]["coef"], rel=1e-6)
    assert {each: named[each].se for each in named} == pytest.approx(expected(name)[key]["se"], rel=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_errors_of_a_regression_that_takes_weights_for_precisions_are_others(name: str) -> None:
    outcome, predictors = model_of(name, "regression_weights_only")
    naive = sm.WLS(outcome, sm.add_constant(predictors), weights=raked(name).weights).fit().bse.to_numpy()
    reference = expected(name)["regression_weights_only"]
    assert naive.tolist() == pytest.approx(list(reference["naive_wls_se_wrong"].values()), rel=1e-6)
    assert np.abs(naive / np.array(list(reference["se"].values())) - 1).max() > 0.07


@pytest.mark.parametrize("name", CASES)
def test_weighted_drivers_equal_relaimpo(name: str) -> None:
    outcome, predictors = model_of(name, "regression_weights_only")
    who = respondents(len(outcome), raked(name).weights)
    options = ImportanceOptions(n_draws=20, n_shuffles=19)
    found = driver_importance(predictors, outcome, np.random.default_rng(1), who, options)
    reference = expected(name)["weighted_drivers"]
    assert isinstance(found, DriverImportance)
    assert found.r_squared.value == pytest.approx(reference["r_squared"], abs=1e-9)
    for field, key in (("lmg", "lmg"), ("relative_weight", "genizi")):
        shares = {each.name: getattr(each, field).value for each in found.players}
        assert shares == pytest.approx(reference[key], abs=1e-9)


def test_weighted_beside_unweighted_holds_both_figures_of_the_reference() -> None:
    found = weighted_beside_unweighted(rows("rake_mobi")["CUSA1"], survey_design(raked("rake_mobi")))
    reference = expected("rake_mobi")
    agrees(found.unweighted, reference["base_design_means"]["CUSA1"])
    assert found.weighted.se == pytest.approx(reference["raked_means_full_linearization"]["CUSA1"]["se"], rel=1e-6)
    assert found.difference.value == pytest.approx(found.weighted.value - found.unweighted.value, abs=1e-12)
