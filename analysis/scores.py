"""Scores of one item: Net Promoter Score, top-box shares, means and the distribution behind them.

Every function takes raw answers (n,) with NaN for a missing one and, if there are any, weights (n,); it
returns an Estimate with base and interval, or a Refusal where fewer than `minimum_base` answers are there.
Values off the declared scale raise ValueError. Equal weights are no weights.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.arrays import FloatArray
from analysis.intervals import NPS_INTERVALS, Trinomial, student, wilson
from analysis.values import Estimate, Interval, Note, Refusal
from analysis.values.scores import NPS_SCALE, AnswerShare, Distribution, Kind, Measure, Scale
from analysis.weights import Sample, mean_variance, sample_of

SMALLEST_PROMOTER, LARGEST_DETRACTOR = 9, 6
INDICATIVE_BELOW = 100
ROUGH_WEIGHTS_FROM = 2


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """How a score is reported: confidence level, display base, comparison base, and the interval of an NPS.

    `nps_interval` is `adjusted-wald`, `score` or `wald`.
    """

    level: float = 0.95
    minimum_base: int = 10
    comparison_base: int = 30
    nps_interval: str = "adjusted-wald"


DEFAULTS = ScoreOptions()


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The raw answers of one group to one item (n,), NaN for missing, and their weights (n,) if there are any."""

    scores: npt.ArrayLike
    weights: npt.ArrayLike | None = None


def score(answers: Answers, measure: Measure, options: ScoreOptions = DEFAULTS) -> Estimate | Refusal:
    """Return the figure that a measure makes of the answers: NPS in points, a top-box share or a mean."""
    return score_of_sample(rated(answers, measure.scale), measure, options)


def net_promoter_score(
    scores: npt.ArrayLike, weights: npt.ArrayLike | None = None, options: ScoreOptions = DEFAULTS
) -> Estimate | Refusal:
    """Return the Net Promoter Score of 0-10 answers, 100 (pP - pD) with promoters 9-10 and detractors 0-6.

    SE: multinomial, 100 sqrt((pP + pD - (pP - pD)^2) / n); weighted: linearised, of answers scored -1, 0, 1.
    Interval: adjusted Wald by default, weighted on the effective base. Reichheld 2003; Rocks 2016.
    """
    return score(Answers(scores, weights), Measure(Kind.NET_PROMOTER), options)


def top_box_share(
    answers: Answers, scale: Scale, boxes: int = 2, options: ScoreOptions = DEFAULTS
) -> Estimate | Refusal:
    """Return the share of answers in the best `boxes` points, the low ones where lower is better (CSAT).

    SE: sqrt(p (1 - p) / n); weighted: linearised. Interval: Wilson, weighted on Kish's effective base
    (Wilson 1927; Korn & Graubard 1998).
    """
    return score(answers, Measure(Kind.TOP_BOX, scale, boxes), options)


def mean_score(answers: Answers, scale: Scale, options: ScoreOptions = DEFAULTS) -> Estimate | Refusal:
    """Return the mean answer in scale points (CES, Likert items), never turned round for a reversed scale.

    SE: s / sqrt(n), weighted linearised. Interval: Student's t with n - 1 (weighted: effective n - 1) degrees of
    freedom, clipped to the scale.
    """
    return score(answers, Measure(Kind.MEAN, scale), options)


def distribution(answers: Answers, scale: Scale, options: ScoreOptions = DEFAULTS) -> Distribution:
    """Return how many chose each point of the scale, with weighted shares and Wilson intervals."""
    sample = rated(answers, scale)
    shares = _shares(sample, ((str(point), (point,)) for point in scale.points), options)
    return Distribution(shares, sample.base, int(np.size(answers.scores)) - sample.base.n)


def net_promoter_groups(answers: Answers, options: ScoreOptions = DEFAULTS) -> Distribution:
    """Return counts and shares of detractors (0-6), passives (7-8) and promoters (9-10)."""
    sample = rated(answers, NPS_SCALE)
    groups = (("detractors", range(7)), ("passives", (7, 8)), ("promoters", (9, 10)))
    return Distribution(_shares(sample, groups, options), sample.base, int(np.size(answers.scores)) - sample.base.n)


def rated(answers: Answers, scale: Scale) -> Sample:
    """Return the answers that are there; raise ValueError for one that is not a point of the scale."""
    sample = sample_of(answers.scores, answers.weights)
    off = sample.values[(sample.values < scale.low) | (sample.values > scale.high) | (sample.values % 1 != 0)]
    if off.size:
        msg = (
            f"{off.size} of {sample.values.size} answers are not points of the scale {scale.low} to {scale.high}, "
            f"the first is {off[0]:g}: declare missing codes as missing, or correct the scale."
        )
        raise ValueError(msg)
    return sample


def score_of_sample(sample: Sample, measure: Measure, options: ScoreOptions = DEFAULTS) -> Estimate | Refusal:
    """Return the figure of answers already checked against the scale."""
    base = sample.base
    if base.n < max(options.minimum_base, 1):
        return Refusal("base-too-small", base, {"n": base.n, "needed": max(options.minimum_base, 1)})
    make = {Kind.NET_PROMOTER: _net_promoter, Kind.TOP_BOX: _top_box, Kind.MEAN: _mean}[measure.kind]
    return make(sample, measure, options)


def trinomial(sample: Sample) -> Trinomial:
    """Return (effective) counts of detractors, passives and promoters that add up to the (effective) base."""
    low, high = sample.values <= LARGEST_DETRACTOR, sample.values >= SMALLEST_PROMOTER
    if not sample.is_weighted:
        n_low, n_high = int(np.count_nonzero(low)), int(np.count_nonzero(high))
        return Trinomial(n_low, sample.values.size - n_low - n_high, n_high)
    scaled = sample.weights * (sample.base.effective / sample.weights.sum())
    return Trinomial(*(float(scaled[group].sum()) for group in (low, ~low & ~high, high)))


def contributions(sample: Sample, measure: Measure) -> Sample:
    """Return the answers as what they add to the figure: -100, 0, 100 for NPS, 0 or 1 for a share, else themselves."""
    if measure.kind is Kind.NET_PROMOTER:
        promoters = sample.values >= SMALLEST_PROMOTER
        values: FloatArray = 100.0 * (promoters.astype(float) - (sample.values <= LARGEST_DETRACTOR))
        return Sample(values, sample.weights)
    if measure.kind is Kind.TOP_BOX:
        return Sample(np.isin(sample.values, measure.scale.top(measure.boxes)).astype(float), sample.weights)
    return sample


def _net_promoter(sample: Sample, measure: Measure, options: ScoreOptions) -> Estimate:
    make_interval = NPS_INTERVALS.get(options.nps_interval)
    if make_interval is None:
        msg = f"An NPS interval is one of {', '.join(NPS_INTERVALS)}, not {options.nps_interval}."
        raise ValueError(msg)
    counts = trinomial(sample)
    se = _linearised(contributions(sample, measure)) if sample.is_weighted else 100 * counts.se
    figure = _Figure("net-promoter-score", "points", 100 * counts.net, se)
    return _estimate(figure, make_interval(counts, options.level), sample, options)


def _top_box(sample: Sample, measure: Measure, options: ScoreOptions) -> Estimate:
    chosen = contributions(sample, measure)
    share, n = chosen.mean, sample.base.effective
    se = _linearised(chosen) if sample.is_weighted else math.sqrt(share * (1 - share) / n)
    figure = _Figure(f"top-{measure.boxes}-box", "share", share, se)
    return _estimate(figure, wilson(share, n, options.level), sample, options)


def _mean(sample: Sample, measure: Measure, options: ScoreOptions) -> Estimate:
    se = _linearised(sample)
    figure = _Figure("mean", "mean", sample.mean, se)
    if math.isnan(se):
        return _estimate(figure, None, sample, options)
    made = student(sample.mean, se, sample.base.effective - 1, options.level)
    low, high = max(made.low, float(measure.scale.low)), min(made.high, float(measure.scale.high))
    return _estimate(figure, replace(made, low=low, high=high), sample, options)


@dataclass(frozen=True, slots=True)
class _Figure:
    """What a kind of measure contributes to its Estimate."""

    method: str
    unit: str
    value: float
    se: float


def _estimate(figure: _Figure, interval: Interval | None, sample: Sample, options: ScoreOptions) -> Estimate:
    method = f"{figure.method}-linearised" if sample.is_weighted else figure.method
    se = None if math.isnan(figure.se) else figure.se
    return Estimate(figure.value, interval, sample.base, method, figure.unit, se, _notes(figure, sample, options))


def _notes(figure: _Figure, sample: Sample, options: ScoreOptions) -> tuple[Note, ...]:
    """Warn of a base for intervals only (under 30), an indicative one (under 100), rough weights and no spread."""
    base, notes = sample.base, []
    if base.n < options.comparison_base:
        notes.append(Note("base-very-small", {"n": base.n, "needed": options.comparison_base}))
    elif base.n < INDICATIVE_BELOW:
        notes.append(Note("base-indicative", {"n": base.n, "needed": INDICATIVE_BELOW}))
    if base.n > ROUGH_WEIGHTS_FROM * base.effective:
        notes.append(Note("uneven-weights", {"n": base.n, "effective": base.effective}))
    if figure.se == 0:
        notes.append(Note("no-variation"))
    return tuple(notes)


def _shares(
    sample: Sample, groups: Iterable[tuple[str, Iterable[int]]], options: ScoreOptions
) -> tuple[AnswerShare, ...]:
    """Return one share per named group of points."""
    return tuple(_share(sample, code, tuple(points), options) for code, points in groups)


def _share(sample: Sample, code: str, points: tuple[int, ...], options: ScoreOptions) -> AnswerShare:
    chosen = np.isin(sample.values, points)
    n, weighted = int(np.count_nonzero(chosen)), float(sample.weights[chosen].sum())
    return AnswerShare(code, n, weighted, share_of_sample(Sample(chosen.astype(float), sample.weights), options))


def share_of_sample(chosen: Sample, options: ScoreOptions = DEFAULTS) -> Estimate | Refusal:
    """Return the share of ones among zeros and ones, with Wilson's interval, weighted on the effective base."""
    return score_of_sample(chosen, Measure(Kind.TOP_BOX, Scale(0, 1), boxes=1), options)


def _linearised(sample: Sample) -> float:
    """Return the standard error of the weighted mean by linearisation; NaN below two answers."""
    return math.sqrt(mean_variance(sample))
