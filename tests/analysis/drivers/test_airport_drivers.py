"""The airport surveys of 2016 and 2017: real gaps, real weights, and figures that must make sense."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.drivers import DriverBattery, DriverOptions, key_drivers
from analysis.respondents import respondents
from analysis.values.drivers import DriverModel, KeyDrivers

DATA = Path(__file__).parents[4] / "shared" / "data" / "sfo-airport"
NOT_APPLICABLE = 6

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"no airport surveys at {DATA}")


def airport(n: int) -> tuple[np.ndarray, DriverBattery, np.ndarray]:
    """Return Q7ALL, the other Q7 items and the weights of n respondents."""
    years = [pd.read_csv(DATA / f"sfo-{year}.csv", dtype=str, encoding_errors="replace") for year in (2016, 2017)]
    data = pd.concat(years, ignore_index=True).sample(n, random_state=1)
    drivers = [each for each in data if each.startswith("Q7") and each != "Q7ALL"]
    values = data[drivers].apply(pd.to_numeric, errors="coerce")
    outcome = pd.to_numeric(data["Q7ALL"], errors="coerce")
    battery = DriverBattery(values.where(values.isin(range(1, 6))), values == NOT_APPLICABLE)
    return outcome.where(outcome.isin(range(1, 6))).to_numpy(float), battery, data["WEIGHT"].to_numpy(float)


def test_fourteen_drivers_of_three_thousand_travellers_are_analysed() -> None:
    outcome, battery, weights = airport(3000)
    found = key_drivers(outcome, battery, np.random.default_rng(20), respondents(3000, weights))
    assert isinstance(found, KeyDrivers)
    assert isinstance(found.complete_cases, DriverModel)
    assert isinstance(found.everything_imputed, DriverModel)
    model = found.model
    assert len(model.drivers) == 14
    assert model.base.n == 2838
    assert found.complete_cases.base.n == 456
    assert found.everything_imputed.base.n == 2838
    assert 0.5 < model.r_squared.value < 0.65
    assert model.n_imputations == 20
    assert {each.code for each in model.drivers[:4]} == {"Q7SCREENS", "Q7FOOD", "Q7WALKWAYS", "Q7SIGN"}
    assert model.drivers[-1].code == "Q7LTPARKING"
    assert all(each.zero_order_sign == 1 for each in model.drivers)
    assert found.importance_performance.fix_first == "Q7FOOD"


def test_sixes_never_count_as_ratings() -> None:
    outcome, battery, weights = airport(600)
    options = DriverOptions(n_draws=100, n_shuffles=20, sensitivities=False)
    found = key_drivers(outcome, battery, np.random.default_rng(1), respondents(600, weights), options)
    assert isinstance(found, KeyDrivers)
    for point in found.importance_performance.points:
        assert point.performance.value < 5
        answers = found.model.driver(point.code).answers
        assert point.performance.base.n == answers.n_rated
        assert answers.n_rated + answers.n_not_applicable + answers.n_blank == found.model.base.n
