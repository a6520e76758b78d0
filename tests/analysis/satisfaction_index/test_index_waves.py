"""An index across waves: weights held at the first wave, and estimated anew beside them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.respondents import respondents
from analysis.satisfaction_index import Wave, index_change, index_scores
from analysis.values import Estimate, Refusal
from analysis.values.satisfaction_index import FrozenItem, FrozenWeights, IndexChange
from tests.analysis.carrying import lacks
from tests.analysis.satisfaction_index.surveys import MODEL, QUICK, a_survey, an_index, fit, noted


def change(before: pd.DataFrame, after: pd.DataFrame) -> IndexChange:
    found = index_change(Wave(before), Wave(after), MODEL, np.random.default_rng(6), QUICK)
    assert isinstance(found, IndexChange)
    return found


def test_the_index_is_the_weighted_place_of_the_answers_between_the_declared_ends() -> None:
    weights = FrozenWeights(
        (
            FrozenItem("Satisfaction", "s1", 0.75, 1, 10, higher_is_better=True),
            FrozenItem("Satisfaction", "s2", 0.25, 0, 4, higher_is_better=False),
        )
    )
    found = index_scores({"s1": [10, 1, 5.5, np.nan], "s2": [0, 4, 1, 0]}, weights)
    assert found.of("Satisfaction")[:3] == pytest.approx([100.0, 0.0, 0.75 * 50 + 0.25 * 75])
    assert np.isnan(found.of("Satisfaction")[3])
    assert isinstance(found.index[0], Refusal)
    assert found.index[0].figures == {"n": 3, "needed": 10}


def test_the_mean_of_scores_is_the_index_with_the_error_of_a_mean() -> None:
    items = a_survey()
    found = index_scores(items, an_index().weights)
    for construct, mean, column in zip(found.constructs, found.index, found.scores.T, strict=True):
        theirs = sm.OLS(column, np.ones(300)).fit()
        assert isinstance(mean, Estimate)
        assert mean.value == pytest.approx(an_index().construct(construct).index.value)
        assert mean.se == pytest.approx(theirs.bse[0])
        assert mean.interval is not None
        assert [mean.interval.low, mean.interval.high] == pytest.approx(theirs.conf_int()[0].tolist())
        assert noted(mean.notes, "weights-taken-as-fixed")
    assert list(lacks(found)) == []


def test_scores_respect_weights_clusters_and_blanks() -> None:
    items = a_survey()
    items.loc[:4, "s1"] = np.nan
    weights, clusters = np.random.default_rng(1).uniform(0.5, 2, 300), np.arange(300) // 2
    found = index_scores(items, fit(a_survey()).weights, respondents(300, weights, clusters))
    place = found.constructs.index("Satisfaction")
    mean = found.index[place]
    there = ~np.isnan(found.scores[:, place])
    theirs = sm.WLS(found.scores[there, place], np.ones(there.sum()), weights[there]).fit(
        cov_type="cluster", cov_kwds={"groups": clusters[there], "use_correction": True}
    )
    assert isinstance(mean, Estimate)
    assert mean.value == pytest.approx(theirs.params[0])
    # statsmodels multiplies by g/(g-1) (n-1)/(n-k), which is g/(g-1) for a mean.
    assert mean.se == pytest.approx(theirs.bse[0])
    assert noted(mean.notes, "incomplete-rows-left-out")[0].figures == {"n": 5}


def test_an_interval_stays_between_the_ends_and_equal_answers_are_noted() -> None:
    weights = FrozenWeights((FrozenItem("Satisfaction", "s1", 1.0, 1, 10, higher_is_better=True),))
    near = index_scores({"s1": [10] * 19 + [1]}, weights).index[0]
    assert isinstance(near, Estimate)
    assert near.interval is not None
    assert near.interval.high == 100
    same = index_scores({"s1": [10] * 20}, weights).index[0]
    assert isinstance(same, Estimate)
    assert (same.value, same.se) == (100, 0)
    assert noted(same.notes, "no-variation")


def test_a_wave_compared_with_itself_has_not_changed() -> None:
    found = change(a_survey(), a_survey())
    for each in found.constructs:
        assert each.change_fixed.value == pytest.approx(0, abs=1e-9)
        assert each.change_re_estimated.value == pytest.approx(0, abs=1e-9)
        assert each.before.value == pytest.approx(an_index().construct(each.construct).index.value)
    assert list(lacks(found)) == []


def test_a_change_is_split_into_answers_and_weights() -> None:
    before, after = a_survey(1), a_survey(2, 250)
    after["s1"] = np.clip(after["s1"] + 1, 1, 10)
    found = change(before, after)
    fixed = index_scores(after, fit(before).weights)
    own = fit(after)
    for k, each in enumerate(found.constructs):
        assert each.after_fixed.value == pytest.approx(fixed.scores[:, k].mean())
        assert each.after_re_estimated.value == pytest.approx(own.figures.index_mean[k])
        assert each.change_fixed.value + each.weight_effect.value == pytest.approx(each.change_re_estimated.value)
    moved = found.construct("Satisfaction").change_fixed
    assert moved.interval is not None
    assert moved.interval.low > 0
    assert found.base_after.n == 250
    assert moved.base == found.base_after
    with pytest.raises(KeyError):
        found.construct("Price")


def test_the_refused_wave_is_named() -> None:
    found = index_change(Wave(a_survey()), Wave(a_survey(n=20)), MODEL, np.random.default_rng(1), QUICK)
    assert isinstance(found, Refusal)
    assert (found.code, found.figures["wave"]) == ("base-too-small", "after")


def test_notes_say_which_wave_they_are_about() -> None:
    holed = a_survey(2)
    holed.loc[:3, "q1"] = np.nan
    found = change(a_survey(n=99), holed)
    assert noted(found.notes, "incomplete-rows-left-out")[0].figures["wave"] == "after"
    assert noted(found.notes, "base-indicative")[0].figures["wave"] == "before"


def test_draws_are_those_of_the_smaller_number_where_some_are_left_out() -> None:
    few = a_survey(n=60).assign(c1=np.where(np.arange(60) == 0, 1, 9))
    found = index_change(Wave(few), Wave(a_survey()), MODEL, np.random.default_rng(1), replace(QUICK, n_draws=100))
    assert isinstance(found, IndexChange)
    assert found.n_draws < 100
    assert noted(found.notes, "draws-degenerate")[0].figures["wave"] == "before"
