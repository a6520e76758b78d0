"""How often a verdict on two shares or two Net Promoter Scores is a false alarm, and how often intervals hold.

Every pair of samples is enumerated, weighed by its chance. A verdict is held where nothing is announced although both
groups are alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.comparisons import compare, paired_difference
from analysis.scores import Answers
from analysis.values.scores import Kind, Measure, Scale
from tests.simulations.nps_verdicts import nps_verdicts
from tests.simulations.settings import Exact, Outcome, Setting
from tests.simulations.verdicts import SILENT, alarms, bounds_of, difference_of, held, sizes_in_words

TWO_POINTS = Measure(Kind.TOP_BOX, Scale(0, 1), boxes=1)
NPS = Measure(Kind.NET_PROMOTER)
SHARES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
SHARE_PAIRS = ((0.5, 0.6), (0.7, 0.9), (0.8, 0.98), (0.9, 0.9), (0.95, 0.9), (0.98, 0.98))
PROMOTERS = ((0.2, 0.3, 0.5), (0.4, 0.2, 0.4), (0.1, 0.8, 0.1), (0.05, 0.15, 0.8), (0.01, 0.09, 0.9), (0.0, 0.05, 0.95))
SIZES = ((30, 30), (100, 100), (30, 100))


@dataclass(frozen=True, slots=True)
class Judged:
    """What the comparison said of one pair of counts: silent or not, and the bounds."""

    silent: bool
    low: float
    high: float


@cache
def _share_verdicts(n1: int, n2: int) -> dict[tuple[int, int], Judged]:
    """Return the comparison of every pair of counts out of n1 and n2."""
    return {(a, b): _judged_share(a, n1, b, n2) for a in range(n1 + 1) for b in range(n2 + 1)}


def _judged_share(a: int, n1: int, b: int, n2: int) -> Judged:
    ones = [Answers(np.repeat([1.0, 0.0], (k, n - k))) for k, n in ((a, n1), (b, n2))]
    found = difference_of(compare(ones[0], ones[1], TWO_POINTS))
    return Judged(found.verdict is SILENT, *bounds_of(found))


def _share_alarms(share: float, sizes: tuple[int, int]) -> Iterator[tuple[float, Outcome]]:
    chances = [stats.binom.pmf(np.arange(n + 1), n, share) for n in sizes]
    for (a, b), judged in _share_verdicts(*sizes).items():
        yield float(chances[0][a] * chances[1][b]), held(judged.silent)


def _share_bounds(shares: tuple[float, float], sizes: tuple[int, int]) -> Iterator[tuple[float, Outcome]]:
    chances = [stats.binom.pmf(np.arange(n + 1), n, p) for n, p in zip(sizes, shares, strict=True)]
    truth = shares[1] - shares[0]
    for (a, b), judged in _share_verdicts(*sizes).items():
        yield float(chances[0][a] * chances[1][b]), held(judged.low <= truth <= judged.high)


def _likely(n: int, shares: tuple[float, float, float]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the counts (k, 3) that are not next to impossible, and their chances."""
    every = np.array([(d, n - d - p, p) for d in range(n + 1) for p in range(n - d + 1)])
    chances = stats.multinomial.pmf(every, n, shares)
    kept = chances > 1e-9
    return every[kept], chances[kept]


def _nps_alarms(
    shares: tuple[float, float, float], sizes: tuple[int, int], second: tuple[float, float, float] | None = None
) -> Iterator[tuple[float, Outcome]]:
    """Yield the chances of silence and of alarm; what is next to impossible counts as an alarm."""
    (counts1, chances1), (counts2, chances2) = _likely(sizes[0], shares), _likely(sizes[1], second or shares)
    alarms = 0.0
    for counts, chance in zip(counts1, chances1, strict=True):
        alarms += chance * float(chances2[nps_verdicts(counts, counts2)].sum())
    alarms += 1 - chances1.sum() * chances2.sum()
    yield 1 - alarms, Outcome.HELD
    yield alarms, Outcome.MISSED


def _paired_share_alarms(moving: float, n: int) -> Iterable[tuple[float, Outcome]]:
    """Yield every count of people who moved up and down, each with half the chance of moving."""
    for up in range(n + 1):
        for down in range(n - up + 1):
            chance = stats.multinomial.pmf((up, down, n - up - down), n, (moving / 2, moving / 2, 1 - moving))
            before = np.repeat([0.0, 1.0, 1.0], (up, down, n - up - down))
            after = np.repeat([1.0, 0.0, 1.0], (up, down, n - up - down))
            found = difference_of(paired_difference(Answers(before), Answers(after), TWO_POINTS))
            yield float(chance), held(found.verdict is SILENT)


SETTINGS = (
    *(
        Exact(
            alarms("verdict on two shares", f"{100 * p:g} % in both, {sizes_in_words(sizes)}", sum(sizes)),
            partial(_share_alarms, p, sizes),
        )
        for sizes in SIZES
        for p in SHARES
    ),
    *(
        Exact(
            Setting(
                "difference of shares",
                f"{100 * p[0]:g} % and {100 * p[1]:g} %, {sizes_in_words(sizes)}",
                sum(sizes),
                0.925,
                1.0,
            ),
            partial(_share_bounds, p, sizes),
        )
        for sizes in SIZES
        for p in SHARE_PAIRS
    ),
    *(
        Exact(
            alarms(
                "verdict on two NPS",
                f"{'/'.join(f'{100 * each:g}' for each in p)} % in both, {sizes_in_words(sizes)}",
                sum(sizes),
            ),
            partial(_nps_alarms, p, sizes),
        )
        for sizes in SIZES
        for p in PROMOTERS
    ),
    *(
        Exact(
            alarms(
                "verdict on two NPS", f"10/20/70 % and 0/40/60 %, the same score, {sizes_in_words(sizes)}", sum(sizes)
            ),
            partial(_nps_alarms, (0.1, 0.2, 0.7), sizes, (0.0, 0.4, 0.6)),
        )
        for sizes in SIZES
    ),
    *(
        Exact(
            alarms("verdict on a panel's share", f"{100 * moving:g} % move", n),
            partial(_paired_share_alarms, moving, n),
        )
        for n in (30, 60)
        for moving in (0.05, 0.2, 0.5)
    ),
)
