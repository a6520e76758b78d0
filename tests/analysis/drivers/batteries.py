"""Batteries with a known truth, for the tests of driver analysis."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from analysis.drivers import DriverBattery, DriverOptions, key_drivers
from analysis.imputation import ImputationOptions
from analysis.respondents import Respondents
from analysis.values import Note
from analysis.values.drivers import KeyDrivers

QUICK = DriverOptions(n_draws=200, n_shuffles=99, imputation=ImputationOptions(n_imputations=4, cycles=3))


def a_battery(seed: int = 1, n: int = 600) -> tuple[np.ndarray, pd.DataFrame]:
    """Return an outcome and four ratings: `food` matters most, `signs` half as much, `noise` and `art` not at all."""
    rng = np.random.default_rng(seed)
    halo = rng.normal(size=(n, 1))
    ratings = np.clip(np.rint(3.3 + 0.5 * halo + 0.9 * rng.normal(size=(n, 4))), 1, 5)
    outcome = ratings @ [0.8, 0.4, 0.0, 0.0] + 0.8 * rng.normal(size=n)
    return outcome, pd.DataFrame(ratings, columns=["food", "signs", "noise", "art"])


def with_gaps(ratings: pd.DataFrame, seed: int = 2) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the ratings with a third of `signs` not applicable and a tenth of everything blank."""
    rng = np.random.default_rng(seed)
    absent = pd.DataFrame(data=False, index=ratings.index, columns=ratings.columns)
    absent["signs"] = rng.uniform(size=len(ratings)) < 0.33
    blank = rng.uniform(size=ratings.shape) < 0.1
    return ratings.mask(absent | blank), absent & ~blank


def found(
    outcome: np.ndarray,
    battery: DriverBattery,
    sample: Respondents | None = None,
    options: DriverOptions = QUICK,
    seed: int = 9,
) -> KeyDrivers:
    result = key_drivers(outcome, battery, np.random.default_rng(seed), sample, options)
    assert isinstance(result, KeyDrivers), result
    return result


@cache
def gappy() -> KeyDrivers:
    outcome, ratings = a_battery()
    holed, absent = with_gaps(ratings)
    return found(outcome, DriverBattery(holed, absent))


def codes(notes: tuple[Note, ...]) -> set[str]:
    return {each.code for each in notes}


def note(notes: tuple[Note, ...], code: str) -> Note:
    return next(each for each in notes if each.code == code)
