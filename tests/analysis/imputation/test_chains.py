"""Blank answers filled by chained equations: truth recovered, given answers untouched, "not applicable" respected."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.imputation import Answers, ImputationOptions, impute, pool
from analysis.imputation.matching import draw_coefficients, nearest_donors

QUICK = ImputationOptions(n_imputations=5, cycles=5)


def complete_ratings(seed: int, n: int = 1500) -> tuple[np.ndarray, np.ndarray]:
    """Return four correlated ratings 1 to 5 of n people, and an outcome that follows them."""
    rng = np.random.default_rng(seed)
    halo = rng.normal(size=(n, 1))
    ratings = np.clip(np.rint(3.2 + 0.7 * halo + 0.8 * rng.normal(size=(n, 4))), 1, 5)
    return ratings, ratings @ [0.5, 0.3, 0.2, 0.0] + 0.5 * rng.normal(size=n)


def blanks_at_random_given_the_outcome(ratings: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """Return the ratings with holes in the first column that depend on the outcome: the unhappy skip it."""
    chance = 1 / (1 + np.exp(2.0 * (outcome - outcome.mean()) + 0.3))
    holes = np.random.default_rng(77).uniform(size=len(outcome)) < chance
    holed = ratings.copy()
    holed[holes, 0] = np.nan
    return holed


def none(ratings: np.ndarray) -> np.ndarray:
    return np.zeros(ratings.shape, dtype=bool)


def slope_of(ratings: np.ndarray, outcome: np.ndarray) -> float:
    design = np.column_stack([np.ones(len(outcome)), ratings])
    return float(np.linalg.lstsq(design, outcome, rcond=None)[0][1])


def test_imputation_recovers_the_truth_where_the_unhappy_leave_blanks() -> None:
    ratings, outcome = complete_ratings(1)
    holed = blanks_at_random_given_the_outcome(ratings, outcome)
    assert np.isnan(holed).mean(axis=0)[0] > 0.3
    completed = impute(
        Answers(holed, none(holed)), outcome[:, None], ImputationOptions(10, 5), np.random.default_rng(2)
    )
    truth, seen = ratings[:, 0].mean(), np.nanmean(holed[:, 0])
    imputed = float(np.mean([each.ratings[:, 0].mean() for each in completed]))
    assert abs(seen - truth) > 0.25
    assert abs(imputed - truth) < 0.06
    slopes = [slope_of(each.ratings, outcome) for each in completed]
    assert np.mean(slopes) == pytest.approx(slope_of(ratings, outcome), abs=0.05)


def test_given_answers_stay_exactly_as_given_and_imputed_ones_are_real_answers() -> None:
    ratings, outcome = complete_ratings(3)
    holed = blanks_at_random_given_the_outcome(ratings, outcome)
    for each in impute(Answers(holed, none(holed)), outcome[:, None], QUICK, np.random.default_rng(1)):
        given = ~np.isnan(holed)
        assert (each.ratings[given] == holed[given]).all()
        assert np.abs(each.ratings - np.rint(each.ratings)).max() < 1e-9
        assert each.ratings.min() > 0.999
        assert each.ratings.max() < 5.001


def test_the_same_generator_gives_the_same_answers_and_another_gives_others() -> None:
    ratings, outcome = complete_ratings(4, n=200)
    answers = Answers(blanks_at_random_given_the_outcome(ratings, outcome), none(ratings))
    first, again, other = (impute(answers, outcome[:, None], QUICK, np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert all((a.ratings == b.ratings).all() for a, b in zip(first, again, strict=True))
    assert any((a.ratings != b.ratings).any() for a, b in zip(first, other, strict=True))


def test_without_blanks_one_data_set_is_enough() -> None:
    ratings, outcome = complete_ratings(5, n=100)
    (only,) = impute(Answers(ratings, none(ratings)), outcome[:, None], QUICK, np.random.default_rng(1))
    assert (only.ratings == ratings).all()


def a_battery_with_not_applicable(seed: int) -> tuple[Answers, np.ndarray, np.ndarray]:
    """Return ratings of which the second does not apply to most of those with a low first rating, and 200 blanks."""
    ratings, outcome = complete_ratings(seed)
    rng = np.random.default_rng(seed)
    truly = np.zeros(ratings.shape, dtype=bool)
    truly[:, 1] = rng.uniform(size=len(ratings)) < np.where(ratings[:, 0] <= 3, 0.8, 0.1)
    ratings[truly] = np.nan
    blank = rng.choice(len(ratings), 200, replace=False)
    absent = truly.copy()
    ratings[blank, 1], absent[blank, 1] = np.nan, False
    return Answers(ratings, absent), outcome, truly[:, 1]


def test_a_blank_may_have_been_not_applicable_as_often_as_among_people_alike() -> None:
    answers, outcome, truly = a_battery_with_not_applicable(6)
    blank = answers.blank[:, 1]
    low = answers.ratings[:, 0] <= 3
    completed = impute(answers, outcome[:, None], QUICK, np.random.default_rng(1))
    for part in (blank & low, blank & ~low):
        imputed = np.mean([each.not_applicable[part, 1].mean() for each in completed])
        assert imputed == pytest.approx(truly[part].mean(), abs=0.12)


def test_answers_of_not_applicable_are_never_given_a_rating() -> None:
    answers, outcome, _ = a_battery_with_not_applicable(7)
    for each in impute(answers, outcome[:, None], QUICK, np.random.default_rng(1)):
        assert (each.not_applicable[answers.not_applicable]).all()
        fills = each.ratings[:, 1][each.not_applicable[:, 1]]
        assert fills == pytest.approx(np.full(fills.size, answers.means()[1]))


def test_the_outcome_must_be_complete() -> None:
    ratings, outcome = complete_ratings(8, n=60)
    outcome[3] = np.nan
    with pytest.raises(ValueError, match="complete"):
        impute(Answers(ratings, none(ratings)), outcome[:, None], QUICK, np.random.default_rng(1))


def test_a_driver_that_nobody_rated_is_refused() -> None:
    ratings, outcome = complete_ratings(9, n=60)
    ratings[:, 2] = np.nan
    with pytest.raises(ValueError, match="nobody rated"):
        impute(Answers(ratings, none(ratings)), outcome[:, None], QUICK, np.random.default_rng(1))


def test_donors_are_among_the_nearest() -> None:
    fitted = np.random.default_rng(1).permutation(np.arange(100.0))
    predicted = np.array([-5.0, 0.0, 49.6, 99.0, 200.0])
    allowed = [{0, 1, 2}, {0, 1, 2}, {48, 49, 50, 51}, {97, 98, 99}, {97, 98, 99}]
    seen = [set() for _ in predicted]
    for seed in range(60):
        donors = nearest_donors(fitted, predicted, 3, np.random.default_rng(seed))
        for place, value in enumerate(fitted[donors]):
            seen[place].add(int(value))
    assert [values <= within for values, within in zip(seen, allowed, strict=True)] == [True] * 5
    assert [len(values) for values in (seen[0], seen[4])] == [3, 3]


def test_with_fewer_people_than_donors_everybody_may_give() -> None:
    donors = nearest_donors(np.array([1.0, 1.0]), np.zeros(200), 5, np.random.default_rng(1))
    assert set(donors.tolist()) == {0, 1}


def test_drawn_coefficients_scatter_as_least_squares_says() -> None:
    rng = np.random.default_rng(3)
    design = np.column_stack([np.ones(200), rng.normal(size=200)])
    target = design @ [1.0, 2.0] + rng.normal(size=200)
    table = np.column_stack([design, target])
    draws = np.stack([draw_coefficients(table.T @ table, rng, 200).drawn for _ in range(4000)])
    expected = np.linalg.lstsq(design, target, rcond=None)[0]
    residual = target - design @ expected
    errors = np.sqrt(np.diag(np.linalg.inv(design.T @ design)) * (residual @ residual) / 198)
    assert draws.mean(axis=0) == pytest.approx(expected, abs=0.01)
    assert draws.std(axis=0) == pytest.approx(errors, rel=0.05)


def test_pooling_adds_what_differs_between_imputations() -> None:
    pooled = pool(np.array([[1.0], [2.0], [3.0]]), np.array([[0.5], [0.5], [0.8]]), 100)
    assert pooled.estimate == pytest.approx([2.0])
    assert pooled.within == pytest.approx([0.6])
    assert pooled.variance == pytest.approx([0.6 + (1 + 1 / 3) * 1.0])
    fraction = (4 / 3) / pooled.variance[0]
    old, observed = 2 / fraction**2, 101 / 103 * 100 * (1 - fraction)
    assert pooled.degrees == pytest.approx([old * observed / (old + observed)])


def test_a_single_data_set_keeps_its_own_error_and_degrees() -> None:
    pooled = pool(np.array([[1.5]]), np.array([[0.04]]), 57)
    assert (pooled.standard_errors[0], pooled.degrees[0], pooled.fraction[0]) == (pytest.approx(0.2), 57, 0)
