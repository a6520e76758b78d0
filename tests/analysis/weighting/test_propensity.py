"""Propensity to answer: model, discrimination and calibration held against other packages, weights that help."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from sklearn.metrics import roc_auc_score

from analysis.values import Refusal
from analysis.weighting import (
    PropensityWeightOptions,
    ResponsePropensity,
    propensity_weights,
    response_propensity,
    survey_design,
    survey_mean,
)
from analysis.weighting.attributes import attribute_table
from analysis.weighting.discrimination import area_under_curve
from analysis.weighting.logit import logit
from analysis.weighting.propensity import classes_of
from tests.analysis.carrying import lacks

N = 1500
RNG = np.random.default_rng(3)
PEOPLE = pd.DataFrame({"age": RNG.normal(45, 12, N), "region": RNG.choice(["north", "east", "south"], N)})
SCORE = 0.04 * (PEOPLE["age"] - 45) + 0.7 * (PEOPLE["region"] == "south")
ANSWERED = RNG.uniform(size=N) < 1 / (1 + np.exp(0.8 - SCORE.to_numpy()))
SATISFACTION = 7 + SCORE.to_numpy() + RNG.normal(0, 1.5, N)


def found(people: pd.DataFrame = PEOPLE, seed: int = 1) -> ResponsePropensity:
    result = response_propensity(people, ANSWERED, np.random.default_rng(seed))
    assert isinstance(result, ResponsePropensity)
    return result


def test_the_model_is_that_of_statsmodels() -> None:
    attributes = attribute_table(PEOPLE)
    fit = sm.Logit(ANSWERED.astype(float), attributes.table).fit(disp=0)
    coefficients = found().report.coefficients
    assert [each.estimate.value for each in coefficients] == pytest.approx(fit.params.tolist(), rel=1e-7)
    assert [each.estimate.se for each in coefficients] == pytest.approx(fit.bse.tolist(), rel=1e-6)
    assert [each.p_value for each in coefficients] == pytest.approx(fit.pvalues.tolist(), rel=1e-5)
    assert found().propensities == pytest.approx(fit.predict())
    assert [each.name for each in coefficients][:2] == ["(Intercept)", "age"]
    assert list(lacks(found())) == []


def test_discrimination_is_measured_on_people_the_model_has_not_seen() -> None:
    result = found()
    assert result.report.discrimination.value == pytest.approx(roc_auc_score(ANSWERED, result.held_out))
    assert result.report.discrimination.value < roc_auc_score(ANSWERED, result.propensities)
    assert np.abs(result.held_out - result.propensities).max() > 1e-4


def test_the_error_of_an_area_is_that_of_a_bootstrap() -> None:
    rng = np.random.default_rng(5)
    happened = np.arange(300) < 100
    scores = np.round(rng.normal(size=300) + happened, 1)
    result = area_under_curve(scores, happened)
    draws = []
    for _ in range(150):
        rows = np.concatenate([rng.integers(0, 100, 100), rng.integers(100, 300, 200)])
        draws.append(roc_auc_score(happened[rows], scores[rows]))
    assert result.value == pytest.approx(roc_auc_score(happened, scores))
    assert result.se == pytest.approx(np.std(draws), rel=0.2)


def test_a_right_model_is_calibrated() -> None:
    report = found().report
    assert report.calibration_slope.interval.low < 1 < report.calibration_slope.interval.high
    assert sum(band.n for band in report.bands) == N
    assert len(report.bands) == 10
    assert all(abs(band.predicted - band.answered.value) < 0.15 for band in report.bands)


@pytest.mark.parametrize("method", ["inverse", "classes"])
def test_weights_bring_the_respondents_to_everybody(method: str) -> None:
    weighting = propensity_weights(found(), PropensityWeightOptions(method))
    assert weighting.weights.sum() == pytest.approx(N)
    assert (weighting.weights[~ANSWERED] == 0).all()
    off = abs(np.average(PEOPLE["age"], weights=weighting.weights) - PEOPLE["age"].mean())
    assert off < abs(PEOPLE["age"][ANSWERED].mean() - PEOPLE["age"].mean()) / 3
    answers = np.where(ANSWERED, SATISFACTION, np.nan)
    mean = survey_mean(answers, survey_design(weighting))
    assert mean.interval.low < SATISFACTION.mean() < mean.interval.high
    assert SATISFACTION[ANSWERED].mean() > mean.interval.high
    assert weighting.summary.base.n == ANSWERED.sum()
    assert list(lacks(weighting)) == []


def test_inverse_weights_are_one_over_the_propensity() -> None:
    result = found()
    weights = propensity_weights(result, PropensityWeightOptions("inverse")).weights
    product = (weights * result.propensities)[ANSWERED]
    assert product == pytest.approx(np.full(product.size, product[0]))


def test_class_weights_are_the_inverse_of_the_share_that_answered() -> None:
    result = found()
    weighting = propensity_weights(result)
    classes = classes_of(result.propensities, 5)
    for place in range(5):
        inside = classes == place
        assert weighting.weights[inside & ANSWERED] == pytest.approx(inside.sum() / (inside & ANSWERED).sum())
    assert [margin.target for margin in weighting.summary.margins] == pytest.approx([300] * 5)
    assert [margin.reached for margin in weighting.summary.margins] == pytest.approx([300] * 5)


def test_classes_without_enough_respondents_join_their_neighbour() -> None:
    propensities = np.linspace(0.05, 0.9, 100)
    answered = np.arange(100) >= 50
    result = ResponsePropensity(propensities, propensities, answered, found().report)
    weighting = propensity_weights(result)
    assert all(margin.n >= 10 for margin in weighting.summary.margins)
    assert weighting.weights.sum() == pytest.approx(100)


def test_trimming_keeps_the_sum_and_says_so() -> None:
    plain = propensity_weights(found(), PropensityWeightOptions("inverse"))
    cut = propensity_weights(found(), PropensityWeightOptions("inverse", limits=(0.5, 2.0)))
    assert cut.summary.largest < plain.summary.largest
    assert cut.weights.sum() == pytest.approx(N)
    assert cut.summary.n_trimmed > 0
    assert "weights-trimmed" in {note.code for note in cut.summary.notes}


def test_the_same_generator_gives_the_same_digits() -> None:
    assert (found(seed=4).held_out == found(seed=4).held_out).all()
    assert (found(seed=4).held_out != found(seed=5).held_out).any()


def test_units_and_order_of_attributes_do_not_matter_to_the_propensities() -> None:
    moved = PEOPLE.assign(age=PEOPLE["age"] * 1e5 - 3e7)[["region", "age"]]
    assert found(moved).propensities == pytest.approx(found().propensities, rel=1e-6)


def test_missing_rare_repeated_and_constant_attributes_are_handled_and_named() -> None:
    people = PEOPLE.assign(
        months=PEOPLE["age"] * 12, country="VN", plan=["rare"] * 4 + ["other"] * 4 + ["basic"] * (N - 8)
    )
    people.loc[:199, "age"] = np.nan
    people.loc[200:399, "region"] = None
    report = found(people).report
    codes = {note.code for note in report.notes}
    assert {"attribute-missing", "attribute-constant", "rare-categories-merged"} <= codes
    assert {"age missing", "region=(missing)"} <= {each.name for each in report.coefficients}
    repeated = found(PEOPLE.assign(months=PEOPLE["age"] * 12)).report
    assert [note.figures for note in repeated.notes] == [{"attribute": "months"}]


def test_groups_hardly_reached_are_announced() -> None:
    rng = np.random.default_rng(9)
    people = pd.DataFrame({"x": rng.normal(size=3000)})
    who = rng.uniform(size=3000) < 1 / (1 + np.exp(2 - 4 * people["x"].to_numpy()))
    result = response_propensity(people, who, rng)
    assert {"little-overlap", "extreme-propensities"} <= {note.code for note in result.report.notes}


def test_separation_and_few_people_are_refused() -> None:
    few = response_propensity(PEOPLE[:40], ANSWERED[:40], RNG)
    assert isinstance(few, Refusal)
    assert few.code == "too-few-per-attribute"
    told = response_propensity(PEOPLE.assign(told=ANSWERED), ANSWERED, RNG)
    assert isinstance(told, Refusal)
    assert told.code == "separated"
    assert logit(np.ones((5, 2)), np.arange(5) > 2) is None


@pytest.mark.parametrize("frame", [pd.DataFrame(index=range(3)), pd.DataFrame({"x": []})])
def test_attributes_need_a_column_and_a_row(frame: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="at least one attribute"):
        response_propensity(frame, np.zeros(len(frame)), RNG)


def test_infinite_attributes_and_limits_out_of_order_are_named() -> None:
    with pytest.raises(ValueError, match="'age' holds infinite"):
        response_propensity(PEOPLE.assign(age=np.inf), ANSWERED, RNG)
    with pytest.raises(ValueError, match="smaller one first"):
        propensity_weights(found(), PropensityWeightOptions(limits=(2.0, 1.0)))
