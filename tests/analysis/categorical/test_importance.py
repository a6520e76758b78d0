"""Shapley values of McFadden's R2 against a loop over all orders of entry, and their draws against refitting."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.categorical import CategoricalOptions, ImportanceOptions, Rows, mcfadden_importance, ordered_regression
from analysis.categorical.cases import cases_of
from analysis.categorical.fitting import standardised
from analysis.categorical.importance import bias_corrected, shapley_values
from analysis.categorical.submodels import log_likelihoods
from analysis.values import Refusal
from analysis.values.categorical import CategoricalImportance, CategoricalModel
from tests.analysis.carrying import lacks
from tests.analysis.categorical.samples import outcome, predictors

MODEL = CategoricalOptions(levels={"channel": ["phone", "shop", "web"]})
X = predictors()
Y = outcome(X)
NUMBERS = X[["service", "price"]]


def divided(
    y: np.ndarray = Y, x: pd.DataFrame = X, seed: int | None = None, **choices: object
) -> CategoricalImportance:
    rows = choices.pop("rows", None)
    options = ImportanceOptions(model=MODEL, n_draws=200, **choices)
    rng = None if seed is None else np.random.default_rng(seed)
    found = mcfadden_importance(y, x, rng, rows, options)
    assert isinstance(found, CategoricalImportance), found
    return found


def pseudo_r2(columns: list[str], y: np.ndarray = Y) -> float:
    if not columns:
        return 0.0
    found = ordered_regression(y, X[columns], options=MODEL)
    assert isinstance(found, CategoricalModel)
    return found.mcfadden_r2


def test_values_are_gains_averaged_over_all_orders_of_entry() -> None:
    found = divided()
    orders = list(permutations(X.columns))
    for each in found.players:
        gains = []
        for order in orders:
            before = list(order[: order.index(each.code)])
            gains.append(pseudo_r2([*before, each.code]) - pseudo_r2(before))
        assert each.importance.value == pytest.approx(np.mean(gains), abs=1e-10)
        assert each.first == pytest.approx(pseudo_r2([each.code]), abs=1e-10)
        rest = [name for name in X.columns if name != each.code]
        assert each.last == pytest.approx(pseudo_r2(list(X.columns)) - pseudo_r2(rest), abs=1e-10)
    assert sum(each.importance.value for each in found.players) == pytest.approx(found.pseudo_r2.value, abs=1e-12)
    assert sum(each.share for each in found.players) == pytest.approx(1)


def test_a_binary_outcome_is_divided_by_logits() -> None:
    y = (Y > 3).astype(int)
    found = divided(y, NUMBERS)
    for mask, columns in enumerate(([], ["service"], ["price"], ["service", "price"])):
        theirs = sm.Logit(y, sm.add_constant(NUMBERS[columns])).fit(disp=False, tol=1e-12) if columns else None
        assert found.subset_r2[mask] == pytest.approx(theirs.prsquared if theirs else 0, abs=1e-9)


def test_a_group_is_one_player() -> None:
    found = divided(groups={"offer": ["service", "price"]})
    assert [(each.code, each.predictors) for each in found.players] == [
        ("offer", ("service", "price")),
        ("channel", ("channel",)),
    ]
    assert found.player("offer").first == pytest.approx(pseudo_r2(["service", "price"]), abs=1e-10)


def test_draws_by_one_step_are_those_of_refitting_but_for_far_less_than_their_spread() -> None:
    cases = cases_of(Y, NUMBERS, Rows(), MODEL)
    drawn = np.random.default_rng(5).integers(0, len(Y), size=(60, len(Y)))
    counts = np.stack([np.bincount(each, minlength=len(Y)) for each in drawn])
    table = log_likelihoods(cases, standardised(cases, "logit"), cases.players, counts)
    quick = shapley_values(1 - table / table[0]).shapley[1:]
    slow = np.array(
        [[one.importance.value for one in divided(Y, NUMBERS, rows=Rows(frequencies=each)).players] for each in counts]
    )
    assert (np.abs(quick - slow).max(axis=0) < 0.06 * slow.std(axis=0)).all()


def test_the_same_seed_gives_the_same_digits_and_intervals_hold_the_values() -> None:
    one, two = divided(seed=3), divided(seed=3)
    assert one == two
    assert one.n_draws == 200
    for each in one.players:
        assert each.importance.interval is not None
        assert each.importance.interval.low <= each.importance.value <= each.importance.interval.high
        assert sum(each.rank_probabilities) == pytest.approx(1)
    assert one.player("service").rank_interval == (1, 1)
    assert list(lacks(one)) == []


def test_intervals_of_few_respondents_are_called_rough() -> None:
    few = mcfadden_importance(Y[:150], NUMBERS[:150], np.random.default_rng(1))
    assert isinstance(few, CategoricalImportance)
    assert "importance-interval-rough" in [each.code for each in few.notes]
    assert "importance-interval-rough" not in [each.code for each in divided(seed=1).notes]


def test_without_a_generator_there_are_no_intervals() -> None:
    found = divided()
    assert found.n_draws == 0
    assert found.pseudo_r2.interval is None
    assert found.players[0].rank_probabilities == ()
    assert list(lacks(found)) == []


def test_whole_number_weights_give_the_values_of_repeated_rows() -> None:
    weights = np.random.default_rng(2).integers(1, 4, len(Y))
    weighted = divided(rows=Rows(weights=weights))
    repeated = divided(np.repeat(Y, weights), X.loc[X.index.repeat(weights)])
    assert [each.importance.value for each in weighted.players] == pytest.approx(
        [each.importance.value for each in repeated.players], abs=1e-10
    )


def test_clusters_widen_the_intervals_of_repeated_answers() -> None:
    twice = (np.repeat(Y, 3), X.loc[X.index.repeat(3)])
    naive = divided(*twice, seed=1).player("service").importance
    honest = divided(*twice, seed=1, rows=Rows(clusters=np.repeat(np.arange(len(Y)), 3))).player("service").importance
    assert naive.se is not None
    assert honest.se is not None
    assert honest.se > 1.5 * naive.se


def test_frequencies_are_resampled_as_repeated_rows_would_be() -> None:
    counts = np.full(len(Y), 3)
    table = divided(seed=1, rows=Rows(frequencies=counts)).player("service").importance
    rows = divided(np.repeat(Y, 3), X.loc[X.index.repeat(3)], seed=2).player("service").importance
    assert table.value == pytest.approx(rows.value, abs=1e-10)
    assert table.se == pytest.approx(rows.se, rel=0.25)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.floats(0.01, 100))
def test_row_order_column_order_and_units_change_nothing(seed: int, scale: float) -> None:
    order = np.random.default_rng(seed).permutation(len(Y))
    other = X.iloc[order][["channel", "price", "service"]].assign(price=lambda d: 3 - scale * d["price"])
    plain, moved = divided(), divided(Y[order], other)
    for each in plain.players:
        assert moved.player(each.code).importance.value == pytest.approx(each.importance.value, abs=1e-9)


def test_more_than_ten_players_are_refused() -> None:
    many = pd.DataFrame(np.random.default_rng(1).normal(size=(400, 11)), columns=[f"x{each}" for each in range(11)])
    found = mcfadden_importance(Y, many)
    assert isinstance(found, Refusal)
    assert (found.code, found.figures) == ("too-many-players", {"players": 11, "most": 10})


def test_separation_is_refused_here_too() -> None:
    found = mcfadden_importance(Y, NUMBERS.assign(leak=Y + 0.1 * (NUMBERS["price"] > 5)))
    assert isinstance(found, Refusal)
    assert found.code == "separation"


def test_groups_must_name_predictors_once() -> None:
    with pytest.raises(ValueError, match="no predictor"):
        divided(groups={"a": ["nothing"]})
    with pytest.raises(ValueError, match="two groups"):
        divided(groups={"a": ["service"], "b": ["service"]})


def test_bias_correction_moves_percentiles_against_the_bias() -> None:
    draws = np.random.default_rng(1).normal(0.3, 0.02, 4000)
    found = bias_corrected(draws, 0.29, 0.95)
    # Draws lie 0.01 above the value: the interval is centred 0.01 below it, and keeps its width.
    assert (found.low + found.high) / 2 == pytest.approx(0.28, abs=0.003)
    assert found.high - found.low == pytest.approx(2 * 1.96 * 0.02, rel=0.15)
