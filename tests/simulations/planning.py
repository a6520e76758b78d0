"""Planning: the power and the margins that plans state, met by surveys of the planned size.

`low` and `high` are the stated power minus and plus three points; for margins, the confidence.
"""

from __future__ import annotations

from functools import cache, partial

import numpy as np
import statsmodels.api as sm
from scipy import stats

from analysis.comparisons import compare, paired_difference
from analysis.drivers.shapley import exact_shares
from analysis.planning import (
    PlanningOptions,
    WaveSeries,
    detectable_change,
    planned_mean,
    planned_net_promoter_score,
    planned_share,
    sample_size_for_change,
    sample_size_for_margin,
    sample_size_for_r_squared,
    sample_size_for_slope,
)
from analysis.scores import Answers
from analysis.values import Refusal
from analysis.values.comparisons import Verdict
from analysis.values.planning import Plan, PlannedFigure
from analysis.values.scores import Kind, Measure, Scale
from tests.simulations.settings import Drawn, Outcome, Setting

FIVE = Scale(1, 5)
NPS, TOP, MEAN = Measure(Kind.NET_PROMOTER), Measure(Kind.TOP_BOX, FIVE), Measure(Kind.MEAN, Scale(-1000, 1000))
BEFORE = (0.2, 0.3, 0.5)
STRUCTURE = np.array(
    [
        [1.0, 0.5, 0.4, 0.3, 0.60],
        [0.5, 1.0, 0.4, 0.3, 0.45],
        [0.4, 0.4, 1.0, 0.3, 0.35],
        [0.3, 0.3, 0.3, 1.0, 0.25],
        [0.60, 0.45, 0.35, 0.25, 1.0],
    ]
)

# What sample_size_for_importance and sample_size_to_outrank say for the structure; a test holds them to it.
IMPORTANCE_SIZES = {0.1: 438, 0.05: 1812}
OUTRANK_SIZES = {(0, 1): 186, (0, 3): 41}


def _sized(found: Plan | Refusal) -> Plan:
    assert isinstance(found, Plan)
    return found


def _seen(found: bool) -> Outcome:
    return Outcome.HELD if found else Outcome.MISSED


def _groups(rng: np.random.Generator, n: int, shares: tuple[float, float, float]) -> np.ndarray:
    return np.array([3.0, 8.0, 10.0])[rng.choice(3, size=n, p=shares)]


@cache
def _planned_nps() -> PlannedFigure:
    return planned_net_promoter_score(BEFORE[0], BEFORE[2])


@cache
def _nps_size(change: float, design_effect: float = 1.0) -> int:
    return _sized(sample_size_for_change(_planned_nps(), change, PlanningOptions(design_effect=design_effect))).n


def _nps_change(rng: np.random.Generator, change: float) -> Outcome:
    n, moved = _nps_size(change), change / 200
    after = (BEFORE[0] - moved, BEFORE[1], BEFORE[2] + moved)
    found = compare(Answers(_groups(rng, n, BEFORE)), Answers(_groups(rng, n, after)), NPS)
    return _seen(not isinstance(found, Refusal) and found.verdict is Verdict.CLEARLY_UP)


def _nps_weighted(rng: np.random.Generator, change: float) -> Outcome:
    """Weights 1 and 3 by chance cost a quarter: (1 + 3)^2 / 4 against (1 + 9) / 2."""
    n, moved = _nps_size(change, 1.25), change / 200
    after = (BEFORE[0] - moved, BEFORE[1], BEFORE[2] + moved)
    waves = [Answers(_groups(rng, n, shares), rng.choice([1.0, 3.0], size=n)) for shares in (BEFORE, after)]
    found = compare(*waves, NPS)
    return _seen(not isinstance(found, Refusal) and found.verdict is Verdict.CLEARLY_UP)


@cache
def _detectable(n: int) -> float:
    return _sized(detectable_change(_planned_nps(), n)).effect


def _nps_detectable(rng: np.random.Generator, n: int) -> Outcome:
    moved = _detectable(n) / 200
    after = (BEFORE[0] - moved, BEFORE[1], BEFORE[2] + moved)
    found = compare(Answers(_groups(rng, n, BEFORE)), Answers(_groups(rng, n, after)), NPS)
    return _seen(not isinstance(found, Refusal) and found.verdict is Verdict.CLEARLY_UP)


@cache
def _share_size(share: float, change: float) -> int:
    return _sized(sample_size_for_change(planned_share(share), change)).n


def _share_change(rng: np.random.Generator, share: float, change: float) -> Outcome:
    n = _share_size(share, change)
    waves = [Answers(np.where(rng.random(n) < each, 5.0, 2.0)) for each in (share, share + change)]
    found = compare(*waves, TOP)
    wanted = Verdict.CLEARLY_UP if change > 0 else Verdict.CLEARLY_DOWN
    return _seen(not isinstance(found, Refusal) and found.verdict is wanted)


@cache
def _mean_size(effect: float, correlation: float | None) -> int:
    figure = planned_mean(0.0, 100.0)
    return _sized(sample_size_for_change(figure, 100 * effect, PlanningOptions(panel_correlation=correlation))).n


def _mean_change(rng: np.random.Generator, effect: float, correlation: float | None) -> Outcome:
    n = _mean_size(effect, correlation)
    first = rng.normal(size=n)
    r = correlation or 0.0
    second = r * first + np.sqrt(1 - r**2) * rng.normal(size=n) + effect
    waves = [Answers(np.round(100 * each)) for each in (first, second)]
    found = (compare if correlation is None else paired_difference)(*waves, MEAN)
    return _seen(not isinstance(found, Refusal) and found.verdict is Verdict.CLEARLY_UP)


@cache
def _slope_size(slope: float, waves: WaveSeries) -> int:
    return _sized(sample_size_for_slope(_planned_nps(), slope, waves)).n


def _slope(rng: np.random.Generator, slope: float, waves: WaveSeries) -> Outcome:
    n = _slope_size(slope, waves)
    moved = (slope * (np.arange(waves.n_waves) - (waves.n_waves - 1) / 2)) / 200
    moved = moved + rng.normal(scale=waves.between_sd / 200, size=waves.n_waves) if waves.between_sd else moved
    counts = [rng.multinomial(n, (0.2 - each, 0.3, 0.5 + each)) for each in moved]
    line = stats.linregress(np.arange(waves.n_waves), [100 * (each[2] - each[0]) / n for each in counts])
    return _seen(line.pvalue < 0.05 and line.slope > 0)


@cache
def _r2_size(r2: float, k: int) -> int:
    return _sized(sample_size_for_r_squared(r2, k)).n


def _r2(rng: np.random.Generator, r2: float, k: int) -> Outcome:
    n = _r2_size(r2, k)
    drivers = rng.normal(size=(n, k))
    outcome = drivers[:, 0] * np.sqrt(r2) + rng.normal(size=n) * np.sqrt(1 - r2)
    return _seen(sm.OLS(outcome, sm.add_constant(drivers)).fit().f_pvalue < 0.05)


@cache
def _margin_size(figure: PlannedFigure, margin: float) -> int:
    return sample_size_for_margin(figure, margin).n


def _nps_margin(rng: np.random.Generator, margin: float) -> Outcome:
    n = _margin_size(_planned_nps(), margin)
    counts = rng.multinomial(n, BEFORE)
    return _seen(abs(100 * (counts[2] - counts[0]) / n - 30) <= margin)


def _share_of_population(rng: np.random.Generator, share: float, margin: float, population: int) -> Outcome:
    n = sample_size_for_margin(planned_share(share), margin, PlanningOptions(population=population)).n
    chosen = rng.hypergeometric(round(share * population), population - round(share * population), n)
    return _seen(abs(chosen / n - share) <= margin)


def _shares(matrices: np.ndarray) -> np.ndarray:
    found = exact_shares(matrices, [(place,) for place in range(4)])
    return found.lmg / found.total[:, None]


def _correlations(rng: np.random.Generator, df: int, matrix: np.ndarray, draws: int) -> np.ndarray:
    made = stats.wishart(df, matrix).rvs(draws, random_state=rng).reshape(draws, 5, 5)
    spread = np.sqrt(np.diagonal(made, axis1=1, axis2=2))
    return made / (spread[:, :, None] * spread[:, None, :])


def _importance(rng: np.random.Generator, n: int, margin: float) -> Outcome:
    """Judge the driver whose share is least sure, the first."""
    found = _shares(_correlations(rng, n - 1, STRUCTURE, 1))[0, 0]
    return _seen(abs(found - _shares(STRUCTURE[None])[0, 0]) <= margin)


def _outrank(rng: np.random.Generator, n: int, first: int, second: int) -> Outcome:
    """Test the difference of two shares by a parametric bootstrap of 200 draws from the sample's own correlations."""
    sample = _correlations(rng, n - 1, STRUCTURE, 1)
    shares, drawn = _shares(sample)[0], _shares(_correlations(rng, n - 1, sample[0], 200))
    error = (drawn[:, first] - drawn[:, second]).std()
    return _seen(shares[first] - shares[second] > 1.96 * error)


SETTINGS: tuple[Drawn, ...] = (
    *(
        Drawn(
            Setting("power, NPS", f"20/30/50 %, {change} points more", _nps_size(change), 0.77, 0.83),
            partial(_nps_change, change=change),
        )
        for change in (8.0, 15.0)
    ),
    Drawn(
        Setting("power, NPS", "20/30/50 %, 10 points more, weights 1 and 3", _nps_size(10.0, 1.25), 0.77, 0.83),
        partial(_nps_weighted, change=10.0),
    ),
    *(
        Drawn(Setting("power, NPS", "20/30/50 %, the detectable change", n, 0.77, 0.83), partial(_nps_detectable, n=n))
        for n in (100, 300, 1000)
    ),
    *(
        Drawn(
            Setting("power, CSAT", f"{share:.0%}, change of {change:+.0%}", _share_size(share, change), 0.77, 0.83),
            partial(_share_change, share=share, change=change),
        )
        for share, change in ((0.6, 0.08), (0.9, -0.05), (0.8, 0.1))
    ),
    *(
        Drawn(
            Setting("power, mean", f"{effect} SD, {name}", _mean_size(effect, correlation), 0.77, 0.83),
            partial(_mean_change, effect=effect, correlation=correlation),
        )
        for effect, name, correlation in ((0.2, "independent", None), (0.5, "independent", None), (0.2, "panel", 0.6))
    ),
    *(
        Drawn(
            Setting(
                "power, slope",
                f"{slope} points a wave, {waves.n_waves} waves, SD between {waves.between_sd}",
                _slope_size(slope, waves),
                0.77,
                0.83,
            ),
            partial(_slope, slope=slope, waves=waves),
        )
        for slope, waves in (
            (2.0, WaveSeries(6)),
            (1.0, WaveSeries(12)),
            (2.0, WaveSeries(8, 2.0)),
        )
    ),
    *(
        Drawn(Setting("power, R2", f"{r2} of {k} drivers", _r2_size(r2, k), 0.77, 0.83), partial(_r2, r2=r2, k=k))
        for r2, k in ((0.1, 3), (0.2, 10))
    ),
    Drawn(
        Setting("margin, NPS", "20/30/50 %, 5 points", _margin_size(_planned_nps(), 5.0)),
        partial(_nps_margin, margin=5.0),
    ),
    Drawn(
        Setting("margin, CSAT", "70 %, 4 points, 1,000 customers", 336),
        partial(_share_of_population, share=0.7, margin=0.04, population=1000),
    ),
    *(
        Drawn(
            Setting("margin, LMG share", f"four drivers, {margin}", n),
            partial(_importance, n=n, margin=margin),
        )
        for margin, n in IMPORTANCE_SIZES.items()
    ),
    *(
        Drawn(
            Setting("power, LMG rank", f"driver {pair[0] + 1} over {pair[1] + 1} of four", n, 0.77, 0.83),
            partial(_outrank, n=n, first=pair[0], second=pair[1]),
        )
        for pair, n in OUTRANK_SIZES.items()
    ),
)
