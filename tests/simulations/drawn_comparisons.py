"""How often comparisons of means, of weighted and of clustered answers raise a false alarm, and hold the difference."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.comparisons import ComparisonOptions, compare, paired_difference
from analysis.scores import Answers
from analysis.values import Refusal
from analysis.values.scores import Kind, Measure, Scale
from tests.simulations.settings import Drawn, Outcome, Setting
from tests.simulations.verdicts import SILENT, alarms, bounds_of, held, sizes_in_words

NPS = Measure(Kind.NET_PROMOTER)
FIVE_POINTS = Measure(Kind.MEAN, Scale(1, 5))
SMALL = ComparisonOptions(comparison_base=10)
EVEN, SKEWED, CEILING = (0.2, 0.2, 0.2, 0.2, 0.2), (0.05, 0.05, 0.1, 0.3, 0.5), (0.01, 0.01, 0.03, 0.1, 0.85)
TOP_TWO = Measure(Kind.TOP_BOX, Scale(1, 5), 2)

Draw = Callable[[np.random.Generator], tuple[Answers, Answers]]


def _alarm(rng: np.random.Generator, draw: Draw, measure: Measure) -> Outcome:
    found = compare(*draw(rng), measure, SMALL)
    return Outcome.REFUSED if isinstance(found, Refusal) else held(found.verdict is SILENT)


def _panel_alarm(rng: np.random.Generator, draw: Draw, measure: Measure) -> Outcome:
    found = paired_difference(*draw(rng), measure, SMALL)
    return Outcome.REFUSED if isinstance(found, Refusal) else held(found.verdict is SILENT)


def _covers(rng: np.random.Generator, draw: Draw, measure: Measure, truth: float) -> Outcome:
    found = compare(*draw(rng), measure, SMALL)
    if isinstance(found, Refusal):
        return Outcome.REFUSED
    low, high = bounds_of(found)
    return held(low <= truth <= high)


def _plain(
    rng: np.random.Generator, sizes: tuple[int, int], shares: tuple[float, ...], second: tuple[float, ...] | None = None
) -> tuple[Answers, Answers]:
    groups = [rng.choice(np.arange(1.0, 6.0), n, p=p) for n, p in zip(sizes, (shares, second or shares), strict=True)]
    return Answers(groups[0]), Answers(groups[1])


def _weighted(
    rng: np.random.Generator, sizes: tuple[int, int], shares: tuple[float, ...], scale: float = 1
) -> tuple[Answers, Answers]:
    """Return answers of two strata that answer differently: the second is sampled less and weighs three times."""
    groups = []
    for n in sizes:
        rare = rng.random(n) < 0.25
        values = np.where(rare, rng.integers(1, 6, n), rng.choice(np.arange(1.0, 6.0), n, p=shares)) * scale
        groups.append(Answers(values, np.where(rare, 3.0, 1.0)))
    return groups[0], groups[1]


def _latent(rng: np.random.Generator, who: NDArray[np.int64], people: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return skewed five-point answers, half of whose spread belongs to the person."""
    leaning = np.sqrt(0.5) * people[who] + np.sqrt(0.5) * rng.normal(size=who.size)
    return 1.0 + np.searchsorted(stats.norm.ppf(np.cumsum(SKEWED[:-1])), leaning)


def _within(rng: np.random.Generator, n: int, times: int) -> tuple[Answers, Answers]:
    """Return two waves of n people each, everybody of whom answers several times within the wave."""
    waves = []
    for wave in range(2):
        who = np.repeat(np.arange(n), times)
        waves.append(Answers(_latent(rng, who, rng.normal(size=n)), clusters=who + wave * n))
    return waves[0], waves[1]


def _across(rng: np.random.Generator, n: int, again: float) -> tuple[Answers, Answers]:
    """Return two waves of n answers; a part of the people answers in both."""
    people = rng.normal(size=2 * n)
    first, second = np.arange(n), np.arange(n) + round(n * (1 - again))
    return tuple(Answers(_latent(rng, who, people), clusters=who) for who in (first, second))  # type: ignore[return-value]


def _panel(rng: np.random.Generator, n: int) -> tuple[Answers, Answers]:
    people, who = rng.normal(size=n), np.arange(n)
    return Answers(_latent(rng, who, people)), Answers(_latent(rng, who, people))


def _nps_within(rng: np.random.Generator, n: int, times: int) -> tuple[Answers, Answers]:
    """Return the same as 0-10 answers: five points become 0, 5, 7, 8, 10."""
    waves = _within(rng, n, times)
    return tuple(
        Answers(np.array([0.0, 5, 7, 8, 10])[np.asarray(each.scores, int) - 1], clusters=each.clusters)
        for each in waves
    )  # type: ignore[return-value]


SETTINGS = (
    *(
        Drawn(
            alarms("verdict on two means", f"five points, {name}, {sizes_in_words(sizes)}", sum(sizes)),
            partial(_alarm, draw=partial(_plain, sizes=sizes, shares=shares), measure=FIVE_POINTS),
        )
        for sizes in ((10, 10), (30, 30), (100, 100), (30, 300), (1000, 1000))
        for name, shares in (("even", EVEN), ("skewed", SKEWED), ("85 % on the best", CEILING))
    ),
    *(
        Drawn(
            Setting("difference of means", f"five points, even and skewed, {sizes_in_words(sizes)}", sum(sizes)),
            partial(
                _covers, draw=partial(_plain, sizes=sizes, shares=EVEN, second=SKEWED), measure=FIVE_POINTS, truth=1.15
            ),
        )
        for sizes in ((10, 10), (30, 30), (100, 30), (1000, 1000))
    ),
    *(
        Drawn(
            alarms(
                f"verdict on two {name}, weighted",
                f"weights 1 and 3 that go with the answers, {sizes_in_words(sizes)}",
                sum(sizes),
            ),
            partial(_alarm, draw=partial(_weighted, sizes=sizes, shares=SKEWED), measure=measure),
        )
        for sizes in ((30, 30), (100, 100), (1000, 1000))
        for name, measure in (("means", FIVE_POINTS), ("shares", TOP_TWO))
    ),
    *(
        Drawn(
            alarms(
                "verdict on two NPS, weighted",
                f"weights 1 and 3 that go with the answers, {sizes_in_words(sizes)}",
                sum(sizes),
            ),
            partial(_alarm, draw=partial(_weighted, sizes=sizes, shares=SKEWED, scale=2), measure=NPS),
        )
        for sizes in ((30, 30), (100, 100), (1000, 1000))
    ),
    *(
        Drawn(
            alarms(
                f"verdict on two {name}, clustered", f"{people} people in each wave, three answers each", 6 * people
            ),
            partial(_alarm, draw=partial(_within, n=people, times=3), measure=measure),
        )
        for people in (15, 30, 100)
        for name, measure in (("means", FIVE_POINTS), ("shares", TOP_TWO))
    ),
    *(
        Drawn(
            alarms("verdict on two NPS, clustered", f"{people} people in each wave, three answers each", 6 * people),
            partial(_alarm, draw=partial(_nps_within, n=people, times=3), measure=NPS),
        )
        for people in (15, 30, 100)
    ),
    *(
        Drawn(
            alarms(
                f"verdict on two {name}, clustered", f"{round(100 * again)} % of the people answer in both waves", 2 * n
            ),
            partial(_alarm, draw=partial(_across, n=n, again=again), measure=measure),
        )
        for n, again in ((30, 0.5), (100, 0.5), (100, 1.0))
        for name, measure in (("means", FIVE_POINTS), ("shares", TOP_TWO))
    ),
    *(
        Drawn(
            Setting(
                f"difference of {name}, clustered", f"{round(100 * again)} % of the people answer in both waves", 2 * n
            ),
            partial(_covers, draw=partial(_across, n=n, again=again), measure=measure, truth=0.0),
        )
        for n, again in ((30, 0.5), (100, 0.5), (100, 1.0))
        for name, measure in (("means", FIVE_POINTS), ("shares", TOP_TWO))
    ),
    *(
        Drawn(
            alarms("verdict on a panel's mean", "skewed five points, half of the spread between people", n),
            partial(_panel_alarm, draw=partial(_panel, n=n), measure=FIVE_POINTS),
        )
        for n in (10, 30, 100, 1000)
    ),
)
