"""Tables with gaps everywhere: answers untouched, kinds kept, pooled regressions as they should be."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.imputation.mice import MICE, MICEData

from analysis.imputation import (
    ImputationOptions,
    PooledRegressionOptions,
    delta_sensitivity,
    impute_table,
    pooled_estimates,
    pooled_regression,
    recommended_imputations,
)
from analysis.values import Refusal
from analysis.values.missingness import PooledRegression, SensitivityRun
from tests.analysis.carrying import lacks

QUICK = ImputationOptions(n_imputations=4, cycles=3)


def whole(seed: int = 1, n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x, z = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], n).T
    return pd.DataFrame({"y": 1 + 0.5 * x + 0.3 * z + rng.normal(size=n), "x": x, "z": z})


def holed(seed: int = 1, n: int = 300, share: float = 0.2) -> pd.DataFrame:
    table = whole(seed, n)
    return table.mask(np.random.default_rng(seed + 1).uniform(size=table.shape) < share)


def pooled(table: pd.DataFrame, seed: int = 1, options: ImputationOptions = QUICK) -> PooledRegression:
    found = pooled_regression(impute_table(table, np.random.default_rng(seed), options=options), "y", ["x", "z"])
    assert isinstance(found, PooledRegression)
    return found


def test_answers_stay_as_given_and_gaps_hold_answers_of_others() -> None:
    table = holed()
    result = impute_table(table, np.random.default_rng(1), options=QUICK)
    assert len(result.tables) == 4
    assert result.missing == table.isna().sum().to_dict()
    for each in result.tables:
        pd.testing.assert_frame_equal(each.where(table.notna()), table)
        for name in table:
            gap = np.abs(each[name].to_numpy()[:, None] - table[name].dropna().to_numpy()).min(axis=1)
            assert gap.max() < 1e-9
    assert list(lacks(result)) == []


def test_ordered_categories_come_back_as_such() -> None:
    kind = pd.CategoricalDtype(["bad", "fair", "good"], ordered=True)
    table = holed().assign(mood=pd.cut(whole()["y"], 3, labels=kind.categories).astype(kind))
    table.loc[:29, "mood"] = None
    for each in impute_table(table, np.random.default_rng(1), options=QUICK).tables:
        assert each["mood"].dtype == kind
        assert each["mood"].notna().all()
        assert (each["mood"][30:] == table["mood"][30:]).all()


def test_the_same_generator_gives_the_same_digits() -> None:
    assert pooled(holed(), seed=3) == pooled(holed(), seed=3)
    assert pooled(holed(), seed=3) != pooled(holed(), seed=4)


def test_the_slopes_agree_with_those_of_statsmodels_mice() -> None:
    table = holed(n=200)
    ours = pooled(table, options=ImputationOptions(n_imputations=20))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = MICEData(table, k_pmm=5, rng=np.random.default_rng(2))
        theirs = MICE("y ~ x + z", sm.OLS, data).fit(n_burnin=2, n_imputations=6)
    for each, value, se in zip(ours.coefficients, theirs.params, theirs.bse, strict=True):
        assert each.estimate.value == pytest.approx(value, abs=0.8 * se)
        assert each.estimate.se == pytest.approx(se, rel=0.35)


def test_without_gaps_the_figures_are_those_of_least_squares() -> None:
    fit = sm.OLS(whole()["y"], sm.add_constant(whole()[["x", "z"]])).fit()
    found = pooled(whole())
    assert found.n_imputations == 1
    assert [each.estimate.value for each in found.coefficients] == pytest.approx(fit.params.tolist())
    assert [each.estimate.se for each in found.coefficients] == pytest.approx(fit.bse.tolist())
    assert [each.p_value for each in found.coefficients] == pytest.approx(fit.pvalues.tolist())
    assert [each.missing_information for each in found.coefficients] == [0, 0, 0]
    assert found.r_squared == pytest.approx(fit.rsquared)
    assert found.complete_degrees == fit.df_resid


def test_other_errors_are_those_of_statsmodels() -> None:
    table, weights = whole(), np.random.default_rng(1).uniform(1, 3, 300)
    columns = sm.add_constant(table[["x", "z"]])
    robust = pooled_regression([table], "y", ["x", "z"], PooledRegressionOptions(errors="hc3"))
    assert [each.estimate.se for each in robust.coefficients] == pytest.approx(
        sm.OLS(table["y"], columns).fit(cov_type="HC3").bse.tolist()
    )
    weighted = pooled_regression([table], "y", ["x", "z"], PooledRegressionOptions(weights=weights))
    fit = sm.WLS(table["y"], columns, weights=weights).fit(cov_type="HC0")
    assert [each.estimate.se for each in weighted.coefficients] == pytest.approx(
        (fit.bse * np.sqrt(300 / 299)).tolist()
    )
    assert weighted.method == "rubin-linearised"
    clusters = np.arange(300) % 40
    clustered = pooled_regression([table], "y", ["x", "z"], PooledRegressionOptions(clusters=clusters))
    assert (clustered.method, clustered.complete_degrees) == ("rubin-linearised-clusters", 37)


def test_gaps_widen_the_error_and_say_how_much_information_they_cost() -> None:
    found, complete = pooled(holed(share=0.3), options=ImputationOptions(10, 5)), pooled(whole())
    for gappy, full in zip(found.coefficients[1:], complete.coefficients[1:], strict=True):
        assert gappy.estimate.se > full.estimate.se
        assert 0.1 < gappy.missing_information < 0.95
        assert 0 < gappy.between_share < gappy.missing_information
        assert gappy.degrees < full.degrees
    codes = {note.code for note in found.notes}
    assert codes == {"outcome-imputed", "more-imputations-needed", "rows-without-any-answer"}
    assert found.recommended_imputations > 20
    assert list(lacks(found)) == []


@settings(max_examples=8, deadline=None)
@given(st.floats(1e-3, 1e3), st.floats(-1e3, 1e3))
def test_units_of_columns_do_not_matter(scale: float, shift: float) -> None:
    plain, moved = pooled(holed(n=80)), pooled(holed(n=80).assign(x=lambda each: each["x"] * scale + shift))
    assert moved.coefficients[1].estimate.value * scale == pytest.approx(plain.coefficients[1].estimate.value, rel=1e-6)
    assert moved.coefficients[1].p_value == pytest.approx(plain.coefficients[1].p_value, rel=1e-5)
    assert moved.r_squared == pytest.approx(plain.r_squared, rel=1e-6)


def test_a_small_spread_beside_a_large_offset_is_no_repetition() -> None:
    table = whole(n=80)
    moved = table.assign(x=table["x"] / 1000 + 84)
    plain, found = (pooled_regression([each], "y", ["x", "z"]) for each in (table, moved))
    assert isinstance(plain, PooledRegression)
    assert isinstance(found, PooledRegression)
    assert found.coefficients[1].estimate.value / 1000 == pytest.approx(plain.coefficients[1].estimate.value, rel=1e-9)


def test_shifted_imputations_move_the_gaps_only() -> None:
    table = holed()
    plain, moved = (
        impute_table(table, np.random.default_rng(1), options=QUICK, shifts=shifts) for shifts in (None, {"y": -2.0})
    )
    for before, after in zip(plain.tables, moved.tables, strict=True):
        expected = before["y"] - 2.0 * table["y"].isna()
        assert after["y"].to_numpy() == pytest.approx(expected.to_numpy())
        assert (after["x"] == before["x"]).all()


def test_sensitivity_shows_how_the_result_rests_on_the_assumption() -> None:
    table = holed()
    imputed = impute_table(table, np.random.default_rng(1), options=QUICK)
    runs = delta_sensitivity(imputed, ("y", [-1.0, 0.0, 1.0]), "y", ["x", "z"])
    assert all(isinstance(each, SensitivityRun) for each in runs)
    intercepts = [each.regression.coefficients[0].estimate.value for each in runs]
    assert intercepts[0] < intercepts[1] < intercepts[2]
    assert intercepts[2] - intercepts[0] == pytest.approx(2 * table["y"].isna().mean(), abs=0.1)
    assert runs[1].regression.coefficients == pooled(table).coefficients
    assert "imputed-values-shifted" in {note.code for note in runs[0].regression.notes}
    assert list(lacks(runs)) == []
    with pytest.raises(ValueError, match="numeric column with gaps"):
        delta_sensitivity(imputed, ("mood", [1.0]), "y", ["x"])


@pytest.mark.parametrize(("fraction", "n"), [(0, 20), (0.2, 20), (0.21, 21), (0.255, 26), (1, 100)])
def test_imputations_follow_the_missing_information(fraction: float, n: int) -> None:
    assert recommended_imputations(fraction) == n


def test_a_fraction_lies_between_zero_and_one() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        recommended_imputations(1.2)


def test_pooling_given_figures_follows_rubin() -> None:
    (only,) = pooled_estimates(["b"], [[1.0], [2.0], [3.0]], [[0.5], [0.5], [0.5]], 50)
    total = 0.25 + (4 / 3) * 1.0
    assert (only.estimate.value, only.estimate.se) == pytest.approx((2.0, np.sqrt(total)))
    assert only.between_share == pytest.approx((4 / 3) / total)
    assert list(lacks(only)) == []


@pytest.mark.parametrize(
    ("estimates", "errors", "degrees"),
    [
        ([1.0], [1.0], 5),
        ([[1.0, 2.0]], [[1.0, 2.0]], 5),
        ([[1.0]], [[-1.0]], 5),
        ([[np.nan]], [[1.0]], 5),
        ([[1.0]], [[1.0]], 0),
    ],
)
def test_wrong_figures_to_pool_are_named(estimates: list[object], errors: list[object], degrees: float) -> None:
    with pytest.raises(ValueError, match=r"[Ee]stimates"):
        pooled_estimates(["b"], estimates, errors, degrees)


def test_weights_predict_too() -> None:
    table = holed()
    plain = impute_table(table, np.random.default_rng(1), options=QUICK)
    weighted = impute_table(table, np.random.default_rng(1), np.exp(whole()["y"]), QUICK)
    off = [np.abs(each.tables[0]["y"] - whole()["y"])[table["y"].isna()].mean() for each in (plain, weighted)]
    assert off[1] < off[0]


def test_few_donors_and_empty_rows_are_announced() -> None:
    table = holed(n=40)
    table.iloc[0] = np.nan
    table.loc[5:24, "x"] = np.nan
    codes = {note.code for note in impute_table(table, np.random.default_rng(1), options=QUICK).notes}
    assert codes == {"few-donors", "rows-without-any-answer"}


def test_constant_and_repeated_columns_are_imputed_and_refused_as_predictors() -> None:
    table = holed().assign(one=1.0, twice=lambda each: 2 * each["z"])
    table.loc[:9, "one"] = np.nan
    imputed = impute_table(table, np.random.default_rng(1), options=QUICK)
    assert all((each["one"] == 1.0).all() for each in imputed.tables)
    found = pooled_regression(imputed, "y", ["x", "one"])
    assert isinstance(found, Refusal)
    assert (found.code, found.figures) == ("repeated-column", {"column": "one"})
    few = pooled_regression([whole(n=3)], "y", ["x", "z"])
    assert isinstance(few, Refusal)
    assert few.code == "too-few-rows"


@pytest.mark.parametrize(
    ("table", "arguments", "message"),
    [
        (pd.DataFrame(), {}, "at least one row"),
        (pd.DataFrame({"q": [np.nan, np.nan]}), {}, "'q' has no answer"),
        (pd.DataFrame({"q": ["a", None]}), {}, "holds text"),
        (pd.DataFrame({"q": [1.0, np.inf]}), {}, "infinite"),
        (holed(), {"shifts": {"nobody": 1.0}}, "numeric column"),
        (holed(), {"shifts": {"y": np.inf}}, "finite amount"),
        (holed(), {"weights": [1.0]}, "300 rows"),
        (holed(), {"options": ImputationOptions(0, 1)}, "at least 1"),
    ],
)
def test_tables_that_cannot_be_imputed_are_named(
    table: pd.DataFrame, arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        impute_table(table, np.random.default_rng(1), **arguments)


def test_a_predictor_named_twice_is_a_repeated_one() -> None:
    found = pooled_regression([whole()], "y", ["x", "x"])
    assert isinstance(found, Refusal)
    assert (found.code, found.figures["column"]) == ("repeated-column", "x")


@pytest.mark.parametrize(
    ("tables", "predictors", "errors", "message"),
    [
        ([], ["x"], "classical", "at least one completed"),
        ([whole()], ["nobody"], "classical", "among the columns"),
        ([whole()], [], "classical", "predictors"),
        ([holed()], ["x"], "classical", "must not have gaps"),
        ([whole()], ["x"], "wrong", "classical"),
    ],
)
def test_regressions_that_are_not_one_are_named(
    tables: list[pd.DataFrame], predictors: list[str], errors: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        pooled_regression(tables, "y", predictors, PooledRegressionOptions(errors=errors))
