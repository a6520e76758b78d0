"""What cannot carry a figure gives a stated result or a clear error, whatever it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.drivers import (
    Cuts,
    DriverBattery,
    ImportanceOptions,
    RatingScale,
    Supposition,
    driver_importance,
    driver_regression,
    key_drivers,
    penalty_reward_contrast,
    relative_importance,
    what_if,
)
from analysis.respondents import respondents
from analysis.values import Refusal
from tests.analysis.carrying import lacks
from tests.analysis.drivers.batteries import QUICK, a_battery

SCALE = RatingScale(-20, 20)


def _importance(table: pd.DataFrame, outcome: np.ndarray) -> Any:
    return driver_importance(
        table, outcome, np.random.default_rng(1), options=ImportanceOptions(n_draws=40, n_shuffles=19)
    )


def _key_drivers(table: pd.DataFrame, outcome: np.ndarray) -> Any:
    return key_drivers(outcome, DriverBattery(table), np.random.default_rng(1), options=QUICK)


def _what_if(table: pd.DataFrame, outcome: np.ndarray) -> Any:
    supposed = Supposition({"food": 1}, outcome_scale=SCALE, model=QUICK)
    return what_if(outcome, DriverBattery(table), supposed, np.random.default_rng(1))


def _contrast(table: pd.DataFrame, outcome: np.ndarray) -> Any:
    return penalty_reward_contrast(table, outcome, Cuts(2, 4))


FUNCTIONS = [_importance, driver_regression, _key_drivers, _what_if, _contrast]
Function = Callable[[pd.DataFrame, np.ndarray], Any]


def spoilt(how: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Return a battery and an outcome with one thing wrong."""
    outcome, table = a_battery(n=120)
    changes: dict[str, Callable[[], tuple[pd.DataFrame, np.ndarray]]] = {
        "no rows": lambda: (table.head(0), outcome[:0]),
        "one row": lambda: (table.head(1), outcome[:1]),
        "a constant column": lambda: (table.assign(flat=3.0), outcome),
        "a copy": lambda: (table.assign(copy=table["food"]), outcome),
        "a constant outcome": lambda: (table, np.full(120, 7.0)),
        "a perfect fit": lambda: (table, table["food"].to_numpy() * 2.0),
        "an outcome missing everywhere": lambda: (table, np.full(120, np.nan)),
        "a column missing everywhere": lambda: (table.assign(art=np.nan), outcome),
        "some missing": lambda: (table.mask(table["signs"] == 3), outcome),
    }
    return changes[how]()


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    "how",
    [
        "no rows",
        "one row",
        "a constant column",
        "a copy",
        "a constant outcome",
        "a perfect fit",
        "an outcome missing everywhere",
        "a column missing everywhere",
        "some missing",
    ],
)
def test_every_function_states_a_result_or_refuses_with_a_reason(function: Function, how: str) -> None:
    found = function(*spoilt(how))
    assert list(lacks(found)) == []
    if how in {"no rows", "one row", "a constant outcome", "an outcome missing everywhere"}:
        assert isinstance(found, Refusal)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_infinite_values_are_refused_in_words(function: Function) -> None:
    outcome, table = a_battery(n=120)
    with pytest.raises(ValueError, match="infinite"):
        function(table.assign(art=np.inf), outcome)
    with pytest.raises(ValueError, match="infinite"):
        function(table, np.where(np.arange(120) == 3, np.inf, outcome))


def test_the_fast_form_says_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="no row"):
        relative_importance(np.empty((0, 2)), [])
    with pytest.raises(ValueError, match="does not vary"):
        relative_importance([[1.0, 2.0]], [3.0])
    with pytest.raises(ValueError, match="one outcome"):
        relative_importance([[1.0, 2.0]], [3.0, 4.0])
    with pytest.raises(ValueError, match="missing or infinite"), np.errstate(invalid="ignore"):
        relative_importance([[1.0], [np.inf], [3.0]], [1.0, 2.0, 4.0])


def test_one_respondent_behind_all_ratings_of_a_driver_is_no_base_for_an_error() -> None:
    outcome, table = a_battery(n=200)
    clusters = np.r_[np.zeros(100, int), np.arange(1, 101)]
    table.loc[100:, "art"] = np.nan
    found = key_drivers(
        outcome, DriverBattery(table), np.random.default_rng(1), respondents(200, clusters=clusters), QUICK
    )
    assert list(lacks(found)) == []
    assert not isinstance(found, Refusal)
    point = next(each for each in found.importance_performance.points if each.code == "art")
    assert point.performance is not None
    assert point.performance.interval is not None
    assert (point.performance.interval.low, point.performance.interval.high) == (1, 5)
    assert point.performance.se is None


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.permutations(range(4)), st.floats(-6, 6))
def test_slopes_change_with_units_only_as_units_do_and_with_order_not_at_all(
    seed: int, order: list[int], power: float
) -> None:
    outcome, table = a_battery(seed, n=80)
    rows, unit = np.random.default_rng(seed).permutation(80), 10.0**power
    plain, moved = driver_regression(table, outcome), driver_regression(table.iloc[rows, order] * unit, outcome[rows])
    assert not isinstance(plain, Refusal)
    assert not isinstance(moved, Refusal)
    for each in plain.coefficients:
        other = moved.coefficient(each.name)
        assert other.estimate.value * unit == pytest.approx(each.estimate.value, abs=1e-9)
        assert other.estimate.se is not None
        assert other.estimate.se * unit == pytest.approx(each.estimate.se, abs=1e-9)
        assert other.p_value == pytest.approx(each.p_value, abs=1e-9)
    assert moved.r_squared == pytest.approx(plain.r_squared, abs=1e-9)
