"""The one call of the reports: what it finds, and what it says beside it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.drivers import DriverBattery, relative_importance
from analysis.imputation import ImputationOptions
from analysis.respondents import respondents
from analysis.values import as_data
from analysis.values.drivers import DriverMethod, DriverModel
from tests.analysis.drivers.batteries import QUICK, a_battery, codes, found, gappy, note, with_gaps


def test_drivers_come_strongest_first_and_shares_sum_to_r_squared() -> None:
    model = gappy().model
    assert [each.code for each in model.drivers][:2] == ["food", "signs"]
    assert [each.rank for each in model.drivers] == [1, 2, 3, 4]
    assert sum(each.importance.value for each in model.drivers) == pytest.approx(model.r_squared.value, abs=1e-10)
    assert sum(each.share for each in model.drivers) == pytest.approx(1, abs=1e-10)
    assert model.adjusted_r_squared < model.r_squared.value


def test_every_importance_lies_in_its_interval_and_ranks_are_probabilities() -> None:
    for each in gappy().model.drivers:
        assert each.importance.interval is not None
        assert each.importance.interval.low <= each.importance.value <= each.importance.interval.high
        assert sum(each.rank_probabilities) == pytest.approx(1)
        assert each.rank_interval[0] <= each.rank_interval[1]
    assert gappy().model.driver("food").rank_probabilities[0] > 0.95


def test_each_driver_says_how_many_rated_it_found_it_not_applicable_or_left_it_blank() -> None:
    outcome, ratings = a_battery()
    holed, absent = with_gaps(ratings)
    touched = ~(holed.isna() & ~absent).all(axis=1)
    for code in ratings:
        answers = gappy().model.driver(code).answers
        assert answers.n_rated == int(holed.loc[touched, code].notna().sum())
        assert answers.n_not_applicable == int(absent.loc[touched, code].sum())
        assert answers.n_rated + answers.n_not_applicable + answers.n_blank == gappy().model.base.n
    assert len(outcome) >= gappy().model.base.n
    noted = [each.figures["driver"] for each in gappy().notes if each.code == "driver-answers"]
    assert noted == list(ratings.columns)


def test_the_sensitivities_have_their_own_method_and_base() -> None:
    whole, imputed = gappy().complete_cases, gappy().everything_imputed
    assert isinstance(whole, DriverModel)
    assert isinstance(imputed, DriverModel)
    outcome, ratings = a_battery()
    holed, _ = with_gaps(ratings)
    rows = holed.notna().all(axis=1).to_numpy()
    assert (whole.method, whole.base.n, whole.n_imputations) == (DriverMethod.COMPLETE_CASES, int(rows.sum()), 1)
    alone = relative_importance(ratings[rows].to_numpy(), outcome[rows])
    assert [whole.driver(code).importance.value for code in ratings] == pytest.approx(alone.lmg.tolist(), abs=1e-10)
    assert (imputed.method, imputed.base.n) == (DriverMethod.EVERYTHING_IMPUTED, gappy().model.base.n)
    assert gappy().model.method is DriverMethod.RATING_AND_NOT_APPLICABLE
    assert codes(gappy().model.notes) >= {"not-applicable-as-indicator", "blanks-imputed"}
    assert note(whole.notes, "complete-cases-only").figures["of"] == gappy().model.base.n


def test_relative_weights_stand_beside_lmg_only_where_a_driver_is_one_column() -> None:
    assert isinstance(gappy().complete_cases, DriverModel)
    assert gappy().complete_cases.driver("food").secondary.relative_weight is not None
    assert gappy().model.driver("food").secondary.relative_weight is None
    assert gappy().model.driver("food").secondary.first > gappy().model.driver("food").secondary.last


def test_the_headline_lies_near_what_complete_answers_would_have_said() -> None:
    outcome, ratings = a_battery(n=3000)
    truth = dict(zip(ratings, relative_importance(ratings.to_numpy(), outcome).lmg, strict=True))
    rng = np.random.default_rng(3)
    unhappy = outcome < np.quantile(outcome, 0.5)
    blank = rng.uniform(size=ratings.shape) < np.where(unhappy, 0.25, 0.02)[:, None]
    options = replace(QUICK, sensitivities=False, imputation=ImputationOptions(10, 5))
    model = found(outcome, DriverBattery(ratings.mask(blank)), options=options).model
    for code, value in truth.items():
        assert model.driver(code).importance.value == pytest.approx(value, abs=0.015)


def test_the_same_generator_gives_the_same_result_and_sensitivities_do_not_move_the_headline() -> None:
    outcome, ratings = a_battery()
    battery = DriverBattery(*with_gaps(ratings))
    assert found(outcome, battery) == gappy()
    assert found(outcome, battery, options=replace(QUICK, sensitivities=False)).model == gappy().model


def test_the_order_of_the_columns_changes_no_share_where_nothing_is_blank() -> None:
    outcome, ratings = a_battery()
    plain = found(outcome, DriverBattery(ratings)).model
    turned = found(outcome, DriverBattery(ratings[ratings.columns[::-1]])).model
    for code in ratings:
        one, other = plain.driver(code), turned.driver(code)
        assert one.importance.value == pytest.approx(other.importance.value, abs=1e-10)
        assert one.coefficient.value == pytest.approx(other.coefficient.value, abs=1e-10)


def test_weights_of_one_change_nothing() -> None:
    outcome, ratings = a_battery()
    holed, absent = with_gaps(ratings)
    weighted = found(outcome, DriverBattery(holed, absent), respondents(len(outcome), np.ones(len(outcome))))
    assert weighted == gappy()


def test_weights_move_the_figures_and_the_effective_base() -> None:
    outcome, ratings = a_battery()
    weights = np.where(ratings["signs"] > 3, 3.0, 0.5)
    model = found(outcome, DriverBattery(ratings), respondents(len(outcome), weights)).model
    alone = relative_importance(ratings.to_numpy(), outcome, weights)
    assert [model.driver(code).importance.value for code in ratings] == pytest.approx(alone.lmg.tolist(), abs=1e-10)
    assert model.base.effective == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    assert model.drivers[0].coefficient.method == "linearised"


def test_rows_of_one_respondent_widen_the_intervals() -> None:
    outcome, ratings = a_battery(n=300)
    doubled, twice = np.repeat(outcome, 3), DriverBattery(ratings.loc[np.repeat(ratings.index, 3)])
    as_rows = found(doubled, twice).model.driver("food").importance
    clustered = respondents(900, clusters=np.repeat(np.arange(300), 3))
    as_people = found(doubled, twice, clustered).model.driver("food").importance
    assert as_rows.se is not None
    assert as_people.se is not None
    assert as_people.value == pytest.approx(as_rows.value, abs=1e-10)
    assert as_people.se / as_rows.se == pytest.approx(np.sqrt(3), rel=0.25)


def test_a_driver_that_matters_beats_chance_and_an_outcome_of_dice_is_not_explained() -> None:
    assert gappy().model.driver("food").p_value == pytest.approx(1 / 101)
    assert gappy().model.r_squared_p_value == pytest.approx(1 / 101)
    _, ratings = a_battery()
    dice = found(np.random.default_rng(8).normal(size=600), DriverBattery(ratings))
    assert dice.model.r_squared_p_value > 0.05
    assert "outcome-not-explained" in codes(dice.model.notes)


def test_the_share_does_not_depend_on_what_stands_where_not_applicable() -> None:
    outcome, ratings = a_battery()
    absent = pd.DataFrame(data=False, index=ratings.index, columns=ratings.columns)
    absent["signs"] = np.random.default_rng(4).uniform(size=600) < 0.4
    found_share = found(outcome, DriverBattery(ratings.mask(absent), absent)).model.driver("signs").importance.value
    by_hand = np.column_stack([ratings.mask(absent).fillna(-7.5), absent["signs"]])
    shares = relative_importance(by_hand, outcome)
    joint = shares.r_squared - relative_importance(by_hand[:, [0, 2, 3]], outcome).r_squared
    model = found(outcome, DriverBattery(ratings.mask(absent), absent)).model
    assert model.driver("signs").secondary.last == pytest.approx(joint, abs=1e-10)
    assert model.r_squared.value == pytest.approx(shares.r_squared, abs=1e-10)
    assert found_share > joint


def test_signs_that_turn_in_the_full_model_are_flagged() -> None:
    rng = np.random.default_rng(6)
    base = rng.normal(size=600)
    ratings = pd.DataFrame({"strong": base + 0.4 * rng.normal(size=600), "echo": base + 0.4 * rng.normal(size=600)})
    model = found(2 * ratings["strong"].to_numpy() - 0.6 * ratings["echo"].to_numpy(), DriverBattery(ratings)).model
    echo = model.driver("echo")
    assert (echo.zero_order_sign, echo.full_model_sign, echo.signs_differ) == (1, -1, True)
    assert note(model.notes, "signs-differ").figures["driver"] == "echo"


def test_copies_halo_and_collinearity_are_announced() -> None:
    outcome, ratings = a_battery()
    ratings["again"] = ratings["food"]
    ratings["almost"] = ratings["food"] + 0.1 * np.random.default_rng(1).normal(size=600)
    model = found(outcome, DriverBattery(ratings)).model
    assert note(model.notes, "aliased").figures["drivers"] == "food, again"
    assert {each.figures["driver"] for each in model.notes if each.code == "collinear"} >= {"food", "again", "almost"}
    assert "halo" in codes(model.notes)
    assert model.driver("food").importance.value == pytest.approx(model.driver("again").importance.value, abs=1e-9)


def test_the_result_travels_as_json() -> None:
    told = json.loads(json.dumps(as_data(gappy()), allow_nan=False))
    assert told["model"]["method"] == "rating-and-not-applicable"
    assert told["model"]["drivers"][0]["importance"]["unit"] == "r2"


def test_more_than_24_drivers_are_sampled_with_a_stated_error() -> None:
    rng = np.random.default_rng(2)
    ratings = pd.DataFrame(rng.normal(size=(300, 25)), columns=[f"q{k}" for k in range(25)])
    options = replace(QUICK, n_draws=20, n_shuffles=20)
    model = found(ratings["q3"].to_numpy() + rng.normal(size=300), DriverBattery(ratings), options=options).model
    assert model.drivers[0].code == "q3"
    assert model.drivers[0].importance.method == "lmg-sampled"
    assert 0 < float(note(model.notes, "importance-sampled").figures["largest_error"]) < 0.01
