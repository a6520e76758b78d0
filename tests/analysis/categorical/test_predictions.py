"""What an ordered model says in shares: predictions, odds ratios and marginal effects."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from analysis.categorical import marginal_effects, odds_ratios, predicted_probabilities
from tests.analysis.categorical.samples import X, Y, dummies, fitted, numbers


def test_predicted_shares_average_to_the_observed_ones_in_the_logit_of_the_lowest_and_highest() -> None:
    shares = predicted_probabilities(fitted(), X)
    assert shares.sum(axis=1).to_numpy() == pytest.approx(np.ones(len(X)))
    observed = np.bincount(Y, minlength=6)[1:] / len(Y)
    assert shares.mean().to_numpy() == pytest.approx(observed, abs=0.02)


def test_prediction_refuses_a_level_that_the_model_has_not_seen() -> None:
    with pytest.raises(ValueError, match="'letter' is none of phone, shop, web"):
        predicted_probabilities(fitted(), X.head(3).assign(channel="letter"))


def test_average_marginal_effects_are_derivatives_and_level_differences_of_the_predictions() -> None:
    model = fitted()
    found = marginal_effects(model, X).effects
    step = 1e-5
    up, down = (predicted_probabilities(model, X.assign(service=X["service"] + s)).mean() for s in (step, -step))
    assert [each.value for each in found["service"].values()] == pytest.approx(
        ((up - down) / (2 * step)).to_numpy(), abs=1e-8
    )
    shop, phone = (predicted_probabilities(model, X.assign(channel=each)).mean() for each in ("shop", "phone"))
    assert [each.value for each in found["channelshop"].values()] == pytest.approx((shop - phone).to_numpy(), abs=1e-12)
    for effects in found.values():
        assert sum(each.value for each in effects.values()) == pytest.approx(0, abs=1e-12)


def test_errors_of_marginal_effects_follow_from_the_covariance_by_differences() -> None:
    model = fitted()
    covariance, at = np.array(model.covariance), numbers(model)

    def effect(parameters: np.ndarray) -> float:
        ends = np.concatenate(([-np.inf], parameters[4:], [np.inf]))
        eta = dummies(X) @ parameters[:4]
        return parameters[0] * np.mean(stats.logistic.pdf(ends[2] - eta) - stats.logistic.pdf(ends[3] - eta))

    slope = optimize.approx_fprime(at, effect, 1e-7)
    found = marginal_effects(model, X).effects["service"]["3"]
    assert found.value == pytest.approx(effect(at), abs=1e-12)
    assert found.se == pytest.approx(np.sqrt(slope @ covariance @ slope), rel=1e-4)


def test_odds_ratios_are_exponentials_and_belong_to_the_logit() -> None:
    found = odds_ratios(fitted())["service"]
    assert found.value == pytest.approx(np.exp(fitted().coefficients["service"].value))
    assert found.interval is not None
    assert found.interval.low < found.value < found.interval.high
    with pytest.raises(ValueError, match="logit"):
        odds_ratios(fitted(link="probit"))
