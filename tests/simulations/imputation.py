"""Settings of missing answers: regression after multiple imputation, tests of randomness of gaps, missing rates."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd
from scipy import stats

from analysis.imputation import (
    ImputationOptions,
    impute_table,
    little_mcar_test,
    missing_rates,
    missingness_check,
    pooled_regression,
)
from analysis.values import Refusal
from analysis.values.missingness import GapCheck
from tests.simulations.settings import Drawn, Exact, Outcome, Setting

# Inside a simulation, five data sets after two rounds: the degrees of freedom pay for so few, and time is saved.
QUICK = ImputationOptions(n_imputations=5, cycles=2)
COST = "5 imputations, 2 rounds"
# What the function does unless told otherwise.
DEFAULT = ImputationOptions()
DEFAULT_COST = f"{DEFAULT.n_imputations} imputations, {DEFAULT.cycles} rounds"
RELATED = "related-to-answers"


def people(rng: np.random.Generator, n: int) -> pd.DataFrame:
    """Return an outcome that follows two correlated predictors with slopes 0.5 and 0.3."""
    common = rng.normal(size=n)
    x = 0.7 * common + 0.7 * rng.normal(size=n)
    z = 0.7 * common + 0.7 * rng.normal(size=n)
    return pd.DataFrame({"y": 1 + 0.5 * x + 0.3 * z + rng.normal(size=n), "x": x, "z": z})


def likert(rng: np.random.Generator, n: int, items: int) -> pd.DataFrame:
    """Return skewed ratings 1 to 5 with a common factor."""
    latent = 3.9 + 0.7 * rng.normal(size=(n, 1)) + 0.8 * rng.normal(size=(n, items))
    return pd.DataFrame(np.clip(np.rint(latent), 1, 5), columns=[f"q{place}" for place in range(items)])


def gaps_at_random(rng: np.random.Generator, table: pd.DataFrame, share: float) -> pd.DataFrame:
    """Return the table with gaps in every column but the last, wherever chance puts them."""
    holes = rng.uniform(size=table.shape) < share
    holes[:, -1] = False
    return table.mask(holes)


def gaps_by_answers(rng: np.random.Generator, table: pd.DataFrame, share: float) -> pd.DataFrame:
    """Return the table with gaps in x that depend on y and z, which are complete."""
    score = table["y"] - table["y"].mean() + 0.5 * table["z"]
    cut = np.log(share / (1 - share))
    holes = rng.uniform(size=len(table)) < 1 / (1 + np.exp(-(cut + 1.0 * score.to_numpy())))
    return table.assign(x=table["x"].mask(holes))


def slope(rng: np.random.Generator, n: int, share: float, how: str, options: ImputationOptions = QUICK) -> Outcome:
    """Judge the slope of x, 0.5, after imputation."""
    whole = people(rng, n)
    holed = gaps_at_random(rng, whole, share) if how == "at random" else gaps_by_answers(rng, whole, share)
    found = pooled_regression(impute_table(holed, rng, options=options), "y", ["x", "z"])
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    interval = found.coefficients[1].estimate.interval
    return Outcome.HELD if interval.low <= 0.5 <= interval.high else Outcome.MISSED


RATINGS = likert(np.random.default_rng(5), 1_000_000, 3).to_numpy()
RATING_SLOPE = float(
    np.linalg.lstsq(np.column_stack([np.ones(len(RATINGS)), RATINGS[:, 1:]]), RATINGS[:, 0], rcond=None)[0][1]
)


def rating_slope(rng: np.random.Generator, n: int, share: float) -> Outcome:
    """Judge a slope among ratings, gaps at random in outcome and predictor."""
    holed = gaps_at_random(rng, likert(rng, n, 3), share)
    found = pooled_regression(impute_table(holed, rng, options=QUICK), "q0", ["q1", "q2"])
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    interval = found.coefficients[1].estimate.interval
    return Outcome.HELD if interval.low <= RATING_SLOPE <= interval.high else Outcome.MISSED


def little_alarm(rng: np.random.Generator, n: int, items: int, kind: str) -> Outcome:
    """Judge Little's test where gaps are at random."""
    table = likert(rng, n, items) if kind == "ratings" else people(rng, n)
    found = little_mcar_test(gaps_at_random(rng, table, 0.1))
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    if found.verdict != RELATED:
        return Outcome.HELD
    return Outcome.WARNED if any(note.code == "many-patterns" for note in found.notes) else Outcome.MISSED


def gap_alarm(rng: np.random.Generator, n: int, items: int) -> Outcome:
    """Judge whether any item's gaps are said to go with the other answers where gaps are at random."""
    found = missingness_check(gaps_at_random(rng, likert(rng, n, items), 0.2))
    tested = [each for each in found if isinstance(each, GapCheck)]
    if not tested:
        return Outcome.REFUSED
    return Outcome.MISSED if any(each.verdict == RELATED for each in tested) else Outcome.HELD


def rates(n: int, share: float) -> Iterator[tuple[float, Outcome]]:
    """Yield every number of gaps among n answers with its probability and judgement."""
    for gaps in range(n + 1):
        (item,) = missing_rates(pd.DataFrame({"q": [np.nan] * gaps + [1.0] * (n - gaps)}))
        held = item.rate.interval.low <= share <= item.rate.interval.high
        yield float(stats.binom.pmf(gaps, n, share)), Outcome.HELD if held else Outcome.MISSED


def _slope(n: int, share: float, how: str, options: ImputationOptions = QUICK) -> Drawn:
    cost = COST if options is QUICK else DEFAULT_COST
    conditions = f"{share:.0%} of x and y missing at random" if how == "at random" else f"{share:.0%} of x missing by y"
    setting = Setting("slope after multiple imputation, rubin", f"{conditions}, {cost}", n)
    return Drawn(setting, partial(slope, n=n, share=share, how=how, options=options))


def _alarm(method: str, conditions: str, n: int, repeat: partial[Outcome]) -> Drawn:
    return Drawn(Setting(method, conditions, n, low=0.95, high=1.0), repeat)


SETTINGS = (
    _slope(100, 0.2, "at random"),
    _slope(100, 0.4, "at random"),
    _slope(100, 0.4, "by answers"),
    _slope(1000, 0.3, "by answers"),
    _slope(1000, 0.3, "by answers", DEFAULT),
    *(
        Drawn(
            Setting("slope after multiple imputation, rubin", f"ratings 1 to 5, 30% missing at random, {COST}", n),
            partial(rating_slope, n=n, share=0.3),
        )
        for n in (30, 100)
    ),
    *(
        _alarm(
            "Little's test",
            f"{items} skewed ratings, 10% missing at random",
            n,
            partial(little_alarm, n=n, items=items, kind="ratings"),
        )
        for n, items in ((30, 3), (100, 5), (1000, 5))
    ),
    _alarm(
        "Little's test",
        "3 normal columns, 10% missing at random",
        100,
        partial(little_alarm, n=100, items=3, kind="normal"),
    ),
    *(
        _alarm(
            "gaps go with answers, rao-score and holm",
            "4 skewed ratings, 20% missing at random",
            n,
            partial(gap_alarm, n=n, items=4),
        )
        for n in (100, 1000)
    ),
    *(
        Exact(
            Setting("missing rate, wilson", f"share {share}", n, low=0.925, high=1.0), partial(rates, n=n, share=share)
        )
        for n, share in ((10, 0.2), (30, 0.1), (100, 0.05))
    ),
)
