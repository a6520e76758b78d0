"""Every segment against every other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from analysis.comparisons.differences import ComparisonOptions, compare_pair
from analysis.comparisons.families import adjust_family, confirming_p_values, decided
from analysis.comparisons.pairs import Pair, Spread, spread_of
from analysis.comparisons.segmented import Segmented, segmented
from analysis.comparisons.segments import figures_of
from analysis.comparisons.studentised_range import studentised_range_p_value, studentised_range_quantile
from analysis.labels import Labels
from analysis.scores import Answers
from analysis.values import Interval, Refusal
from analysis.values.comparisons import Difference, SegmentPair, SegmentPairs
from analysis.values.scores import Kind, Measure
from analysis.weights import supporting_base

DEFAULTS = ComparisonOptions()
SOURCES = {
    "games-howell": "Games & Howell 1976; Fisher 1935",
    "tukey-kramer": "Tukey 1953; Kramer 1956; Fisher 1935",
    "welch": "Welch 1947; Fisher 1935",
    "newcombe": "Newcombe 1998; Suissa & Shuster 1985; Berger & Boos 1994",
    "adjusted-wald": "Bonett & Price 2012; Fisher 1935",
    "wald": "Bonett & Price 2012; Fisher 1935",
}
SIMULTANEOUS = {"games-howell", "tukey-kramer"}


def segment_pairs(
    answers: Answers,
    segments: Labels,
    measure: Measure,
    procedure: str = "",
    options: ComparisonOptions = DEFAULTS,
) -> SegmentPairs:
    """Return the difference of every two segments, second minus first, as one family.

    Means: `games-howell` (the default; unequal spreads), `tukey-kramer` (equal spreads), both by the studentised range
    with intervals that hold for all pairs at once, or `welch`, adjusted by `options.adjustment`. Shares and NPS: as in
    `compare`. Segments in alphabetical order; those with fewer than `comparison_base` respondents are refused and
    belong to no family. Clusters that stand in several segments are the same people.
    """
    chosen = _chosen(procedure, _allowed(measure, options))
    parts = segmented(answers, segments, measure.scale)
    found = [compare_pair(parts.pair(*each), measure, options) for each in _places(parts)]
    family = sum(isinstance(each, Difference) for each in found)
    if chosen in SIMULTANEOUS:
        verdicts, adjustment = _simultaneous(parts, found, measure, (chosen, options)), chosen
    else:
        verdicts, adjustment = list(adjust_family(found, options.adjustment)), options.adjustment
    pairs = tuple(
        SegmentPair(parts.names[i], parts.names[j], each) for (i, j), each in zip(_places(parts), verdicts, strict=True)
    )
    return SegmentPairs(pairs, family, adjustment, parts.n_unlabelled, parts.base, chosen, SOURCES[chosen])


def _chosen(procedure: str, allowed: tuple[str, ...]) -> str:
    """Return the procedure asked for, else the usual one; raise ValueError for one of another measure."""
    if procedure and procedure not in allowed:
        raise ValueError(f"Pairs of this measure are compared by {', '.join(allowed)}, not {procedure}.")
    return procedure or allowed[0]


def _allowed(measure: Measure, options: ComparisonOptions) -> tuple[str, ...]:
    return {
        Kind.MEAN: ("games-howell", "tukey-kramer", "welch"),
        Kind.TOP_BOX: ("newcombe",),
        Kind.NET_PROMOTER: (options.nps_interval,),
    }[measure.kind]


def _places(parts: Segmented) -> list[tuple[int, int]]:
    return list(combinations(range(len(parts.names)), 2))


def _simultaneous(
    parts: Segmented,
    found: Sequence[Difference | Refusal],
    measure: Measure,
    terms: tuple[str, ComparisonOptions],
) -> list[Difference | Refusal]:
    """Let the studentised range decide, and the exact tests, which are a family of their own."""
    procedure, options = terms
    shown = parts.with_base(max(options.comparison_base, 2))
    pooled = _pooled(shown, measure) if procedure == "tukey-kramer" and shown.names else None
    exact = iter(confirming_p_values([each for each in found if isinstance(each, Difference)]))
    return [
        each
        if isinstance(each, Refusal)
        else _ranged(each, _spread(parts.pair(*place), pooled), len(shown.names), (procedure, next(exact)))
        for place, each in zip(_places(parts), found, strict=True)
    ]


def _pooled(parts: Segmented, measure: Measure) -> tuple[float, float]:
    """Return the variance within segments and its degrees of freedom."""
    _, variances, bases = figures_of(parts, measure)
    df = float((bases - 1).sum())
    return float((bases - 1) @ variances) / df, df


def _spread(pair: Pair, pooled: tuple[float, float] | None) -> Spread:
    if pooled is None:
        return spread_of(pair)
    first, second = (pooled[0] / supporting_base(each) for each in pair.samples)
    return Spread(first, second, 0.0, pooled[1])


def _ranged(difference: Difference, spread: Spread, k: int, terms: tuple[str, float | None]) -> Difference:
    """Return a difference judged by the studentised range of k means."""
    procedure, confirming = terms
    se, value, level = math.sqrt(spread.variance), difference.estimate.value, 1 - difference.alpha
    if se > 0:
        p_range = studentised_range_p_value(abs(value) / se * math.sqrt(2), k, spread.df)
        half = (studentised_range_quantile(level, k, spread.df)) * se / math.sqrt(2)
    else:
        p_range, half = float(value == 0), 0.0
    estimate = replace(
        difference.estimate,
        interval=Interval(value - half, value + half, level, procedure),
        method=procedure,
        se=se,
        source=SOURCES[procedure],
    )
    return replace(decided(difference, min(p_range, 1.0), confirming, procedure), estimate=estimate)
