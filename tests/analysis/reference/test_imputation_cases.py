"""Multiple imputation against R's mice and mitools: pooling to the last digit, end to end within the noise."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.drivers import relative_importance
from analysis.imputation import (
    ImputationOptions,
    impute_table,
    little_mcar_test,
    missing_patterns,
    missing_rates,
    pool,
    pooled_estimates,
    pooled_regression,
)
from analysis.values.missingness import McarTest, PooledRegression
from tests.analysis.reference.reading import REFERENCE, case, needs_cases, rows

CASES = ("mi_mobi", "mi_airquality")

pytestmark = needs_cases


def expected(name: str) -> dict[str, Any]:
    return case(name)["expected"]


def model(name: str) -> tuple[str, list[str]]:
    outcome, predictors = case(name)["data"]["formula"].split(" ~ ")
    return outcome, predictors.split(" + ")


def per_imputation(name: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    table = pd.read_csv(REFERENCE / case(name)["data"]["per_imputation_file"])
    names = list(expected(name)["rubin_pooling"]["estimate"])
    columns = [[f"{kind}_{each}" for each in names] for kind in ("est", "se")]
    return names, table[columns[0]].to_numpy(float), table[columns[1]].to_numpy(float)


@cache
def end_to_end(name: str) -> PooledRegression:
    imputed = impute_table(rows(name), np.random.default_rng(20), options=ImputationOptions(n_imputations=60))
    found = pooled_regression(imputed, *model(name))
    assert isinstance(found, PooledRegression)
    return found


@pytest.mark.parametrize("name", CASES)
def test_gaps_are_counted_as_in_the_reference(name: str) -> None:
    found = missing_patterns(rows(name))
    assert (found.base.n, found.n_complete) == (expected(name)["n"], expected(name)["complete_cases"])
    counted = {each.item: each.n_missing for each in missing_rates(rows(name))}
    assert counted == expected(name)["missing_by_column"]


@pytest.mark.parametrize("name", CASES)
def test_pooled_quantities_equal_mice(name: str) -> None:
    reference = expected(name)["rubin_pooling"]
    names, estimates, errors = per_imputation(name)
    assert len(estimates) == reference["m"]
    found = {each.name: each for each in pooled_estimates(names, estimates, errors, reference["df_complete"])}
    fields = {
        "estimate": lambda each: each.estimate.value,
        "se": lambda each: each.estimate.se,
        "lambda": lambda each: each.between_share,
        "df_barnard_rubin": lambda each: each.degrees,
        "fmi": lambda each: each.missing_information,
        "ci95_lower": lambda each: each.estimate.interval.low,
        "ci95_upper": lambda each: each.estimate.interval.high,
        "p": lambda each: each.p_value,
    }
    for key, figure in fields.items():
        assert {each: figure(found[each]) for each in names} == pytest.approx(reference[key], rel=1e-9), key


@pytest.mark.parametrize("name", CASES)
def test_variance_within_and_between_equal_mitools(name: str) -> None:
    reference = expected(name)["rubin_pooling"]
    _, estimates, errors = per_imputation(name)
    found = pool(estimates, errors**2, reference["df_complete"])
    assert found.within.tolist() == pytest.approx(list(reference["within"].values()), rel=1e-9)
    assert found.between.tolist() == pytest.approx(list(reference["between"].values()), rel=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_imputation_end_to_end_reaches_what_mice_reaches(name: str) -> None:
    target, found = expected(name)["stochastic_target_m100"], end_to_end(name)
    assert found.complete_degrees == expected(name)["rubin_pooling"]["df_complete"]
    for each in found.coefficients:
        se = target["se"][each.name]
        allowed = 4 * target["mc_sd_of_estimate_at_m20"][each.name] + 0.15 * se
        assert abs(each.estimate.value - target["estimate"][each.name]) < allowed
        assert each.estimate.se == pytest.approx(se, rel=0.20)
        # The fraction of missing information has a standard error of its own, about fmi sqrt(2 / m).
        assert each.missing_information == pytest.approx(target["fmi"][each.name], abs=0.12)


@pytest.mark.parametrize("name", CASES)
def test_complete_rows_alone_give_the_complete_case_figures(name: str) -> None:
    found = pooled_regression([rows(name).dropna()], *model(name))
    assert isinstance(found, PooledRegression)
    reference = expected(name)["complete_case_ols"]
    named = {each.name: each.estimate for each in found.coefficients}
    assert {each: named[each].value for each in named} == pytest.approx(reference["estimate"], rel=1e-9)
    assert {each: named[each].se for each in named} == pytest.approx(reference["se"], rel=1e-9)


def test_imputation_comes_nearer_to_the_truth_than_complete_rows_alone() -> None:
    truth, complete = expected("mi_mobi")["full_data_truth_ols"], expected("mi_mobi")["complete_case_ols"]
    off, off_complete = 0.0, 0.0
    for each in end_to_end("mi_mobi").coefficients:
        scale = truth["se"][each.name]
        off += ((each.estimate.value - truth["estimate"][each.name]) / scale) ** 2
        off_complete += ((complete["estimate"][each.name] - truth["estimate"][each.name]) / scale) ** 2
        assert scale < each.estimate.se < complete["se"][each.name]
    assert off < off_complete / 2


@pytest.mark.parametrize("name", CASES)
def test_importance_averaged_over_imputed_tables_is_that_of_the_reference(name: str) -> None:
    outcome, predictors = model(name)
    imputed = impute_table(rows(name), np.random.default_rng(5), options=ImputationOptions(n_imputations=40))
    shares = np.mean([relative_importance(each[predictors], each[outcome]).lmg for each in imputed.tables], axis=0)
    reference = expected(name)["pooled_lmg_mean_over_imputations"]
    assert dict(zip(predictors, shares, strict=True)) == pytest.approx(reference, abs=0.02)


def test_littles_test_on_the_air_quality_data_is_the_published_one() -> None:
    dates = pd.date_range("1973-05-01", "1973-09-30")
    table = rows("mi_airquality").assign(Month=dates.month.astype(float), Day=dates.day.astype(float))
    found = little_mcar_test(table)
    assert isinstance(found, McarTest)
    # Packages that divide the covariance by n instead of n - 1 print 35.1 on 14 degrees.
    assert found.statistic * 153 / 152 == pytest.approx(35.106, abs=0.001)
    assert (found.degrees, found.verdict) == (14, "related-to-answers")
