"""Segments side by side: each with its figure, one test over all, and each against the rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from statsmodels.stats.oneway import anova_generic
from statsmodels.stats.proportion import proportions_chisquare

from analysis.comparisons.differences import ComparisonOptions, compare_samples
from analysis.comparisons.families import adjust_family
from analysis.scores import Answers, ScoreOptions, contributions, rated, score_of_sample, trinomial
from analysis.values import Base, Refusal
from analysis.values.comparisons import OverallTest, SegmentRow, SegmentTable
from analysis.values.scores import Kind, Measure
from analysis.weights import Sample, mean_variance

DEFAULT_SCORES, DEFAULT_COMPARISONS = ScoreOptions(), ComparisonOptions()


def compare_segments(
    answers: Answers,
    segments: Sequence[str | None],
    measure: Measure,
    scores: ScoreOptions = DEFAULT_SCORES,
    comparisons: ComparisonOptions = DEFAULT_COMPARISONS,
) -> SegmentTable:
    """Return one row per segment in alphabetical order, with the overall test.

    `segments` (n,) names each answer's segment, None for unknown; those rows are left out of rest and test. Each
    `against_rest` is the segment minus all other segments together; Holm's adjustment decides its verdict. Overall:
    Welch's ANOVA for means and NPS, Pearson's chi-square for shares, on segments with a display base.
    """
    labels = _labels(segments, np.size(answers.scores))
    names = sorted(set(labels[labels != ""].tolist()))
    samples = {name: _rated(answers, labels == name, measure) for name in names}
    rests = [_rated(answers, (labels != "") & (labels != name), measure) for name in names]
    against = adjust_family(
        [compare_samples((rest, samples[name]), measure, comparisons) for name, rest in zip(names, rests, strict=True)]
    )
    rows = tuple(
        SegmentRow(name, score_of_sample(samples[name], measure, scores), difference)
        for name, difference in zip(names, against, strict=True)
    )
    tested = [each for each in samples.values() if each.base.n >= max(scores.minimum_base, 2)]
    return SegmentTable(rows, overall_test(tested, measure), _rated(answers, labels == "", measure).base.n)


def overall_test(samples: Sequence[Sample], measure: Measure) -> OverallTest | Refusal:
    """Return the test that all segments are alike; refused with fewer than two segments or without any spread."""
    base = _together(samples)
    if len(samples) <= 1:
        return Refusal("too-few-segments", base, {"n": len(samples), "needed": 2})
    made = _chi_square(samples, measure) if measure.kind is Kind.TOP_BOX else _welch(samples, measure)
    return made or Refusal("no-variation", base, {"segments": len(samples)})


def _welch(samples: Sequence[Sample], measure: Measure) -> OverallTest | None:
    """Return Welch's heteroscedastic ANOVA (Welch 1951) on means, variances and effective bases."""
    variances = np.array([_variance(each, measure) for each in samples])
    if (variances <= 0).any():
        return None
    bases = np.array([each.base.effective for each in samples])
    means = np.array([contributions(each, measure).mean for each in samples])
    result = anova_generic(means, variances, bases, use_var="unequal")
    df, df_within = result.df
    return OverallTest(
        float(result.statistic), float(df), float(result.pvalue), _together(samples), "welch-anova", float(df_within)
    )


def _variance(sample: Sample, measure: Measure) -> float:
    """Return the variance of one answer; of an NPS with 3/4 added to both tails, so that it never vanishes."""
    if measure.kind is Kind.NET_PROMOTER:
        return 100.0**2 * trinomial(sample).with_added(0.75, 1.5).variance
    return mean_variance(sample) * sample.base.effective


def _chi_square(samples: Sequence[Sample], measure: Measure) -> OverallTest | None:
    """Return Pearson's chi-square of shares on effective counts (for weights: Rao & Scott's first-order idea)."""
    bases = np.array([each.base.effective for each in samples])
    counts = bases * np.array([contributions(each, measure).mean for each in samples])
    if counts.sum() <= 0 or counts.sum() >= bases.sum():
        return None
    statistic, p_value, _ = proportions_chisquare(counts, bases)
    return OverallTest(float(statistic), float(len(samples) - 1), float(p_value), _together(samples), "chi-square")


def _together(samples: Sequence[Sample]) -> Base:
    """Return the base of all segments together."""
    bases = [each.base for each in samples]
    return Base(
        sum(each.n for each in bases), sum(each.weighted for each in bases), sum(each.effective for each in bases)
    )


def _labels(segments: Sequence[str | None], n: int) -> npt.NDArray[np.str_]:
    """Return the segments as text, unknown ones as the empty text; raise ValueError for another length."""
    labels = np.array([each if isinstance(each, str) else "" for each in segments], dtype=np.str_)
    if labels.size != n:
        msg = f"There are {n} answers but {labels.size} segment labels."
        raise ValueError(msg)
    return labels


def _rated(answers: Answers, chosen: npt.NDArray[np.bool_], measure: Measure) -> Sample:
    """Return the checked answers of the chosen rows."""
    weights = None if answers.weights is None else np.asarray(answers.weights, dtype=float)[chosen]
    return rated(Answers(np.asarray(answers.scores, dtype=float)[chosen], weights), measure.scale)
