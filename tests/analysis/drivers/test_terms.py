"""Groups, factors and controls: one player, dummies, always in; from a table and from a battery."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from analysis.drivers import (
    DriverBattery,
    DriverOptions,
    ImportanceOptions,
    RegressionOptions,
    Terms,
    driver_importance,
    driver_regression,
    key_drivers,
    relative_importance,
)
from analysis.values import Refusal
from analysis.values.drivers import KeyDrivers, Quadrant, QuadrantLines
from analysis.values.importance import DriverImportance, DriverRegression
from tests.analysis.carrying import lacks
from tests.analysis.drivers.batteries import QUICK, a_battery, codes, found, gappy, note, with_gaps

FEW = {"n_draws": 60, "n_shuffles": 49}


def a_table(seed: int = 1, n: int = 400) -> tuple[np.ndarray, pd.DataFrame]:
    """Return an outcome that depends on two ratings and a plan of three levels, and the table with a region too."""
    outcome, ratings = a_battery(seed, n)
    rng = np.random.default_rng(seed + 50)
    plan = rng.choice(["basic", "plus", "pro"], n)
    table = ratings.assign(plan=plan, region=rng.choice([1, 2, 3], n))
    return outcome + pd.Series(plan).map({"basic": 0.0, "plus": 0.5, "pro": 1.2}).to_numpy(), table


def importance(outcome: np.ndarray, table: pd.DataFrame, terms: Terms | None = None) -> DriverImportance:
    options = ImportanceOptions(terms or Terms(), **FEW)
    result = driver_importance(table, outcome, np.random.default_rng(3), options=options)
    assert isinstance(result, DriverImportance)
    return result


def test_a_column_of_text_becomes_dummies_that_enter_as_one() -> None:
    outcome, table = a_table()
    result = importance(outcome, table, Terms(factors=["region"]))
    assert result.player("plan").columns == ("plan[plus]", "plan[pro]")
    assert result.player("region").columns == ("region[2]", "region[3]")
    full = smf.ols("y ~ food + signs + noise + art + C(plan) + C(region)", table.assign(y=outcome)).fit()
    less = smf.ols("y ~ food + signs + noise + art + C(region)", table.assign(y=outcome)).fit()
    assert result.r_squared.value == pytest.approx(full.rsquared, abs=1e-10)
    assert result.adjusted_r_squared == pytest.approx(full.rsquared_adj, abs=1e-10)
    assert result.player("plan").last.value == pytest.approx(full.rsquared - less.rsquared, abs=1e-10)
    assert result.player("plan").relative_weight is None
    assert result.player("plan").full_model_sign is None
    assert list(lacks(result)) == []


def test_which_level_comes_first_changes_no_importance() -> None:
    outcome, table = a_table()
    turned = table.assign(plan=pd.Categorical(table["plan"], ["pro", "basic", "plus", "never"]))
    one, other = importance(outcome, table), importance(outcome, turned)
    for each in one.players:
        assert other.player(each.name).lmg.value == pytest.approx(each.lmg.value, abs=1e-10)


def test_the_regression_has_the_dummies_by_name() -> None:
    outcome, table = a_table()
    result = driver_regression(table, outcome, options=RegressionOptions(factors=["region"]))
    assert isinstance(result, DriverRegression)
    formula = "y ~ food + signs + noise + art + C(plan) + C(region)"
    peer = smf.ols(formula, table.assign(y=outcome)).fit(cov_type="HC3", use_t=True)
    mine = result.coefficient("plan[pro]")
    assert mine.estimate.value == pytest.approx(peer.params["C(plan)[T.pro]"], abs=1e-10)
    assert mine.estimate.se == pytest.approx(peer.bse["C(plan)[T.pro]"], rel=1e-9)
    assert mine.p_value == pytest.approx(peer.pvalues["C(plan)[T.pro]"], rel=1e-6)
    assert list(lacks(result)) == []


def test_controls_take_their_part_beforehand_and_chance_leaves_them_in_place() -> None:
    outcome, table = a_table()
    result = importance(outcome, table.drop(columns="region"), Terms(controls=["plan", "food"]))
    assert {each.name for each in result.players} == {"signs", "noise", "art"}
    assert result.controls_r_squared + result.decomposed_r_squared.value == pytest.approx(result.r_squared.value)
    alone = smf.ols("y ~ food + C(plan)", table.assign(y=outcome)).fit()
    assert result.controls_r_squared == pytest.approx(alone.rsquared, abs=1e-10)
    assert result.player("signs").p_value <= 0.02
    assert result.player("art").p_value > 0.05


def test_gaps_are_left_out_and_counted_and_few_rows_refused() -> None:
    outcome, table = a_table()
    table.loc[3, "plan"] = None
    table.loc[4, "food"] = np.nan
    assert importance(outcome, table).base.n == 398
    assert note(importance(outcome, table).notes, "left-out-incomplete").figures == {"n": 2}
    few = driver_regression(table.tail(8), outcome[-8:])
    assert isinstance(few, Refusal)
    assert few.code == "base-too-small"
    for code, rows, answers in (("no-whole-row", table.head(0), outcome[:0]), ("outcome-constant", table, outcome * 0)):
        refused = driver_importance(rows, answers, np.random.default_rng(1))
        assert isinstance(refused, Refusal)
        assert refused.code == code


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (Terms(controls=["nobody"]), "no column 'nobody'"),
        (Terms(controls=["food"], groups={"all": ["food", "art"]}), "at most one group"),
        (Terms(groups={"art": ["food", "signs"]}), "share the name"),
        (Terms(groups={"none": []}), "no group is empty"),
    ],
)
def test_terms_that_do_not_fit_are_refused_in_words(terms: Terms, words: str) -> None:
    outcome, table = a_table()
    with pytest.raises(ValueError, match=words):
        relative_importance(table, outcome, terms=terms)


def test_infinite_values_other_lengths_and_too_few_draws_are_refused_in_words() -> None:
    outcome, table = a_table()
    with pytest.raises(ValueError, match="infinite"):
        driver_regression(table.assign(food=np.inf), outcome)
    with pytest.raises(ValueError, match="one outcome"):
        driver_regression(table, outcome[1:])
    with pytest.raises(ValueError, match="at least 20"):
        ImportanceOptions(n_draws=5)


def test_a_perfect_fit_and_rows_that_fit_themselves_are_stated() -> None:
    outcome, table = a_table()
    perfect = driver_regression(table[["food", "art"]], table["food"] * 2.0 + 1)
    assert isinstance(perfect, DriverRegression)
    assert "perfect-fit" in codes(perfect.notes)
    assert perfect.coefficient("food").estimate.value == pytest.approx(2)
    alone = driver_regression(table[["food"]].assign(plan=["odd"] + ["even"] * 399), outcome)
    assert isinstance(alone, DriverRegression)
    assert "rows-fit-themselves" in codes(alone.notes)
    assert list(lacks(alone)) == []


def test_copies_and_constants_are_named_and_share() -> None:
    outcome, table = a_table()
    result = importance(outcome, table[["food", "art"]].assign(copy=10 - 2 * table["food"], flat=1.5))
    assert note(result.notes, "aliased").figures["drivers"] == "food, copy, flat"
    assert result.player("copy").lmg.value == pytest.approx(result.player("food").lmg.value, abs=1e-9)
    assert result.player("flat").lmg.value == 0
    assert list(lacks(driver_regression(table[["food"]].assign(copy=table["food"]), outcome))) == []


def test_the_same_seed_gives_the_same_digits_and_units_change_nothing() -> None:
    outcome, table = a_table()
    numbers = table[["food", "signs", "noise", "art"]]
    one, again = importance(outcome, numbers), importance(outcome, numbers)
    assert one == again
    for factor in (1e-6, 1e6):
        scaled = importance(outcome * factor, numbers * [factor, 1, 1 / factor, 3])
        for each in one.players:
            other = scaled.player(each.name)
            for figure in ("lmg", "first", "last", "relative_weight", "betasq", "pratt", "car"):
                assert getattr(other, figure).value == pytest.approx(getattr(each, figure).value, abs=1e-9)
            assert other.lmg.interval is not None
            assert each.lmg.interval is not None
            assert other.lmg.interval.low == pytest.approx(each.lmg.interval.low, abs=1e-9)


def test_a_battery_takes_groups_factors_and_controls() -> None:
    outcome, table = a_table(n=600)
    battery = DriverBattery(
        table[["food", "signs", "noise", "art"]],
        groups={"taste": ("food", "art")},
        factors=table[["plan"]],
        controls=table[["region"]],
    )
    result = found(outcome, battery)
    assert {each.code for each in result.model.drivers} == {"taste", "signs", "noise", "plan"}
    terms = Terms(groups={"taste": ["food", "art"]}, controls=["region"])
    peer = relative_importance(table, outcome, terms=terms)
    assert {each.code: each.importance.value for each in result.model.drivers} == pytest.approx(
        dict(zip(peer.names, peer.lmg.tolist(), strict=True)), abs=1e-9
    )
    assert result.model.r_squared.value == pytest.approx(peer.r_squared, abs=1e-9)
    assert result.model.driver("taste").coefficient is None
    assert [each.code for each in result.importance_performance.points if each.code == "plan"] == []
    taste = next(each for each in result.importance_performance.points if each.code == "taste")
    assert taste.performance is None
    means = 25 * (table[["food", "art"]].mean(axis=1) - 1)
    assert taste.index.value == pytest.approx(means.mean(), abs=1e-9)
    assert list(lacks(result)) == []


def test_rows_without_a_factor_or_control_are_left_out_and_counted() -> None:
    outcome, table = a_table()
    holed = table[["region"]].astype(float)
    holed.iloc[:5] = np.nan
    result = found(outcome, DriverBattery(table[["food", "signs", "noise", "art"]], controls=holed))
    assert note(result.notes, "left-out-factor-or-control-missing").figures == {"n": 5}
    assert result.model.base.n == 395


def test_groups_work_with_gaps_and_hold_their_indicators() -> None:
    outcome, ratings = a_battery()
    holed, absent = with_gaps(ratings)
    result = found(outcome, DriverBattery(holed, absent, groups={"space": ("signs", "art")}))
    assert result.model.driver("space").importance.value > 0
    assert result.model.driver("space").answers.n_rated > result.model.driver("food").answers.n_rated * 0.5
    assert list(lacks(result)) == []


def test_batteries_whose_names_do_not_fit_are_refused_in_words() -> None:
    outcome, table = a_table()
    ratings = table[["food", "signs"]]
    wrong = [
        (DriverBattery(ratings, groups={"a": ("food",), "b": ("food",)}), "at most one group"),
        (DriverBattery(ratings, factors=table[["food"]]), "names of their own"),
        (DriverBattery(ratings, controls=table[["region"]].head(3)), "one row of factors"),
        (DriverBattery(ratings, controls=table[["region"]] * np.inf), "infinite"),
    ]
    for battery, words in wrong:
        with pytest.raises(ValueError, match=words):
            key_drivers(outcome, battery, np.random.default_rng(1), options=QUICK)


@pytest.mark.parametrize("lines", list(QuadrantLines))
def test_quadrant_lines_stand_where_they_are_asked_to(lines: QuadrantLines) -> None:
    outcome, ratings = a_battery()
    options = DriverOptions(n_draws=100, n_shuffles=49, lines=lines)
    chart = found(outcome, DriverBattery(ratings), options=options).importance_performance
    index = [each.index.value for each in chart.points]
    importance_values = [each.importance.value for each in chart.points]
    wanted = {"mean": np.mean(index), "median": np.median(index), "scale-middle": 50.0}
    assert chart.index_line == pytest.approx(wanted[lines.value])
    middle = np.median if lines is QuadrantLines.MEDIAN else np.mean
    assert chart.importance_line == pytest.approx(middle(importance_values))
    assert chart.lines is lines
    assert {each.quadrant for each in chart.points} <= set(Quadrant)


def test_the_choice_of_method_is_explained_in_the_result() -> None:
    gaps = gappy().gaps
    assert gaps.reason == "not-applicable-and-blanks"
    assert 0 < gaps.n_complete < gaps.n == gappy().model.base.n
    assert gaps.largest_difference is not None
    assert 0 < gaps.largest_difference < 0.2
    assert gaps.same_first is True
    outcome, ratings = a_battery()
    whole: KeyDrivers = found(outcome, DriverBattery(ratings))
    assert (whole.gaps.reason, whole.gaps.largest_difference, whole.gaps.n_complete) == ("nothing-missing", None, 600)
    assert list(lacks(gappy())) == []
