"""Intervals of ordered and binary models, their importance shares, and the false alarms of the proportional-odds check.

Latent answers have logistic (or normal) marginals exactly, also within clusters (their ranks are tied by a normal
copula) and after sampling with unequal probabilities (weights undo it), so that the true coefficients are known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import pandas as pd
from scipy import special, stats

from analysis.categorical import (
    CategoricalOptions,
    ImportanceOptions,
    Rows,
    binary_regression,
    marginal_effects,
    mcfadden_importance,
    ordered_regression,
    proportional_odds,
)
from analysis.values import Estimate, Note, Refusal
from tests.simulations.settings import Drawn, Outcome, Setting

SLOPES = np.array([0.8, 0.4, 0.0])
NAMES = ["strong", "middling", "nothing"]
EVEN = (-1.8, -0.6, 0.5, 1.6)
SKEWED = (-4.0, -3.0, -2.0, -1.0)
TEN = (-4.5, -4.0, -3.5, -3.0, -2.2, -1.4, -0.5, 0.6, 1.7)
HALF, RARE = (0.0,), (2.2,)
WARNINGS = {"few-answers-per-coefficient", "few-clusters", "importance-interval-rough"}


@dataclass(frozen=True, slots=True)
class Population:
    """How a sample comes about: thresholds of the outcome, link, size of clusters, and whether chances are unequal."""

    thresholds: tuple[float, ...] = EVEN
    link: str = "logit"
    cluster: int = 1
    weighted: bool = False


@dataclass(frozen=True, slots=True)
class Sampled:
    """A sample: predictors, outcome codes, and what the rows stand for."""

    predictors: pd.DataFrame
    outcome: np.ndarray
    rows: Rows


def _tied(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return standard normals of which those in one row correlate by one half."""
    return np.sqrt(0.5) * rng.normal(size=(shape[0], 1, *shape[2:])) + np.sqrt(0.5) * rng.normal(size=shape)


def _everybody(of: Population, n: int, rng: np.random.Generator) -> Sampled:
    groups = n // of.cluster
    halo = rng.normal(size=(groups, of.cluster, 1)) if of.cluster == 1 else _tied((groups, of.cluster, 1), rng)
    columns = (0.6 * halo + 0.8 * rng.normal(size=(groups, of.cluster, 3))).reshape(n, 3)
    noise = _tied((groups, of.cluster), rng).ravel() if of.cluster > 1 else rng.normal(size=n)
    latent = columns @ SLOPES + (special.logit(special.ndtr(noise)) if of.link == "logit" else noise)
    owners = np.repeat(np.arange(groups), of.cluster) if of.cluster > 1 else None
    return Sampled(pd.DataFrame(columns, columns=NAMES), np.searchsorted(of.thresholds, latent), Rows(clusters=owners))


def sample(of: Population, n: int, rng: np.random.Generator) -> Sampled:
    """Return n rows; with weights the upper half of the answers is three times as likely to take part."""
    if not of.weighted:
        return _everybody(of, n, rng)
    pool = _everybody(of, 4 * n, rng)
    eager = pool.outcome > len(of.thresholds) // 2
    takes_part = np.flatnonzero(eager | (rng.random(4 * n) < 1 / 3))[:n]
    weights = np.where(eager[takes_part], 1.0, 3.0)
    return Sampled(pool.predictors.iloc[takes_part], pool.outcome[takes_part], Rows(weights=weights))


def _judged(estimate: Estimate, truth: float, notes: tuple[Note, ...]) -> Outcome:
    assert estimate.interval is not None
    if estimate.interval.low <= truth <= estimate.interval.high:
        return Outcome.HELD
    return Outcome.WARNED if any(each.code in WARNINGS for each in notes) else Outcome.MISSED


def _coefficient(of: Population, n: int, name: str, rng: np.random.Generator) -> Outcome:
    drawn = sample(of, n, rng)
    regression = binary_regression if len(of.thresholds) == 1 else ordered_regression
    found = regression(drawn.outcome, drawn.predictors, drawn.rows, CategoricalOptions(link=of.link))
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    if name in NAMES:
        return _judged(found.coefficients[name], SLOPES[NAMES.index(name)], found.notes)
    low = next((key for key in found.thresholds if key.endswith("|3")), None)
    assert low is not None
    return _judged(found.thresholds[low], of.thresholds[2], found.notes)


@cache
def _true_effect(of: Population) -> float:
    columns = _everybody(of, 400_000, np.random.default_rng(1)).predictors.to_numpy()
    return float(SLOPES[0] * stats.logistic.pdf(of.thresholds[0] - columns @ SLOPES).mean())


def _effect(of: Population, n: int, rng: np.random.Generator) -> Outcome:
    drawn = sample(of, n, rng)
    found = binary_regression(drawn.outcome, drawn.predictors, drawn.rows)
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    effects = marginal_effects(found, drawn.predictors, drawn.rows)
    return _judged(effects.effects["strong"]["1"], _true_effect(of), found.notes)


@cache
def _true_importance(of: Population, name: str) -> float:
    everybody = _everybody(Population(of.thresholds, of.link), 400_000, np.random.default_rng(2))
    found = mcfadden_importance(everybody.outcome, everybody.predictors)
    assert not isinstance(found, Refusal)
    return found.pseudo_r2.value if name == "all" else found.player(name).importance.value


def _importance(of: Population, n: int, name: str, rng: np.random.Generator) -> Outcome:
    drawn = sample(of, n, rng)
    options = ImportanceOptions(n_draws=200)
    found = mcfadden_importance(drawn.outcome, drawn.predictors, rng, drawn.rows, options)
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    estimate = found.pseudo_r2 if name == "all" else found.player(name).importance
    return _judged(estimate, _true_importance(of, name), found.notes)


def _odds(of: Population, n: int, rng: np.random.Generator) -> Outcome:
    drawn = sample(of, n, rng)
    found = proportional_odds(drawn.outcome, drawn.predictors, drawn.rows)
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    return Outcome.MISSED if found.violated else Outcome.HELD


Repeat = Callable[[np.random.Generator], Outcome]


def _interval(method: str, conditions: str, n: int, repeat: Repeat) -> Drawn:
    return Drawn(Setting(method, conditions, n), repeat)


def _slope(kind: str, conditions: str, of: Population, n: int, name: str = "strong") -> Drawn:
    return _interval(f"{kind}: {name}", conditions, n, partial(_coefficient, of, n, name))


def _alarm(conditions: str, of: Population, n: int) -> Drawn:
    setting = Setting("proportional odds: false alarms", conditions, n, low=0.95, high=1.0)
    return Drawn(setting, partial(_odds, of, n))


def _share(conditions: str, of: Population, n: int, name: str = "strong") -> Drawn:
    text = f"{conditions}; 200 draws inside each repetition"
    return _interval(f"McFadden importance: {name}", text, n, partial(_importance, of, n, name))


SETTINGS = (
    _slope("ordered logit", "5 even categories, 3 predictors", Population(), 30),
    _slope("ordered logit", "5 even categories, 3 predictors", Population(), 100),
    _slope("ordered logit", "5 even categories, 3 predictors", Population(), 100, "nothing"),
    _slope("ordered logit", "5 even categories, 3 predictors", Population(), 1000),
    _slope("ordered logit", "5 even categories, 3 predictors", Population(), 100, "third threshold"),
    _slope("ordered logit", "5 categories, 70 % in the top one", Population(SKEWED), 100),
    _slope("ordered logit", "10 categories, low ones sparse", Population(TEN), 100),
    _slope("ordered logit", "10 categories, low ones sparse", Population(TEN), 1000),
    _slope("ordered logit", "weights 1 and 3 that go with the answer", Population(weighted=True), 100),
    _slope("ordered logit", "weights 1 and 3 that go with the answer", Population(weighted=True), 1000),
    _slope("ordered logit", "50 clusters of 2, correlation one half", Population(cluster=2), 100),
    _slope("ordered logit", "20 clusters of 5, correlation one half", Population(cluster=5), 100),
    _slope("ordered logit", "200 clusters of 5, correlation one half", Population(cluster=5), 1000),
    _slope("ordered probit", "5 even categories, 3 predictors", Population(link="probit"), 100),
    _slope("ordered probit", "5 even categories, 3 predictors", Population(link="probit"), 1000),
    _slope("binary logit", "half and half", Population(HALF), 30),
    _slope("binary logit", "half and half", Population(HALF), 100),
    _slope("binary logit", "half and half", Population(HALF), 1000),
    _slope("binary logit", "one in eight", Population(RARE), 100),
    _slope("binary logit", "one in eight", Population(RARE), 1000),
    _slope("binary logit", "weights 1 and 3 that go with the answer", Population(HALF, weighted=True), 100),
    _slope("binary logit", "weights 1 and 3 that go with the answer", Population(HALF, weighted=True), 1000),
    _slope("binary logit", "50 clusters of 2, correlation one half", Population(HALF, cluster=2), 100),
    _slope("binary logit", "200 clusters of 5, correlation one half", Population(HALF, cluster=5), 1000),
    _interval("marginal effect", "binary, half and half", 100, partial(_effect, Population(HALF), 100)),
    _interval("marginal effect", "binary, half and half", 1000, partial(_effect, Population(HALF), 1000)),
    _share("5 even categories", Population(), 100),
    _share("5 even categories", Population(), 300),
    _share("5 even categories", Population(), 300, "middling"),
    _share("5 even categories", Population(), 300, "all"),
    _share("5 even categories", Population(), 1000),
    _share("5 categories, 70 % in the top one", Population(SKEWED), 300),
    _share("binary, half and half", Population(HALF), 300),
    _share("weights 1 and 3 that go with the answer", Population(weighted=True), 300),
    _share("100 clusters of 3, correlation one half", Population(cluster=3), 300),
    _alarm("5 even categories, 3 predictors", Population(), 100),
    _alarm("5 even categories, 3 predictors", Population(), 300),
    _alarm("5 even categories, 3 predictors", Population(), 1000),
    _alarm("10 categories, low ones sparse", Population(TEN), 1000),
    _alarm("weights 1 and 3 that go with the answer", Population(weighted=True), 300),
    _alarm("100 clusters of 3, correlation one half", Population(cluster=3), 300),
)
