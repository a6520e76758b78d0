"""Intervals keep what they promise: coverage counted over every possible outcome."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from analysis.intervals import (
    Trinomial,
    agresti_coull,
    clopper_pearson,
    guarded_wilson,
    normal_quantile,
    nps_adjusted,
    nps_adjusted_t,
    nps_adjusted_wald,
    nps_score,
    nps_wald,
    student,
    wilson,
)

POPULATIONS = [
    (0.20, 0.30, 0.50),
    (0.05, 0.15, 0.80),
    (0.01, 0.09, 0.90),
    (0.10, 0.80, 0.10),
    (0.60, 0.30, 0.10),
    (0.33, 0.34, 0.33),
]


def _coverage(method: object, shares: tuple[float, float, float], n: int) -> float:
    """Return the probability that the interval holds the true score, over all outcomes of n answers."""
    truth = 100 * (shares[2] - shares[0])
    assert callable(method)
    covered = 0.0
    for detractors in range(n + 1):
        for promoters in range(n - detractors + 1):
            counts = Trinomial(detractors, n - detractors - promoters, promoters)
            interval = method(counts, 0.95)
            if interval.low <= truth <= interval.high:
                outcome = [counts.detractors, counts.passives, counts.promoters]
                covered += float(stats.multinomial.pmf(outcome, n, shares))
    return covered


@pytest.mark.parametrize("shares", POPULATIONS)
@pytest.mark.parametrize("n", [10, 20, 50])
def test_the_adjusted_wald_interval_covers_the_truth_of_usual_scores(
    shares: tuple[float, float, float], n: int
) -> None:
    assert _coverage(nps_adjusted_wald, shares, n) >= 0.925


@pytest.mark.parametrize(
    "shares", [*POPULATIONS, (0.0, 0.02, 0.98), (0.5, 0.0, 0.5), (0.0, 0.2, 0.8), (0.0, 0.95, 0.05)]
)
@pytest.mark.parametrize("n", [10, 30])
def test_the_default_interval_covers_the_truth_of_any_score(shares: tuple[float, float, float], n: int) -> None:
    assert _coverage(nps_adjusted, shares, n) >= 0.925


@pytest.mark.parametrize("n", [10, 15, 34, 100])
def test_the_default_interval_of_a_share_covers_the_truth_of_any_share(n: int) -> None:
    """Wilson's alone does not: near 0 and 1, and for some shares between."""
    shares = np.concatenate([np.geomspace(1e-4, 0.05, 100), np.linspace(0.05, 0.5, 226)])
    chances = stats.binom.pmf(np.arange(n + 1), n, shares[:, None])
    lowest = {}
    for method in (guarded_wilson, wilson):
        made = [method(k / n, n, 0.95) for k in range(n + 1)]
        held = (np.array([each.low for each in made]) <= shares[:, None]) & (
            shares[:, None] <= np.array([each.high for each in made])
        )
        lowest[method] = (chances * held).sum(axis=1).min()
    assert lowest[guarded_wilson] >= 0.925
    assert lowest[wilson] < 0.85


@pytest.mark.parametrize(("interval", "name"), [(clopper_pearson, "beta"), (agresti_coull, "agresti_coull")])
@pytest.mark.parametrize(("k", "n"), [(0, 12), (1, 40), (7, 30), (40, 40)])
def test_intervals_of_a_share_agree_with_statsmodels(interval: object, name: str, k: int, n: int) -> None:
    assert callable(interval)
    made = interval(k / n, n, 0.95)
    low, high = proportion_confint(k, n, method=name)
    assert (made.low, made.high) == pytest.approx((max(low, 0) if k else 0, min(high, 1) if k < n else 1))


@pytest.mark.parametrize("shares", POPULATIONS)
def test_the_score_interval_covers_the_truth(shares: tuple[float, float, float]) -> None:
    assert _coverage(nps_score, shares, 10) >= 0.925


def test_the_wald_interval_fails_where_the_default_holds() -> None:
    """The reason for the default: with 90 % promoters and ten answers Wald covers two times in three."""
    assert _coverage(nps_wald, (0.01, 0.09, 0.90), 10) == pytest.approx(0.65, abs=0.005)


@pytest.mark.parametrize("method", [nps_adjusted, nps_adjusted_t, nps_adjusted_wald, nps_score, nps_wald])
def test_exchanging_promoters_and_detractors_mirrors_the_interval(method: object) -> None:
    assert callable(method)
    there, back = method(Trinomial(2, 5, 13), 0.9), method(Trinomial(13, 5, 2), 0.9)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


@pytest.mark.parametrize("counts", [(0, 0, 12), (12, 0, 0), (0, 12, 0), (6, 0, 6), (1, 0, 11), (0.4, 2.5, 7.3)])
def test_the_score_interval_ends_where_its_test_rejects(counts: tuple[float, float, float]) -> None:
    """At the bound the likelihood-ratio family's score test has exactly the nominal p-value, by brute force."""
    trinomial = Trinomial(*counts)
    upper = nps_score(trinomial, 0.95).high / 100
    assert -1 <= nps_score(trinomial, 0.95).low / 100 <= trinomial.net <= upper <= 1
    if upper < 1:
        smaller = np.linspace(max(0.0, -upper), (1 - upper) / 2, 200_001)[1:-1]
        with np.errstate(divide="ignore"):
            likelihood = (
                counts[0] * np.log(smaller) + counts[2] * np.log(smaller + upper)
                if counts[0]
                else counts[2] * np.log(smaller + upper)
            ) + counts[1] * np.log(1 - 2 * smaller - upper)
        best = smaller[np.argmax(likelihood)]
        variance = (2 * best + upper - upper**2) / trinomial.n
        assert (upper - trinomial.net) / math.sqrt(variance) == pytest.approx(normal_quantile(0.95), abs=1e-3)


@pytest.mark.parametrize(("k", "n"), [(0, 7), (3, 10), (50, 50), (421, 1000)])
def test_wilson_agrees_with_statsmodels(k: int, n: int) -> None:
    low, high = proportion_confint(k, n, method="wilson")
    interval = wilson(k / n, n, 0.95)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-12)
    assert 0 <= interval.low <= k / n <= interval.high <= 1


def test_students_interval_agrees_with_scipy() -> None:
    answers = [1.0, 3.0, 4.0, 4.0, 5.0]
    expected = stats.ttest_1samp(answers, 0).confidence_interval(0.95)
    found = student(float(np.mean(answers)), float(stats.sem(answers)), 4, 0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_a_level_is_a_share() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        normal_quantile(95)
