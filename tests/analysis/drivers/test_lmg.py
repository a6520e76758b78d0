"""LMG importance: equal to an independent implementation, and true to what defines it."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pingouin
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.drivers import Terms, relative_importance
from analysis.drivers.orders import sampled_shares
from analysis.drivers.shapley import exact_shares
from analysis.moments import correlations, weighted_moments


def a_battery(seed: int, n_drivers: int, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Return correlated ratings 1 to 7 and an outcome that some of them explain."""
    rng = np.random.default_rng(seed)
    halo = rng.normal(size=(n, 1))
    drivers = np.clip(np.rint(4.5 + halo + rng.normal(size=(n, n_drivers))), 1, 7)
    return drivers, drivers @ rng.uniform(-0.2, 1, n_drivers) + rng.normal(size=n) * 2


def r_squared(drivers: np.ndarray, outcome: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Return R2 by plain (weighted) least squares."""
    root = np.sqrt(np.ones(len(outcome)) if weights is None else weights)
    design = np.column_stack([np.ones(len(outcome)), drivers])
    residual = (outcome - design @ np.linalg.lstsq(design * root[:, None], outcome * root, rcond=None)[0]) * root
    centred = (outcome - np.average(outcome, weights=root**2)) * root
    return 1 - float(residual @ residual) / float(centred @ centred)


def averaged_over_orders(drivers: np.ndarray, outcome: np.ndarray, players: list[tuple[int, ...]]) -> np.ndarray:
    """Return the definition itself: the gain of each player averaged over all orders of entry."""
    gains = np.zeros(len(players))
    orders = list(permutations(range(len(players))))
    for order in orders:
        inside: list[int] = []
        before = 0.0
        for player in order:
            inside += players[player]
            after = r_squared(drivers[:, inside], outcome)
            gains[player] += after - before
            before = after
    return gains / len(orders)


@pytest.mark.parametrize("n_drivers", [1, 2, 3, 5, 8])
def test_lmg_equals_pingouin(n_drivers: int) -> None:
    drivers, outcome = a_battery(n_drivers, n_drivers)
    peer = pingouin.linear_regression(drivers, outcome, relimp=True)["relimp"].to_numpy()[1:]
    found = relative_importance(drivers, outcome)
    assert np.abs(found.lmg - peer).max() < 1e-9
    assert abs(found.lmg.sum() - found.r_squared) < 1e-10
    assert found.r_squared == pytest.approx(r_squared(drivers, outcome), abs=1e-10)


def test_a_group_enters_as_one_by_the_definition() -> None:
    drivers, outcome = a_battery(3, 5)
    terms = Terms(groups={"a": (0, 3), "b": (1, 2)})
    found = relative_importance(drivers, outcome, terms=terms)
    assert found.players == ((0, 3), (1, 2), (4,))
    assert found.lmg == pytest.approx(averaged_over_orders(drivers, outcome, list(found.players)), abs=1e-10)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.permutations(range(6)))
def test_the_order_of_the_drivers_changes_nothing(seed: int, order: list[int]) -> None:
    drivers, outcome = a_battery(seed, 6, n=60)
    plain, turned = relative_importance(drivers, outcome), relative_importance(drivers[:, order], outcome)
    assert np.abs(plain.lmg[order] - turned.lmg).max() < 1e-9
    assert np.abs(plain.last[order] - turned.last).max() < 1e-9


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.floats(-6, 6), min_size=6, max_size=6), st.integers(-1000, 1000))
def test_the_unit_of_a_column_changes_nothing(seed: int, powers: list[float], shift: int) -> None:
    drivers, outcome = a_battery(seed, 5, n=60)
    units = 10.0 ** np.array(powers)
    plain = relative_importance(drivers, outcome)
    scaled = relative_importance((drivers + shift) * units[:5], outcome * units[5])
    assert np.abs(plain.lmg - scaled.lmg).max() < 1e-9


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_shares_are_never_negative_and_sum_to_r_squared(seed: int) -> None:
    drivers, outcome = a_battery(seed, 7, n=40)
    found = relative_importance(drivers, outcome)
    assert found.lmg.min() > -1e-12
    assert abs(found.lmg.sum() - r_squared(drivers, outcome)) < 1e-10


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_whole_number_weights_equal_repeated_rows(seed: int) -> None:
    drivers, outcome = a_battery(seed, 4, n=50)
    times = np.random.default_rng(seed).integers(1, 5, 50)
    weighted = relative_importance(drivers, outcome, times.astype(float))
    repeated = relative_importance(np.repeat(drivers, times, axis=0), np.repeat(outcome, times))
    assert np.abs(weighted.lmg - repeated.lmg).max() < 1e-9
    assert weighted.r_squared == pytest.approx(r_squared(drivers, outcome, times), abs=1e-9)


def test_weights_of_one_change_nothing_and_neither_does_their_unit() -> None:
    drivers, outcome = a_battery(11, 5)
    plain = relative_importance(drivers, outcome).lmg
    assert relative_importance(drivers, outcome, np.ones(400)).lmg == pytest.approx(plain, abs=1e-12)
    assert relative_importance(drivers, outcome, np.full(400, 4e6)).lmg == pytest.approx(plain, abs=1e-12)


def test_an_exact_copy_shares_what_it_repeats_and_is_named() -> None:
    drivers, outcome = a_battery(5, 4)
    doubled = np.column_stack([drivers, 3 - 2 * drivers[:, 1]])
    found = relative_importance(doubled, outcome)
    assert found.aliased == ("1", "4")
    assert found.lmg[1] == pytest.approx(found.lmg[4], abs=1e-9)
    assert found.lmg.sum() == pytest.approx(r_squared(drivers, outcome), abs=1e-9)
    assert found.last[[1, 4]] == pytest.approx([0, 0], abs=1e-9)


def test_a_constant_column_explains_nothing_and_is_named() -> None:
    drivers, outcome = a_battery(6, 3)
    found = relative_importance(np.column_stack([drivers, np.full(400, 0.1)]), outcome)
    assert found.lmg[3] == 0
    assert found.aliased == ("3",)
    assert found.lmg[:3] == pytest.approx(relative_importance(drivers, outcome).lmg, abs=1e-12)


def test_many_matrices_at_once_give_what_each_gives_alone() -> None:
    tables = [np.column_stack(a_battery(seed, 9, n=80)) for seed in range(40)]
    matrices = np.stack([correlations(weighted_moments(each).covariance) for each in tables])
    players = [(0, 4), (1,), (2,), (3, 5, 6), (7,), (8,)]
    together = exact_shares(matrices, players)
    alone = [exact_shares(each[None], players) for each in matrices]
    assert np.abs(together.lmg - np.concatenate([each.lmg for each in alone])).max() < 1e-12


def test_sampled_orders_agree_with_the_exact_shares_within_their_stated_error() -> None:
    drivers, outcome = a_battery(8, 10)
    matrix = correlations(weighted_moments(np.column_stack([drivers, outcome])).covariance)
    players = [(0, 9), *((column,) for column in range(1, 9))]
    exact = exact_shares(matrix[None], players, controls=())
    sampled = sampled_shares(matrix[None], players, np.random.default_rng(4), 400)
    assert (np.abs(sampled.shares.lmg - exact.lmg) < 4 * sampled.error + 1e-12).all()
    assert sampled.error.max() < 0.005
    assert sampled.shares.total == pytest.approx(exact.total, abs=1e-10)
    assert sampled.shares.first == pytest.approx(exact.first, abs=1e-10)
    assert sampled.shares.last == pytest.approx(exact.last, abs=1e-10)


def test_above_24_drivers_importance_is_sampled_and_says_so() -> None:
    drivers, outcome = a_battery(9, 26)
    with pytest.raises(ValueError, match="random generator"):
        relative_importance(drivers, outcome)
    found = relative_importance(drivers, outcome, rng=np.random.default_rng(1))
    assert found.monte_carlo_error is not None
    assert 0 < found.monte_carlo_error.max() < 0.01
    assert found.lmg.sum() == pytest.approx(r_squared(drivers, outcome), abs=1e-9)


def test_exact_importance_goes_up_to_20_drivers_and_more() -> None:
    drivers, outcome = a_battery(10, 16)
    found = relative_importance(drivers, outcome)
    assert found.monte_carlo_error is None
    assert found.lmg.sum() == pytest.approx(r_squared(drivers, outcome), abs=1e-10)


@pytest.mark.parametrize(
    ("drivers", "outcome", "words"),
    [
        ([[1.0], [2.0], [np.nan]], [1.0, 2.0, 3.0], "missing"),
        ([[1.0], [2.0], [3.0]], [5.0, 5.0, 5.0], "does not vary"),
    ],
)
def test_what_cannot_be_explained_is_refused_in_words(
    drivers: list[list[float]], outcome: list[float], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        relative_importance(drivers, outcome)


def test_a_column_named_twice_is_refused() -> None:
    drivers, outcome = a_battery(1, 3)
    with pytest.raises(ValueError, match="at most one group"):
        relative_importance(drivers, outcome, terms=Terms(groups={"both": (0, 1)}, controls=(1,)))
