"""Driver importance against published figures: R's relaimpo, boot, survey and mice on real data."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.drivers import (
    BootstrapInterval,
    DriverBattery,
    DriverOptions,
    Errors,
    ImportanceOptions,
    RatingScale,
    RegressionOptions,
    Terms,
    driver_importance,
    driver_regression,
    key_drivers,
    relative_importance,
)
from analysis.drivers.regression import linear_model
from analysis.imputation import Answers, ImputationOptions, impute, pool
from analysis.respondents import Respondents, respondents
from analysis.values import Refusal
from analysis.values.importance import DriverImportance, DriverRegression
from tests.analysis.reference.reading import REFERENCE, case, needs_cases, rows

CASES = ("drivers_swiss", "drivers_mobi7", "drivers_mobi12")
WITH_BOOTSTRAP = ("drivers_swiss", "drivers_mobi7")
N_DRAWS = 4000
PMVD_REASON = "PMVD is not built: a patent may cover it in the US, and LMG is the headline"

pytestmark = needs_cases


def expected(name: str) -> dict[str, Any]:
    return case(name)["expected"]


def drivers_of(name: str) -> list[str]:
    return case(name)["data"]["drivers"]


def outcome_of(name: str) -> np.ndarray:
    return rows(name)[case(name)["data"]["outcome"]].to_numpy(float)


def exactly(figures: dict[str, float]) -> Any:
    """Return the figures with the tolerance that every drivers case states: 1e-9 absolute."""
    return pytest.approx(figures, abs=1e-9, rel=0)


@cache
def importance_of(name: str, n_draws: int = 20) -> DriverImportance:
    options = ImportanceOptions(n_draws=n_draws, n_shuffles=19, interval=BootstrapInterval.PERCENTILE)
    return importance_with(name, options)


def importance_with(name: str, options: ImportanceOptions) -> DriverImportance:
    drivers = rows(name)[drivers_of(name)]
    found = driver_importance(drivers, outcome_of(name), np.random.default_rng(47), options=options)
    assert isinstance(found, DriverImportance)
    return found


@cache
def regression_of(name: str) -> DriverRegression:
    found = driver_regression(rows(name)[drivers_of(name)], outcome_of(name))
    assert isinstance(found, DriverRegression)
    return found


def figures(found: DriverImportance, metric: str) -> dict[str, float]:
    """Return one metric of all players by name."""
    return {each.name: getattr(each, metric).value for each in found.players}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(
    ("metric", "reference"),
    [
        ("lmg", "lmg"),
        ("first", "first"),
        ("last", "last"),
        ("betasq", "betasq"),
        ("pratt", "pratt"),
        ("car", "car"),
        ("relative_weight", "genizi"),
        ("relative_weight", "relative_weights_johnson"),
    ],
)
def test_every_measure_equals_relaimpo(name: str, metric: str, reference: str) -> None:
    assert figures(importance_of(name), metric) == exactly(expected(name)[reference])


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(("metric", "reference"), [("lmg", "lmg"), ("first", "first"), ("last", "last")])
def test_the_fast_form_gives_the_same_shares(name: str, metric: str, reference: str) -> None:
    found = relative_importance(rows(name)[drivers_of(name)], outcome_of(name))
    assert dict(zip(found.names, getattr(found, metric), strict=True)) == exactly(expected(name)[reference])
    assert found.secondary is not None
    assert dict(zip(found.names, found.secondary.relative_weights, strict=True)) == exactly(expected(name)["genizi"])


@pytest.mark.parametrize("name", CASES)
def test_shares_sum_to_r_squared(name: str) -> None:
    found = importance_of(name)
    assert found.r_squared.value == pytest.approx(expected(name)["r_squared"], abs=1e-9)
    assert found.adjusted_r_squared == pytest.approx(expected(name)["adj_r_squared"], abs=1e-9)
    assert sum(figures(found, "lmg").values()) == pytest.approx(found.r_squared.value, abs=1e-10)
    percent = {each.name: 100 * each.share for each in found.players}
    assert percent == pytest.approx(expected(name)["lmg_share_pct"], rel=1e-8)


@pytest.mark.parametrize("name", CASES)
def test_relative_weights_in_percent_equal_the_reference(name: str) -> None:
    weights = figures(importance_of(name), "relative_weight")
    percent = {each: 100 * weight / sum(weights.values()) for each, weight in weights.items()}
    assert percent == pytest.approx(expected(name)["relative_weights_pct"], rel=1e-8)


@pytest.mark.parametrize("name", CASES)
def test_regression_equals_lm(name: str) -> None:
    found, ols = regression_of(name), expected(name)["ols"]
    everything = {"(Intercept)": found.intercept} | {each.name: each for each in found.coefficients}
    assert {key: each.estimate.value for key, each in everything.items()} == exactly(ols["coef"])
    assert {key: each.classical_se for key, each in everything.items()} == exactly(ols["se"])
    assert {each.name: each.standardised for each in found.coefficients} == exactly(ols["std_beta"])
    assert found.sigma == pytest.approx(ols["sigma"], abs=1e-9)
    assert found.r_squared == pytest.approx(expected(name)["r_squared"], abs=1e-9)
    assert found.adjusted_r_squared == pytest.approx(expected(name)["adj_r_squared"], abs=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_classical_errors_stand_in_the_estimates_where_they_are_asked_for(name: str) -> None:
    options = RegressionOptions(errors=Errors.CLASSICAL)
    found = driver_regression(rows(name)[drivers_of(name)], outcome_of(name), options=options)
    assert isinstance(found, DriverRegression)
    errors = {"(Intercept)": found.intercept.estimate.se} | {each.name: each.estimate.se for each in found.coefficients}
    assert errors == exactly(expected(name)["ols"]["se"])


@pytest.mark.parametrize("name", CASES)
def test_collinearity_equals_the_reference(name: str) -> None:
    found = importance_of(name)
    assert {each.name: each.vif for each in found.players} == pytest.approx(expected(name)["vif"], rel=1e-8)
    condition = expected(name)["correlation_condition_number"]
    assert found.collinearity.condition_number == pytest.approx(condition, rel=1e-8)
    assert regression_of(name).condition_number == pytest.approx(condition, rel=1e-8)
    assert {each.name: each.vif for each in regression_of(name).coefficients} == pytest.approx(
        expected(name)["vif"], rel=1e-8
    )


@pytest.mark.parametrize("name", CASES)
def test_the_base_and_the_spread_of_the_outcome_are_those_of_the_reference(name: str) -> None:
    assert importance_of(name).base.n == regression_of(name).base.n == expected(name)["n"]
    assert len(importance_of(name).players) == expected(name)["p"]
    assert regression_of(name).outcome_variance == pytest.approx(expected(name)["var_y"], rel=1e-8)


@pytest.mark.parametrize("name", [each for each in CASES if each != "drivers_mobi12"])
def test_controls_are_always_in_and_total_variance_stays_the_denominator(name: str) -> None:
    reference = expected(name)["with_controls"]
    terms = Terms(controls=reference["always"])
    found = importance_with(name, ImportanceOptions(terms, n_draws=20, n_shuffles=19))
    for metric in ("lmg", "last", "first"):
        assert figures(found, metric) == exactly(reference[metric])
    assert found.r_squared.value == pytest.approx(reference["r2_full"], abs=1e-9)
    assert found.decomposed_r_squared.value == pytest.approx(reference["r2_decomposed"], abs=1e-9)
    fast = relative_importance(rows(name)[drivers_of(name)], outcome_of(name), terms=terms)
    assert dict(zip(fast.names, fast.lmg, strict=True)) == exactly(reference["lmg"])
    assert fast.r_squared == pytest.approx(reference["r2_full"], abs=1e-9)


@pytest.mark.parametrize("name", [each for each in CASES if each != "drivers_mobi12"])
def test_a_group_of_columns_is_one_player(name: str) -> None:
    reference = expected(name)["grouped"]
    options = ImportanceOptions(Terms(groups=reference["groups"]), n_draws=20, n_shuffles=19)
    found = importance_with(name, options)
    for metric in ("lmg", "last", "first"):
        assert figures(found, metric) == exactly(reference[metric])


@pytest.mark.parametrize("name", WITH_BOOTSTRAP)
@pytest.mark.parametrize(("metric", "reference"), [("lmg", "lmg"), ("relative_weight", "genizi")])
def test_bootstrap_bounds_lie_within_the_stated_tolerance_of_r(name: str, metric: str, reference: str) -> None:
    stated = expected(name)["bootstrap"]
    for each in importance_of(name, N_DRAWS).players:
        estimate, spread = getattr(each, metric), stated[f"{reference}_boot_sd"][each.name]
        assert abs(estimate.interval.low - stated[f"{reference}_lower"][each.name]) < 0.40 * spread
        assert abs(estimate.interval.high - stated[f"{reference}_upper"][each.name]) < 0.40 * spread
        assert abs(estimate.se / spread - 1) < 0.08
        assert estimate.interval.level == stated["level"]


@pytest.mark.parametrize("name", WITH_BOOTSTRAP)
def test_the_probability_of_the_first_rank_agrees_with_r(name: str) -> None:
    reference = expected(name)["bootstrap"]["lmg_prob_rank1"]
    for each in importance_of(name, N_DRAWS).players:
        stated = reference[each.name]
        noise = np.sqrt(max(stated * (1 - stated), 1 / N_DRAWS) * 2 / N_DRAWS)
        assert abs(each.rank_probabilities[0] - stated) < 4 * noise


@pytest.mark.parametrize("name", CASES)
def test_pmvd_rows_are_skipped(name: str) -> None:
    if "pmvd" in expected(name):
        pytest.skip(f"{name}: {PMVD_REASON}")
    assert "pmvd" not in expected(name)


def test_key_drivers_give_the_reference_figures_on_complete_answers() -> None:
    name = "drivers_mobi7"
    battery = DriverBattery(rows(name)[drivers_of(name)], scales=dict.fromkeys(drivers_of(name), RatingScale(1, 10)))
    options = DriverOptions(n_draws=200, n_shuffles=100)
    found = key_drivers(outcome_of(name), battery, np.random.default_rng(1), options=options)
    assert not isinstance(found, Refusal)
    for code in drivers_of(name):
        driver = found.model.driver(code)
        assert driver.importance.value == pytest.approx(expected(name)["lmg"][code], abs=1e-9)
        assert driver.secondary.relative_weight == pytest.approx(expected(name)["genizi"][code], abs=1e-9)
        assert driver.coefficient.value == pytest.approx(expected(name)["ols"]["coef"][code], abs=1e-9)
        assert driver.vif == pytest.approx(expected(name)["vif"][code], rel=1e-8)
    assert found.model.adjusted_r_squared == pytest.approx(expected(name)["adj_r_squared"], abs=1e-9)
    assert found.complete_cases is None
    assert found.everything_imputed is None


def test_key_drivers_refuse_the_swiss_districts_because_there_are_only_47() -> None:
    battery = DriverBattery(rows("drivers_swiss")[drivers_of("drivers_swiss")])
    found = key_drivers(outcome_of("drivers_swiss"), battery, np.random.default_rng(1))
    assert isinstance(found, Refusal)
    assert found.code == "base-too-small"
    assert found.figures["n"] == 47
    assert found.figures["needed"] == 50


WEIGHTED = [
    ("rake_mobi", ["PERQ1", "PERQ3", "PERV1"], "CUSA1"),
    ("rake_apiclus1", ["ell", "meals", "mobility"], "api00"),
]


def raked(name: str) -> Respondents:
    weights = pd.read_csv(REFERENCE / case(name)["data"]["weights_file"])["raked_weight"]
    return respondents(len(weights), weights)


@pytest.mark.parametrize(("name", "drivers", "outcome"), WEIGHTED)
def test_weighted_importance_equals_relaimpo(name: str, drivers: list[str], outcome: str) -> None:
    data, reference = rows(name), expected(name)["weighted_drivers"]
    options = ImportanceOptions(n_draws=20, n_shuffles=19)
    found = driver_importance(data[drivers], data[outcome], np.random.default_rng(1), raked(name), options)
    assert isinstance(found, DriverImportance)
    assert found.r_squared.value == pytest.approx(reference["r_squared"], abs=1e-9)
    assert figures(found, "lmg") == exactly(reference["lmg"])
    assert figures(found, "relative_weight") == exactly(reference["genizi"])
    fast = relative_importance(data[drivers], data[outcome], raked(name).weights)
    assert dict(zip(fast.names, fast.lmg, strict=True)) == exactly(reference["lmg"])


def slopes_of(found: DriverRegression | Refusal) -> tuple[dict[str, float], dict[str, float]]:
    """Return coefficients and errors under the names of the reference."""
    assert isinstance(found, DriverRegression)
    named = {"(Intercept)": found.intercept.estimate} | {each.name: each.estimate for each in found.coefficients}
    return {key: each.value for key, each in named.items()}, {key: each.se or 0.0 for key, each in named.items()}


@pytest.mark.parametrize(("name", "drivers", "outcome"), WEIGHTED)
def test_weighted_regression_errors_are_those_of_survey_linearisation(
    name: str, drivers: list[str], outcome: str
) -> None:
    data, reference = rows(name), expected(name)["regression_weights_only"]
    found = driver_regression(data[drivers], data[outcome], raked(name))
    slopes, errors = slopes_of(found)
    assert slopes == pytest.approx(reference["coef"], rel=1e-6)
    assert errors == pytest.approx(reference["se"], rel=1e-6)
    assert not isinstance(found, Refusal)
    assert found.method == "linearised"
    naive = {"(Intercept)": found.intercept} | {each.name: each for each in found.coefficients}
    assert {key: each.classical_se for key, each in naive.items()} == pytest.approx(
        reference["naive_wls_se_wrong"], rel=1e-6
    )


def test_clustered_regression_errors_are_those_of_survey_linearisation() -> None:
    data, reference = rows("rake_apiclus1"), expected("rake_apiclus1")["regression_full_design_base_weights"]
    base = data[case("rake_apiclus1")["data"]["base_weight"]]
    found = driver_regression(data[WEIGHTED[1][1]], data["api00"], respondents(len(data), base, data["dnum"]))
    slopes, errors = slopes_of(found)
    assert slopes == pytest.approx(reference["coef"], rel=1e-6)
    # The reference knows that 15 of 757 districts were drawn; we treat every population as infinite.
    finite = np.sqrt(1 - data["dnum"].nunique() / data["fpc"].iloc[0])
    assert {key: each * finite for key, each in errors.items()} == pytest.approx(reference["se"], rel=1e-6)
    assert not isinstance(found, Refusal)
    assert found.method == "linearised-clusters"
    assert "few-clusters" in {each.code for each in found.notes}


def test_unweighted_regression_errors_of_a_simple_random_sample_are_those_of_survey_linearisation() -> None:
    data, reference = rows("rake_mobi"), expected("rake_mobi")["regression_full_design_base_weights"]
    options = RegressionOptions(errors=Errors.LINEARISED)
    slopes, errors = slopes_of(driver_regression(data[WEIGHTED[0][1]], data["CUSA1"], options=options))
    assert slopes == pytest.approx(reference["coef"], rel=1e-6)
    assert errors == pytest.approx(reference["se"], rel=1e-6)


@cache
def per_imputation() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / case("mi_mobi")["data"]["per_imputation_file"])


@pytest.mark.parametrize(
    ("field", "reference"),
    [
        ("estimate", "estimate"),
        ("standard_errors", "se"),
        ("within", "within"),
        ("between", "between"),
        ("fraction", "lambda"),
        ("degrees", "df_barnard_rubin"),
        ("missing_information", "fmi"),
    ],
)
def test_pooling_equals_mice(field: str, reference: str) -> None:
    rubin = expected("mi_mobi")["rubin_pooling"]
    names = list(rubin["estimate"])
    estimates = per_imputation()[[f"est_{each}" for each in names]].to_numpy(float)
    errors = per_imputation()[[f"se_{each}" for each in names]].to_numpy(float)
    pooled = pool(estimates, errors**2, rubin["df_complete"])
    assert getattr(pooled, field).tolist() == pytest.approx(list(rubin[reference].values()), rel=1e-9)


def test_imputation_reaches_what_mice_reaches() -> None:
    target, data = expected("mi_mobi")["stochastic_target_m100"], rows("mi_mobi")
    drivers = list(target["estimate"])[1:]
    ratings, outcome = data[drivers].to_numpy(float), data["CUSA1"].to_numpy(float)
    answers = Answers(ratings, np.zeros(ratings.shape, dtype=bool))
    options = ImputationOptions(n_imputations=20, cycles=10)
    completed = impute(answers, outcome[:, None], options, np.random.default_rng(3))
    sample = respondents(len(data))
    fits = [linear_model(outcome, each.ratings, sample, Errors.CLASSICAL) for each in completed]
    pooled = pool(np.stack([f.coefficients for f in fits]), np.stack([f.standard_errors**2 for f in fits]), 244)
    errors = np.array(list(target["se"].values()))
    noise = np.array(list(target["mc_sd_of_estimate_at_m20"].values()))
    away = np.abs(pooled.estimate - np.array(list(target["estimate"].values())))
    assert (away < 4 * noise + 0.15 * errors).all()
    assert (np.abs(pooled.standard_errors / errors - 1) < 0.20).all()
    shares = np.mean([relative_importance(each.ratings, outcome).lmg for each in completed], axis=0)
    reference = expected("mi_mobi")["pooled_lmg_mean_over_imputations"]
    assert dict(zip(drivers, shares, strict=True)) == pytest.approx(reference, abs=0.015)
