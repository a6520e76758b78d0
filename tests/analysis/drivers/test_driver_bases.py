"""On whose answers a driver analysis rests, and when it refuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.drivers import DriverBattery, RatingScale, key_drivers
from analysis.respondents import respondents
from analysis.values import Refusal
from analysis.values.drivers import KeyDrivers
from tests.analysis.drivers.batteries import QUICK, a_battery, found, note


@pytest.mark.parametrize(("n", "needed"), [(9, 50), (49, 50), (50, None)])
def test_a_base_below_50_is_refused(n: int, needed: int | None) -> None:
    outcome, ratings = a_battery(n=n)
    result = key_drivers(outcome, DriverBattery(ratings), np.random.default_rng(1), options=QUICK)
    if needed is None:
        assert isinstance(result, KeyDrivers)
    else:
        assert isinstance(result, Refusal)
        assert (result.code, result.base.n) == ("base-too-small", n)
        assert (result.figures["n"], result.figures["needed"]) == (n, needed)


def test_ten_answers_per_driver_are_needed() -> None:
    rng = np.random.default_rng(1)
    ratings = pd.DataFrame(rng.integers(1, 6, size=(79, 8)).astype(float), columns=list("abcdefgh"))
    result = key_drivers(rng.normal(size=79), DriverBattery(ratings), rng, options=QUICK)
    assert isinstance(result, Refusal)
    assert (result.figures["n"], result.figures["needed"], result.figures["n_drivers"]) == (79, 80, 8)


def test_many_rows_of_few_respondents_are_a_small_base() -> None:
    outcome, ratings = a_battery(n=300)
    clustered = respondents(300, clusters=np.arange(300) % 49)
    result = key_drivers(outcome, DriverBattery(ratings), np.random.default_rng(1), clustered, QUICK)
    assert isinstance(result, Refusal)
    assert (result.code, result.base.n, result.figures["n"]) == ("base-too-small", 300, 49)


def test_too_few_complete_cases_refuse_the_sensitivity_and_not_the_headline() -> None:
    outcome, ratings = a_battery(n=300)
    blank = np.random.default_rng(1).uniform(size=ratings.shape) < 0.5
    result = found(outcome, DriverBattery(ratings.mask(blank)))
    assert isinstance(result.complete_cases, Refusal)
    assert result.complete_cases.code == "base-too-small"
    assert result.complete_cases.figures["n"] == int((~blank).all(axis=1).sum())
    assert result.everything_imputed is None


def test_a_constant_outcome_is_refused() -> None:
    _, ratings = a_battery()
    result = key_drivers(np.full(600, 4.0), DriverBattery(ratings), np.random.default_rng(1), options=QUICK)
    assert isinstance(result, Refusal)
    assert result.code == "outcome-constant"


def test_drivers_that_cannot_enter_are_left_out_with_a_note() -> None:
    outcome, ratings = a_battery()
    ratings["same"] = 4.0
    ratings["rare"] = np.where(np.arange(600) < 29, ratings["food"], np.nan)
    model = found(outcome, DriverBattery(ratings)).model
    assert {each.code for each in model.drivers} == {"food", "signs", "noise", "art"}
    assert note(model.notes, "driver-constant").figures["driver"] == "same"
    rare = note(model.notes, "driver-too-few-ratings").figures
    assert (rare["driver"], rare["n_rated"], rare["needed"]) == ("rare", 29, 30)


def test_nothing_usable_is_refused() -> None:
    outcome, ratings = a_battery()
    result = key_drivers(outcome, DriverBattery(ratings * 0), np.random.default_rng(1), options=QUICK)
    assert isinstance(result, Refusal)
    assert result.code == "no-usable-driver"


def test_rows_without_outcome_weight_or_answers_are_left_out_and_counted() -> None:
    outcome, ratings = a_battery()
    outcome[:7] = np.nan
    ratings.iloc[10:15] = np.nan
    weights = np.ones(600)
    weights[20:23] = 0
    result = found(outcome, DriverBattery(ratings), respondents(600, weights))
    assert result.model.base.n == 600 - 7 - 5 - 3
    counts = {each.code: each.figures["n"] for each in result.notes if each.code.startswith("left-out")}
    assert counts == {"left-out-outcome-missing": 7, "left-out-battery-blank": 5, "left-out-weight-zero": 3}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda ratings, absent: (ratings.replace(5.0, np.inf), absent), "infinite"),
        (lambda ratings, absent: (ratings, absent | True), "not applicable was answered"),
        (lambda ratings, absent: (ratings, absent[["food"]]), "same columns"),
        (lambda ratings, absent: (ratings, absent.iloc[:-1]), "as many rows"),
        (lambda ratings, absent: (ratings.iloc[:-1], absent.iloc[:-1]), "one outcome and one weight"),
    ],
)
def test_tables_that_contradict_each_other_are_refused(spoil: object, words: str) -> None:
    outcome, ratings = a_battery()
    assert callable(spoil)
    absent = pd.DataFrame(data=False, index=ratings.index, columns=ratings.columns)
    with pytest.raises(ValueError, match=words):
        key_drivers(outcome, DriverBattery(*spoil(ratings, absent)), np.random.default_rng(1))


def test_a_scale_without_extent_is_refused() -> None:
    with pytest.raises(ValueError, match="no extent"):
        RatingScale(5, 5)
