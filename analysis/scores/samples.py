"""From answers already checked to one figure with error, interval and warnings."""

from __future__ import annotations

import math

import numpy as np

from analysis.arrays import FloatArray
from analysis.intervals import ENOUGH_ON_A_SIDE, NPS_INTERVALS, RARE_GROUP, SHARE_INTERVALS, Trinomial
from analysis.scores.answers import DEFAULTS, ScoreOptions
from analysis.scores.estimates import Figure, estimate, is_designed, linearised, rare, too_small
from analysis.scores.means import mean_estimate
from analysis.values import Estimate, Refusal
from analysis.values.scores import Kind, Measure, Scale
from analysis.weights import Sample, supporting_base

SMALLEST_PROMOTER, LARGEST_DETRACTOR = 9, 6
# Intervals that hold whatever the shares are; the others are warned of where a group is rare.
HOLDING = frozenset({"adjusted", "adjusted-t", "guarded-wilson", "clopper-pearson"})


def score_of_sample(sample: Sample, measure: Measure, options: ScoreOptions = DEFAULTS) -> Estimate | Refusal:
    """Return the figure of answers already checked against the scale.

    Refused (`base-too-small`) where there are fewer than `minimum_base` answers or, with clusters, respondents.
    """
    refusal = too_small(sample, options)
    if refusal:
        return refusal
    make = {Kind.NET_PROMOTER: _net_promoter, Kind.TOP_BOX: _top_box, Kind.MEAN: _mean}[measure.kind]
    return make(sample, measure, options)


def trinomial(sample: Sample, level: float = 0.95) -> Trinomial:
    """Return (effective) counts of detractors, passives and promoters.

    They add up to the base; weighted to Kish's effective base; with clusters to the base that supports the score.
    """
    low, high = sample.values <= LARGEST_DETRACTOR, sample.values >= SMALLEST_PROMOTER
    if not sample.is_weighted and sample.n_units == sample.values.size:
        n_low, n_high = int(np.count_nonzero(low)), int(np.count_nonzero(high))
        return Trinomial(n_low, sample.values.size - n_low - n_high, n_high)
    base = supporting_base(contributions(sample, Measure(Kind.NET_PROMOTER)), level)
    scaled = sample.weights * (base / sample.weights.sum())
    return Trinomial(*(float(scaled[group].sum()) for group in (low, ~low & ~high, high)))


def contributions(sample: Sample, measure: Measure) -> Sample:
    """Return the answers as what they add to the figure: -100, 0, 100 for NPS, 0 or 1 for a share, else themselves."""
    if measure.kind is Kind.NET_PROMOTER:
        promoters = sample.values >= SMALLEST_PROMOTER
        values: FloatArray = 100.0 * (promoters.astype(float) - (sample.values <= LARGEST_DETRACTOR))
        return sample.scored(values)
    if measure.kind is Kind.TOP_BOX:
        return sample.scored(np.isin(sample.values, measure.scale.top(measure.boxes)).astype(float))
    return sample


def share_of_sample(chosen: Sample, options: ScoreOptions = DEFAULTS) -> Estimate | Refusal:
    """Return the share of ones among zeros and ones, with its interval on the effective base."""
    return score_of_sample(chosen, Measure(Kind.TOP_BOX, Scale(0, 1), boxes=1), options)


def _net_promoter(sample: Sample, measure: Measure, options: ScoreOptions) -> Estimate:
    counts = trinomial(sample, options.level)
    plain = options.nps_error == "multinomial" and not is_designed(sample)
    se = 100 * counts.se if plain else linearised(contributions(sample, measure))
    rarest = min(counts.detractors, counts.passives, counts.promoters)
    notes = () if options.nps_interval in HOLDING else rare("rare-group", rarest, RARE_GROUP)
    figure = Figure("net-promoter-score", "points", 100 * _net(sample), se, "Reichheld 2003", notes)
    return estimate(figure, NPS_INTERVALS[options.nps_interval](counts, options.level), sample, options)


def _net(sample: Sample) -> float:
    """Return the share of promoters minus that of detractors, to the last digit of the weights."""
    low, high = (
        float(sample.weights[each].sum())
        for each in (sample.values <= LARGEST_DETRACTOR, sample.values >= SMALLEST_PROMOTER)
    )
    return (high - low) / float(sample.weights.sum())


def _top_box(sample: Sample, measure: Measure, options: ScoreOptions) -> Estimate:
    chosen = contributions(sample, measure)
    share, n = chosen.mean, supporting_base(chosen, options.level)
    se = linearised(chosen) if is_designed(sample) else math.sqrt(share * (1 - share) / n)
    fewest = min(share, 1 - share) * n
    notes = () if options.share_interval in HOLDING else rare("few-on-a-side", fewest, ENOUGH_ON_A_SIDE)
    figure = Figure(f"top-{measure.boxes}-box", "share", share, se, notes=notes)
    return estimate(figure, SHARE_INTERVALS[options.share_interval](share, n, options.level), sample, options)


def _mean(sample: Sample, measure: Measure, options: ScoreOptions) -> Estimate:
    figure = Figure("mean", "mean", sample.mean, linearised(sample))
    return mean_estimate(sample, (float(measure.scale.low), float(measure.scale.high)), figure, options)
