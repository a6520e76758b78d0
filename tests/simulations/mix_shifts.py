"""How often the intervals of rate and mix hold the truth."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from analysis.comparisons import MixedAnswers, mix_shift, mix_shift_by_dimension
from analysis.scores import Answers
from analysis.values import Refusal
from analysis.values.mix_shift import DimensionShift, MixShift
from analysis.values.scores import Kind, Measure, Scale
from tests.simulations.settings import Drawn, Outcome, Setting

FIVE_POINTS = Measure(Kind.MEAN, Scale(1, 5))
NAMES = np.array(["loyal", "regular", "new"])
SHARES = np.array([[0.5, 0.3, 0.2], [0.25, 0.25, 0.5]])
# Chance of each of five points by segment, before and after: everybody improves a little, the new remain the lowest.
POINTS = np.array(
    [
        [[0.02, 0.03, 0.1, 0.35, 0.5], [0.05, 0.1, 0.2, 0.4, 0.25], [0.2, 0.2, 0.3, 0.2, 0.1]],
        [[0.02, 0.03, 0.05, 0.3, 0.6], [0.05, 0.1, 0.15, 0.4, 0.3], [0.15, 0.2, 0.3, 0.25, 0.1]],
    ]
)


def _truth(points: NDArray[np.float64]) -> dict[str, float]:
    rates = points @ np.arange(1.0, 6.0)
    moved, changed = SHARES[1] - SHARES[0], rates[1] - rates[0]
    return {"rate": float(SHARES.mean(axis=0) @ changed), "mix": float(moved @ rates.mean(axis=0))}


def _period(rng: np.random.Generator, at: int, n: int, times: int) -> MixedAnswers:
    """Return n people of one period with their segments, each answering once or several times alike."""
    segment = rng.choice(3, n, p=SHARES[at])
    edges = np.cumsum(POINTS[at, segment], axis=1)[:, :4]
    drawn = rng.random(n)
    who = np.repeat(np.arange(n), times)
    # Of a person's further answers half repeat the first, half are drawn anew.
    again = np.where(rng.random(who.size) < 0.5, drawn[who], rng.random(who.size))
    values = 1.0 + (again[:, None] > edges[who]).sum(axis=1)
    return MixedAnswers(Answers(values, clusters=who + at * n if times > 1 else None), NAMES[segment][who].tolist())


def _weighted(rng: np.random.Generator, at: int, n: int) -> MixedAnswers:
    """Return a sample in which new customers are three times too many, and weigh a third."""
    tilted = SHARES[at] * (1, 1, 3)
    segment = rng.choice(3, n, p=tilted / tilted.sum())
    values = 1.0 + (rng.random(n)[:, None] > np.cumsum(POINTS[at, segment], axis=1)[:, :4]).sum(axis=1)
    return MixedAnswers(Answers(values, np.where(segment == 2, 1 / 3, 1.0)), NAMES[segment].tolist())


def _covers(rng: np.random.Generator, n: int, part: str, kind: str) -> Outcome:
    draw = {"plain": partial(_period, times=1), "clustered": partial(_period, times=3), "weighted": _weighted}[kind]
    found = mix_shift(draw(rng, 0, n), draw(rng, 1, n), FIVE_POINTS)
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    return _judged(found, part)


def _judged(found: MixShift | DimensionShift, part: str) -> Outcome:
    interval = getattr(found, part).interval
    return Outcome.HELD if interval.low <= _truth(POINTS)[part] <= interval.high else Outcome.MISSED


def _one_dimension(rng: np.random.Generator, n: int) -> Outcome:
    """Judge the rate of the Shapley decomposition where a second dimension says nothing."""
    periods = [_period(rng, at, n, 1) for at in range(2)]
    mixed = [
        MixedAnswers(each.answers, {"tie": each.segments, "coin": rng.choice(["head", "tail"], n).tolist()})
        for each in periods
    ]
    found = mix_shift_by_dimension(mixed[0], mixed[1], FIVE_POINTS)
    return Outcome.REFUSED if isinstance(found, Refusal) else _judged(found, "rate")


SETTINGS = (
    *(
        Drawn(
            Setting(f"mix shift: {part}", f"three segments, {kind}, {n} people a period", n),
            partial(_covers, n=n, part=part, kind=kind),
        )
        for n in (30, 100, 1000)
        for kind in ("plain", "weighted", "clustered")
        for part in ("rate", "mix")
        if n < 1000 or kind == "plain"
    ),
    *(
        Drawn(
            Setting("mix shift by dimension: rate", f"three segments and a coin, {n} people a period", n),
            partial(_one_dimension, n=n),
        )
        for n in (100, 1000)
    ),
)
