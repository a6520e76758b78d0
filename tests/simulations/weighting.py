"""Settings of weighting: figures and regressions of designs, raking, propensities, who answered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from analysis.values import Estimate, Refusal
from analysis.values.weighting import BaseComparison, DesignEstimate
from analysis.weighting import (
    PropensityWeightOptions,
    compare_with_base,
    propensity_weights,
    rake,
    representativity,
    response_propensity,
    survey_design,
    survey_mean,
    survey_ratio,
    survey_regression,
    survey_share,
    survey_total,
    weighted_beside_unweighted,
)
from analysis.weighting.discrimination import area_under_curve
from tests.simulations.settings import Drawn, Outcome, Setting

# A note that says that the method does not hold: too few clusters.
DOUBTS = {"few-clusters"}
ALARMS = {"low": 0.95, "high": 1.0}


def judged(found: Estimate | Refusal, truth: float) -> Outcome:
    """Return whether the interval holds the truth; without interval it is a refusal."""
    if isinstance(found, Refusal) or found.interval is None:
        return Outcome.REFUSED
    if found.interval.low <= truth <= found.interval.high:
        return Outcome.HELD
    return Outcome.WARNED if any(note.code in DOUBTS for note in found.notes) else Outcome.MISSED


def ratings(rng: np.random.Generator, centre: np.ndarray) -> np.ndarray:
    """Return answers 0 to 10, skewed to the left as satisfaction is: ten less a gamma with this distance from ten."""
    return np.clip(np.rint(10 - rng.gamma(2.0, (10 - centre) / 2)), 0, 10)


def _mean_rating(centre: float) -> float:
    return float(ratings(np.random.default_rng(1), np.full(2_000_000, centre)).mean())


CENTRES = np.array([5.0, 6.5, 8.0])
MEANS = np.array([_mean_rating(each) for each in CENTRES])
CLUSTER_CENTRES = np.random.default_rng(2).normal(0, 1.0, 1_000_000)


def weighted_mean(rng: np.random.Generator, n: int, weights: tuple[float, float, float]) -> Outcome:
    """Judge the mean of three groups as frequent in the population, answering inversely to their weights."""
    chance = 1 / np.array(weights)
    groups = rng.choice(3, n, p=chance / chance.sum())
    design = survey_design(np.array(weights)[groups])
    return judged(survey_mean(ratings(rng, CENTRES[groups]), design), float(MEANS.mean()))


def lognormal_weights(rng: np.random.Generator, n: int) -> Outcome:
    """Judge the mean where weights are uneven and tell nothing about the answers."""
    return judged(survey_mean(ratings(rng, np.full(n, 6.5)), survey_design(rng.lognormal(0, 0.8, n))), MEANS[1])


def clustered_mean(rng: np.random.Generator, n_clusters: int, sizes: tuple[int, int]) -> Outcome:
    """Judge the mean of clusters of random size with an intraclass correlation of one third."""
    size = rng.integers(*sizes, n_clusters)
    clusters = np.repeat(np.arange(n_clusters), size)
    values = 7 + rng.normal(0, 1.0, n_clusters)[clusters] + rng.normal(0, np.sqrt(2), clusters.size)
    return judged(survey_mean(values, survey_design(np.ones(clusters.size), clusters)), 7.0)


def stratified_mean(rng: np.random.Generator, per_stratum: int) -> Outcome:
    """Judge the mean of three strata of population shares 1/2, 1/3, 1/6 with as many answers each."""
    strata = np.repeat(np.arange(3), per_stratum)
    shares = np.array([3, 2, 1]) / 6
    found = survey_mean(ratings(rng, CENTRES[strata]), survey_design(shares[strata] / per_stratum, None, strata))
    return judged(found, float(shares @ MEANS))


def stratified_clusters(rng: np.random.Generator, per_stratum: int) -> Outcome:
    """Judge the mean of five strata with few clusters of four each."""
    strata = np.repeat(np.arange(5), per_stratum * 4)
    clusters = np.repeat(np.arange(5 * per_stratum), 4)
    values = strata + rng.normal(0, 1.0, 5 * per_stratum)[clusters] + rng.normal(0, 1.4, clusters.size)
    return judged(survey_mean(values, survey_design(np.ones(clusters.size), clusters, strata)), 2.0)


def weighted_share(rng: np.random.Generator, n: int, shares: tuple[float, float]) -> Outcome:
    """Judge a share of two equal groups of which one answers three times as often."""
    group = (rng.uniform(size=n) < 0.25).astype(int)
    happy = rng.uniform(size=n) < np.array(shares)[group]
    return judged(survey_share(happy, survey_design(np.array([1.0, 3.0])[group])), sum(shares) / 2)


def clustered_share(rng: np.random.Generator, n_clusters: int) -> Outcome:
    """Judge a share of 0.8 in clusters of five whose own shares follow a beta distribution."""
    clusters = np.repeat(np.arange(n_clusters), 5)
    happy = rng.uniform(size=clusters.size) < rng.beta(4, 1, n_clusters)[clusters]
    return judged(survey_share(happy, survey_design(np.ones(clusters.size), clusters)), 0.8)


def weighted_total(rng: np.random.Generator, n: int) -> Outcome:
    """Judge the total of a population of 3,000 drawn with probability proportional to weight inverse."""
    weights = np.array([500.0, 1000.0, 1500.0]) * 3 / n
    chance = 1 / weights / (1 / weights).sum()
    groups = rng.choice(3, n, p=chance)
    design = survey_design((1000 / (n * chance))[groups])
    return judged(survey_total(ratings(rng, CENTRES[groups]), design), 3000 * float(MEANS.mean()))


def weighted_ratio(rng: np.random.Generator, n: int) -> Outcome:
    """Judge a ratio of skewed amounts, spending per visit."""
    visits = 1 + rng.poisson(3, n)
    spent = visits * 20 * rng.gamma(4, 0.25, n)
    return judged(survey_ratio(spent, visits, survey_design(rng.choice([1.0, 2.0], n))), 20.0)


def weighted_slope(rng: np.random.Generator, n: int) -> Outcome:
    """Judge a slope where the spread of residuals and the weights grow with the predictor."""
    x = rng.normal(size=n)
    y = 1 + 0.5 * x + rng.normal(size=n) * (0.5 + 0.5 * np.abs(x))
    return _slope(survey_regression(y, x, survey_design(1 + (x > 0))))


def clustered_slope(rng: np.random.Generator, n_clusters: int) -> Outcome:
    """Judge a slope of a predictor that differs between clusters as well as within."""
    clusters = np.repeat(np.arange(n_clusters), 5)
    x = rng.normal(size=n_clusters)[clusters] + rng.normal(size=clusters.size)
    y = 0.5 * x + rng.normal(0, 0.7, n_clusters)[clusters] + rng.normal(size=clusters.size)
    return _slope(survey_regression(y, x, survey_design(np.ones(clusters.size), clusters)))


def _slope(found: object) -> Outcome:
    coefficients = getattr(found, "coefficients", None)
    return judged(coefficients[1], 0.5) if coefficients else Outcome.REFUSED


SEGMENTS, REGIONS = np.array([0.5, 0.3, 0.2]), np.array([0.6, 0.4])
ANSWER_RATES = np.outer([0.2, 0.35, 0.6], [0.6, 1.0])
RAKED_TRUTH = float(
    sum(p * q * _mean_rating(5.5 + 1.0 * i + 0.8 * j) for i, p in enumerate(SEGMENTS) for j, q in enumerate(REGIONS))
)


def raked_mean(rng: np.random.Generator, n: int) -> Outcome:
    """Judge the raked mean where answering is the product of what two margins make of it."""
    chance = (np.outer(SEGMENTS, REGIONS) * ANSWER_RATES).ravel()
    cells = rng.choice(6, n, p=chance / chance.sum())
    segment, region = cells // 2, cells % 2
    if np.unique(segment).size < 3 or np.unique(region).size < 2:
        return Outcome.REFUSED
    targets = {"segment": dict(enumerate(SEGMENTS)), "region": dict(enumerate(REGIONS))}
    try:
        weighting = rake({"segment": segment, "region": region}, targets)
    except ValueError:  # combinations that nobody in a small sample has can make the margins unreachable
        return Outcome.REFUSED
    return judged(survey_mean(ratings(rng, 5.5 + segment + 0.8 * region), survey_design(weighting)), RAKED_TRUTH)


def beside(rng: np.random.Generator, n: int) -> Outcome:
    """Judge how far weights of 1 and 3 move a mean, the lighter half answering three times as often."""
    group = (rng.uniform(size=n) < 0.25).astype(int)
    found = weighted_beside_unweighted(ratings(rng, CENTRES[group]), survey_design(np.array([1.0, 3.0])[group]))
    truth = float(MEANS[:2].mean() - (0.75 * MEANS[0] + 0.25 * MEANS[1]))
    return judged(found if isinstance(found, Refusal) else found.difference, truth)


def propensity_mean(rng: np.random.Generator, n: int, method: str) -> Outcome:
    """Judge the mean of everybody asked from respondents whose answering depends on age and region."""
    frame = pd.DataFrame({"age": rng.normal(45, 12, n), "region": rng.choice(["n", "e", "s"], n)})
    score = 0.03 * (frame["age"] - 45) + 0.5 * (frame["region"] == "s")
    who = rng.uniform(size=n) < 1 / (1 + np.exp(0.4 - score.to_numpy()))
    answers = 7 + 0.8 * score.to_numpy() + rng.normal(0, 1.5, n)
    found = response_propensity(frame, who, rng)
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    design = survey_design(propensity_weights(found, PropensityWeightOptions(method)))
    return judged(survey_mean(np.where(who, answers, np.nan), design), float(answers.mean()))


def indicator(rng: np.random.Generator, n: int, slope: float) -> Outcome:
    """Judge the R-indicator of three attributes of which one matters."""
    frame = pd.DataFrame(rng.normal(size=(n, 3)), columns=["a", "b", "c"])
    chance = 1 / (1 + np.exp(0.5 - slope * frame["a"].to_numpy()))
    found = representativity(frame, rng.uniform(size=n) < chance)
    return judged(found, 1 - 2 * float(chance.std(ddof=1)) if slope else 1.0)


def area(rng: np.random.Generator, n: int) -> Outcome:
    """Judge the area under the curve of two normal groups one standard deviation apart."""
    happened = np.arange(n) < n // 3
    return judged(area_under_curve(rng.normal(size=n) + happened, happened), 0.7602499)


def composition(rng: np.random.Generator, n: int) -> Outcome:
    """Judge whether any group is said to answer less or more where nobody does."""
    frame = pd.DataFrame({"region": rng.choice(list("abcde"), n, p=[0.4, 0.3, 0.15, 0.1, 0.05])})
    frame["plan"] = rng.choice(["basic", "plus"], n)
    found = compare_with_base(frame, rng.uniform(size=n) < 0.3)
    if not isinstance(found, BaseComparison):
        return Outcome.REFUSED
    groups = [group for each in found.characteristics for group in getattr(each, "groups", ())]
    return Outcome.HELD if all(each.verdict == "no-clear-difference" for each in groups) else Outcome.MISSED


def characteristics(rng: np.random.Generator, n: int) -> Outcome:
    """Judge whether any characteristic is said to matter for answering (Holm) where none does, ages skewed."""
    frame = pd.DataFrame({"tenure": rng.gamma(1.0, 3.0, n), "region": rng.choice(list("abc"), n)})
    found = compare_with_base(frame, rng.uniform(size=n) < 0.3)
    if not isinstance(found, BaseComparison):
        return Outcome.REFUSED
    return Outcome.HELD if min(each.adjusted_p_value for each in found.characteristics) >= 0.05 else Outcome.MISSED


def beside_alarm(rng: np.random.Generator, n: int) -> Outcome:
    """Judge whether weights that tell nothing about the answers are said to move the mean."""
    found = weighted_beside_unweighted(ratings(rng, np.full(n, 6.5)), survey_design(rng.choice([1.0, 2.0, 4.0], n)))
    if isinstance(found, Refusal) or not isinstance(found.difference, DesignEstimate):
        return Outcome.REFUSED
    return Outcome.HELD if found.p_value >= 0.05 else Outcome.MISSED


def _drawn(method: str, conditions: str, n: int, repeat: Callable[..., Outcome], **bounds: float) -> Drawn:
    return Drawn(Setting(method, conditions, n, **bounds), repeat)


MILD, STRONG = (1.0, 2.0, 3.0), (1.0, 3.0, 8.0)
SETTINGS = (
    *(
        _drawn(
            "weighted mean, t-satterthwaite",
            "weights 1 2 3 go with skewed answers",
            n,
            partial(weighted_mean, n=n, weights=MILD),
        )
        for n in (10, 30, 100, 1000)
    ),
    *(
        _drawn(
            "weighted mean, t-satterthwaite",
            "weights 1 3 8 go with skewed answers",
            n,
            partial(weighted_mean, n=n, weights=STRONG),
        )
        for n in (30, 100, 1000)
    ),
    *(
        _drawn(
            "weighted mean, t-satterthwaite", "lognormal weights, skewed answers", n, partial(lognormal_weights, n=n)
        )
        for n in (10, 30, 100)
    ),
    *(
        _drawn(
            "clustered mean, t-satterthwaite",
            f"{g} clusters of 2 to 12",
            6 * g,
            partial(clustered_mean, n_clusters=g, sizes=(2, 13)),
        )
        for g in (5, 10, 30, 100)
    ),
    _drawn(
        "clustered mean, t-satterthwaite",
        "12 clusters of 1 to 60",
        360,
        partial(clustered_mean, n_clusters=12, sizes=(1, 61)),
    ),
    *(
        _drawn(
            "stratified mean, t-satterthwaite",
            f"3 strata of {k}, skewed answers",
            3 * k,
            partial(stratified_mean, per_stratum=k),
        )
        for k in (5, 30, 300)
    ),
    *(
        _drawn(
            "stratified clustered mean, t-satterthwaite",
            f"5 strata of {k} clusters of 4",
            20 * k,
            partial(stratified_clusters, per_stratum=k),
        )
        for k in (2, 4, 10)
    ),
    *(
        _drawn(
            "weighted share, wilson-korn-graubard",
            "shares 0.9 and 0.6, weights 1 and 3",
            n,
            partial(weighted_share, n=n, shares=(0.9, 0.6)),
        )
        for n in (10, 30, 100, 1000)
    ),
    *(
        _drawn(
            "weighted share, wilson-korn-graubard",
            "shares 0.98 and 0.9, weights 1 and 3",
            n,
            partial(weighted_share, n=n, shares=(0.98, 0.9)),
            high=1.0,
        )
        for n in (30, 100)
    ),
    *(
        _drawn(
            "clustered share, wilson-korn-graubard",
            f"{g} clusters of 5, share 0.8",
            5 * g,
            partial(clustered_share, n_clusters=g),
        )
        for g in (10, 30, 100)
    ),
    *(
        _drawn("weighted total, t", "weights go with skewed answers", n, partial(weighted_total, n=n))
        for n in (30, 300)
    ),
    *(_drawn("ratio, t", "skewed amounts, weights 1 and 2", n, partial(weighted_ratio, n=n)) for n in (30, 300)),
    *(
        _drawn("weighted slope, t", "unequal variance, weights 1 and 2", n, partial(weighted_slope, n=n))
        for n in (30, 100, 1000)
    ),
    *(
        _drawn("clustered slope, t", f"{g} clusters of 5", 5 * g, partial(clustered_slope, n_clusters=g))
        for g in (10, 30, 100)
    ),
    *(
        _drawn("raked mean, calibrated", "two margins, skewed answers", n, partial(raked_mean, n=n))
        for n in (30, 100, 1000)
    ),
    *(
        _drawn("weighted minus unweighted, t", "weights 1 and 3 go with answers", n, partial(beside, n=n))
        for n in (30, 100, 1000)
    ),
    *(
        _drawn(
            f"propensity-weighted mean, {method}",
            "everybody asked, two attributes",
            n,
            partial(propensity_mean, n=n, method=method),
        )
        for n in (300, 2000)
        for method in ("inverse", "classes")
    ),
    *(
        _drawn(
            "R-indicator, noncentral-chi-square", "answering at random", n, partial(indicator, n=n, slope=0.0), high=1.0
        )
        for n in (200, 2000)
    ),
    *(
        _drawn("R-indicator, noncentral-chi-square", f"slope {slope}", n, partial(indicator, n=n, slope=slope))
        for n in (300, 2000)
        for slope in (0.3, 1.0)
    ),
    *(
        _drawn("area under the curve, delong-logit", "two normal groups", n, partial(area, n=n))
        for n in (30, 100, 1000)
    ),
    *(
        _drawn("group answers less or more, holm", "nobody does, seven groups", n, partial(composition, n=n), **ALARMS)
        for n in (100, 1000)
    ),
    *(
        _drawn("characteristic of respondents, holm", "none matters", n, partial(characteristics, n=n), **ALARMS)
        for n in (100, 1000)
    ),
    *(
        _drawn("weighting moves the mean, t", "weights tell nothing", n, partial(beside_alarm, n=n), **ALARMS)
        for n in (30, 300)
    ),
)
