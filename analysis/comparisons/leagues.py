"""League tables: who is best, and how little an order of noisy figures may say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.comparisons.differences import counts_up
from analysis.comparisons.segmented import Segmented, segmented
from analysis.comparisons.segments import figures_of
from analysis.comparisons.shrinkage import Components, Posterior, components, posterior_of
from analysis.labels import Labels
from analysis.scores import Answers, ScoreOptions, contributions, score_of_sample
from analysis.values import Estimate, Interval, Refusal
from analysis.values.leagues import LeagueRow, LeagueTable
from analysis.values.scores import Measure

FEWEST_SEGMENTS = 3
SOURCE = "Goldstein & Spiegelhalter 1996; Mogstad, Romano, Shaikh & Wilhelm 2024"


@dataclass(frozen=True, slots=True)
class LeagueOptions:
    """Level of the rank intervals, answers needed in a segment, size of the top, and parametric draws."""

    level: float = 0.95
    minimum_base: int = 10
    n_top: int = 3
    draws: int = 4000


DEFAULTS = LeagueOptions()


def league_table(
    answers: Answers,
    segments: Labels,
    measure: Measure,
    rng: np.random.Generator,
    options: LeagueOptions = DEFAULTS,
) -> LeagueTable | Refusal:
    """Return the segments by expected rank (1 is best), with rank intervals and chances to be best, worst, on top.

    Rank interval of a segment: 1 + the number of segments that are clearly better, to k less those clearly worse; clear
    is a difference beyond the 95 % quantile of the largest t of its differences, drawn with t-distributed errors of the
    figures (Mogstad, Romano, Shaikh & Wilhelm 2024). It holds whatever ties there are. Expected ranks and chances:
    ranks of true figures drawn from what the shrunken estimates leave open (Goldstein & Spiegelhalter 1996). Lower is
    better where the scale says so. Segments below `minimum_base` respondents are not ranked; refused with fewer than
    three (`too-few-segments`) or without spread (`no-variation`).
    """
    parts = segmented(answers, segments, measure.scale)
    shown = parts.with_base(max(options.minimum_base, 2))
    k = len(shown.names)
    if k < FEWEST_SEGMENTS:
        return Refusal("too-few-segments", shown.base, {"n": k, "needed": FEWEST_SEGMENTS})
    found = components([contributions(each, measure) for each in shown.samples])
    if not found.within > 0:
        return Refusal("no-variation", shown.base, {"segments": k})
    ranked = _Ranked(shown, *_ranks(shown, found, measure, (rng, options)))
    left = tuple(name for name in parts.names if name not in shown.names)
    rows = _rows(ranked, measure, options)
    return LeagueTable(rows, left, options.n_top, options.draws, parts.n_unlabelled, shown.base)


@dataclass(frozen=True, slots=True, eq=False)
class _Ranked:
    """The segments with their drawn ranks (draws, k) and their rank bounds (k,)."""

    parts: Segmented
    drawn: FloatArray
    low: FloatArray
    high: FloatArray


def _ranks(
    shown: Segmented, found: Components, measure: Measure, terms: tuple[np.random.Generator, LeagueOptions]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return drawn ranks and rank bounds."""
    upwards = 1.0 if counts_up(measure) else -1.0
    means, variances, bases = figures_of(shown, measure)
    # Where a segment's answers are all alike, the spread of all segments stands for its own.
    spreads = np.where(variances > 0, variances, found.within)
    low, high = rank_bounds(upwards * means, np.sqrt(spreads / bases), bases - 1, terms)
    return _drawn_ranks(posterior_of(found), upwards, terms[0], terms[1].draws), low, high


def _rows(ranked: _Ranked, measure: Measure, options: LeagueOptions) -> tuple[LeagueRow, ...]:
    """Return the rows from the best expected rank to the worst."""
    scores = ScoreOptions(level=options.level, minimum_base=1)
    parts, k = ranked.parts, len(ranked.parts.names)
    rows = [
        _row(
            (parts.names[i], score_of_sample(parts.samples[i], measure, scores)),
            ranked.drawn[:, i],
            (ranked.low[i], ranked.high[i], k),
            options,
        )
        for i in np.argsort(ranked.drawn.mean(axis=0), kind="stable")
    ]
    return tuple(each for each in rows if each is not None)


def _row(
    segment: tuple[str, Estimate | Refusal], ranks: FloatArray, bounds: tuple[float, float, int], options: LeagueOptions
) -> LeagueRow | None:
    """Return one segment with its ranks (draws,)."""
    (name, own), n_ranked = segment, bounds[2]
    if isinstance(own, Refusal):  # pragma: no cover - the base was checked before
        return None
    interval = Interval(float(bounds[0]), float(bounds[1]), options.level, "simultaneous-t")
    expected = min(max(float(ranks.mean()), interval.low), interval.high)
    rank = Estimate(expected, interval, own.base, "expected-rank", "rank", float(ranks.std()), source=SOURCE)
    chances = (
        float(each) for each in ((ranks == 1).mean(), (ranks == n_ranked).mean(), (ranks <= options.n_top).mean())
    )
    return LeagueRow(name, own, rank, *chances)


def rank_bounds(
    figures: FloatArray, errors: FloatArray, dfs: FloatArray, terms: tuple[np.random.Generator, LeagueOptions]
) -> tuple[FloatArray, FloatArray]:
    """Return the best and the worst rank of each figure that the data allow, high figures first."""
    rng, options = terms
    drawn = rng.standard_t(np.maximum(dfs, 1), (options.draws, figures.size)) * errors
    low, high = np.ones(figures.size), np.full(figures.size, float(figures.size))
    for i in range(figures.size):
        others = np.arange(figures.size) != i
        se = np.hypot(errors[i], errors[others])
        largest = np.max(np.abs(drawn[:, others] - drawn[:, [i]]) / se, axis=1)
        critical = float(np.quantile(largest, options.level, method="higher"))
        t = (figures[others] - figures[i]) / se
        low[i] += np.count_nonzero(t > critical)
        high[i] -= np.count_nonzero(t < -critical)
    return low, high


def _drawn_ranks(believed: Posterior, upwards: float, rng: np.random.Generator, draws: int) -> FloatArray:
    """Return ranks (draws, k) of true figures drawn from the posterior, 1 for the best."""
    spread = rng.choice(believed.chances.size, draws, p=believed.chances)
    true = believed.means[spread] + np.sqrt(believed.variances[spread]) * rng.standard_normal(
        (draws, believed.means.shape[1])
    )
    ranks: FloatArray = (1 + np.argsort(np.argsort(-upwards * true, axis=1), axis=1)).astype(np.float64)
    return ranks
