"""The measures beside LMG, the regression behind it and what resampling says about it."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.outliers_influence import variance_inflation_factor

from analysis.drivers.collinearity import aliased_columns, first_eigenvalue_share, variance_inflation
from analysis.drivers.draws import spread_between
from analysis.drivers.intervals import BootstrapInterval, ends, interval_of
from analysis.drivers.regression import linear_model
from analysis.drivers.resampling import (
    bootstrap,
    draw_counts,
    permutation_null,
    rank_probabilities,
)
from analysis.drivers.secondary import secondary_metrics
from analysis.drivers.shapley import exact_shares
from analysis.moments import correlations, weighted_moments
from analysis.respondents import respondents, weighted_mean


def a_table(seed: int, n: int = 300, n_drivers: int = 5) -> np.ndarray:
    """Return correlated drivers and, last, an outcome."""
    rng = np.random.default_rng(seed)
    drivers = rng.normal(size=(n, 1)) + rng.normal(size=(n, n_drivers))
    return np.column_stack([drivers, drivers @ rng.uniform(0, 1, n_drivers) + rng.normal(size=n) * 2])


def a_matrix(seed: int) -> np.ndarray:
    return correlations(weighted_moments(a_table(seed)).covariance)


def test_relative_weights_pratt_and_car_sum_to_r_squared() -> None:
    table = a_table(1)
    fit = sm.OLS(table[:, -1], sm.add_constant(table[:, :-1])).fit()
    found = secondary_metrics(a_matrix(1)[None])
    for metric in (found.relative_weights, found.pratt, found.car):
        assert metric.sum() == pytest.approx(fit.rsquared, abs=1e-10)


def test_standardised_coefficients_are_those_of_standardised_columns() -> None:
    table = a_table(2)
    scaled = (table - table.mean(axis=0)) / table.std(axis=0)
    fit = sm.OLS(scaled[:, -1], scaled[:, :-1]).fit()
    assert secondary_metrics(a_matrix(2)[None]).standardised[0] == pytest.approx(fit.params, abs=1e-10)


def test_relative_weights_equal_lmg_for_two_drivers() -> None:
    matrix = correlations(weighted_moments(a_table(3, n_drivers=2)).covariance)[None]
    weights = secondary_metrics(matrix).relative_weights
    assert weights == pytest.approx(exact_shares(matrix, [(0,), (1,)]).lmg, abs=1e-12)


def test_variance_inflation_equals_statsmodels() -> None:
    table = a_table(4)
    design = sm.add_constant(table[:, :-1])
    peer = [variance_inflation_factor(design, place) for place in range(1, 6)]
    found = variance_inflation(a_matrix(4)[:-1, :-1], [(column,) for column in range(5)])
    assert found == pytest.approx(peer, rel=1e-9)


def test_the_inflation_of_a_pair_does_not_depend_on_how_the_pair_is_written() -> None:
    table = a_table(5)
    turned = table.copy()
    turned[:, 1] = 5 + 2 * table[:, 1] - 3 * table[:, 0]
    players = [(0, 1), (2,), (3,), (4,)]
    plain, other = (correlations(weighted_moments(each[:, :-1]).covariance) for each in (table, turned))
    assert variance_inflation(plain, players) == pytest.approx(variance_inflation(other, players), rel=1e-9)


def test_an_exact_combination_has_infinite_inflation_and_no_other_driver_has() -> None:
    table = a_table(6)[:, :-1]
    table[:, 4] = table[:, 0] - table[:, 1]
    among = correlations(weighted_moments(table).covariance)
    assert aliased_columns(among) == (0, 1, 4)
    inflation = variance_inflation(among, [(column,) for column in range(5)])
    assert np.isinf(inflation).tolist() == [True, True, False, False, True]


def test_one_common_judgement_shows_as_the_first_eigenvalue() -> None:
    assert first_eigenvalue_share(np.full((4, 4), 0.6) + np.eye(4) * 0.4) == pytest.approx((1 + 3 * 0.6) / 4)
    assert first_eigenvalue_share(np.eye(4)) == pytest.approx(0.25)


def test_without_weights_errors_are_hc3() -> None:
    table = a_table(7)
    peer = sm.OLS(table[:, -1], sm.add_constant(table[:, :-1])).fit(cov_type="HC3")
    found = linear_model(table[:, -1], table[:, :-1], respondents(300))
    assert found.method == "hc3"
    assert found.standard_errors == pytest.approx(peer.bse, rel=1e-10)


def test_equal_weights_change_neither_coefficients_nor_errors() -> None:
    table = a_table(8)
    plain = linear_model(table[:, -1], table[:, :-1], respondents(300))
    weighted = linear_model(table[:, -1], table[:, :-1], respondents(300, np.full(300, 2.5)))
    assert weighted.method == "hc3"
    assert weighted.standard_errors == pytest.approx(plain.standard_errors, rel=1e-9)


def test_weighted_errors_are_the_linearised_ones_whatever_the_unit_of_the_weights() -> None:
    table, weights = a_table(9), np.random.default_rng(9).uniform(0.3, 3, 300)
    design = np.column_stack([np.ones(300), table[:, :-1]])
    bread = np.linalg.inv(design.T @ (design * weights[:, None]))
    residual = table[:, -1] - design @ (bread @ (design.T @ (weights * table[:, -1])))
    scores = design * (weights * residual)[:, None]
    expected = np.sqrt(np.diag(bread @ scores.T @ scores @ bread) * 300 / 299)
    for unit in (1.0, 5000.0):
        found = linear_model(table[:, -1], table[:, :-1], respondents(300, weights * unit))
        assert found.standard_errors == pytest.approx(expected, rel=1e-9)


def test_rows_repeated_within_a_cluster_add_no_certainty() -> None:
    table = a_table(10)
    once = linear_model(table[:, -1], table[:, :-1], respondents(300, clusters=np.arange(300)))
    doubled = np.repeat(table, 2, axis=0)
    twice = linear_model(doubled[:, -1], doubled[:, :-1], respondents(600, clusters=np.repeat(np.arange(300), 2)))
    assert twice.standard_errors == pytest.approx(once.standard_errors, rel=1e-9)


def test_a_weighted_mean_has_the_linearised_error() -> None:
    values, weights = np.array([1.0, 2, 3, 5]), np.array([1.0, 2, 1, 4])
    mean, error = weighted_mean(values, respondents(4, weights))
    assert mean == pytest.approx(28 / 8)
    scores = weights * (values - 28 / 8) / 8
    assert error == pytest.approx(np.sqrt(4 / 3 * (scores**2).sum()))


def test_counts_of_a_resample_add_up_to_the_number_of_units() -> None:
    counts = draw_counts(40, 25, np.random.default_rng(1))
    assert counts.shape == (25, 40)
    assert (counts.sum(axis=1) == 40).all()


def test_a_replicate_is_what_computing_on_the_repeated_rows_gives() -> None:
    table, sample = a_table(12, n=80), respondents(80, np.random.default_rng(2).uniform(0.5, 2, 80))
    tallies = table[:, :1]
    (chunk,) = bootstrap(table, tallies, sample, 6, np.random.default_rng(3))
    counts = draw_counts(80, 6, np.random.default_rng(3)).astype(int)
    for draw in range(6):
        drawn = np.repeat(np.arange(80), counts[draw])
        expected = correlations(weighted_moments(table[drawn], sample.weights[drawn]).covariance)
        assert chunk.correlations[draw] == pytest.approx(expected, abs=1e-12)
        assert chunk.tallies[draw, 0] == pytest.approx(sample.weights[drawn] @ table[drawn, 0])


def test_clusters_are_resampled_whole() -> None:
    table, clusters = a_table(13, n=60), np.repeat(np.arange(20), 3)
    tallies = (clusters[:, None] == np.arange(20)).astype(float)
    (chunk,) = bootstrap(table, tallies, respondents(60, clusters=clusters), 10, np.random.default_rng(1))
    assert (chunk.tallies % 3 == 0).all()
    assert (chunk.tallies.sum(axis=1) == 60).all()


@pytest.mark.parametrize("clusters", [None, np.repeat(np.arange(150), 2)])
def test_a_shuffled_outcome_is_explained_no_better_than_by_chance(clusters: np.ndarray | None) -> None:
    sample = respondents(300, clusters=clusters)
    matrices = np.concatenate(list(permutation_null(a_table(14), sample, 400, np.random.default_rng(5))))
    total = exact_shares(matrices, [(column,) for column in range(5)]).total
    assert total.mean() == pytest.approx(5 / 299, rel=0.15)


def test_ranks_are_counted_over_the_draws() -> None:
    draws = np.array([[3.0, 2, 1], [3, 1, 2], [1, 3, 2], [3, 2, 1]])
    found = rank_probabilities(draws)
    assert found.tolist() == [[0.75, 0, 0.25], [0.25, 0.5, 0.25], [0, 0.5, 0.5]]
    assert found.sum(axis=0).tolist() == [1, 1, 1]


def test_a_percentile_interval_ends_at_draws() -> None:
    which = ends(0.9, BootstrapInterval.PERCENTILE, 200, 3)
    found = interval_of(np.arange(1.0, 101), which)
    assert (found.low, found.high, found.level, found.method) == (5.0, 95.0, 0.9, "percentile-bootstrap")


@pytest.mark.parametrize("n", [20, 199, 1000, 4000])
def test_ends_are_the_quantiles_by_order_statistics(n: int) -> None:
    draws = np.random.default_rng(n).normal(size=n)
    found = interval_of(draws, ends(0.95, BootstrapInterval.PERCENTILE, 100, 3))
    assert [found.low, found.high] == np.quantile(draws, [0.025, 0.975], method="inverted_cdf").tolist()


def test_the_expanded_interval_is_wider_in_small_samples_and_the_same_in_large_ones() -> None:
    small, large = (ends(0.95, BootstrapInterval.EXPANDED, n, 5) for n in (40, 1_000_000))
    # sqrt(40/34) * t(0.975; 34) = 2.2043 standard normal deviations.
    assert small.low == pytest.approx(stats.norm.cdf(-np.sqrt(40 / 34) * 2.0322445), abs=1e-7)
    assert large.low == pytest.approx(0.025, abs=1e-5)


@pytest.mark.parametrize("weights", [[1.0, -1.0], [1.0, np.nan], [1.0]])
def test_impossible_weights_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="weight"):
        respondents(2, weights)


def test_the_spread_between_imputations_is_rubins() -> None:
    centres = np.array([0.2, 0.3, 0.25, 0.35])
    draws = np.repeat(centres, 50)[:, None]
    spread = spread_between(draws, 4)
    assert spread.mean() == pytest.approx(centres.mean())
    assert spread.var() == pytest.approx((1 + 1 / 4) * centres.var(ddof=1))
    assert spread_between(draws, 1) is draws
