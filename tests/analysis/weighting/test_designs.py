"""Errors of a design: those of textbooks and replicates, unmoved by order and scale, refused where undefined."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.values import Refusal
from analysis.values.weighting import DesignEstimate, DesignRegression
from analysis.weighting import (
    rake,
    survey_design,
    survey_mean,
    survey_means_by,
    survey_ratio,
    survey_regression,
    survey_share,
    survey_total,
    weighted_beside_unweighted,
)
from analysis.weights import Sample, mean_variance
from tests.analysis.carrying import lacks

RNG = np.random.default_rng(11)
N = 120
VALUES = RNG.normal(7, 2, N)
WEIGHTS = RNG.uniform(0.5, 3, N)
CLUSTERS = RNG.integers(0, 25, N)
STRATA = (CLUSTERS % 3).astype(int)


def test_equal_weights_give_students_interval() -> None:
    found = survey_mean(VALUES, survey_design(np.ones(N)))
    expected = stats.t.interval(0.95, N - 1, VALUES.mean(), stats.sem(VALUES))
    assert (found.interval.low, found.interval.high) == pytest.approx(expected)
    assert found.degrees == pytest.approx(N - 1)
    assert found.design_effect == pytest.approx(1)


@pytest.mark.parametrize("clusters", [None, CLUSTERS])
def test_the_error_of_a_mean_is_that_of_the_scores(clusters: np.ndarray | None) -> None:
    found = survey_mean(VALUES, survey_design(WEIGHTS, clusters))
    assert found.se**2 == pytest.approx(mean_variance(Sample(VALUES, WEIGHTS, clusters)))
    assert list(lacks(found)) == []


def test_the_error_of_a_clustered_mean_is_that_of_a_clustered_regression() -> None:
    fit = sm.WLS(VALUES, np.ones(N), weights=WEIGHTS).fit(
        cov_type="cluster", cov_kwds={"groups": CLUSTERS, "use_correction": False}
    )
    g = np.unique(CLUSTERS).size
    assert survey_mean(VALUES, survey_design(WEIGHTS, CLUSTERS)).se == pytest.approx(fit.bse[0] * np.sqrt(g / (g - 1)))


def test_strata_take_out_what_differs_between_them() -> None:
    parts = [VALUES[place == STRATA] for place in range(3)]
    sizes = np.array([50.0, 30.0, 20.0])
    weights = np.array([sizes[place] / parts[place].size for place in STRATA])
    found = survey_mean(VALUES, survey_design(weights, None, STRATA))
    shares = sizes / sizes.sum()
    by_hand = sum(share**2 * part.var(ddof=1) / part.size for share, part in zip(shares, parts, strict=True))
    assert found.se**2 == pytest.approx(by_hand)
    assert found.method == "linearised-strata"


def test_a_finite_population_shrinks_the_error() -> None:
    wide, narrow = survey_design(WEIGHTS), survey_design(WEIGHTS, population_units=160)
    assert survey_mean(VALUES, narrow).se == pytest.approx(survey_mean(VALUES, wide).se * np.sqrt(1 - N / 160))
    with pytest.raises(ValueError, match="at least as many units"):
        survey_design(WEIGHTS, population_units=100)


def test_a_domain_is_part_of_the_whole_design() -> None:
    inside = STRATA == 1
    found = survey_mean(VALUES, survey_design(WEIGHTS), domain=inside)
    weights = WEIGHTS * inside
    mean = np.average(VALUES, weights=weights)
    scores = weights * (VALUES - mean) / weights.sum()
    assert found.se**2 == pytest.approx(N / (N - 1) * np.square(scores).sum())
    holed = survey_mean(np.where(inside, VALUES, np.nan), survey_design(WEIGHTS))
    assert holed == found
    assert survey_means_by(VALUES, STRATA, survey_design(WEIGHTS))["1"] == found


def test_rows_without_a_group_belong_to_none() -> None:
    groups = np.array(["a", "b", None] * 40, dtype=object)
    assert list(survey_means_by(VALUES, groups, survey_design(WEIGHTS))) == ["a", "b"]


def test_rows_of_weight_zero_are_not_there() -> None:
    more = survey_design(np.append(WEIGHTS, [0, 0]), np.append(CLUSTERS, [999, 998]))
    found = survey_mean(np.append(VALUES, [50.0, -50.0]), more)
    assert found == survey_mean(VALUES, survey_design(WEIGHTS, CLUSTERS))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(1e-6, 1e6))
def test_order_scale_and_names_of_clusters_do_not_matter(seed: int, scale: float) -> None:
    order = np.random.default_rng(seed).permutation(N)
    plain = survey_mean(VALUES, survey_design(WEIGHTS, CLUSTERS, STRATA))
    names = np.array([f"branch {each}" for each in CLUSTERS])
    other = survey_mean(VALUES[order], survey_design(WEIGHTS[order] * scale, names[order], STRATA[order]))
    assert (other.value, other.se) == pytest.approx((plain.value, plain.se))
    assert (other.interval.low, other.degrees) == pytest.approx((plain.interval.low, plain.degrees))


def test_raking_shortens_the_error_where_margins_explain_the_answers() -> None:
    group = RNG.choice(["a", "b"], N)
    answers = VALUES + 5 * (group == "a")
    weighting = rake({"group": group}, {"group": {"a": 0.5, "b": 0.5}})
    calibrated = survey_mean(answers, survey_design(weighting))
    fixed = survey_mean(answers, survey_design(weighting.weights))
    assert calibrated.value == pytest.approx(fixed.value)
    assert calibrated.se < 0.8 * fixed.se
    within = [answers[group == each].var(ddof=0) / (group == each).sum() for each in "ab"]
    assert calibrated.se**2 == pytest.approx(sum(within) / 4 * N / (N - 1))


def test_a_share_is_a_mean_with_an_interval_between_zero_and_one() -> None:
    happy = VALUES > 8
    found = survey_share(happy, survey_design(WEIGHTS, CLUSTERS))
    assert found.se == pytest.approx(survey_mean(happy, survey_design(WEIGHTS, CLUSTERS)).se)
    everybody = survey_share(np.ones(20), survey_design(np.ones(20)))
    assert everybody.interval.high == 1
    assert 0.8 < everybody.interval.low < 0.9
    assert list(lacks([found, everybody])) == []
    with pytest.raises(ValueError, match="0 and 1"):
        survey_share(VALUES, survey_design(WEIGHTS))


def test_equal_weights_give_nearly_wilsons_interval_of_a_share() -> None:
    found = survey_share([1] * 40 + [0] * 160, survey_design(np.ones(200)))
    low, high = sm.stats.proportion_confint(40, 200, method="wilson")
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=0.002)


def test_a_total_counts_the_domain_as_chance() -> None:
    found = survey_total(VALUES, survey_design(WEIGHTS))
    scores = WEIGHTS * VALUES
    assert found.value == pytest.approx(scores.sum())
    assert found.se == pytest.approx(np.sqrt(N) * scores.std(ddof=1))
    assert list(lacks(found)) == []


def test_a_ratio_has_the_delta_methods_error() -> None:
    visits = RNG.poisson(4, N) + 1.0
    found = survey_ratio(VALUES, visits, survey_design(WEIGHTS))
    ratio = (WEIGHTS @ VALUES) / (WEIGHTS @ visits)
    scores = WEIGHTS * (VALUES - ratio * visits) / (WEIGHTS @ visits)
    assert (found.value, found.se) == pytest.approx((ratio, np.sqrt(N / (N - 1) * np.square(scores).sum())))
    assert list(lacks(found)) == []
    nothing = survey_ratio(VALUES, np.zeros(N), survey_design(WEIGHTS))
    assert isinstance(nothing, Refusal)
    assert nothing.code == "zero-denominator"


def test_a_regression_has_statsmodels_sandwich_times_n_over_n_minus_one() -> None:
    columns = RNG.normal(size=(N, 2)) * [1, 1e4] + [0, 1e6]
    fit = sm.WLS(VALUES, sm.add_constant(columns), weights=WEIGHTS).fit(cov_type="HC0")
    found = survey_regression(VALUES, pd.DataFrame(columns, columns=["a", "b"]), survey_design(WEIGHTS))
    assert found.names == ("(Intercept)", "a", "b")
    assert [each.value for each in found.coefficients] == pytest.approx(fit.params.tolist(), rel=1e-6)
    assert [each.se for each in found.coefficients] == pytest.approx(
        (fit.bse * np.sqrt(N / (N - 1))).tolist(), rel=1e-6
    )
    assert found.r_squared == pytest.approx(fit.rsquared)
    assert found.degrees == N - 1 - 2
    assert list(lacks(found)) == []


def test_a_regression_leaves_incomplete_rows_in_the_design_only() -> None:
    predictor = RNG.normal(size=N)
    predictor[:10] = np.nan
    found = survey_regression(VALUES, predictor, survey_design(WEIGHTS))
    assert isinstance(found, DesignRegression)
    assert (found.base.n, found.degrees) == (N - 10, N - 2)


def test_regressions_that_cannot_be_fitted_are_refused_by_name() -> None:
    table = pd.DataFrame({"a": RNG.normal(size=N)}).assign(b=lambda each: 2 * each["a"] + 1, c=3.0)
    for columns, name in ((["a", "b"], "b"), (["c"], "c")):
        found = survey_regression(VALUES, table[columns], survey_design(WEIGHTS))
        assert isinstance(found, Refusal)
        assert (found.code, found.figures["column"]) == ("repeated-column", name)
    few = survey_regression(VALUES[:3], table[["a", "b"]][:3], survey_design(WEIGHTS[:3]))
    assert isinstance(few, Refusal)
    assert few.code == "too-few-rows"


def test_a_perfect_fit_has_no_error() -> None:
    predictor = np.arange(20.0)
    found = survey_regression(3 + 2 * predictor, predictor, survey_design(np.ones(20)))
    assert [each.value for each in found.coefficients] == pytest.approx([3, 2])
    assert found.coefficients[1].se == pytest.approx(0, abs=1e-10)
    assert found.r_squared == pytest.approx(1)


@pytest.mark.parametrize("n", [0, 1])
def test_one_row_or_none_is_refused(n: int) -> None:
    design = survey_design(np.ones(n))
    for figure in (survey_mean, survey_share, survey_total):
        found = figure(np.ones(n), design)
        assert isinstance(found, Refusal)
        assert (found.code, found.base.n) == ("base-too-small", n)


def test_answers_all_alike_have_no_width_and_say_so() -> None:
    found = survey_mean([7.1] * 30, survey_design(RNG.uniform(1, 2, 30)))
    assert isinstance(found, DesignEstimate)
    assert (found.se, found.design_effect) == (0, None)
    assert [note.code for note in found.notes] == ["no-variation"]


def test_few_clusters_and_lonely_strata_are_announced() -> None:
    design = survey_design(np.ones(12), np.repeat(np.arange(6), 2), [0] * 4 + [1] * 6 + [2] * 2)
    found = survey_mean(VALUES[:12], design)
    assert [note.code for note in found.notes] == ["few-clusters", "lonely-strata"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0, np.nan],), "Every weight"),
        (([[1.0, 2.0]],), "one number per row"),
        (([1.0, 2.0], [1]), "one cluster"),
        (([1.0, 2.0], [1.0, np.nan]), "needs a cluster"),
        (([1.0, 2.0], ["a", None]), "needs a cluster"),
        (([1.0, 2.0], None, [1]), "one stratum"),
        (([1.0, 2.0], [1, 1], [1, 2]), "two strata"),
    ],
)
def test_wrong_designs_are_named(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        survey_design(*arguments)


def test_wrong_answers_are_named() -> None:
    with pytest.raises(ValueError, match="one answer"):
        survey_mean([1.0], survey_design([1.0, 1.0]))
    with pytest.raises(ValueError, match="finite"):
        survey_mean([1.0, np.inf], survey_design([1.0, 1.0]))
    with pytest.raises(ValueError, match="finite"):
        survey_regression([1.0, 2.0], [1.0, np.inf], survey_design([1.0, 1.0]))
    with pytest.raises(ValueError, match="column of 0 and 1"):
        survey_regression([1.0, 2.0], pd.DataFrame({"plan": ["basic", "plus"]}), survey_design([1.0, 1.0]))


def test_the_difference_weights_make_has_the_error_of_a_paired_bootstrap() -> None:
    rng = np.random.default_rng(2)
    found = weighted_beside_unweighted(VALUES, survey_design(WEIGHTS))
    draws = rng.integers(0, N, (4000, N))
    weighted = (WEIGHTS[draws] * VALUES[draws]).sum(axis=1) / WEIGHTS[draws].sum(axis=1)
    spread = (weighted - VALUES[draws].mean(axis=1)).std()
    assert found.difference.se == pytest.approx(spread, rel=0.06)
    assert found.difference.value == pytest.approx(np.average(VALUES, weights=WEIGHTS) - VALUES.mean())
    assert found.difference.unit == "difference-mean"
    assert list(lacks(found)) == []


def test_equal_weights_make_no_difference() -> None:
    found = weighted_beside_unweighted(VALUES, survey_design(np.full(N, 3.7)))
    assert (found.difference.value, found.difference.se, found.p_value) == (0, 0, 1)
    share = weighted_beside_unweighted(VALUES > 7, survey_design(WEIGHTS))
    assert share.weighted.unit == "share"
    assert isinstance(weighted_beside_unweighted([7.0], survey_design([1.0])), Refusal)
