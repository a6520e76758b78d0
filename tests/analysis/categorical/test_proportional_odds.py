"""The check of proportional odds, and which categories to put together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from analysis.categorical import CategoricalOptions, Rows, proportional_odds, proposed_categories
from analysis.values import Refusal
from analysis.values.categorical import CategoryProposal, ProportionalOdds
from tests.analysis.carrying import lacks

N = 800
RNG = np.random.default_rng(11)
X = pd.DataFrame(RNG.normal(size=(N, 2)), columns=["even", "uneven"])
LATENT = RNG.logistic(size=N)
Y = np.searchsorted([-1.0, 0.0, 1.0], LATENT + X["even"]) + 1


def checked(y: np.ndarray = Y, rows: Rows | None = None, **choices: object) -> ProportionalOdds:
    found = proportional_odds(y, X, rows, CategoricalOptions(**choices))
    assert isinstance(found, ProportionalOdds), found
    return found


def test_the_statistic_is_brants_written_down_directly() -> None:
    columns = sm.add_constant(X.to_numpy())
    fits = [sm.Logit(cut < Y, columns).fit(disp=False, tol=1e-12) for cut in (1, 2, 3)]
    above = [each.predict() for each in fits]
    inverse = [np.linalg.inv(columns.T @ (columns * (p * (1 - p))[:, None])) for p in above]
    slopes = np.concatenate([each.params[1:] for each in fits])
    spread = np.zeros((6, 6))
    for j in range(3):
        for k in range(3):
            low, high = min(j, k), max(j, k)
            middle = columns.T @ (columns * (above[high] * (1 - above[low]))[:, None])
            spread[2 * j : 2 * j + 2, 2 * k : 2 * k + 2] = (inverse[j] @ middle @ inverse[k])[1:, 1:]
    contrast = np.array([[-1, 0, 1, 0, 0, 0], [-1, 0, 0, 0, 1, 0]])
    away = contrast @ slopes
    found = checked().predictors[0]
    expected = away @ np.linalg.solve(contrast @ spread @ contrast.T, away)
    assert found.statistic == pytest.approx(expected, rel=1e-8)
    assert found.degrees == 2
    assert found.p_value == pytest.approx(stats.chi2.sf(expected, 2))
    own = list(found.slopes["even"].values())
    assert [each.value for each in own] == pytest.approx(slopes[::2], abs=1e-8)
    assert [each.se for each in own] == pytest.approx([each.bse[1] for each in fits], rel=1e-7)


def test_a_slope_that_grows_from_cut_to_cut_is_found_and_the_even_one_is_not() -> None:
    thresholds = np.array([-1.0, 0.0, 1.0])
    uneven = LATENT[:, None] - thresholds + X[["even"]].to_numpy() + X[["uneven"]].to_numpy() * [0.2, 1.0, 1.8]
    found = checked((uneven > 0).sum(axis=1) + 1)
    assert found.violated
    assert {each.predictor: each.violated for each in found.predictors} == {"even": False, "uneven": True}
    values = [each.value for each in found.predictors[1].slopes["uneven"].values()]
    assert values == sorted(values)
    assert list(lacks(found)) == []


def test_even_slopes_pass() -> None:
    found = checked()
    assert not found.violated
    assert found.cuts == ("1|2", "2|3", "3|4")
    assert found.degrees == 4


def test_weights_and_clusters_use_the_linearised_covariance() -> None:
    weights, owners = RNG.uniform(0.5, 2, N), np.arange(N) // 2
    for rows in (Rows(weights=weights), Rows(clusters=owners), Rows(weights=weights, clusters=owners)):
        found = checked(rows=rows)
        assert found.method == "brant-linearised-f"
        assert not found.violated
        assert list(lacks(found)) == []


def test_frequencies_are_repeated_rows() -> None:
    counts = np.random.default_rng(3).integers(0, 3, N)
    table = checked(rows=Rows(frequencies=counts))
    long = proportional_odds(np.repeat(Y, counts), X.loc[X.index.repeat(counts)])
    assert isinstance(long, ProportionalOdds)
    assert table.statistic == pytest.approx(long.statistic, rel=1e-8)


def test_turning_units_changes_the_slopes_but_not_the_test() -> None:
    found = proportional_odds(Y, X.assign(even=5 - 100 * X["even"]))
    assert isinstance(found, ProportionalOdds)
    assert found.statistic == pytest.approx(checked().statistic, rel=1e-8)
    assert found.predictors[0].slopes["even"]["1|2"].value == pytest.approx(
        -checked().predictors[0].slopes["even"]["1|2"].value / 100
    )


def test_sparse_cuts_are_left_out_and_too_few_are_refused() -> None:
    y = np.where(np.arange(N) < 5, 5, Y)
    found = checked(y)
    assert ("cuts-left-out", {"cuts": "4|5"}) in [(each.code, each.figures) for each in found.notes]
    refused = proportional_odds((Y > 2).astype(int), X)
    assert isinstance(refused, Refusal)
    assert refused.code == "too-few-cuts"


def test_the_smallest_category_joins_its_smaller_neighbour_until_all_are_large_enough() -> None:
    found = proposed_categories(np.repeat([1, 2, 3, 4, 5], [3, 4, 40, 30, 9]))
    assert found.groups == (("1", "2", "3"), ("4", "5"))
    assert found.counts == (47, 39)
    assert found.mapping == {"1": "1-3", "2": "1-3", "3": "1-3", "4": "4-5", "5": "4-5"}
    assert found.changed
    assert list(lacks(found)) == []


def test_nothing_changes_where_all_are_large_enough() -> None:
    found = proposed_categories(Y, Rows(frequencies=np.full(N, 2)))
    assert not found.changed
    assert found.groups == (("1",), ("2",), ("3",), ("4",))
    assert sum(found.counts) == 2 * N


@pytest.mark.parametrize("given", [[], [1.0], [np.nan, np.nan]])
def test_next_to_no_answers_leave_sparse_categories(given: list[float]) -> None:
    found = proposed_categories(np.array(given), options=CategoricalOptions(categories=(1, 2, 3)))
    assert isinstance(found, CategoryProposal)
    assert len(found.groups) == 2
    assert [each.code for each in found.notes] == ["category-sparse-still"]
