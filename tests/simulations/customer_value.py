"""Settings of customer value: survival, hazards, log-rank, purchases, concentration, forecasts, contracts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from scipy import special, stats

from analysis.customer_value import (
    ConcentrationOptions,
    CoxOptions,
    ForecastOptions,
    Histories,
    LogRankOptions,
    PurchaseOptions,
    RiskOptions,
    ValueOptions,
    bg_nbd,
    concentration,
    contractual_churn,
    cox,
    cumulative_incidence,
    expected_purchases,
    forecast,
    lifetime_value,
    log_rank,
    median_survival,
    purchases_of,
    restricted_mean,
    survival_at,
    value_at_risk,
)
from analysis.customer_value.bg_nbd import purchases_within
from analysis.values import Estimate, Refusal
from tests.simulations.settings import Drawn, Outcome, Setting

Rng = np.random.Generator


def judged(
    found: Estimate | Refusal, truth: float, warnings: tuple[str, ...] = (), codes: tuple[str, ...] = ()
) -> Outcome:
    """Return whether the interval holds the truth; a miss with one of the warnings among the codes is a warned one."""
    if isinstance(found, Refusal) or found.interval is None:
        return Outcome.REFUSED
    if found.interval.low <= truth <= found.interval.high:
        return Outcome.HELD
    given = {each.code for each in found.notes} | set(codes)
    return Outcome.WARNED if given & set(warnings) else Outcome.MISSED


# Customers stay exponentially long (mean 12 months); some are seen less long.
def _histories(rng: Rng, n: int, censoring: float, rate: np.ndarray | float = 1 / 12) -> Histories:
    times = rng.exponential(1, n) / rate
    seen = rng.uniform(0, censoring, n) if censoring else np.full(n, 1e9)
    return Histories(np.minimum(times, seen), times <= seen)


def survival(rng: Rng, n: int, censoring: float, share: float) -> Outcome:
    time = -12 * np.log(share)
    points = survival_at(_histories(rng, n, censoring), [time])
    return judged(points if isinstance(points, Refusal) else points[0].estimate, share, ("few-at-risk",))


def weighted_survival(rng: Rng, n: int) -> Outcome:
    """Half of the customers leave twice as fast and were sampled three times as often."""
    is_fast = rng.random(n) < 0.75
    given = _histories(rng, n, 40.0, np.where(is_fast, 2 / 12, 1 / 12))
    weighed = Histories(given.times, given.events, weights=np.where(is_fast, 1.0, 3.0))
    truth = (np.exp(-1.0) + np.exp(-0.5)) / 2
    points = survival_at(weighed, [6.0])
    return judged(points if isinstance(points, Refusal) else points[0].estimate, truth, ("few-at-risk",))


def clustered_survival(rng: Rng, n: int) -> Outcome:
    """Firms of five contracts with a hazard of their own (gamma frailty, variance 1/2)."""
    firms = np.repeat(np.arange(n // 5), 5)
    frailty = rng.gamma(2, 0.5, n // 5)[firms]
    given = _histories(rng, n, 40.0, frailty / 12)
    points = survival_at(Histories(given.times, given.events, clusters=firms), [8.0])
    truth = (1 + 8 / 12 / 2) ** -2.0
    return judged(points if isinstance(points, Refusal) else points[0].estimate, truth, ("few-at-risk",))


def truncated_survival(rng: Rng, n: int) -> Outcome:
    """Half were customers already, for up to ten months, when observation began; share after 15 months."""
    times, entries = np.zeros(0), np.zeros(0)
    while times.size < n:
        begun = np.where(rng.random(n) < 0.5, 0.0, rng.uniform(0, 10, n))
        stay = rng.exponential(12, n)
        there = stay > begun
        times, entries = np.concatenate([times, stay[there]]), np.concatenate([entries, begun[there]])
    times, entries = times[:n], entries[:n]
    seen = entries + 18
    points = survival_at(Histories(np.minimum(times, seen), times <= seen, entries), [15.0])
    return judged(points if isinstance(points, Refusal) else points[0].estimate, np.exp(-15 / 12), ("few-at-risk",))


def median(rng: Rng, n: int, censoring: float) -> Outcome:
    found = median_survival(_histories(rng, n, censoring))
    return judged(found, 12 * np.log(2))


def mean_stay(rng: Rng, n: int) -> Outcome:
    given = _histories(rng, n, 40.0)
    found = restricted_mean(given, 10.0)
    return judged(found, 12 * (1 - np.exp(-10 / 12)), ("few-departures",))


def incidence(rng: Rng, n: int) -> Outcome:
    """Two causes at rates 1/20 and 1/30; share gone by the first until month 10."""
    stay, seen = rng.exponential(12, n), rng.uniform(0, 40, n)
    cause = np.where(stay > seen, 0, np.where(rng.random(n) < 0.6, 1, 2))
    found = cumulative_incidence(Histories(np.minimum(stay, seen), cause), [10.0])
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    codes = tuple(each.code for each in found.notes)
    point = next(each for each in found.causes if each.cause == "1").points[0]
    return judged(point.estimate, 0.6 * (1 - np.exp(-10 / 12)), ("few-departures-by-cause",), codes)


def hazard(rng: Rng, n: int, ratio: float, *, rounded: bool) -> Outcome:
    """One 0/1 covariate and one normal one; times rounded up to whole months where said, for ties."""
    group, score = (rng.random(n) < 0.4).astype(float), rng.normal(size=n)
    given = _histories(rng, n, 40.0, np.exp(np.log(ratio) * group + 0.3 * score) / 12)
    times = np.ceil(np.asarray(given.times)) if rounded else given.times
    found = cox(Histories(times, given.events), {"group": group, "score": score})
    return _term(found, np.log(ratio))


def _term(found: Any, truth: float) -> Outcome:
    return Outcome.REFUSED if isinstance(found, Refusal) else judged(found.terms[0].coefficient, truth)


def clustered_hazard(rng: Rng, n: int) -> Outcome:
    """A covariate of the firm; every firm stands three times with the same history, which naive errors take for new."""
    firms = np.repeat(np.arange(n // 3), 3)
    group = (rng.random(n // 3) < 0.5).astype(float)
    given = _histories(rng, n // 3, 40.0, np.exp(0.5 * group) / 12)
    found = cox(
        Histories(np.asarray(given.times)[firms], np.asarray(given.events)[firms], clusters=firms),
        {"group": group[firms]},
    )
    return _term(found, 0.5)


def weighted_hazard(rng: Rng, n: int) -> Outcome:
    group, weights = (rng.random(n) < 0.5).astype(float), rng.gamma(2, 0.5, n) + 0.1
    given = _histories(rng, n, 40.0, np.exp(0.5 * group) / 12)
    return _term(cox(Histories(given.times, given.events, weights=weights), {"group": group}), 0.5)


def unequal_ranks(rng: Rng, n: int, groups: int) -> Outcome:
    """Nobody differs: a verdict is a false alarm."""
    labels = [str(each) for each in rng.integers(0, groups, n)]
    found = log_rank(_histories(rng, n, 40.0), labels, options=LogRankOptions(minimum_base=2))
    return _alarm(found, ("few-expected-departures",))


def _alarm(found: Any, warnings: tuple[str, ...] = ()) -> Outcome:
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    if not found.differs:
        return Outcome.HELD
    is_warned = any(each.code in warnings for each in found.notes)
    return Outcome.WARNED if is_warned else Outcome.MISSED


def stratified_ranks(rng: Rng, n: int) -> Outcome:
    """The strata leave at different rates and hold the groups in different shares; within them nothing differs."""
    stratum = rng.integers(0, 3, n)
    group = rng.random(n) < np.array([0.3, 0.5, 0.7])[stratum]
    given = _histories(rng, n, 40.0, np.array([0.5, 1.0, 2.0])[stratum] / 12)
    return _alarm(log_rank(given, [str(each) for each in group], [str(each) for each in stratum]))


def clustered_ranks(rng: Rng, n: int) -> Outcome:
    """Firms of five with one hazard and one group each."""
    firms = np.repeat(np.arange(n // 5), 5)
    group, frailty = (rng.random(n // 5) < 0.5)[firms], rng.gamma(2, 0.5, n // 5)[firms]
    given = _histories(rng, n, 40.0, frailty / 12)
    return _alarm(log_rank(Histories(given.times, given.events, clusters=firms), [str(each) for each in group]))


def proportional(rng: Rng, n: int) -> Outcome:
    """Hazards are proportional: the note that they are not is a false alarm."""
    group, score = (rng.random(n) < 0.4).astype(float), rng.normal(size=n)
    given = _histories(rng, n, 40.0, np.exp(0.7 * group + 0.3 * score) / 12)
    found = cox(given, {"group": group, "score": score}, options=CoxOptions())
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    return Outcome.MISSED if any(each.code == "hazards-not-proportional" for each in found.notes) else Outcome.HELD


TRUE = (0.5, 6.0, 0.8, 2.4)


def _bought(rng: Rng, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return frequency, recency and age of customers drawn from BG/NBD, first bought 26 to 52 weeks ago."""
    r, alpha, a, b = TRUE
    age, rate, leaves = rng.uniform(26, 52, n), rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n)
    x, last, now, active = np.zeros(n), np.zeros(n), np.zeros(n), np.ones(n, dtype=bool)
    while active.any():
        now = now + rng.exponential(1, n) / np.maximum(rate, 1e-12)
        bought = active & (now <= age)
        x[bought] += 1
        last[bought] = now[bought]
        active = bought & (rng.random(n) > leaves)
    return x, last, age


EDGES = ("no-dropout-seen", "dropout-alike", "rates-alike", "parameters-not-separable")


def purchase_parameter(rng: Rng, n: int, which: str) -> Outcome:
    model = bg_nbd(purchases_of(*_bought(rng, n)), PurchaseOptions(minimum_repeating=20))
    if isinstance(model, Refusal):
        return Outcome.REFUSED
    r, alpha, a, b = TRUE
    truth = {"rate": r / alpha, "dropout": a / (a + b), "r": r}[which]
    found = {"rate": model.mean_rate, "dropout": model.mean_dropout, "r": model.parameters[0]}[which]
    return judged(found, truth, EDGES, tuple(each.code for each in model.notes))


def value_of_customers(rng: Rng, n: int) -> Outcome:
    """Expected purchases and spend of these customers under the true models."""
    x, last, age = _bought(rng, n)
    p, q, gamma = 6.0, 4.0, 15.0
    rates = rng.gamma(q, 1 / gamma, n)
    spend = np.where(x > 0, rng.gamma(p * np.maximum(x, 1)) / rates / np.maximum(x, 1), np.nan)
    given = purchases_of(x, last, age, spend)
    expected = np.where(x > 0, (gamma + np.nan_to_num(spend) * x) * p / (p * x + q - 1), gamma * p / (q - 1))
    truth = float(purchases_within(TRUE, given, 26.0) @ expected)
    found = lifetime_value(given, 26.0, rng, ValueOptions(draws=60))
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    return judged(found.total, truth, EDGES, tuple(each.code for each in found.notes))


def purchases_ahead(rng: Rng, n: int) -> Outcome:
    """The number of purchases expected of all customers under the true model lies within a tenth of the fitted one."""
    given = purchases_of(*_bought(rng, n))
    model = bg_nbd(given, PurchaseOptions(minimum_repeating=20))
    if isinstance(model, Refusal):
        return Outcome.REFUSED
    ratio = expected_purchases(model, given, 26.0).sum() / purchases_within(TRUE, given, 26.0).sum()
    return Outcome.HELD if abs(np.log(ratio)) < np.log(1.1) else Outcome.MISSED


def renewals(rng: Rng, n: int, which: str) -> Outcome:
    leaves = rng.beta(0.7, 3.8, n)
    stays = rng.geometric(leaves)
    found = contractual_churn([[float((stays > age).sum()) for age in range(6)]], 10)
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    estimate = {"churn": found.mean_churn, "ahead": found.points[9].survival}[which]
    truth = {"churn": 0.7 / 4.5, "ahead": float(np.exp(special.betaln(0.7, 13.8) - special.betaln(0.7, 3.8)))}[which]
    return judged(estimate, truth, ("customers-alike",), tuple(each.code for each in found.notes))


def gini(rng: Rng, n: int, draw: Callable[[Rng, int], np.ndarray], truth: float) -> Outcome:
    found = concentration(draw(rng, n))
    return _of(found, "gini", truth)


def _of(found: Any, which: str, truth: float) -> Outcome:
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    codes = tuple(each.code for each in found.notes)
    return judged(getattr(found, which), truth, ("few-dominate", "few-at-the-top"), codes)


def top_share(rng: Rng, n: int) -> Outcome:
    return _of(concentration(rng.exponential(1, n)), "top_share", 0.1 * (1 - np.log(0.1)))


def few(rng: Rng, n: int) -> Outcome:
    """The exponential's share q of customers with q (1 - log q) = 0.8."""
    return _of(concentration(rng.exponential(1, n), options=ConcentrationOptions()), "few", 0.4385031)


def weighted_gini(rng: Rng, n: int) -> Outcome:
    """Exponential values; customers above the median were sampled three times as often."""
    values = rng.exponential(1, 8 * n)
    is_high = values > np.log(2)
    values, is_high = _oversampled(rng, values, is_high, n)
    return _of(concentration(values, np.where(is_high, 1.0, 3.0)), "gini", 0.5)


def _oversampled(rng: Rng, values: np.ndarray, is_high: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    taken = np.flatnonzero(rng.random(values.size) < np.where(is_high, 0.75, 0.25))[:n]
    return values[taken], is_high[taken]


def clustered_gini(rng: Rng, n: int) -> Outcome:
    """Every value stands twice with its customer."""
    values = rng.exponential(1, n // 2)
    return _of(concentration(np.repeat(values, 2), clusters=np.repeat(np.arange(n // 2), 2)), "gini", 0.5)


def level_ahead(rng: Rng, n: int, horizon: int, *, season: bool) -> Outcome:
    """A level that wanders, noise on it, a fixed season where said: is the last value ahead inside its interval?"""
    total = n + horizon
    level = 100 + np.cumsum(rng.normal(0, 1, total)) + rng.normal(0, 2, total)
    if season:
        level = level + 10 * np.sin(2 * np.pi * np.arange(total) / 12)
    options = ForecastOptions(season=12 if season else 1, origins=6)
    found = forecast(level[:n], horizon, options)
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    codes = tuple(each.code for each in found.notes)
    return judged(found.points[-1].estimate, level[-1], ("intervals-too-narrow", "level-shift"), codes)


def money(rng: Rng, n: int) -> Outcome:
    """A quarter are detractors and leave twice as fast; values do not depend on it."""
    group = (rng.random(n) < 0.25).astype(float)
    given = _histories(rng, n, 40.0, np.where(group == 1, 2, 1) / 24)
    values = rng.exponential(100, n)
    found = value_at_risk(given, group, values, 12.0, RiskOptions(minimum_base=10))
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    return judged(found.excess, float(np.exp(-0.5) - np.exp(-1.0)))


def _exponential(rng: Rng, n: int) -> np.ndarray:
    return rng.exponential(1, n)


def _lognormal(rng: Rng, n: int) -> np.ndarray:
    return rng.lognormal(0, 1, n)


def _uniform(rng: Rng, n: int) -> np.ndarray:
    return rng.uniform(0, 1, n)


LOGNORMAL = float(2 * stats.norm.cdf(1 / np.sqrt(2)) - 1)
CURVE = "Kaplan-Meier, log-log interval"
COX = "Cox, log hazard ratio"
RANKS = "log-rank verdict"
MODEL = "BG/NBD"


def _drawn(method: str, conditions: str, n: int, repeat: Callable[..., Outcome], **more: object) -> Drawn:
    return Drawn(Setting(method, conditions, n), partial(repeat, n=n, **more))


def _quiet(method: str, conditions: str, n: int, repeat: Callable[..., Outcome], **more: object) -> Drawn:
    return Drawn(Setting(method, conditions, n, low=0.95, high=1.0), partial(repeat, n=n, **more))


SETTINGS: tuple[Drawn, ...] = (
    *(
        _drawn(CURVE, "no censoring, half still there", n, survival, censoring=0, share=0.5)
        for n in (10, 30, 100, 1000)
    ),
    *(
        _drawn(CURVE, "a third censored, half still there", n, survival, censoring=40, share=0.5)
        for n in (10, 30, 100, 1000)
    ),
    *(
        _drawn(CURVE, "a third censored, 90 % still there", n, survival, censoring=40, share=0.9)
        for n in (30, 100, 1000)
    ),
    *(_drawn(CURVE, "most censored, 20 % still there", n, survival, censoring=25, share=0.2) for n in (30, 100, 1000)),
    *(_drawn(CURVE, "weights 1 to 3 by a fast and a slow half", n, weighted_survival) for n in (30, 100, 1000)),
    *(_drawn(CURVE, "firms of five with a common hazard", n, clustered_survival) for n in (50, 100, 1000)),
    *(_drawn(CURVE, "half left-truncated", n, truncated_survival) for n in (30, 100, 1000)),
    *(_drawn("median stay", "a third censored", n, median, censoring=40) for n in (10, 30, 100, 1000)),
    *(_drawn("restricted mean stay", "a third censored", n, mean_stay) for n in (10, 30, 100, 1000)),
    *(
        _drawn("cumulative incidence, log-log interval", "two causes, a third censored", n, incidence)
        for n in (30, 300)
    ),
    *(_drawn(COX, "ratio 2, no ties", n, hazard, ratio=2.0, rounded=False) for n in (50, 100)),
    *(_drawn(COX, "ratio 2, whole months", n, hazard, ratio=2.0, rounded=True) for n in (50, 300)),
    *(_drawn(COX, "rows of three for each firm, robust", n, clustered_hazard) for n in (90, 300)),
    *(_drawn(COX, "gamma weights, robust", n, weighted_hazard) for n in (50, 300)),
    *(_quiet(RANKS, "two groups alike", n, unequal_ranks, groups=2) for n in (30, 100, 1000)),
    *(_quiet(RANKS, "five groups alike", n, unequal_ranks, groups=5) for n in (50, 300)),
    *(_quiet(RANKS, "three unlike strata, groups alike within", n, stratified_ranks) for n in (60, 300)),
    *(_quiet(RANKS, "firms of five, robust", n, clustered_ranks) for n in (100, 500)),
    *(_quiet("proportional hazards check", "hazards proportional", n, proportional) for n in (100,)),
    *(
        Drawn(Setting(MODEL, f"{which}, 200 draws", n), partial(purchase_parameter, n=n, which=which), draws=200)
        for which, n in (("rate", 200), ("dropout", 200), ("dropout", 1000), ("r", 1000))
    ),
    *(
        Drawn(
            Setting(MODEL + " with Gamma-Gamma", "total value, 60 resamples, 60 draws", n),
            partial(value_of_customers, n=n),
            60,
        )
        for n in (300, 1000)
    ),
    Drawn(
        Setting(MODEL, "expected purchases within 10 %, 100 draws", 1000, 0.8, 1.0),
        partial(purchases_ahead, n=1000),
        100,
    ),
    *(_drawn("shifted beta-geometric", "mean churn, five renewals", n, renewals, which="churn") for n in (100, 1000)),
    *(
        _drawn("shifted beta-geometric", "share there after ten, five seen", n, renewals, which="ahead")
        for n in (100, 1000)
    ),
    *(_drawn("Gini", "uniform values", n, gini, draw=_uniform, truth=1 / 3) for n in (10, 30, 100)),
    *(_drawn("Gini", "exponential values", n, gini, draw=_exponential, truth=0.5) for n in (10, 30, 100, 1000)),
    *(_drawn("Gini", "lognormal values", n, gini, draw=_lognormal, truth=LOGNORMAL) for n in (30, 100, 1000)),
    *(
        _drawn("Gini", "exponential values, the high half oversampled three times", n, weighted_gini)
        for n in (30, 100, 1000)
    ),
    *(_drawn("Gini", "every value twice, clustered", n, clustered_gini) for n in (60, 200)),
    *(_drawn("top-decile share", "exponential values", n, top_share) for n in (30, 100, 1000)),
    *(_drawn("customers that bring 80 %", "exponential values", n, few) for n in (30, 100, 1000)),
    *(
        Drawn(
            Setting("forecast, prediction interval", f"{text}, step {horizon}, {draws} draws", n),
            partial(level_ahead, n=n, horizon=horizon, season=season),
            draws,
        )
        for text, n, horizon, season, draws in (
            ("wandering level", 24, 1, False, 400),
            ("wandering level", 24, 6, False, 400),
            ("wandering level", 60, 6, False, 400),
            ("wandering level with season", 48, 1, True, 100),
            ("wandering level with season", 60, 6, True, 100),
        )
    ),
    *(_drawn("value at risk, excess churn", "a quarter leave twice as fast", n, money) for n in (100, 300)),
)
