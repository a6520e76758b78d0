"""Breaks are found where they are, by formulas checked against plain loops, statsmodels and simulated limits."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from statsmodels.regression.linear_model import OLS, WLS
from statsmodels.stats.diagnostic import breaks_cusumolsresid

from analysis.trends import BreakOptions, bai_perron, ols_cusum, series_line, sup_f
from analysis.trends.breaks.sup_f import limit_p
from analysis.values import Refusal
from tests.analysis.carrying import lacks


def _given(found: Any) -> Any:
    assert not isinstance(found, Refusal)
    assert list(lacks(found)) == []
    return found


def _series(n: int = 40, shift: float = 2.0) -> np.ndarray:
    return np.random.default_rng(7).normal(size=n) + shift * (np.arange(n) >= n // 2)


@pytest.mark.parametrize("weighted", [False, True])
def test_f_statistics_are_those_of_two_regressions(weighted: bool) -> None:
    values, variances = _series(), np.random.default_rng(1).uniform(0.5, 2, 40) if weighted else np.ones(40)
    weights = (1 / variances) / (1 / variances).mean()
    found = _given(sup_f(values, variances if weighted else None))
    null = WLS(values, np.ones(40), weights=weights).fit().ssr
    expected = []
    for k in range(6, 35):
        later = np.column_stack([np.ones(40), np.arange(40) >= k])
        rest = WLS(values, later, weights=weights).fit().ssr
        expected.append((null - rest) / (rest / 38))
    assert found.f_statistics == pytest.approx(expected)
    assert (found.first, found.is_shift) == (6, True)
    assert found.date.earliest <= 20 <= found.date.latest


def test_the_limiting_p_value_is_andrews_critical_value() -> None:
    assert limit_p(8.85, (0.85 / 0.15) ** 2) == pytest.approx(0.05, abs=0.0005)
    assert limit_p(0.0, 30.0) == 1
    below, above = (limit_p(each, 30.0) for each in (39.999, 40.001))
    assert below == pytest.approx(above, rel=0.02)


def test_the_best_partitions_are_those_of_trying_all() -> None:
    values = _series(20)
    found = _given(bai_perron(values, None, BreakOptions(trim=0.2, most_breaks=2)))
    assert found.minimum_segment == 4

    def rss(breaks: tuple[int, ...]) -> float:
        ends = (0, *breaks, 20)
        return sum(float(np.var(values[a:b]) * (b - a)) for a, b in pairwise(ends))

    for n_breaks in (1, 2):
        allowed = [each for each in combinations(range(1, 20), n_breaks) if min(np.diff((0, *each, 20))) >= 4]
        best = min(allowed, key=rss)
        assert found.partitions[n_breaks] == best
        assert found.rss[n_breaks] == pytest.approx(rss(best))
    assert found.levels == pytest.approx((values[:20].mean(),) if found.n_breaks == 0 else found.levels)


def test_two_shifts_are_dated_both() -> None:
    values = np.concatenate([np.zeros(15), np.full(15, 3.0), np.full(15, 1.0)]) + _series(45, 0) * 0.3
    found = _given(bai_perron(values))
    assert [each.n_before for each in found.dates] == [15, 30]
    assert found.levels == pytest.approx([0, 3, 1], abs=0.4)


def test_the_cusum_is_that_of_statsmodels() -> None:
    values = _series()
    found = _given(ols_cusum(values))
    statistic, p_value, _ = breaks_cusumolsresid(values - values.mean(), ddof=1)
    assert (found.statistic, found.p_value) == pytest.approx((statistic, p_value))
    assert _given(ols_cusum(values, np.full(40, 3.0))).statistic == pytest.approx(statistic)


def test_breaks_do_not_depend_on_units() -> None:
    values = _series()
    plain, scaled = _given(sup_f(values)), _given(sup_f(values * 1e6 + 1e9))
    assert scaled.statistic == pytest.approx(plain.statistic, rel=1e-6)
    assert scaled.date == plain.date


@pytest.mark.parametrize("test", [sup_f, bai_perron, ols_cusum])
def test_short_and_constant_series_are_refused(test: Any) -> None:
    assert test([1.0, 2, 3, 1, 2, 3, 1]).code == "too-few-periods"
    assert test([0.1] * 30).code == "no-variation"
    for values in ([1.0, np.nan] * 6, [1.0, np.inf] * 6):
        with pytest.raises(ValueError, match="none missing"):
            test(values)
    with pytest.raises(ValueError, match="sampling variance"):
        test(_series(), np.zeros(40))


def test_a_perfect_shift_is_infinitely_clear() -> None:
    found = _given(sup_f([0.0] * 10 + [1.0] * 10))
    assert (found.statistic, found.p_value, found.p_limit) == (np.inf, 0, 0)
    assert (found.date.earliest, found.date.latest) == (10, 10)
    assert _given(bai_perron([0.0] * 10 + [1.0] * 10)).dates[0].n_before == 10


def test_a_lasting_series_is_warned_of() -> None:
    found = _given(sup_f(np.cumsum(np.random.default_rng(3).normal(size=80))))
    assert "autocorrelated" in [note.code for note in found.notes]


def test_newey_and_wests_error_is_their_formula() -> None:
    values = _series()
    found = _given(series_line(values, np.arange(40) + 2000.0))
    design = np.column_stack([np.ones(40), np.arange(40)])
    fit = OLS(values, design).fit()
    scores = design * fit.resid[:, None]
    middle = scores.T @ scores
    for lag in range(1, found.lag + 1):
        product = scores[lag:].T @ scores[:-lag]
        middle += (1 - lag / (found.lag + 1)) * (product + product.T)
    bread = np.linalg.inv(design.T @ design)
    assert found.slope.se == pytest.approx(np.sqrt((bread @ middle @ bread)[1, 1]))
    assert found.se_ordinary == pytest.approx(fit.bse[1])
    assert found.intercept == pytest.approx(fit.params[0] - 2000 * fit.params[1])


def test_a_line_refuses_and_errs_as_it_says() -> None:
    assert series_line([1, 2, 3]).code == "too-few-periods"  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="equal distances"):
        series_line(range(10), [0, 1, 2, 3, 4, 5, 6, 7, 8, 20])
    with pytest.raises(ValueError, match="equal distances"):
        series_line([1, np.nan, *range(10)])
    assert series_line([2.0] * 12).code == "no-variation"  # type: ignore[union-attr]
