"""Segments side by side: each with its figure, one test over all, and each against the rest."""

from __future__ import annotations

import numpy as np
from statsmodels.stats.oneway import anova_generic
from statsmodels.stats.proportion import proportions_chisquare

from analysis.arrays import FloatArray
from analysis.comparisons.differences import ComparisonOptions, compare_pair
from analysis.comparisons.families import adjust_family
from analysis.comparisons.ranks import kruskal_wallis
from analysis.comparisons.segmented import Segmented, segmented
from analysis.labels import Labels
from analysis.scores import Answers, ScoreOptions, contributions, score_of_sample, trinomial
from analysis.values import Note, Refusal
from analysis.values.comparisons import Difference, OverallTest, SegmentRow, SegmentTable
from analysis.values.scores import Kind, Measure
from analysis.weights import Sample, mean_variance, supporting_base

DEFAULT_SCORES, DEFAULT_COMPARISONS = ScoreOptions(), ComparisonOptions()
SOURCES = {
    "welch-anova": "Welch 1951",
    "anova": "Fisher 1925",
    "chi-square": "Pearson 1900; Rao & Scott 1981",
    "kruskal-wallis": "Kruskal & Wallis 1952",
}
# Below this expected count in some cell the chi-square distribution is only roughly right (Cochran 1954).
EXPECTED_AT_LEAST = 5


def compare_segments(
    answers: Answers,
    segments: Labels,
    measure: Measure,
    scores: ScoreOptions = DEFAULT_SCORES,
    comparisons: ComparisonOptions = DEFAULT_COMPARISONS,
) -> SegmentTable:
    """Return one row per segment in alphabetical order, with the overall test.

    `segments` (n,) names each answer's segment, None for unknown; those rows are left out of rest and test. Each
    `against_rest` is the segment minus all other segments together; `comparisons.adjustment` (Holm) decides its verdict
    over all rows. Overall: Welch's ANOVA for means and NPS, Pearson's chi-square for shares, on segments with a display
    base. Clusters that stand in several segments are the same people.
    """
    parts = segmented(answers, segments, measure.scale)
    against = adjust_family(
        [compare_pair(parts.against_rest(i), measure, comparisons) for i in range(len(parts.names))],
        comparisons.adjustment,
    )
    rows = tuple(
        SegmentRow(name, score_of_sample(sample, measure, scores), difference)
        for name, sample, difference in zip(parts.names, parts.samples, against, strict=True)
    )
    shown = parts.with_base(max(scores.minimum_base, 2))
    family = sum(isinstance(each, Difference) for each in against)
    return SegmentTable(rows, overall_test(shown, measure), parts.n_unlabelled, comparisons.adjustment, family)


def segments_test(
    answers: Answers, segments: Labels, measure: Measure, method: str = "", minimum_base: int = 10
) -> OverallTest | Refusal:
    """Return one test that all segments with at least `minimum_base` respondents are alike.

    `method`: `welch-anova` (the default for means and NPS; Welch 1951), `anova` (equal variances; Fisher 1925),
    `chi-square` (the default and only one for shares; Pearson 1900), `kruskal-wallis` (on ranks; 1952). With weights or
    clusters, variances are linearised and counts effective; people in several segments count as different ones here.
    Refused with fewer than two segments (`too-few-segments`) or without spread (`no-variation`).
    """
    shown = segmented(answers, segments, measure.scale).with_base(max(minimum_base, 2))
    return overall_test(shown, measure, method)


def overall_test(parts: Segmented, measure: Measure, method: str = "") -> OverallTest | Refusal:
    """Return the test that all segments are alike; refused with fewer than two segments or without any spread."""
    usual = "chi-square" if measure.kind is Kind.TOP_BOX else "welch-anova"
    allowed = {usual, "anova", "kruskal-wallis"} if measure.kind is not Kind.TOP_BOX else {usual}
    if (method or usual) not in allowed:
        raise ValueError(f"This measure is tested by {', '.join(sorted(allowed))}, not by {method}.")
    if len(parts.names) <= 1:
        return Refusal("too-few-segments", parts.base, {"n": len(parts.names), "needed": 2})
    made = {"chi-square": _chi_square, "welch-anova": _welch, "anova": _anova, "kruskal-wallis": _ranks}[
        method or usual
    ](parts, measure)
    return made or Refusal("no-variation", parts.base, {"segments": len(parts.names)})


def figures_of(parts: Segmented, measure: Measure) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return means, variances of one answer and effective bases of the segments."""
    scored = [contributions(each, measure) for each in parts.samples]
    means = np.array([each.mean for each in scored])
    bases = np.array([supporting_base(each) for each in scored])
    spreads = [_variance(each, measure, base) for each, base in zip(parts.samples, bases, strict=True)]
    return means, np.array(spreads), bases


def _variance(sample: Sample, measure: Measure, base: float) -> float:
    """Return the variance of one answer; of an NPS with 3/4 added to both tails, so that it never vanishes."""
    if measure.kind is Kind.NET_PROMOTER:
        return 100.0**2 * trinomial(sample).with_added(0.75, 1.5).variance
    return mean_variance(sample) * base


def _welch(parts: Segmented, measure: Measure) -> OverallTest | None:
    """Return Welch's heteroscedastic ANOVA (Welch 1951) on means, variances and effective bases."""
    return _of_variances(parts, measure, "unequal")


def _anova(parts: Segmented, measure: Measure) -> OverallTest | None:
    """Return the classic ANOVA."""
    return _of_variances(parts, measure, "equal")


def _of_variances(parts: Segmented, measure: Measure, use_var: str) -> OverallTest | None:
    means, variances, bases = figures_of(parts, measure)
    if (variances <= 0).any() if use_var == "unequal" else not variances.sum() > 0:
        return None
    result = anova_generic(means, variances, bases, use_var=use_var)
    df, df_within = result.df
    method = "welch-anova" if use_var == "unequal" else "anova"
    return OverallTest(
        float(result.statistic),
        float(df),
        float(result.pvalue),
        parts.base,
        method,
        float(df_within),
        SOURCES[method],
    )


def _chi_square(parts: Segmented, measure: Measure) -> OverallTest | None:
    """Return Pearson's chi-square of shares on effective counts (for weights: Rao & Scott's first-order idea)."""
    scored = [contributions(each, measure) for each in parts.samples]
    bases = np.array([supporting_base(each) for each in scored])
    counts = bases * np.array([each.mean for each in scored])
    if counts.sum() <= 0 or counts.sum() >= bases.sum():
        return None
    statistic, p_value, (_, expected) = proportions_chisquare(counts, bases)
    least = float(np.min(expected))
    notes = (Note("expected-counts-small", {"least": least}),) if least < EXPECTED_AT_LEAST else ()
    df = float(len(parts.names) - 1)
    return OverallTest(
        float(statistic), df, float(p_value), parts.base, "chi-square", source=SOURCES["chi-square"], notes=notes
    )


def _ranks(parts: Segmented, measure: Measure) -> OverallTest | None:
    """Return Kruskal and Wallis's test of the answers as given; an NPS is tested by its 0-10 answers."""
    _ = measure
    return kruskal_wallis(parts)
