"""A figure period by period, and everything a trend chart says about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from analysis.comparisons import ComparisonOptions, compare_samples
from analysis.comparisons.differences import counts_up
from analysis.scores import SMALLEST_PROMOTER, Answers, ScoreOptions, contributions, rated, score_of_sample
from analysis.trends.change_points import ShiftOptions, change_point
from analysis.trends.charts import laney_chart
from analysis.trends.levels import LevelOptions, smoothed_level
from analysis.trends.lines import LineOptions, trend_test
from analysis.trends.looks import Seen, halves, looks
from analysis.trends.steps import steps
from analysis.trends.waves import latest_series, waves_of
from analysis.values import Base, Estimate, Refusal
from analysis.values.comparisons import Difference
from analysis.values.levels import WaveLevels
from analysis.values.scores import Kind, Measure
from analysis.values.trends import ControlChart, Period, Trend, TrendPoint
from analysis.weights import Sample


@dataclass(frozen=True, slots=True)
class TrendOptions:
    """Bases and levels of the points, of the latest change, of the line and of the shift.

    `season` is the number of periods to a cycle that the smoothed level and the next period's band allow for (12 for
    months, 52 for weeks); below two full cycles, and at 0, seasons are left out.
    """

    scores: ScoreOptions = field(default_factory=ScoreOptions)
    comparisons: ComparisonOptions = field(default_factory=ComparisonOptions)
    minimum_periods: int = 4
    shifts: ShiftOptions = field(default_factory=ShiftOptions)
    season: int = 0


DEFAULTS = TrendOptions()

Parts = Sequence[tuple[Period, Sample]]


def trend(
    answers: Answers,
    labels: Sequence[str | None],
    timeline: Sequence[Period],
    measure: Measure,
    options: TrendOptions = DEFAULTS,
) -> Trend:
    """Return points, test of a trend, latest change, Laney's chart, a shift and the smoothed level for one measure.

    `labels` (n,) names each answer's period, None for unknown (left out); `timeline` holds the periods in order.
    Raises ValueError for a label without a period, for periods out of order or named twice.
    """
    parts = samples_by_period(answers, labels, timeline, measure)
    points = _points(parts, measure, options)
    seen, compared = _seen(parts, points, measure, options)
    return Trend(
        points,
        test=seen.line,
        latest_change=seen.latest,
        compared=compared,
        change_point=change_point(points, options.shifts),
        chart=_chart(parts, measure, options),
        levels=_levels(points, options),
        steps=seen.steps,
        halves=seen.halves,
        looks=looks(seen, options.comparisons.alpha),
    )


def _seen(
    parts: Parts, points: Sequence[TrendPoint], measure: Measure, options: TrendOptions
) -> tuple[Seen, tuple[str, str] | None]:
    """Return what is looked at in one series, and the two periods of the latest change."""
    change, compared = _latest_change(parts, measure, options)
    seen = Seen(
        line=trend_test(points, _line_options(measure, options)),
        halves=halves(parts, measure, options.comparisons),
        latest=change,
        steps=steps(parts, measure, options.comparisons),
    )
    return seen, compared


def _line_options(measure: Measure, options: TrendOptions) -> LineOptions:
    alpha = options.comparisons.alpha
    return LineOptions(alpha, options.minimum_periods, higher_is_better=counts_up(measure))


def trend_points(
    answers: Answers,
    labels: Sequence[str | None],
    timeline: Sequence[Period],
    measure: Measure,
    options: TrendOptions = DEFAULTS,
) -> tuple[TrendPoint, ...]:
    """Return the figure of every period with its interval, or why there is none."""
    return _points(samples_by_period(answers, labels, timeline, measure), measure, options)


def latest_change(
    answers: Answers,
    labels: Sequence[str | None],
    timeline: Sequence[Period],
    measure: Measure,
    options: TrendOptions = DEFAULTS,
) -> Difference | Refusal:
    """Return the last period minus the nearest earlier one of its series with a base to compare."""
    return _latest_change(samples_by_period(answers, labels, timeline, measure), measure, options)[0]


def samples_by_period(
    answers: Answers, labels: Sequence[str | None], timeline: Sequence[Period], measure: Measure
) -> Parts:
    """Return each period of the timeline with its checked answers."""
    _check(labels, timeline, np.size(answers.scores))
    scores = np.asarray(answers.scores, dtype=float)
    weights = np.ones(scores.shape) if answers.weights is None else np.asarray(answers.weights, dtype=float)
    place = {period.label: i for i, period in enumerate(timeline)}
    # Numbers instead of labels: comparing texts for every period takes seconds for a long series.
    where = np.array([-1 if each is None else place[each] for each in labels], dtype=np.intp)
    parts = []
    for i, period in enumerate(timeline):
        chosen = where == i
        parts.append((period, rated(Answers(scores[chosen], weights[chosen]), measure.scale)))
    return parts


def _check(labels: Sequence[str | None], timeline: Sequence[Period], n: int) -> None:
    """Raise ValueError unless every answer's label names exactly one period of an ordered timeline."""
    if len(labels) != n:
        raise ValueError(f"There are {n} answers but {len(labels)} period labels.")
    known = [each.label for each in timeline]
    places = [each.at for each in timeline]
    if len(set(known)) < len(known) or any(later <= earlier for earlier, later in pairwise(places)):
        raise ValueError("Periods need labels of their own and must stand in order of time.")
    unknown = {each for each in labels if each is not None} - set(known)
    if unknown:
        raise ValueError(f"The timeline lacks the periods {', '.join(sorted(str(each) for each in unknown))}.")


def _points(parts: Parts, measure: Measure, options: TrendOptions) -> tuple[TrendPoint, ...]:
    return tuple(TrendPoint(period, score_of_sample(each, measure, options.scores)) for period, each in parts)


def _latest_change(
    parts: Parts, measure: Measure, options: TrendOptions
) -> tuple[Difference | Refusal, tuple[str, str] | None]:
    """Return the change and the labels of the two periods compared."""
    if not parts:
        return Refusal("no-comparable-period", _together(()), {"needed": options.comparisons.comparison_base}), None
    last, sample = parts[-1]
    for period, earlier in reversed(parts[:-1]):
        if period.series == last.series and earlier.base.n >= options.comparisons.comparison_base:
            change = compare_samples((earlier, sample), measure, options.comparisons)
            return change, (period.label, last.label)
    return Refusal("no-comparable-period", sample.base, {"needed": options.comparisons.comparison_base}), None


def _levels(points: Sequence[TrendPoint], options: TrendOptions) -> WaveLevels | Refusal:
    """Return the smoothed level of the latest series, with seasons where there are cycles enough.

    The next period is expected to have as many answers as the last ones have had: the median of four.
    """
    series = latest_series(points)
    waves = waves_of(series)
    there = [each.estimate for each in series if isinstance(each.estimate, Estimate) and each.estimate.se]
    error = None
    if there:
        per_answer = np.median([(each.se or 0.0) ** 2 * each.base.effective for each in there])
        error = float(np.sqrt(per_answer / np.median([each.base.effective for each in there[-4:]])))
    level = 1 - options.comparisons.alpha
    found = smoothed_level(waves, LevelOptions(level, season=options.season, next_error=error))
    if isinstance(found, Refusal) and options.season:
        return smoothed_level(waves, LevelOptions(level, next_error=error))
    return found


def _chart(parts: Parts, measure: Measure, options: TrendOptions) -> ControlChart | Refusal:
    """Return Laney's chart of the top-box share, for NPS of the promoters; a mean has none."""
    shown = [(p, each) for p, each in parts if each.base.n >= max(options.scores.minimum_base, 1)]
    base = _together(each.base for _, each in shown)
    if measure.kind is Kind.MEAN:
        return Refusal("not-a-share", base)
    if len(shown) < max(options.minimum_periods, 2):
        return Refusal("too-few-periods", base, {"n": len(shown), "needed": max(options.minimum_periods, 2)})
    bases = np.array([each.base.effective for _, each in shown])
    shares = np.array([_charted(each, measure).mean for _, each in shown])
    return laney_chart(shares * bases, bases, [period.label for period, _ in shown])


def _charted(sample: Sample, measure: Measure) -> Sample:
    """Return who counts in the charted share as ones and zeros."""
    if measure.kind is Kind.NET_PROMOTER:
        return Sample((sample.values >= SMALLEST_PROMOTER).astype(float), sample.weights)
    return contributions(sample, measure)


def _together(bases: Iterable[Base]) -> Base:
    every = list(bases)
    return Base(sum(b.n for b in every), sum(b.weighted for b in every), sum(b.effective for b in every))
