"""Scores: shares and Net Promoter Scores over every outcome, means, weighted and clustered answers by drawing.

A setting "worst of" many populations judges each of them over all outcomes and keeps the one with the lowest coverage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from typing import Any

import numpy as np
from scipy import special, stats

from analysis.fieldwork import fieldwork
from analysis.scores import (
    Answers,
    ScaleAnswers,
    ScoreOptions,
    mean_score,
    net_promoter_score,
    scale_score,
    top_box_share,
)
from analysis.values import Estimate, Refusal
from analysis.values.fieldwork import Disposition
from analysis.values.scores import Scale
from tests.simulations.settings import Drawn, Exact, Outcome, Setting

ONE_OF_TWO, FIVE = Scale(0, 1), Scale(1, 5)
# What a result says where its t interval may not hold.
DOUBTS = frozenset({"skewed-for-t", "no-variation"})
# What a result says where the interval that was asked for by name may not hold.
RARE_GROUPS = frozenset({"rare-group"})

NEAR_ZERO = np.geomspace(0.0001, 0.05, 200)
SHARES = np.unique(np.concatenate([NEAR_ZERO, np.linspace(0.002, 0.998, 499), 1 - NEAR_ZERO]))
TABLE_OF_POPULATIONS = (
    (0.20, 0.30, 0.50),
    (0.05, 0.15, 0.80),
    (0.01, 0.09, 0.90),
    (0.10, 0.80, 0.10),
    (0.60, 0.30, 0.10),
    (0.33, 0.34, 0.33),
)
INNER = tuple((d / 20, (20 - d - p) / 20, p / 20) for d in range(1, 19) for p in range(1, 20 - d))
RARE = (0.0, 0.001, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05)
EDGE = tuple(
    each
    for a in RARE
    for b in RARE
    if a + b > 0
    for each in ((a, b, 1 - a - b), (a, 1 - a - b, b), (1 - a - b, a, b), (a, 0.5 - a, 0.5), (a, b, 1 - a - b))
)


def judged(result: Estimate | Refusal, truth: float, doubts: frozenset[str] = frozenset()) -> Outcome:
    """Return whether an estimate's interval holds the truth."""
    if isinstance(result, Refusal) or result.interval is None:
        return Outcome.REFUSED
    if result.interval.low - 1e-12 <= truth <= result.interval.high + 1e-12:
        return Outcome.HELD
    return Outcome.WARNED if doubts & {note.code for note in result.notes} else Outcome.MISSED


def worst(chances: np.ndarray, judge: Callable[[int, int], Outcome]) -> Iterable[tuple[float, Outcome]]:
    """Return the outcomes of the population (row of `chances`) whose coverage is lowest."""
    tables = []
    for row, chance in enumerate(chances):
        places = np.flatnonzero(chance > 1e-15)
        made = [(float(chance[place]), judge(row, int(place))) for place in places]
        tables.append((sum(each for each, outcome in made if outcome is Outcome.HELD), made))
    return min(tables, key=lambda table: table[0])[1]


@cache
def _share(count: int, n: int, kind: str) -> Estimate | Refusal:
    if kind == "response rate":
        return fieldwork({Disposition.COMPLETED: count, Disposition.NO_REPLY: n - count}).response_rate
    options = ScoreOptions() if kind == "default" else ScoreOptions(share_interval=kind)
    return top_box_share(Answers(np.repeat([1.0, 0.0], [count, n - count])), ONE_OF_TWO, 1, options)


def _worst_share(n: int, kind: str) -> Iterable[tuple[float, Outcome]]:
    chances = stats.binom.pmf(np.arange(n + 1)[None, :], n, SHARES[:, None])
    return worst(chances, lambda row, count: judged(_share(count, n, kind), float(SHARES[row])))


@cache
def _groups(n: int) -> list[tuple[int, int, int]]:
    return [(d, n - d - p, p) for d in range(n + 1) for p in range(n - d + 1)]


@cache
def _net_promoter(counts: tuple[int, int, int], kind: str) -> Estimate | Refusal:
    options = ScoreOptions() if kind == "default" else ScoreOptions(nps_interval=kind)
    return net_promoter_score(np.repeat([3.0, 8.0, 10.0], counts), options=options)


def _multinomial(counts: np.ndarray, populations: Sequence[Sequence[float]]) -> np.ndarray:
    """Return the chance of each row of counts under each population."""
    n = counts.sum(axis=1)
    ways = special.gammaln(n + 1) - special.gammaln(counts + 1).sum(axis=1)
    rows = [np.exp(ways + special.xlogy(counts, np.asarray(each)).sum(axis=1)) for each in populations]
    return np.array(rows)


def _worst_net_promoter(
    n: int, populations: Sequence[tuple[float, float, float]], kind: str
) -> Iterable[tuple[float, Outcome]]:
    groups = _groups(n)
    truths = [100 * (each[2] - each[0]) for each in populations]
    return worst(
        _multinomial(np.array(groups), populations),
        lambda row, place: judged(_net_promoter(groups[place], kind), truths[row], RARE_GROUPS),
    )


def _five_point_counts(n: int) -> np.ndarray:
    """Return every way to spread n answers over five points."""
    bars = np.array(list(_combinations(n + 4, 4)))
    edges = np.column_stack([np.full(len(bars), -1), bars, np.full(len(bars), n + 4)])
    return np.diff(edges, axis=1) - 1


def _combinations(n: int, k: int) -> Iterable[tuple[int, ...]]:
    if k == 0:
        yield ()
        return
    for last in range(k - 1, n):
        for rest in _combinations(last, k - 1):
            yield (*rest, last)


@cache
def _mean_of_counts(counts: tuple[int, ...]) -> Estimate | Refusal:
    return mean_score(Answers(np.repeat([1.0, 2, 3, 4, 5], counts)), FIVE)


def _worst_mean(n: int) -> Iterable[tuple[float, Outcome]]:
    """Return the worst of many populations of five points, drawn once: skewed, lopsided, concentrated, spread."""
    rng = np.random.default_rng(20)
    shapes = ([0.3] * 5, [0.1, 0.1, 0.1, 0.3, 5.0], [1.0] * 5, [0.3, 3.0, 1.0, 0.2, 0.2])
    drawn = [rng.dirichlet(shape) for shape in shapes for _ in range(25)]
    populations = [tuple(float(share) for share in each) for each in drawn]
    truths, counts = np.array(populations) @ np.arange(1.0, 6.0), _five_point_counts(n)
    chances = _multinomial(counts, populations)
    rows = [tuple(int(count) for count in each) for each in counts]
    return worst(chances, lambda row, place: judged(_mean_of_counts(rows[place]), float(truths[row])))


def _mean_over_all(n: int, shares: tuple[float, ...]) -> Iterable[tuple[float, Outcome]]:
    counts, truth = _five_point_counts(n), float(np.dot(shares, [1, 2, 3, 4, 5]))
    for chance, row in zip(_multinomial(counts, [shares])[0], counts, strict=True):
        if chance > 1e-9:
            yield float(chance), judged(_mean_of_counts(tuple(row)), truth, DOUBTS)


# --- Drawn: weights, respondents who answered more than once, missing answers -------------------------------------


def _ratings(rng: np.random.Generator, shape: tuple[int, ...], thresholds: tuple[float, ...]) -> Any:
    """Return how many of the thresholds each of some standard normal numbers passes."""
    return np.searchsorted(np.asarray(thresholds), rng.normal(size=shape))


def _weighted(
    rng: np.random.Generator, n: int, shares: tuple[float, float, float], *, informative: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return answers 3, 8, 10 and weights so that the weighted population has the shares.

    Informative: promoters were asked twice as often as they are, and weigh half; otherwise weights are noise.
    """
    if informative:
        asked = np.array([shares[0], shares[1], 2 * shares[2]])
        group = rng.choice(3, size=n, p=asked / asked.sum())
        return np.array([3.0, 8.0, 10.0])[group], np.array([1.0, 1.0, 0.5])[group]
    return np.array([3.0, 8.0, 10.0])[rng.choice(3, size=n, p=shares)], rng.choice([1.0, 3.0], size=n)


def _weighted_draw(rng: np.random.Generator, n: int, figure: str, *, informative: bool) -> Outcome:
    shares = (0.2, 0.3, 0.5)
    scores, weights = _weighted(rng, n, shares, informative=informative)
    missing = rng.random(n) < 0.1
    answers = Answers(np.where(missing, np.nan, scores), weights)
    if figure == "NPS":
        return judged(net_promoter_score(answers.scores, weights), 30.0)
    if figure == "share":
        return judged(top_box_share(answers, Scale(0, 10)), 0.5)
    return judged(mean_score(answers, Scale(0, 10)), float(np.dot(shares, [3, 8, 10])), DOUBTS)


def _clustered(rng: np.random.Generator, n_people: int, shares: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return group numbers and respondents: one to five answers each, half of the latent variance between people."""
    times = rng.integers(1, 6, size=n_people)
    people = np.repeat(np.arange(n_people), times)
    latent = np.sqrt(0.5) * (rng.normal(size=n_people)[people] + rng.normal(size=people.size))
    return np.searchsorted(stats.norm.ppf(np.cumsum(shares)[:-1]), latent), people


def _clustered_draw(rng: np.random.Generator, n: int, figure: str, shares: tuple[float, ...]) -> Outcome:
    group, people = _clustered(rng, n, shares)
    if figure == "NPS":
        answers = Answers(np.array([3.0, 8.0, 10.0])[group], clusters=people)
        return judged(net_promoter_score(answers), 100 * (shares[-1] - shares[0]))
    answers = Answers(group + 1.0, clusters=people)
    scale = Scale(1, len(shares))
    if figure == "share":
        return judged(top_box_share(answers, scale, 1), shares[-1])
    return judged(mean_score(answers, scale), float(np.dot(shares, scale.points)), DOUBTS)


def _scale_draw(rng: np.random.Generator, n: int) -> Outcome:
    """Return one draw of a scale of four items, the second reversed, a tenth of the answers missing."""
    latent = rng.normal(size=(n, 1)) + rng.normal(size=(n, 4))
    items = 1.0 + np.searchsorted([-2, -1, 0.5, 1.5], latent)
    items[:, 1] = 6 - items[:, 1]
    items[rng.random(items.shape) < 0.1] = np.nan
    chances = np.diff(np.concatenate([[0], stats.norm.cdf(np.array([-2, -1, 0.5, 1.5]) / np.sqrt(2)), [1]]))
    found = scale_score(ScaleAnswers(items, FIVE, reversed_items=(1,)))
    return judged(found.mean, float(np.dot(chances, [1, 2, 3, 4, 5])), DOUBTS)


def _exact(method: str, conditions: str, n: int, outcomes: Callable[[], Iterable[tuple[float, Outcome]]]) -> Exact:
    return Exact(Setting(method, conditions, n, low=0.925, high=1.0), outcomes)


SKEWED, HALVED, EVEN = (0.01, 0.02, 0.02, 0.05, 0.90), (0.40, 0.08, 0.04, 0.08, 0.40), (0.2, 0.2, 0.2, 0.2, 0.2)
TYPICAL = (0.03, 0.07, 0.20, 0.45, 0.25)

SETTINGS: tuple[Drawn | Exact, ...] = (
    *(
        _exact(
            f"share, {kind}", f"worst of {SHARES.size} shares from 0.0001 to 0.9999", n, partial(_worst_share, n, kind)
        )
        for kind in ("default", "clopper-pearson", "response rate")
        for n in (10, 30, 100, 1000)
    ),
    *(
        _exact(f"NPS, {kind}", conditions, n, partial(_worst_net_promoter, n, populations, kind))
        for kind in ("default", "score")
        for conditions, populations in (
            ("worst of 6 usual populations", TABLE_OF_POPULATIONS),
            (f"worst of {len(INNER)} populations, each group 5 % or more", INNER),
            (f"worst of {len(EDGE)} populations with groups of 0 to 5 %", EDGE),
        )
        for n in (10, 30, 100)
    ),
    *(
        _exact("mean, default", f"five points, {name}", n, partial(_mean_over_all, n, shares))
        for name, shares in (
            ("even", EVEN),
            ("typical", TYPICAL),
            ("at both ends", HALVED),
            ("90 % in the top", SKEWED),
        )
        for n in (10, 30)
    ),
    *(_exact("mean, default", "five points, worst of 100 populations", n, partial(_worst_mean, n)) for n in (10, 20)),
    *(
        Drawn(
            Setting(f"{figure}, weighted", f"a tenth missing, weights {name}", n),
            partial(_weighted_draw, n=n, figure=figure, informative=informative),
        )
        for figure in ("NPS", "share", "mean")
        for name, informative in (("1 and 3 by chance", False), ("0.5 for promoters", True))
        for n in (30, 100, 1000)
    ),
    *(
        Drawn(
            Setting(f"{figure}, clustered", f"one to five answers a person, {name}", n),
            partial(_clustered_draw, n=n, figure=figure, shares=shares),
        )
        for figure, name, shares in (
            ("NPS", "20/30/50 %", (0.2, 0.3, 0.5)),
            ("NPS", "1/9/90 %", (0.01, 0.09, 0.90)),
            ("share", "40 % top", (0.3, 0.3, 0.4)),
            ("share", "2 % top", (0.5, 0.48, 0.02)),
            ("mean", "typical", TYPICAL),
            ("mean", "90 % in the top", SKEWED),
        )
        for n in (10, 30, 100)
    ),
    *(
        Drawn(Setting("scale score", "four items, one reversed, a tenth missing", n), partial(_scale_draw, n=n))
        for n in (10, 30, 100, 1000)
    ),
)
