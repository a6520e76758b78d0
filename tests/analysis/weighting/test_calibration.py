"""Calibration meets totals of numbers and categories by any of its distances, or says that none can."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.weighting import CalibrationOptions, calibrate, rake
from tests.analysis.carrying import lacks

DISTANCES = ("linear", "raking", "logit")


def people(seed: int = 1, n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {"segment": rng.choice(list("abc"), n), "age": rng.normal(45, 12, n), "visits": rng.poisson(3, n)}
    )


TARGETS = {"segment": {"a": 500.0, "b": 300.0, "c": 200.0}, "age": 47_000.0, "visits": 3_200.0}


@pytest.mark.parametrize("distance", DISTANCES)
def test_totals_of_numbers_and_categories_are_met(distance: str) -> None:
    found = calibrate(people(), TARGETS, options=CalibrationOptions(distance))
    assert found.weights @ people()["age"] == pytest.approx(47_000, rel=1e-9)
    assert found.weights @ people()["visits"] == pytest.approx(3_200, rel=1e-9)
    assert pd.Series(found.weights).groupby(people()["segment"]).sum().to_dict() == pytest.approx(TARGETS["segment"])
    assert found.summary.method == f"calibration-{distance}"
    assert list(lacks(found)) == []
    assert {each.variable: each.reached for each in found.summary.margins if not each.category} == pytest.approx(
        {"age": 47_000, "visits": 3_200}
    )


def test_the_linear_distance_is_the_generalised_regression_estimator() -> None:
    table, base = people(), np.random.default_rng(2).uniform(1, 3, 300)
    columns = np.column_stack([np.ones(300), table["age"]])
    totals = np.array([1000.0, 46_500.0])
    found = calibrate(table, {"age": 46_500.0}, base, CalibrationOptions("linear", population=1000.0))
    scaled = base * 1000 / base.sum()
    slopes = np.linalg.solve((columns * scaled[:, None]).T @ columns, totals - scaled @ columns)
    assert found.weights == pytest.approx(scaled * (1 + columns @ slopes), rel=1e-9)


def test_without_the_size_of_the_population_only_the_totals_are_met() -> None:
    found = calibrate(people(), {"visits": 1_000.0}, options=CalibrationOptions("linear"))
    visits = people()["visits"].to_numpy(float)
    assert found.weights == pytest.approx(1 + visits * (1000 - visits.sum()) / (visits @ visits))


def test_shares_and_means_are_targets_too() -> None:
    found = calibrate(people(), {"segment": {"a": 0.5, "b": 0.3, "c": 0.2}, "age": 46.0})
    assert found.weights.sum() == pytest.approx(300)
    assert np.average(people()["age"], weights=found.weights) == pytest.approx(46.0)


def test_logit_factors_stay_between_their_bounds() -> None:
    options = CalibrationOptions("logit", bounds=(0.5, 1.8))
    found = calibrate(people(), {"segment": {"a": 0.45, "b": 0.3, "c": 0.25}, "age": 46.0}, options=options)
    assert found.factors.min() > 0.5
    assert found.factors.max() < 1.8


def test_bounds_that_cannot_hold_the_targets_fail_loudly() -> None:
    options = CalibrationOptions("logit", bounds=(0.9, 1.1))
    with pytest.raises(ValueError, match="Widen the bounds"):
        calibrate(people(), {"segment": {"a": 0.8, "b": 0.1, "c": 0.1}}, options=options)


def test_a_mean_beyond_everybody_fails_loudly() -> None:
    with pytest.raises(ValueError, match="No weights of the distance 'raking'"):
        calibrate(people(), {"age": 500.0}, options=CalibrationOptions(population=1.0))


@pytest.mark.parametrize("bounds", [(1.2, 2.0), (-0.1, 2.0), (0.5, 0.9)])
def test_bounds_lie_on_both_sides_of_one(bounds: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="0 <= L < 1 < U"):
        calibrate(people(), {"age": 46.0}, options=CalibrationOptions("logit", bounds, population=1.0))


def test_negative_linear_weights_are_announced() -> None:
    found = calibrate(people(), {"age": 65.0}, options=CalibrationOptions("linear", population=1.0))
    assert "negative-weights" in {note.code for note in found.summary.notes}
    assert found.summary.smallest < 0


def test_the_raking_distance_on_categories_is_raking() -> None:
    targets = {"segment": {"a": 0.5, "b": 0.3, "c": 0.2}}
    assert calibrate(people(), targets).weights == pytest.approx(rake(people(), targets).weights, rel=1e-9)


@pytest.mark.parametrize("distance", DISTANCES)
def test_units_and_offsets_of_a_number_do_not_matter(distance: str) -> None:
    plain = calibrate(people(), {"age": 46.0}, options=CalibrationOptions(distance, population=1.0))
    moved = people().assign(age=people()["age"] * 1e-4 + 1e3)
    other = calibrate(moved, {"age": 46.0 * 1e-4 + 1e3}, options=CalibrationOptions(distance, population=1.0))
    assert other.weights == pytest.approx(plain.weights, rel=1e-6)


@pytest.mark.parametrize(
    ("change", "targets", "message"),
    [
        ({"age": np.nan}, {"age": 46.0}, "missing or infinite for 300"),
        ({"segment": None}, {"segment": {"a": 1.0}}, "missing for 300"),
        ({}, {"age": np.inf}, "finite number"),
        ({}, {}, "at least one auxiliary"),
        ({}, {"segment": {"a": 1.0, "b": 1.0, "c": 1.0, "d": 1.0}}, "'segment' = 'd'"),
        ({}, {"shoe size": 40.0}, "no such column"),
    ],
)
def test_wrong_input_is_named(change: dict[str, object], targets: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        calibrate(people().assign(**change), targets)
