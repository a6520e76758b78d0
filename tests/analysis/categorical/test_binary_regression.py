"""Binary regression against statsmodels' Logit, Probit and GLM."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from analysis.categorical import (
    CategoricalOptions,
    Rows,
    binary_regression,
    marginal_effects,
    ordered_regression,
    predicted_probabilities,
)
from analysis.values import Refusal
from analysis.values.categorical import CategoricalModel
from tests.analysis.carrying import lacks
from tests.analysis.categorical.samples import dummies, outcome, predictors

X = predictors()
Y = (outcome(X) >= 4).astype(int)
LEVELS = {"channel": ["phone", "shop", "web"]}


def fitted(rows: Rows | None = None, **choices: Any) -> CategoricalModel:
    found = binary_regression(Y, X, rows, CategoricalOptions(levels=LEVELS, **choices))
    assert isinstance(found, CategoricalModel), found
    return found


def values(model: CategoricalModel) -> list[float]:
    return [each.value for each in model.coefficients.values()]


@pytest.mark.parametrize(("link", "peer"), [("logit", sm.Logit), ("probit", sm.Probit)])
def test_everything_equals_statsmodels(link: str, peer: type) -> None:
    found, theirs = fitted(link=link), peer(Y, sm.add_constant(dummies(X))).fit(disp=False, tol=1e-14)
    assert values(found) == pytest.approx(theirs.params, abs=1e-9)
    assert np.array(found.covariance) == pytest.approx(theirs.cov_params(), rel=1e-7)
    assert found.log_likelihood == pytest.approx(theirs.llf, abs=1e-10)
    assert found.mcfadden_r2 == pytest.approx(theirs.prsquared, abs=1e-10)
    assert found.aic == pytest.approx(theirs.aic)
    assert list(found.p_values.values()) == pytest.approx(theirs.pvalues, rel=1e-7)
    assert [each.interval.low for each in found.coefficients.values() if each.interval] == pytest.approx(
        theirs.conf_int()[:, 0], abs=1e-8
    )
    assert predicted_probabilities(found, X)["1"].to_numpy() == pytest.approx(theirs.predict(), abs=1e-10)


def test_average_marginal_effects_equal_statsmodels() -> None:
    columns = dummies(X)
    theirs = sm.Logit(Y, sm.add_constant(columns[:, :2])).fit(disp=False).get_margeff(at="overall")
    model = binary_regression(Y, X[["service", "price"]])
    assert isinstance(model, CategoricalModel)
    found = [effects["1"] for effects in marginal_effects(model, X).effects.values()]
    assert [each.value for each in found] == pytest.approx(theirs.margeff, abs=1e-10)
    assert [each.se for each in found] == pytest.approx(theirs.margeff_se, rel=1e-6)


def test_weighted_errors_are_those_of_a_linearised_glm() -> None:
    weights = np.random.default_rng(3).uniform(0.5, 4, len(Y))
    scaled = weights / weights.mean()
    columns = sm.add_constant(dummies(X))
    theirs = sm.GLM(Y, columns, family=sm.families.Binomial(), freq_weights=scaled).fit(tol=1e-14)
    found = fitted(Rows(weights=weights))
    assert values(found) == pytest.approx(theirs.params, abs=1e-8)
    bread = np.asarray(theirs.normalized_cov_params)
    scores = columns * (scaled * (Y - theirs.fittedvalues))[:, None]
    n = len(Y)
    assert np.array(found.covariance) == pytest.approx(bread @ scores.T @ scores @ bread * n / (n - 1), rel=1e-6)


def test_clustered_errors_equal_statsmodels_but_for_its_own_correction() -> None:
    owners = np.arange(len(Y)) // 4
    columns = sm.add_constant(dummies(X))
    options = {"groups": owners, "use_correction": False}
    theirs = sm.Logit(Y, columns).fit(disp=False, tol=1e-14, cov_type="cluster", cov_kwds=options)
    found = fitted(Rows(clusters=owners))
    assert np.array(found.covariance) == pytest.approx(theirs.cov_params() * 100 / 99, rel=1e-6)


def test_it_is_the_ordered_model_of_two_categories() -> None:
    ordered = ordered_regression(Y, X, options=CategoricalOptions(levels=LEVELS))
    assert isinstance(ordered, CategoricalModel)
    assert fitted().coefficients["(Intercept)"].value == pytest.approx(-ordered.thresholds["0|1"].value, abs=1e-12)
    assert predicted_probabilities(ordered, X)["1"].to_numpy() == pytest.approx(
        predicted_probabilities(fitted(), X)["1"].to_numpy(), abs=1e-12
    )


def test_truth_values_and_texts_say_which_is_the_event() -> None:
    assert values(fitted()) == pytest.approx(
        values(binary_regression(Y == 1, X, options=CategoricalOptions(levels=LEVELS)))
    )
    names = np.where(Y == 1, "yes", "no")
    named = binary_regression(names, X, options=CategoricalOptions(levels=LEVELS, categories=("no", "yes")))
    assert values(named) == pytest.approx(values(fitted()))


def test_separation_is_refused() -> None:
    found = binary_regression(Y, X[["price"]].assign(leak=Y * 10 + X["price"]))
    assert isinstance(found, Refusal)
    assert found.code == "separation"
    assert "leak" in str(found.figures["predictors"])


def test_three_values_are_no_binary_outcome() -> None:
    with pytest.raises(ValueError, match="two values, not 5"):
        binary_regression(outcome(X), X[["price"]])


def test_few_events_per_coefficient_are_noted() -> None:
    rare = (np.random.default_rng(4).random(len(Y)) < 0.06).astype(int)
    found = binary_regression(rare, X, options=CategoricalOptions(levels=LEVELS))
    assert isinstance(found, CategoricalModel)
    assert "few-answers-per-coefficient" in [each.code for each in found.notes]
    assert list(lacks(found)) == []
