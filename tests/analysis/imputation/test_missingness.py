"""Patterns and rates of gaps, and whether they look random: likelihoods and tests held against independent ways."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import optimize, stats
from statsmodels.stats.proportion import proportion_confint

from analysis.imputation import little_mcar_test, missing_patterns, missing_rates, missingness_check
from analysis.imputation.expectation import normal_fit, pattern_sums
from analysis.values import MissingReason, Refusal
from analysis.values.missingness import GapCheck, McarTest
from tests.analysis.carrying import lacks


def answers(seed: int = 1, n: int = 200, items: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    latent = rng.normal(size=(n, 1)) + rng.normal(size=(n, items))
    return pd.DataFrame(latent, columns=[f"q{place}" for place in range(items)])


def at_random(seed: int = 1, n: int = 200, items: int = 3) -> pd.DataFrame:
    table = answers(seed, n, items)
    holes = np.random.default_rng(seed + 1).uniform(size=table.shape) < 0.15
    return table.mask(holes)


def by_answers(seed: int = 1, n: int = 200) -> pd.DataFrame:
    table = answers(seed, n)
    chance = 1 / (1 + np.exp(-2 * table["q1"]))
    return table.assign(q0=table["q0"].mask(np.random.default_rng(seed).uniform(size=n) < chance))


def test_patterns_are_counted_most_frequent_first() -> None:
    table = pd.DataFrame({"a": [1, np.nan, np.nan, 1, 1], "b": [1, np.nan, 2, 1, np.nan]})
    found = missing_patterns(table)
    assert [(each.missing, each.n) for each in found.patterns] == [((), 2), (("a",), 1), (("b",), 1), (("a", "b"), 1)]
    assert (found.n_complete, found.items, found.base.n) == (2, ("a", "b"), 5)
    assert sum(each.share for each in found.patterns) == pytest.approx(1)
    assert missing_patterns(table.sample(frac=1, random_state=1)) == found
    with pytest.raises(ValueError, match="at least one row"):
        missing_patterns(pd.DataFrame({"a": []}))


def test_rates_tell_reasons_apart() -> None:
    table = pd.DataFrame({"q": [1.0] * 5 + [np.nan] * 5, "r": [1.0] * 10})
    reasons = pd.DataFrame({"q": [None] * 5 + ["skipped", "skipped", MissingReason.NOT_APPLICABLE, "not_asked", None]})
    with pytest.raises(ValueError, match="rows and columns"):
        missing_rates(table, reasons)
    first, second = missing_rates(table, reasons.assign(r=None))
    assert first.by_reason == {"skipped": 2, "not_applicable": 1, "not_asked": 1, "unknown": 1}
    assert first.rate.value == 0.5
    assert (first.nonresponse.value, first.nonresponse.base.n) == (3 / 8, 8)
    assert (first.rate.interval.low, first.rate.interval.high) == pytest.approx(
        proportion_confint(5, 10, method="wilson")
    )
    assert (second.n_missing, second.by_reason) == (0, {})
    assert list(lacks(missing_rates(table))) == []


def test_an_item_nobody_was_asked_has_no_nonresponse() -> None:
    table = pd.DataFrame({"q": [np.nan, np.nan]})
    (only,) = missing_rates(table, pd.DataFrame({"q": ["not_asked", "not_asked"]}))
    assert isinstance(only.nonresponse, Refusal)
    assert only.nonresponse.code == "nobody-asked"
    with pytest.raises(ValueError, match="at least one row"):
        missing_rates(table[:0])


def log_likelihood(values: np.ndarray, mean: np.ndarray, covariance: np.ndarray) -> float:
    total = 0.0
    for row in values:
        seen = ~np.isnan(row)
        if seen.any():
            total += stats.multivariate_normal.logpdf(row[seen], mean[seen], covariance[np.ix_(seen, seen)])
    return total


def test_em_reaches_the_maximum_of_the_likelihood() -> None:
    values = at_random(n=25).to_numpy()
    fit = normal_fit(pattern_sums(values))
    assert fit is not None
    lower = np.tril_indices(3)

    def loss(place: np.ndarray) -> float:
        root = np.zeros((3, 3))
        root[lower] = place[3:]
        return -log_likelihood(values, place[:3], root @ root.T)

    start = np.concatenate([fit.mean, np.linalg.cholesky(fit.covariance)[lower]])
    slope = optimize.approx_fprime(start, loss, 1e-6)
    assert np.abs(slope).max() < 1e-3
    nearby = start + np.random.default_rng(1).normal(0, 0.05, (20, start.size))
    assert min(loss(each) for each in nearby) > loss(start)


def test_em_of_complete_rows_is_their_mean_and_covariance() -> None:
    values = answers().to_numpy()
    fit = normal_fit(pattern_sums(values))
    assert fit.mean == pytest.approx(values.mean(axis=0))
    assert fit.covariance == pytest.approx(np.cov(values.T, ddof=0))


def test_littles_statistic_is_that_of_its_formula() -> None:
    table = at_random()
    found = little_mcar_test(table)
    assert isinstance(found, McarTest)
    values = table.to_numpy()
    fit = normal_fit(pattern_sums(values))
    gaps = np.isnan(values)
    statistic, degrees = 0.0, -3
    for pattern in np.unique(gaps, axis=0):
        seen = ~pattern
        if not seen.any():
            continue
        rows = values[(gaps == pattern).all(axis=1)][:, seen]
        off = rows.mean(axis=0) - fit.mean[seen]
        there = (~gaps.all(axis=1)).sum()
        covariance = fit.covariance[np.ix_(seen, seen)] * there / (there - 1)
        statistic += len(rows) * off @ np.linalg.inv(covariance) @ off
        degrees += int(seen.sum())
    assert (found.statistic, found.degrees) == (pytest.approx(statistic, rel=1e-5), degrees)
    assert found.p_value == pytest.approx(stats.chi2.sf(statistic, degrees), rel=1e-4)
    assert list(lacks(found)) == []


def test_gaps_that_follow_answers_are_found_by_both_tests() -> None:
    little = little_mcar_test(by_answers())
    assert isinstance(little, McarTest)
    assert little.verdict == "related-to-answers"
    (check,) = missingness_check(by_answers())
    assert isinstance(check, GapCheck)
    assert (check.item, check.verdict) == ("q0", "related-to-answers")
    slopes = {each.name: each.estimate for each in check.coefficients}
    assert slopes["q1"].interval.low > 0
    assert list(lacks(check)) == []


def test_units_and_order_do_not_matter_to_either_test() -> None:
    table = at_random()
    order = np.random.default_rng(3).permutation(len(table))
    moved = (table * [1e-6, 1.0, 1e6] + [5.0, 0.0, 1e7]).iloc[order, ::-1]
    assert little_mcar_test(moved).statistic == pytest.approx(little_mcar_test(table).statistic, rel=1e-5)
    found = {each.item: each.statistic for each in missingness_check(moved)}
    assert found == pytest.approx({each.item: each.statistic for each in missingness_check(table)}, rel=1e-5)


def test_the_score_test_and_the_coefficients_are_those_of_statsmodels() -> None:
    table = by_answers()
    (check,) = missingness_check(table)
    others = table[["q1", "q2"]]
    columns = sm.add_constant((others - others.mean()) / others.std(ddof=0))
    gaps = table["q0"].isna().astype(float)
    fit = sm.Logit(gaps, columns).fit(disp=0)
    assert [each.estimate.value for each in check.coefficients] == pytest.approx(fit.params[1:].tolist(), rel=1e-6)
    null = sm.GLM(gaps, columns[["const"]], family=sm.families.Binomial()).fit()
    score = null.score_test(exog_extra=columns[["q1", "q2"]].to_numpy())
    assert check.statistic == pytest.approx(np.squeeze(score[0]), rel=1e-6)


def test_what_cannot_be_tested_is_refused_with_its_reason() -> None:
    table = at_random()
    cases = {
        "nothing-missing": answers(),
        "too-few-rows": table[:15],
        "too-few-items": table[["q0"]],
        "singular-covariance": table.assign(q3=table["q1"] * 2 + 1),
    }
    for code, each in cases.items():
        found = little_mcar_test(each)
        assert isinstance(found, Refusal)
        assert found.code == code
    few = table.copy()
    few["q0"] = answers()["q0"].mask(np.arange(200) < 9)
    first = missingness_check(few)[0]
    assert isinstance(first, Refusal)
    assert (first.code, first.figures["n"]) == ("too-few-gaps", 9)


def test_constant_items_are_left_out_with_a_note() -> None:
    found = little_mcar_test(at_random().assign(one=1.0))
    assert isinstance(found, McarTest)
    assert found.notes[0].figures == {"item": "one"}
    assert len(missingness_check(at_random().assign(one=1.0))) == 3


def test_many_patterns_for_few_rows_are_announced() -> None:
    found = little_mcar_test(at_random(n=40, items=6))
    assert "many-patterns" in {note.code for note in found.notes}
    assert "dependence-on-the-unseen-cannot-be-tested" in {note.code for note in found.notes}


def test_a_gap_that_others_tell_exactly_has_a_test_and_no_coefficients() -> None:
    table = answers()
    table["q0"] = table["q0"].mask(table["q1"] > 0.3)
    (check,) = missingness_check(table)
    assert check.coefficients == ()
    assert check.verdict == "related-to-answers"


def test_text_is_named() -> None:
    with pytest.raises(ValueError, match="'q' holds text"):
        little_mcar_test(pd.DataFrame({"q": ["a"]}))
