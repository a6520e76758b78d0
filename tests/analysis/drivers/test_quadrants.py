"""Importance and performance side by side: places, doubt, and the one driver to fix first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.drivers import DriverBattery, DriverOptions, RatingScale, key_drivers
from analysis.respondents import Respondents, respondents
from analysis.values.drivers import FixFirstReason, ImportancePerformance, KeyDrivers, Quadrant

OPTIONS = DriverOptions(n_draws=300, n_shuffles=99, sensitivities=False)
CODES = ["weak", "strong", "dull", "shiny"]


def ratings_of(seed: int, n: int, levels: tuple[float, ...]) -> pd.DataFrame:
    """Return independent ratings 1 to 5 of the four drivers around these levels."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(np.clip(np.rint(levels + 0.8 * rng.normal(size=(n, 4))), 1, 5), columns=CODES)


def clear_case(n: int = 800) -> tuple[np.ndarray, pd.DataFrame]:
    """Return a case with one driver in each quadrant: `weak` matters and is rated low, and so on."""
    ratings = ratings_of(1, n, (2.5, 4.0, 2.5, 4.0))
    outcome = ratings.to_numpy() @ [1.0, 1.0, 0.1, 0.1] + 0.6 * np.random.default_rng(2).normal(size=n)
    return outcome, ratings


def placed(
    outcome: np.ndarray,
    ratings: pd.DataFrame,
    scales: dict[str, RatingScale] | None = None,
    options: DriverOptions = OPTIONS,
    sample: Respondents | None = None,
) -> ImportancePerformance:
    battery = DriverBattery(ratings, scales=scales or {}, labels={"weak": "Restaurants"})
    result = key_drivers(outcome, battery, np.random.default_rng(3), sample, options)
    assert isinstance(result, KeyDrivers), result
    return result.importance_performance


def test_each_driver_stands_in_its_quadrant_and_the_weak_important_one_comes_first() -> None:
    found = placed(*clear_case())
    assert {each.code: each.quadrant for each in found.points} == {
        "weak": Quadrant.FIX_FIRST,
        "strong": Quadrant.KEEP_UP,
        "dull": Quadrant.LOW_PRIORITY,
        "shiny": Quadrant.POSSIBLE_OVERKILL,
    }
    assert (found.fix_first, found.reason) == ("weak", FixFirstReason.CLEAR)
    assert next(each.label for each in found.points if each.code == "weak") == "Restaurants"


def test_performance_is_the_mean_of_raters_and_the_index_runs_over_the_declared_scale() -> None:
    outcome, ratings = clear_case()
    ratings.loc[:99, "weak"] = np.nan
    weights = np.random.default_rng(5).uniform(0.5, 2, 800)
    found = placed(outcome, ratings, {"weak": RatingScale(0, 10)}, sample=respondents(800, weights))
    point = next(each for each in found.points if each.code == "weak")
    mean = np.average(ratings["weak"].to_numpy()[100:], weights=weights[100:])
    assert point.performance.value == pytest.approx(mean)
    assert point.index.value == pytest.approx(10 * mean)
    assert (point.performance.base.n, point.performance.unit, point.index.unit) == (700, "mean", "index")
    assert point.performance.interval is not None
    assert point.index.interval is not None
    assert point.index.interval.low == pytest.approx(10 * point.performance.interval.low)
    assert point.index.interval.low < point.index.value < point.index.interval.high


def test_the_lines_stand_at_the_means() -> None:
    found = placed(*clear_case())
    assert found.importance_line == pytest.approx(np.mean([each.importance.value for each in found.points]))
    assert found.index_line == pytest.approx(np.mean([each.index.value for each in found.points]))


def test_a_scale_that_runs_down_turns_the_index_and_the_direction() -> None:
    outcome, ratings = clear_case()
    ratings["weak"] = 6 - ratings["weak"]
    found = placed(outcome, ratings, {"weak": RatingScale(1, 5, higher_is_better=False)})
    assert next(each.quadrant for each in found.points if each.code == "weak") is Quadrant.FIX_FIRST
    assert (found.fix_first, found.reason) == ("weak", FixFirstReason.CLEAR)


def test_a_weak_driver_whose_better_ratings_go_with_worse_outcomes_is_not_to_fix() -> None:
    outcome, ratings = clear_case()
    turned = outcome - 2.0 * ratings["weak"].to_numpy()
    found = placed(turned, ratings)
    assert next(each.quadrant for each in found.points if each.code == "weak") is Quadrant.FIX_FIRST
    assert (found.fix_first, found.reason) == (None, FixFirstReason.WRONG_DIRECTION)
    falling = placed(-outcome, ratings, options=replace(OPTIONS, outcome_higher_is_better=False))
    assert (falling.fix_first, falling.reason) == ("weak", FixFirstReason.CLEAR)


def test_a_point_near_a_line_is_unclear_and_names_nobody() -> None:
    ratings = ratings_of(7, 120, (3.3, 3.3, 3.3, 3.3))
    outcome = ratings.to_numpy() @ [0.5, 0.5, 0.5, 0.5] + np.random.default_rng(8).normal(size=120)
    found = placed(outcome, ratings)
    assert [each.quadrant for each in found.points].count(Quadrant.UNCLEAR) >= 3
    assert all(0 <= each.stability <= 1 for each in found.points)
    for each in found.points:
        assert each.quadrant is (each.place if each.stability >= 0.8 else Quadrant.UNCLEAR)
    assert found.fix_first is None
    assert found.reason in {FixFirstReason.NOT_STABLE, FixFirstReason.NO_WEAK_IMPORTANT_DRIVER}


def test_an_important_weak_driver_that_wavers_is_not_named() -> None:
    found = placed(*clear_case(), options=replace(OPTIONS, stability=1.01))
    assert (found.fix_first, found.reason) == (None, FixFirstReason.NOT_STABLE)


def test_where_all_that_matters_is_rated_high_nothing_is_to_fix() -> None:
    ratings = ratings_of(9, 600, (4.2, 4.2, 2.0, 2.0))
    outcome = ratings.to_numpy() @ [1.0, 1.0, 0.05, 0.05] + 0.5 * np.random.default_rng(9).normal(size=600)
    found = placed(outcome, ratings)
    assert (found.fix_first, found.reason) == (None, FixFirstReason.NO_WEAK_IMPORTANT_DRIVER)


def test_where_nothing_explains_the_outcome_nothing_is_to_fix() -> None:
    _, ratings = clear_case()
    found = placed(np.random.default_rng(0).normal(size=800), ratings)
    assert (found.fix_first, found.reason) == (None, FixFirstReason.OUTCOME_NOT_EXPLAINED)


def test_a_single_driver_has_no_quadrant() -> None:
    outcome, ratings = clear_case()
    found = placed(outcome, ratings[["weak"]])
    assert found.points[0].quadrant is Quadrant.UNCLEAR
    assert [each.code for each in found.notes] == ["too-few-drivers-for-quadrants"]


def test_an_interval_of_performance_never_leaves_the_scale() -> None:
    ratings = ratings_of(4, 60, (3.0, 3.0, 3.0, 5.0))
    ratings["shiny"] = 5.0
    ratings.loc[0, "shiny"] = 3.0
    outcome = ratings["weak"].to_numpy() + np.random.default_rng(1).normal(size=60)
    point = next(each for each in placed(outcome, ratings).points if each.code == "shiny")
    assert point.performance.interval is not None
    assert point.index.interval is not None
    assert (point.performance.interval.high, point.index.interval.high) == (5.0, 100.0)
