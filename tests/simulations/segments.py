"""How often comparisons of many segments raise a false alarm, and how often shrunken figures and ranks hold."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from analysis.comparisons import (
    ComparisonOptions,
    LeagueOptions,
    compare_segments,
    league_table,
    ordered_segments_test,
    rank_comparison,
    segment_pairs,
    segments_test,
    shrunken_segments,
)
from analysis.scores import Answers
from analysis.values import Estimate, Refusal
from analysis.values.comparisons import Difference, OverallTest
from analysis.values.leagues import LeagueTable
from analysis.values.scores import Kind, Measure, Scale
from tests.simulations.settings import Drawn, Outcome, Setting
from tests.simulations.verdicts import SILENT, alarms, held

SCALE = Scale(1, 5)
MEAN, SHARE = Measure(Kind.MEAN, SCALE), Measure(Kind.TOP_BOX, SCALE, 2)
SKEWED = (0.05, 0.05, 0.1, 0.3, 0.5)
LOWER = (0.1, 0.15, 0.2, 0.3, 0.25)
EQUAL, UNEQUAL = (60,) * 5, (30, 30, 60, 100, 300)
SMALL = ComparisonOptions(comparison_base=30, adjustment="bh")


def _drawn(rng: np.random.Generator, sizes: Sequence[int], lower: int = 0) -> tuple[Answers, list[str]]:
    """Return skewed five-point answers of segments; the first `lower` of them answer lower."""
    scores = [rng.choice(np.arange(1.0, 6.0), n, p=LOWER if i < lower else SKEWED) for i, n in enumerate(sizes)]
    labels = np.repeat([f"s{i}" for i in range(len(sizes))], sizes)
    return Answers(np.concatenate(scores)), labels.tolist()


def _is_alarm(found: Difference | Refusal) -> bool:
    return isinstance(found, Difference) and found.verdict is not SILENT


def _rest(rng: np.random.Generator, sizes: Sequence[int], measure: Measure) -> Outcome:
    table = compare_segments(*_drawn(rng, sizes), measure)
    return held(not any(_is_alarm(row.against_rest) for row in table.rows))


def _pairs(rng: np.random.Generator, sizes: Sequence[int], measure: Measure, procedure: str) -> Outcome:
    found = segment_pairs(*_drawn(rng, sizes), measure, procedure)
    return held(not any(_is_alarm(pair.difference) for pair in found.pairs))


def _discoveries(rng: np.random.Generator, sizes: Sequence[int]) -> Outcome:
    """Judge one alarm taken by chance: how often it is false is the false discovery rate."""
    found = segment_pairs(*_drawn(rng, sizes, lower=2), MEAN, "welch", SMALL)
    named = [(pair.first, pair.second) for pair in found.pairs if _is_alarm(pair.difference)]
    if not named:
        return Outcome.HELD
    one, other = named[rng.integers(len(named))]
    return held((one < "s2") != (other < "s2"))


def _rank_alarm(rng: np.random.Generator, sizes: Sequence[int], part: str) -> Outcome:
    found = rank_comparison(*_drawn(rng, sizes), SCALE)
    if part == "pairs":
        return held(all(pair.verdict is SILENT for pair in found.pairs))
    return held(isinstance(found.overall, OverallTest) and found.overall.p_value >= 0.05)


def _order_alarm(rng: np.random.Generator, sizes: Sequence[int]) -> Outcome:
    answers, labels = _drawn(rng, sizes)
    found = ordered_segments_test(answers, labels, sorted(set(labels)), SCALE)
    return Outcome.REFUSED if isinstance(found, Refusal) else held(found.verdict is SILENT)


def _overall_alarm(rng: np.random.Generator, sizes: Sequence[int], measure: Measure) -> Outcome:
    found = segments_test(*_drawn(rng, sizes), measure)
    return Outcome.REFUSED if isinstance(found, Refusal) else held(found.p_value >= 0.05)


def _truths(rng: np.random.Generator, k: int, tau: float) -> NDArray[np.float64]:
    """Return true shares of the best answer of k segments, spread by tau."""
    return np.clip(rng.normal(0.6, tau, k), 0.05, 0.95)


def _segments(rng: np.random.Generator, truths: NDArray[np.float64], n: int) -> tuple[Answers, list[str]]:
    """Return answers 1 or 5 of unequal segments of n on average."""
    sizes = np.resize([n // 2, n, n + n // 2], truths.size)
    labels = np.repeat([f"s{i:02}" for i in range(truths.size)], sizes)
    return Answers(np.where(rng.random(labels.size) < np.repeat(truths, sizes), 5.0, 1.0)), labels.tolist()


def _shrunken(rng: np.random.Generator, k: int, n: int, tau: float) -> Outcome:
    """Judge one segment taken by chance."""
    truths = _truths(rng, k, tau)
    row = shrunken_segments(*_segments(rng, truths, n), Measure(Kind.TOP_BOX, SCALE, 1)).rows[place := rng.integers(k)]
    if not isinstance(row.shrunken, Estimate) or row.shrunken.interval is None:
        return Outcome.REFUSED
    return held(row.shrunken.interval.low <= truths[place] <= row.shrunken.interval.high)


def _ranked(rng: np.random.Generator, k: int, n: int, tau: float) -> Outcome:
    """Judge the rank of one segment taken by chance; of equal segments any of their ranks is true."""
    truths, place = _truths(rng, k, tau), rng.integers(k)
    found = league_table(*_segments(rng, truths, n), Measure(Kind.TOP_BOX, SCALE, 1), rng, LeagueOptions(draws=400))
    if not isinstance(found, LeagueTable):
        return Outcome.REFUSED
    interval = next(row.rank.interval for row in found.rows if row.segment == f"s{place:02}")
    best, worst = 1 + np.count_nonzero(truths > truths[place]), k - np.count_nonzero(truths < truths[place])
    return held(interval is not None and interval.low <= worst and best <= interval.high)


def _words(sizes: Sequence[int]) -> str:
    return f"{len(sizes)} equal segments of {min(sizes)} to {max(sizes)} skewed answers"


SETTINGS = (
    *(
        Drawn(
            alarms(f"{name} of segments against the rest, Holm: any alarm", _words(sizes), sum(sizes)),
            partial(_rest, sizes=sizes, measure=measure),
        )
        for sizes in (EQUAL, UNEQUAL)
        for name, measure in (("means", MEAN), ("shares", SHARE))
    ),
    *(
        Drawn(
            alarms(f"pairs of segments, {procedure}: any alarm", _words(sizes), sum(sizes)),
            partial(_pairs, sizes=sizes, measure=measure, procedure=procedure),
            draws=draws,
        )
        for sizes, draws in ((EQUAL, 2000), (UNEQUAL, 2000))
        for procedure, measure in (("games-howell", MEAN), ("newcombe", SHARE))
    ),
    Drawn(
        alarms(
            "pairs of segments, BH: share of false alarms",
            "2 of 5 segments answer lower, 30 to 300 answers",
            sum(UNEQUAL),
        ),
        partial(_discoveries, sizes=UNEQUAL),
    ),
    *(
        Drawn(
            alarms(f"ranks of segments: {part}", _words(sizes), sum(sizes)),
            partial(_rank_alarm, sizes=sizes, part=part),
        )
        for sizes in ((60,) * 4, (30, 30, 100, 300))
        for part in ("pairs", "overall")
    ),
    *(
        Drawn(alarms("order of segments", _words(sizes), sum(sizes)), partial(_order_alarm, sizes=sizes))
        for sizes in ((10,) * 4, (30, 30, 100, 300))
    ),
    *(
        Drawn(
            alarms(f"overall test of {name}", _words(sizes), sum(sizes)),
            partial(_overall_alarm, sizes=sizes, measure=measure),
        )
        for sizes in ((10,) * 5, EQUAL, UNEQUAL)
        for name, measure in (("means", MEAN), ("shares", SHARE))
    ),
    *(
        Drawn(
            Setting(
                "shrunken shares", f"{k} segments, true shares spread by {tau:g}, {n} answers each", n * k, 0.93, 1.0
            ),
            partial(_shrunken, k=k, n=n, tau=tau),
        )
        for k, n, tau in ((5, 30, 0.0), (5, 30, 0.1), (20, 30, 0.02), (20, 30, 0.1), (20, 100, 0.1), (5, 1000, 0.1))
    ),
    *(
        Drawn(
            Setting(
                "ranks in a league table",
                f"{k} segments, true shares spread by {tau:g}, {n} answers each; 400 draws",
                n * k,
                0.93,
                1.0,
            ),
            partial(_ranked, k=k, n=n, tau=tau),
        )
        for k, n, tau in ((5, 30, 0.0), (5, 100, 0.1), (20, 30, 0.1), (20, 100, 0.1))
    ),
)
