"""Segments by ranks: for answers of which only the order is trusted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from scipy import stats
from statsmodels.stats.nonparametric import jonckheere_terpstra

from analysis.arrays import FloatArray
from analysis.comparisons.differences import ComparisonOptions, verdict_of
from analysis.comparisons.pairs import Pair, spread_of, together
from analysis.comparisons.procedures import student_difference
from analysis.comparisons.segmented import Segmented, segmented
from analysis.labels import Labels, labels_of
from analysis.multiplicity import adjusted_p_values
from analysis.scores import Answers
from analysis.values import Base, Estimate, Interval, Note, Refusal
from analysis.values.comparisons import OrderedTest, OverallTest, RankComparison, RankPair
from analysis.values.scores import Scale
from analysis.weights import Sample, supporting_base

DEFAULTS = ComparisonOptions()
EVEN = 0.5
SOURCE = "Brunner & Munzel 2000"


def rank_comparison(
    answers: Answers, segments: Labels, scale: Scale, options: ComparisonOptions = DEFAULTS
) -> RankComparison:
    """Return Kruskal and Wallis's test over all segments, and for every pair how likely the second answers higher.

    Kruskal & Wallis 1952 with the correction for ties. Pairs: P(X1 < X2) + P(X1 = X2)/2 with Brunner & Munzel's test
    and interval (2000) by placements, which needs neither equal spreads nor answers without ties; with weights or
    clusters by weighted placements and their variance by respondent. All pairs are one family, adjusted by
    `options.adjustment`. Segments with fewer than `comparison_base` respondents are not compared.
    """
    parts = segmented(answers, segments, scale)
    shown = parts.with_base(max(options.comparison_base, 2))
    pairs = [_pair(parts, i, j, options) for i, j in combinations(range(len(parts.names)), 2)]
    made = [each for each in pairs if isinstance(each.superiority, Estimate)]
    adjusted = iter(adjusted_p_values([each.p_value for each in made], options.adjustment))
    decided = tuple(
        _decided(each, next(adjusted), options) if isinstance(each.superiority, Estimate) else each for each in pairs
    )
    return RankComparison(_overall(shown), decided, len(made), options.adjustment, options.alpha, parts.n_unlabelled)


def ordered_segments_test(
    answers: Answers, segments: Labels, order: Labels, scale: Scale, alpha: float = 0.05
) -> OrderedTest | Refusal:
    """Return whether answers rise or fall along the order of the segments (Jonckheere 1954, with ties as Kendall 1975).

    `order` names the segments from first to last; answers of others are left out and counted. Refused with fewer than
    two of them present (`too-few-segments`), without spread (`no-variation`), and for weights or clusters
    (`needs-independent-answers`), for which this test has no form.
    """
    parts = segmented(answers, segments, scale)
    place = {name: i for i, name in enumerate(parts.names)}
    wanted = labels_of(order)
    named = tuple(name for name in wanted if name in place and parts.samples[place[name]].values.size)
    chosen = [parts.samples[place[name]] for name in named]
    base = _base(chosen)
    if len(set(wanted)) != len(wanted):
        raise ValueError("An order names every segment once.")
    if len(chosen) <= 1:
        return Refusal("too-few-segments", base, {"n": len(chosen), "needed": 2})
    if not parts.is_plain:
        return Refusal("needs-independent-answers", base)
    if np.ptp(np.concatenate([each.values for each in chosen])) == 0:
        return Refusal("no-variation", base, {"segments": len(chosen)})
    found = jonckheere_terpstra([each.values for each in chosen])
    statistic, p_value = float(found.zstat), float(found.pvalue)
    left_out = parts.n_unlabelled + parts.base.n - base.n
    verdict = verdict_of(statistic, p_value, alpha)
    return OrderedTest(named, statistic, p_value, float(found.tau), verdict, alpha, base, left_out)


def kruskal_wallis(parts: Segmented) -> OverallTest | None:
    """Return (N - 1) times the share of the spread of ranks that lies between segments; None where all answer alike.

    With weights, ranks are those of the weighted distribution and counts effective ones.
    """
    values = np.concatenate([each.values for each in parts.samples])
    weights = np.concatenate([each.weights for each in parts.samples])
    ranked = [each.scored(placements(each.values, values, weights)) for each in parts.samples]
    bases = np.array([supporting_base(each) for each in ranked])
    means = np.array([each.mean for each in ranked])
    spread = [np.average(np.square(each.values - EVEN), weights=each.weights) for each in ranked]
    whole = float(bases @ np.array(spread) - bases.sum() * (float(bases @ means) / bases.sum() - EVEN) ** 2)
    if not whole > 0:
        return None
    between = float(bases @ np.square(means - bases @ means / bases.sum()))
    statistic, df = (bases.sum() - 1) * between / whole, float(len(parts.names) - 1)
    return OverallTest(
        float(statistic),
        df,
        float(stats.chi2.sf(statistic, df)),
        parts.base,
        "kruskal-wallis",
        source="Kruskal & Wallis 1952",
    )


def placements(values: FloatArray, among: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the (weighted) share of `among` that lies below each value, half of what equals it counted."""
    order = np.argsort(among, kind="stable")
    cumulative = np.concatenate(([0.0], np.cumsum(weights[order])))
    below = cumulative[np.searchsorted(among[order], values, side="left")]
    up_to = cumulative[np.searchsorted(among[order], values, side="right")]
    shares: FloatArray = (below + up_to) / (2 * cumulative[-1])
    return shares


def _overall(parts: Segmented) -> OverallTest | Refusal:
    if len(parts.names) <= 1:
        return Refusal("too-few-segments", parts.base, {"n": len(parts.names), "needed": 2})
    return kruskal_wallis(parts) or Refusal("no-variation", parts.base, {"segments": len(parts.names)})


def _pair(parts: Segmented, i: int, j: int, options: ComparisonOptions) -> RankPair:
    """Compare two segments by placements, not yet adjusted."""
    pair = parts.pair(i, j)
    first, second = pair.samples
    needed, smaller = max(options.comparison_base, 2), min(pair.samples, key=lambda each: each.n_units)
    if smaller.n_units < needed:
        figures = {"n": smaller.n_units, "needed": needed}
        return RankPair(parts.names[i], parts.names[j], Refusal("comparison-base-too-small", smaller.base, {**figures}))
    placed = Pair(
        first.scored(placements(first.values, second.values, second.weights)),
        second.scored(placements(second.values, first.values, first.weights)),
        pair.owners,
    )
    return _tested(parts.names[i], parts.names[j], placed, options)


def _tested(first: str, second: str, placed: Pair, options: ComparisonOptions) -> RankPair:
    likely, spread = placed.second.mean, spread_of(placed)
    finding = student_difference(likely - EVEN, spread, 1 - options.alpha, "brunner-munzel")
    interval = Interval(
        max(finding.low + EVEN, 0.0), min(finding.high + EVEN, 1.0), 1 - options.alpha, "brunner-munzel"
    )
    notes = (Note("no-overlap"),) if spread.variance == 0 and likely != EVEN else ()
    base = together(placed.first.base, placed.second.base)
    estimate = Estimate(
        likely, interval, base, "brunner-munzel", "probability", math.sqrt(spread.variance), notes, SOURCE
    )
    return RankPair(first, second, estimate, finding.statistic, finding.p_value)


def _decided(pair: RankPair, p_adjusted: float, options: ComparisonOptions) -> RankPair:
    return replace(pair, p_adjusted=p_adjusted, verdict=verdict_of(pair.statistic, p_adjusted, options.alpha))


def _base(samples: Sequence[Sample]) -> Base:
    bases = [each.base for each in samples]
    return Base(
        sum(each.n for each in bases), sum(each.weighted for each in bases), sum(each.effective for each in bases)
    )
