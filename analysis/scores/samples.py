"""From answers already checked to one figure with error, interval and warnings."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from analysis.arrays import FloatArray
from analysis.intervals import NPS_INTERVALS, SHARE_INTERVALS, Trinomial, student
from analysis.scores.answers import DEFAULTS, ScoreOptions
from analysis.values import Base, Estimate, Interval, Note, Refusal
from analysis.values.scores import Kind, Measure, Scale
from analysis.weights import Sample, mean_variance, supporting_base

SMALLEST_PROMOTER, LARGEST_DETRACTOR = 9, 6
INDICATIVE_BELOW = 100
ROUGH_WEIGHTS_FROM = 2
# Cochran 1977, p. 42: a normal interval of a mean misses at most 6 % where n > 25 G1^2, G1 the skewness.
COCHRAN_FACTOR = 25

DESIGN_SOURCE = "Binder 1983; Korn & Graubard 1998"
SOURCES = {
    "adjusted-wald": "Reichheld 2003; Bonett & Price 2012; Rocks 2016",
    "adjusted-t": "Reichheld 2003; Bonett & Price 2012",
    "score": "Reichheld 2003; Tango 1998; Rocks 2016",
    "wald": "Reichheld 2003; Rocks 2016",
    "wilson": "Wilson 1927",
    "clopper-pearson": "Clopper & Pearson 1934",
    "agresti-coull": "Agresti & Coull 1998",
    "t": "Student 1908",
    "": "Student 1908",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """What a kind of measure contributes to its Estimate; an error that is no number stands for none."""

    method: str
    unit: str
    value: float
    se: float


def score_of_sample(sample: Sample, measure: Measure, options: ScoreOptions = DEFAULTS) -> Estimate | Refusal:
    """Return the figure of answers already checked against the scale.

    Refused (`base-too-small`) where there are fewer than `minimum_base` answers or, with clusters, respondents.
    """
    refusal = too_small(sample, options)
    if refusal:
        return refusal
    make = {Kind.NET_PROMOTER: _net_promoter, Kind.TOP_BOX: _top_box, Kind.MEAN: _mean}[measure.kind]
    return make(sample, measure, options)


def too_small(sample: Sample, options: ScoreOptions) -> Refusal | None:
    """Return why the sample carries no figure, if it doesn't."""
    n, needed = min(sample.n_units, sample.base.n), max(options.minimum_base, 1)
    return Refusal("base-too-small", sample.base, {"n": n, "needed": needed}) if n < needed else None


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


def mean_estimate(sample: Sample, bounds: tuple[float, float], figure: Figure, options: ScoreOptions) -> Estimate:
    """Return a mean with Student's interval, clipped to the bounds, and what it warns of."""
    if math.isnan(figure.se):
        return _estimate(figure, None, sample, options)
    # Few respondents say as little about the error as few answers do.
    df = min(sample.base.effective, sample.n_units) - 1
    made = student(figure.value, figure.se, df, options.level)
    made = replace(made, low=max(made.low, bounds[0]), high=min(made.high, bounds[1]))
    found = _estimate(figure, made, sample, options)
    return replace(found, notes=(*found.notes, *_skewness(sample)))


def linearised(sample: Sample) -> float:
    """Return the standard error of the weighted mean by linearisation; NaN below two respondents."""
    return math.sqrt(mean_variance(sample))


def _net_promoter(sample: Sample, measure: Measure, options: ScoreOptions) -> Estimate:
    counts = trinomial(sample, options.level)
    plain = options.nps_error == "multinomial" and not _is_designed(sample)
    se = 100 * counts.se if plain else linearised(contributions(sample, measure))
    figure = Figure("net-promoter-score", "points", 100 * _net(sample), se)
    return _estimate(figure, NPS_INTERVALS[options.nps_interval](counts, options.level), sample, options)


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
    se = linearised(chosen) if _is_designed(sample) else math.sqrt(share * (1 - share) / n)
    figure = Figure(f"top-{measure.boxes}-box", "share", share, se)
    return _estimate(figure, SHARE_INTERVALS[options.share_interval](share, n, options.level), sample, options)


def _mean(sample: Sample, measure: Measure, options: ScoreOptions) -> Estimate:
    figure = Figure("mean", "mean", sample.mean, linearised(sample))
    return mean_estimate(sample, (float(measure.scale.low), float(measure.scale.high)), figure, options)


def _is_designed(sample: Sample) -> bool:
    """Return whether weights differ or respondents repeat, so that textbook errors don't hold."""
    return sample.is_weighted or sample.n_units < sample.values.size


def _estimate(figure: Figure, interval: Interval | None, sample: Sample, options: ScoreOptions) -> Estimate:
    designed = _is_designed(sample)
    source = SOURCES[interval.method if interval else ""]
    return Estimate(
        figure.value,
        interval,
        sample.base,
        f"{figure.method}-linearised" if designed else figure.method,
        figure.unit,
        None if math.isnan(figure.se) else figure.se,
        _notes(figure, sample, options),
        f"{source}; {DESIGN_SOURCE}" if designed else source,
    )


def _notes(figure: Figure, sample: Sample, options: ScoreOptions) -> tuple[Note, ...]:
    """Warn of a thin base, rough weights, respondents who answered more than once, and no spread."""
    notes = [*_thin_base(sample.base, options)]
    if sample.base.n > ROUGH_WEIGHTS_FROM * sample.base.effective:
        notes.append(Note("uneven-weights", {"n": sample.base.n, "effective": sample.base.effective}))
    if sample.n_units < sample.base.n:
        notes.append(Note("repeated-respondents", {"n": sample.base.n, "respondents": sample.n_units}))
    if figure.se == 0:
        notes.append(Note("no-variation"))
    return tuple(notes)


def _thin_base(base: Base, options: ScoreOptions) -> tuple[Note, ...]:
    """Warn of a base for intervals only (under 30) and of an indicative one (under 100)."""
    if base.n < options.comparison_base:
        return (Note("base-very-small", {"n": base.n, "needed": options.comparison_base}),)
    if base.n < INDICATIVE_BELOW:
        return (Note("base-indicative", {"n": base.n, "needed": INDICATIVE_BELOW}),)
    return ()


def _skewness(sample: Sample) -> tuple[Note, ...]:
    """Warn where answers are too skewed for a t interval by Cochran's rule, n > 25 G1^2."""
    n = min(sample.base.effective, sample.n_units)
    away = sample.values - sample.mean
    spread, third = (float(np.average(away**power, weights=sample.weights)) for power in (2, 3))
    if spread <= 0 or n > COCHRAN_FACTOR * third**2 / spread**3:
        return ()
    return (Note("skewed-for-t", {"n": n, "needed": math.ceil(COCHRAN_FACTOR * third**2 / spread**3)}),)
