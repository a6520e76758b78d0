"""Settings of driver analysis: shares of R2, slopes, performance, what-if, and the classes that must keep silent.

Inside the simulation 200 bootstrap draws stand behind an interval (reports take 1,000), 99 shuffles behind a p-value.
Population truths of skewed populations come from two million rows of a seed of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from math import comb

import numpy as np
import pandas as pd

from analysis.drivers import (
    Cuts,
    DriverBattery,
    DriverOptions,
    ImportanceOptions,
    RatingScale,
    Supposition,
    driver_importance,
    driver_regression,
    kano_categories,
    key_drivers,
    penalty_reward_contrast,
    relative_importance,
    what_if,
)
from analysis.drivers.quadrants import _mean_of
from analysis.imputation import ImputationOptions
from analysis.respondents import Respondents, respondents
from analysis.values import Estimate, Note, Refusal
from analysis.values.kano import KanoCategory
from analysis.values.penalty_reward import ContrastClass
from tests.simulations.settings import Drawn, Exact, Outcome, Setting

SLOPES = np.array([0.6, 0.4, 0.2, 0.15])
_TRUTH_ROWS = 2_000_000
# Notes that say that the interval does not hold for so small a base.
WARNINGS = {"effective-base-small", "few-clusters"}

Sample = tuple[np.ndarray, np.ndarray, Respondents]
Population = Callable[[int, np.random.Generator], Sample]


def judged(truth: float, estimate: Estimate | None, notes: tuple[Note, ...] = ()) -> Outcome:
    """Return whether an interval holds the truth, or misses it with or without a warning."""
    assert estimate is not None
    assert estimate.interval is not None
    if estimate.interval.low <= truth <= estimate.interval.high:
        return Outcome.HELD
    return Outcome.WARNED if WARNINGS & {each.code for each in notes} else Outcome.MISSED


def alarm(*, raised: bool) -> Outcome:
    """Return whether a verdict kept silent."""
    return Outcome.MISSED if raised else Outcome.HELD


def _columns(n: int, rng: np.random.Generator) -> np.ndarray:
    return 0.7 * rng.normal(size=(n, 1)) + 0.7 * rng.normal(size=(n, 4))


def normal(n: int, rng: np.random.Generator) -> Sample:
    """Correlated normal drivers (r = 0.5), R2 about 0.54."""
    columns = _columns(n, rng)
    return columns, columns @ SLOPES + rng.normal(size=n), respondents(n)


def ratings(n: int, rng: np.random.Generator) -> Sample:
    """Ratings 1 to 5 piled up at the good end, errors that grow at the bad end."""
    columns = np.clip(np.rint(4.0 + _columns(n, rng)), 1, 5)
    return columns, columns @ SLOPES + (0.4 + 0.2 * (5 - columns[:, 0])) * rng.normal(size=n), respondents(n)


def skewed(n: int, rng: np.random.Generator) -> Sample:
    """Log-normal drivers and errors that grow with the first."""
    columns = np.exp(0.6 * _columns(n, rng))
    return columns, columns @ SLOPES + 0.5 * (1 + columns[:, 0]) * rng.normal(size=n), respondents(n)


def weighted(n: int, rng: np.random.Generator) -> Sample:
    """The normal population, those with a high outcome sampled twice as often and weighted back."""
    columns, outcome, _ = normal(4 * n, rng)
    chance = np.where(outcome > 0, 1.0, 0.5)
    taken = rng.choice(4 * n, n, replace=False, p=chance / chance.sum())
    return columns[taken], outcome[taken], respondents(n, 1 / chance[taken])


def clustered(n: int, rng: np.random.Generator, size: int = 4) -> Sample:
    """Respondents who answer `size` times, half of every driver and of the error being theirs."""
    people = np.repeat(np.arange(n), size)
    own, error = _columns(n, rng)[people], rng.normal(size=n)[people]
    columns = np.sqrt(0.5) * (own + _columns(n * size, rng))
    return (
        columns,
        columns @ SLOPES + np.sqrt(0.5) * (error + rng.normal(size=n * size)),
        respondents(n * size, clusters=people),
    )


@cache
def truth_of(population: Population) -> tuple[np.ndarray, float]:
    """Return the shares and R2 of a population (weights and clusters change no truth)."""
    base = normal if population is weighted else population
    rows = _TRUTH_ROWS // 4 if population is clustered else _TRUTH_ROWS
    columns, outcome, _ = base(rows, np.random.default_rng(4711))
    found = relative_importance(columns, outcome)
    return found.lmg, found.r_squared


QUICK = ImportanceOptions(n_draws=200, n_shuffles=19)


def share_holds(population: Population, n: int, driver: int, rng: np.random.Generator) -> Outcome:
    columns, outcome, who = population(n, rng)
    found = driver_importance(columns, outcome, rng, who, QUICK)
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    return judged(float(truth_of(population)[0][driver]), found.player(str(driver)).lmg, found.notes)


def r_squared_holds(population: Population, n: int, rng: np.random.Generator) -> Outcome:
    columns, outcome, who = population(n, rng)
    found = driver_importance(columns, outcome, rng, who, QUICK)
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    return judged(truth_of(population)[1], found.r_squared, found.notes)


def slope_holds(population: Population, n: int, rng: np.random.Generator) -> Outcome:
    columns, outcome, who = population(n, rng)
    found = driver_regression(columns, outcome, who)
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    return judged(float(SLOPES[0]), found.coefficient("0").estimate, found.notes)


def performance_holds(population: Population, n: int, rng: np.random.Generator) -> Outcome:
    columns, _, who = population(n, rng)
    values = np.clip(np.rint(4.0 + columns[:, 0]), 1, 5)
    return judged(_performance_truth(population), _mean_of(values, who, (1, 5), "mean", 0.95))


@cache
def _performance_truth(population: Population) -> float:
    base = normal if population is weighted else population
    columns = base(_TRUTH_ROWS // 4, np.random.default_rng(4711))[0]
    return float(np.clip(np.rint(4.0 + columns[:, 0]), 1, 5).mean())


def share_with_blanks_holds(n: int, rng: np.random.Generator) -> Outcome:
    """A fifth of two drivers blank, more often where the outcome is low; the headline of key_drivers."""
    columns, outcome, _ = ratings(n, rng)
    table = pd.DataFrame(columns, columns=list("abcd"))
    gone = rng.uniform(size=(n, 2)) < np.where(outcome > np.median(outcome), 0.1, 0.3)[:, None]
    table[["a", "b"]] = table[["a", "b"]].mask(gone)
    options = DriverOptions(
        n_draws=200, n_shuffles=4, sensitivities=False, imputation=ImputationOptions(n_imputations=4, cycles=2)
    )
    found = key_drivers(outcome, DriverBattery(table), rng, options=options)
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    return judged(float(truth_of(ratings)[0][0]), found.model.driver("a").importance, found.model.notes)


def chance_is_silent(population: Population, n: int, rng: np.random.Generator) -> Outcome:
    """Drivers that have nothing to do with the outcome, one of them strongly skewed."""
    columns, _, who = population(n, rng)
    # Errors of the cluster, not of the row, where rows share a respondent.
    own = rng.exponential(size=who.n_units)
    outcome = own if who.clusters is None else own[who.clusters] + rng.exponential(size=len(columns))
    found = driver_importance(columns, outcome, rng, who, ImportanceOptions(n_draws=20, n_shuffles=99))
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    return alarm(raised=found.r_squared_p_value <= 0.05)


@dataclass(frozen=True, slots=True)
class Effects:
    """What low and high ratings of four attributes do: `penalties` and `rewards` in points of the outcome."""

    penalties: tuple[float, ...]
    rewards: tuple[float, ...]


NOTHING = Effects((0, 0, 0, 0), (0, 0, 0, 0))
EVEN = Effects((-0.8, -0.8, -0.8, -0.8), (0.8, 0.8, 0.8, 0.8))


def _attributes(n: int, effects: Effects, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Return ratings 1 to 10 that share a halo, and an outcome with errors that are larger where the first is low."""
    table = np.clip(np.rint(6.0 + 1.5 * rng.normal(size=(n, 1)) + 2.2 * rng.normal(size=(n, 4))), 1, 10)
    outcome = (table <= 4) @ np.array(effects.penalties) + (table >= 8) @ np.array(effects.rewards)
    return pd.DataFrame(table), outcome + (1 + (table[:, 0] <= 4)) * rng.normal(size=n)


def contrast_is_silent(n: int, effects: Effects, wrong: tuple[ContrastClass, ...], rng: np.random.Generator) -> Outcome:
    """Any of four attributes in a wrong class is one false alarm."""
    table, outcome = _attributes(n, effects, rng)
    found = penalty_reward_contrast(table, outcome, Cuts(4, 8))
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    return alarm(raised=any(each.kind in wrong for each in found.attributes))


def asymmetry_holds(n: int, rng: np.random.Generator) -> Outcome:
    """The impact asymmetry of the first attribute, -1/3; refused where signs are not as expected."""
    table, outcome = _attributes(n, Effects((-1.0, 0, 0, 0), (0.5, 0, 0, 0)), rng)
    found = penalty_reward_contrast(table, outcome, Cuts(4, 8))
    if isinstance(found, Refusal) or found.attributes[0].impact_asymmetry is None:
        return Outcome.REFUSED
    return judged(-1 / 3, found.attributes[0].impact_asymmetry, found.notes)


# One pair of answers of each category: attractive, indifferent, must-be.
_PAIRS = ((1, 3), (3, 3), (3, 5))


def _kano(counts: tuple[int, ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    pairs = [pair for pair, n in zip(_PAIRS, counts, strict=False) for _ in range(n)]
    return pd.DataFrame({"x": [each[0] for each in pairs]}), pd.DataFrame({"x": [each[1] for each in pairs]})


def tie_is_silent(n: int, n_categories: int) -> Iterator[tuple[float, Outcome]]:
    """Yield every outcome of two or three categories that are equally common in truth: none of them leads."""
    for first in range(n + 1):
        for second in range(n - first + 1) if n_categories > 2 else [n - first]:
            rest = n - first - second
            ways = comb(n, first) * comb(n - first, second)
            found = kano_categories(*_kano((first, second, rest))).feature("x")
            settled = found.category is not KanoCategory.UNCLASSIFIED
            yield ways / n_categories**n, alarm(raised=settled)


def better_holds(n: int, share: float) -> Iterator[tuple[float, Outcome]]:
    """Yield every outcome of attractive against indifferent answers."""
    for count in range(n + 1):
        found = kano_categories(*_kano((count, n - count))).feature("x")
        yield comb(n, count) * share**count * (1 - share) ** (n - count), judged(share, found.better)


def _what_if_sample(n: int, rng: np.random.Generator) -> tuple[np.ndarray, pd.DataFrame]:
    columns, outcome, _ = ratings(n, rng)
    return outcome, pd.DataFrame(columns, columns=list("abcd"))


@cache
def _what_if_truth() -> float:
    columns = ratings(_TRUTH_ROWS, np.random.default_rng(4711))[0][:, 0]
    return float(SLOPES[0] * (np.minimum(columns + 1, 5) - columns).mean())


def change_holds(n: int, rng: np.random.Generator) -> Outcome:
    outcome, table = _what_if_sample(n, rng)
    supposed = Supposition({"a": 1}, outcome_scale=RatingScale(-20, 20))
    found = what_if(outcome, DriverBattery(table), supposed, rng)
    return Outcome.REFUSED if isinstance(found, Refusal) else judged(_what_if_truth(), found.change, found.notes)


NORMAL, RATINGS, SKEWED = "correlated normal drivers", "ratings 1-5 at the good end, unequal variance", "log-normal"
WEIGHTED, CLUSTERED = "weights 1 and 2 by outcome", "4 answers each, half the variance between people"
_CLASSES = (ContrastClass.BASIC, ContrastClass.PERFORMANCE, ContrastClass.EXCITER)
SHARE, SLOPE = "importance share, expanded percentile", "slope of a driver, "


def _holds(method: str, conditions: str, n: int, repeat: Callable[[np.random.Generator], Outcome]) -> Drawn:
    return Drawn(Setting(method, conditions, n), repeat)


def _silent(method: str, conditions: str, n: int, repeat: Callable[[np.random.Generator], Outcome]) -> Drawn:
    return Drawn(Setting(method, conditions, n, low=0.95, high=1.0), repeat)


SETTINGS = (
    _holds(SHARE, f"strongest of four, {NORMAL}", 30, partial(share_holds, normal, 30, 0)),
    _holds(SHARE, f"strongest of four, {NORMAL}", 100, partial(share_holds, normal, 100, 0)),
    _holds(SHARE, f"weakest of four (0.09), {NORMAL}", 100, partial(share_holds, normal, 100, 3)),
    _holds(SHARE, f"strongest of four, {RATINGS}", 100, partial(share_holds, ratings, 100, 0)),
    _holds(SHARE, f"strongest of four, {SKEWED}", 300, partial(share_holds, skewed, 300, 0)),
    _holds(SHARE, f"strongest of four, {NORMAL}", 1000, partial(share_holds, normal, 1000, 0)),
    _holds(SHARE, f"strongest of four, {WEIGHTED}", 200, partial(share_holds, weighted, 200, 0)),
    _holds(SHARE, f"strongest of four, {CLUSTERED}", 100, partial(share_holds, clustered, 100, 0)),
    _holds(
        SHARE,
        f"a fifth blank where the outcome is low, imputed 4 times, {RATINGS}",
        200,
        partial(share_with_blanks_holds, 200),
    ),
    _holds("R squared, expanded percentile", NORMAL, 100, partial(r_squared_holds, normal, 100)),
    _holds("R squared, expanded percentile", RATINGS, 300, partial(r_squared_holds, ratings, 300)),
    _holds(f"{SLOPE}HC3", RATINGS, 30, partial(slope_holds, ratings, 30)),
    _holds(f"{SLOPE}HC3", RATINGS, 50, partial(slope_holds, ratings, 50)),
    _holds(f"{SLOPE}HC3", RATINGS, 100, partial(slope_holds, ratings, 100)),
    _holds(f"{SLOPE}HC3", SKEWED, 100, partial(slope_holds, skewed, 100)),
    _holds(f"{SLOPE}HC3", RATINGS, 1000, partial(slope_holds, ratings, 1000)),
    _holds(f"{SLOPE}linearised with weights", WEIGHTED, 200, partial(slope_holds, weighted, 200)),
    _holds(f"{SLOPE}linearised by cluster", f"10 people, {CLUSTERED}", 10, partial(slope_holds, clustered, 10)),
    _holds(f"{SLOPE}linearised by cluster", f"50 people, {CLUSTERED}", 50, partial(slope_holds, clustered, 50)),
    _holds(f"{SLOPE}linearised by cluster", f"200 people, {CLUSTERED}", 200, partial(slope_holds, clustered, 200)),
    _holds("performance of a driver", NORMAL, 30, partial(performance_holds, normal, 30)),
    _holds("performance of a driver", WEIGHTED, 100, partial(performance_holds, weighted, 100)),
    _holds("performance of a driver", CLUSTERED, 50, partial(performance_holds, clustered, 50)),
    _silent(
        "permutation p of R squared", "drivers and skewed outcome unrelated", 60, partial(chance_is_silent, normal, 60)
    ),
    _silent("permutation p of R squared", f"unrelated, {SKEWED}", 200, partial(chance_is_silent, skewed, 200)),
    _silent("permutation p of R squared", f"unrelated, {CLUSTERED}", 60, partial(chance_is_silent, clustered, 60)),
    _silent(
        "penalty-reward class",
        "four attributes without effect",
        300,
        partial(contrast_is_silent, 300, NOTHING, _CLASSES),
    ),
    _silent(
        "penalty-reward class",
        "four attributes as bad when low as good when high: neither basic nor exciter",
        300,
        partial(contrast_is_silent, 300, EVEN, (ContrastClass.BASIC, ContrastClass.EXCITER)),
    ),
    _holds(
        "impact asymmetry, Fieller", "one attribute of four, -1/3, unequal variance", 300, partial(asymmetry_holds, 300)
    ),
    Exact(Setting("Kano category", "two categories equally common", 30, 0.95, 1.0), partial(tie_is_silent, 30, 2)),
    Exact(Setting("Kano category", "two categories equally common", 100, 0.95, 1.0), partial(tie_is_silent, 100, 2)),
    Exact(Setting("Kano category", "three categories equally common", 30, 0.95, 1.0), partial(tie_is_silent, 30, 3)),
    Exact(Setting("better, Wilson", "share 0.5", 10, 0.925, 1.0), partial(better_holds, 10, 0.5)),
    Exact(Setting("better, Wilson", "share 0.3", 30, 0.925, 1.0), partial(better_holds, 30, 0.3)),
    Exact(Setting("better, Wilson", "share 0.15", 100, 0.925, 1.0), partial(better_holds, 100, 0.15)),
    _holds("what-if change", f"one point more, {RATINGS}", 60, partial(change_holds, 60)),
    _holds("what-if change", f"one point more, {RATINGS}", 200, partial(change_holds, 200)),
    _holds("what-if change", f"one point more, {RATINGS}", 1000, partial(change_holds, 1000)),
)
