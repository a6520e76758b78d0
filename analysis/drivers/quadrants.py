"""Importance and performance side by side (Martilla & James 1977): which driver to fix first, if that is clear."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.arrays import BoolArray, FloatArray
from analysis.drivers.draws import personal_index
from analysis.drivers.models import FittedModel
from analysis.drivers.options import DriverOptions
from analysis.respondents import Respondents, weighted_mean
from analysis.values.drivers import (
    FixFirstReason,
    ImportancePerformance,
    PerformancePoint,
    Quadrant,
    QuadrantLines,
)
from analysis.values.estimates import Estimate, Interval, Note

# By "at least as important as the mean" and "at least as good as the mean".
_PLACES = {
    (True, False): Quadrant.FIX_FIRST,
    (True, True): Quadrant.KEEP_UP,
    (False, False): Quadrant.LOW_PRIORITY,
    (False, True): Quadrant.POSSIBLE_OVERKILL,
}
_FEWEST_DRIVERS = 2


@dataclass(frozen=True, slots=True)
class _Performance:
    """A driver's mean rating, where it is a single rating, and its index on 0 (worst) to 100 (best)."""

    mean: Estimate | None
    index: Estimate


def _mean_of(values: FloatArray, who: Respondents, bounds: tuple[float, float], unit: str, level: float) -> Estimate:
    """Return a weighted mean with its linearised error and a t interval cut at the ends of the scale."""
    mean, error = weighted_mean(values, who)
    known = math.isfinite(error)
    # One respondent alone says nothing of the spread between respondents: the interval is then the whole scale.
    half = float(stats.t.ppf((1 + level) / 2, who.n_units - 1)) * error if known else math.inf
    interval = Interval(max(mean - half, bounds[0]), min(mean + half, bounds[1]), level, "t")
    se = error if known else None
    return Estimate(mean, interval, who.base(), "weighted-mean-linearised", unit, se, source="Binder 1983")


def _performance(fitted: FittedModel, place: int, index: FloatArray, level: float) -> _Performance:
    """Return a driver's performance over those who rated it (any rating of a group)."""
    screened, entrant = fitted.design.screened, fitted.design.entrants[place]
    seen = ~np.isnan(index)
    raters, mean = fitted.design.sample.rows(seen), None
    if len(entrant.ratings) == 1:
        scale, column = screened.scales[entrant.ratings[0]], screened.answers.ratings[seen, entrant.ratings[0]]
        mean = _mean_of(column, raters, (scale.low, scale.high), "mean", level)
    return _Performance(mean, _mean_of(index[seen], raters, (0.0, 100.0), "index", level))


def _place(*, important: bool, good: bool) -> Quadrant:
    """Return the quadrant of a point."""
    return _PLACES[important, good]


def _middle(values: FloatArray, lines: QuadrantLines) -> FloatArray:
    """Return where the line stands among drivers (last axis), kept as an axis of length one."""
    middle = np.nanmedian if lines is QuadrantLines.MEDIAN else np.nanmean
    result: FloatArray = middle(values, axis=-1, keepdims=True)
    return result


def _lines(importance: FloatArray, index: FloatArray, lines: QuadrantLines) -> tuple[FloatArray, FloatArray]:
    """Return the lines of importance and index, of one sample (d) or of many draws (b x d)."""
    if lines is QuadrantLines.SCALE_MIDDLE:
        return _middle(importance, lines), np.full_like(importance[..., :1], 50.0)
    return _middle(importance, lines), _middle(index, lines)


def _stability(
    draws: tuple[FloatArray, FloatArray], important: BoolArray, good: BoolArray, lines: QuadrantLines
) -> FloatArray:
    """Return the share of draws in which each driver stays in its place, the lines moving with every draw."""
    importance, index = draws
    importance_line, index_line = _lines(importance, index, lines)
    stays = ((importance >= importance_line) == important) & ((index >= index_line) == good)
    result: FloatArray = (stays & ~np.isnan(index)).mean(axis=0)
    return result


def _directed(fitted: FittedModel, code: str, options: DriverOptions) -> bool:
    """Tell whether better ratings (all of a group) go with a better outcome in the full model."""
    entrant = next(each for each in fitted.design.entrants if each.code == code)
    scales = [fitted.design.screened.scales[place] for place in entrant.ratings]
    turned = [-1 if each.higher_is_better is not options.outcome_higher_is_better else 1 for each in scales]
    return all(fitted.slopes[place] * turn > 0 for place, turn in zip(entrant.ratings, turned, strict=True))


def _fix_first(
    fitted: FittedModel, points: tuple[PerformancePoint, ...], options: DriverOptions
) -> tuple[str | None, FixFirstReason]:
    """Return the strongest driver that stays below the line in performance and above it in importance, or why none."""
    weak = [each for each in points if each.place is Quadrant.FIX_FIRST]
    stable = [each for each in weak if each.quadrant is Quadrant.FIX_FIRST]
    right = [each for each in stable if _directed(fitted, each.code, options)]
    if fitted.model.r_squared_p_value > 1 - options.level:
        return None, FixFirstReason.OUTCOME_NOT_EXPLAINED
    if not weak:
        return None, FixFirstReason.NO_WEAK_IMPORTANT_DRIVER
    if not stable:
        return None, FixFirstReason.NOT_STABLE
    if not right:
        return None, FixFirstReason.WRONG_DIRECTION
    return max(right, key=lambda each: each.importance.value).code, FixFirstReason.CLEAR


@dataclass(frozen=True, slots=True)
class _Chart:
    """The rated drivers in the design's order: importance, performance, lines, and how stable each place is."""

    places: tuple[int, ...]
    importance: FloatArray
    performances: tuple[_Performance, ...]
    lines: tuple[float, float]
    important: BoolArray
    good: BoolArray
    stability: FloatArray


def _chart(fitted: FittedModel, options: DriverOptions) -> _Chart:
    """Return where the drivers stand; factors have no ratings and no place."""
    entrants, personal = fitted.design.entrants, personal_index(fitted.design)
    places = tuple(place for place, each in enumerate(entrants) if each.ratings)
    performances = tuple(_performance(fitted, place, personal[:, place], options.level) for place in places)
    importance = np.array([fitted.model.driver(entrants[place].code).importance.value for place in places])
    index = np.array([each.index.value for each in performances])
    lines = _lines(importance, index, options.lines)
    important, good = importance >= lines[0], index >= lines[1]
    draws = fitted.draws.importance[:, places], fitted.draws.index[:, places]
    stability = _stability(draws, important, good, options.lines)
    return _Chart(
        places, importance, performances, (float(lines[0][0]), float(lines[1][0])), important, good, stability
    )


def _point(fitted: FittedModel, chart: _Chart, place: int, least: float) -> PerformancePoint:
    """Return one driver's point; a quadrant needs two drivers and a stability of at least `least`."""
    driver = fitted.model.driver(fitted.design.entrants[chart.places[place]].code)
    quadrant = _place(important=bool(chart.important[place]), good=bool(chart.good[place]))
    clear = chart.stability[place] >= least and len(chart.places) >= _FEWEST_DRIVERS
    return PerformancePoint(
        code=driver.code,
        label=driver.label,
        importance=driver.importance,
        performance=chart.performances[place].mean,
        index=chart.performances[place].index,
        place=quadrant,
        quadrant=quadrant if clear else Quadrant.UNCLEAR,
        stability=float(chart.stability[place]),
    )


def importance_performance(fitted: FittedModel, options: DriverOptions) -> ImportancePerformance:
    """Return all rated drivers by importance (LMG) and performance (0-100 by the declared scale ends).

    Performance rests on those who rated the driver, its own base; the lines stand where `options.lines` says. A
    quadrant is named only where the point stays in it in `stability` of the bootstrap draws, drivers and lines drawn
    together.
    """
    if not fitted.design.screened.codes:
        none = Note("too-few-drivers-for-quadrants", {"n": 0})
        return ImportancePerformance(
            (), 0.0, 0.0, None, FixFirstReason.NO_WEAK_IMPORTANT_DRIVER, (none,), options.lines
        )
    chart = _chart(fitted, options)
    found = [_point(fitted, chart, place, options.stability) for place in range(len(chart.places))]
    points = tuple(sorted(found, key=lambda each: fitted.model.driver(each.code).rank))
    fix_first, reason = _fix_first(fitted, points, options)
    alone = (Note("too-few-drivers-for-quadrants", {"n": len(points)}),) if len(points) < _FEWEST_DRIVERS else ()
    return ImportancePerformance(
        points=points,
        importance_line=chart.lines[0],
        index_line=chart.lines[1],
        fix_first=fix_first,
        reason=reason,
        notes=alone,
        lines=options.lines,
    )
