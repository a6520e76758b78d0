"""Figures of small segments, drawn towards the overall one as far as their answers are unreliable."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from analysis.arrays import FloatArray
from analysis.comparisons.segmented import Segmented, segmented
from analysis.labels import Labels
from analysis.scores import Answers, ScoreOptions, contributions, score_of_sample
from analysis.values import Base, Estimate, Interval, Note, Refusal
from analysis.values.leagues import ShrunkenRow, ShrunkenTable
from analysis.values.scores import Kind, Measure
from analysis.weights import Sample, supporting_base

DEFAULTS = ScoreOptions()
# With fewer segments nothing can be said of how much segments differ, and the posterior of that has no end.
FEWEST_SEGMENTS = 3
UNITS = {Kind.NET_PROMOTER: "points", Kind.TOP_BOX: "share", Kind.MEAN: "mean"}
SOURCE = "James & Stein 1961; Morris 1983; Searle, Casella & McCulloch 1992"
# Spreads of the true figures that are tried, up to so many times the largest that the data suggest.
GRID_POINTS, FURTHEST_SPREAD = 400, 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Means and effective bases of the segments, and variances within and between them."""

    means: FloatArray
    bases: FloatArray
    within: float
    between: float

    @property
    def errors(self) -> FloatArray:
        """Return the sampling variance of each mean."""
        return self.within / self.bases

    @property
    def reliability(self) -> FloatArray:
        """Return the share of the spread of each mean that is true."""
        total = self.between + self.errors
        return np.divide(self.between, total, out=np.ones_like(total), where=total > 0)

    @property
    def overall(self) -> float:
        """Return the mean of the segments weighted by precision, 1 / (between + within / n)."""
        total = self.between + self.errors
        return float(np.average(self.means, weights=1 / total)) if (total > 0).all() else float(self.means.mean())

    @property
    def shrunken(self) -> FloatArray:
        """Return the means drawn towards the overall one."""
        return self.overall + self.reliability * (self.means - self.overall)


def shrunken_segments(
    answers: Answers, segments: Labels, measure: Measure, options: ScoreOptions = DEFAULTS
) -> ShrunkenTable:
    """Return each segment's figure drawn towards the overall one, the further the fewer answers it has.

    shrunken = m + B (own - m) with B = tau^2 / (tau^2 + s^2/n), m the mean of the segments weighted by 1 / (tau^2 +
    s^2/n), s^2 the variance within segments and tau^2 that between them, by the moments of the analysis of variance:
    tau^2 = (MSB - MSW) / n0, at least 0, n0 = (N - sum n^2 / N) / (k - 1). Interval: root mean square distance of the
    true figure from the shrunken one, with tau uncertain (flat prior on tau); it describes segments like these and is
    clipped to the scale. NPS of answers scored -100, 0, 100, shares of 0 and 1. With weights or clusters n is
    effective. Segments below `minimum_base` respondents are refused, all where fewer than three are left
    (`too-few-segments`).
    """
    parts = segmented(answers, segments, measure.scale)
    shown = parts.with_base(max(options.minimum_base, 2))
    if len(shown.names) < FEWEST_SEGMENTS:
        return _refused(parts, measure, options, len(shown.names))
    found = components([contributions(each, measure) for each in shown.samples])
    made = _shrunken(shown, found, measure, options)
    rows = tuple(
        ShrunkenRow(name, own, *made[name]) if name in made else _too_small(name, sample, options)
        for name, sample, own in zip(parts.names, parts.samples, _own(parts, measure, options), strict=True)
    )
    error = math.sqrt(1 / float(np.sum(1 / (found.between + found.errors)))) if found.within > 0 else 0.0
    overall = _estimate(found.overall, error, (shown.base, measure, options))
    notes = (Note("no-difference-between-segments"),) if found.between == 0 else ()
    return ShrunkenTable(rows, overall, found.within, found.between, parts.n_unlabelled, shown.base, notes=notes)


def _shrunken(
    shown: Segmented, found: Components, measure: Measure, options: ScoreOptions
) -> dict[str, tuple[Estimate, float]]:
    """Return the shrunken figure of each segment and its reliability."""
    errors = root_mean_square_errors(found)
    parts = zip(shown.names, shown.samples, found.shrunken, errors, found.reliability, strict=True)
    return {
        name: (_estimate(float(value), float(error), (sample.base, measure, options)), float(share))
        for name, sample, value, error, share in parts
    }


def components(samples: Sequence[Sample]) -> Components:
    """Return the variance components of scored segments by the moments of the analysis of variance."""
    means = np.array([each.mean for each in samples])
    bases = np.array([supporting_base(each) for each in samples])
    spreads = np.array([_spread(each) for each in samples])
    n, k = float(bases.sum()), len(samples)
    within = float((bases - 1) @ spreads) / (n - k)
    centre = float(bases @ means) / n
    between_square = float(bases @ np.square(means - centre)) / (k - 1)
    typical = (n - float(np.square(bases).sum()) / n) / (k - 1)
    return Components(means, bases, within, max((between_square - within) / typical, 0.0))


def _spread(sample: Sample) -> float:
    """Return the variance of one answer with divisor n - 1."""
    n = sample.base.effective
    return float(np.average(np.square(sample.values - sample.mean), weights=sample.weights)) * n / (n - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What is believed of the true figures for each of many spreads between segments: chances, means, variances."""

    chances: FloatArray
    means: FloatArray
    variances: FloatArray


def posterior_of(found: Components) -> Posterior:
    """Return means and variances (spreads, k) given each spread, with a flat prior on spread and overall mean.

    Normal sampling, the variance within segments taken as known (Morris 1983; Rubin 1981).
    """
    errors = found.errors
    furthest = FURTHEST_SPREAD * math.sqrt(max(float(found.means.var(ddof=1)), float(errors.max())))
    spreads = np.linspace(0, furthest, GRID_POINTS)
    precision = 1 / (np.square(spreads)[:, None] + errors)
    centre = (precision @ found.means) / precision.sum(axis=1)
    distance = (precision * np.square(found.means - centre[:, None])).sum(axis=1)
    logs = 0.5 * (np.log(precision).sum(axis=1) - np.log(precision.sum(axis=1)) - distance)
    chances = np.exp(logs - logs.max())
    reliability = np.square(spreads)[:, None] * precision
    means = centre[:, None] + reliability * (found.means - centre[:, None])
    variances = reliability * errors + np.square(1 - reliability) / precision.sum(axis=1)[:, None]
    return Posterior(chances / chances.sum(), means, variances)


def root_mean_square_errors(found: Components) -> FloatArray:
    """Return how far the true figures are expected to lie from the shrunken ones; 0 without any spread."""
    if not found.within > 0:
        return np.zeros_like(found.means)
    believed = posterior_of(found)
    distance = believed.variances + np.square(believed.means - found.shrunken)
    errors: FloatArray = np.sqrt(believed.chances @ distance)
    return errors


def _estimate(value: float, error: float, terms: tuple[Base, Measure, ScoreOptions]) -> Estimate:
    base, measure, options = terms
    half = float(stats.norm.ppf((1 + options.level) / 2)) * error
    low, high = bounds_of(measure)
    interval = Interval(max(value - half, low), min(value + half, high), options.level, "empirical-bayes")
    return Estimate(value, interval, base, "empirical-bayes", UNITS[measure.kind], error, source=SOURCE)


def bounds_of(measure: Measure) -> tuple[float, float]:
    """Return the lowest and the highest value that a figure can have."""
    ends = {Kind.NET_PROMOTER: (-100.0, 100.0), Kind.TOP_BOX: (0.0, 1.0)}
    return ends.get(measure.kind, (float(measure.scale.low), float(measure.scale.high)))


def _own(parts: Segmented, measure: Measure, options: ScoreOptions) -> list[Estimate | Refusal]:
    return [score_of_sample(each, measure, options) for each in parts.samples]


def _too_small(name: str, sample: Sample, options: ScoreOptions) -> ShrunkenRow:
    refusal = Refusal("base-too-small", sample.base, {"n": sample.n_units, "needed": max(options.minimum_base, 2)})
    return ShrunkenRow(name, refusal, refusal, None)


def _refused(parts: Segmented, measure: Measure, options: ScoreOptions, n: int) -> ShrunkenTable:
    """Return the segments' own figures where there are too few segments to learn from each other."""
    refusal = Refusal("too-few-segments", parts.base, {"n": n, "needed": FEWEST_SEGMENTS})
    rows = tuple(
        ShrunkenRow(name, own, replace(refusal, base=sample.base), None)
        for name, sample, own in zip(parts.names, parts.samples, _own(parts, measure, options), strict=True)
    )
    return ShrunkenTable(rows, refusal, None, None, parts.n_unlabelled, parts.base)
