"""Importance and performance side by side (Martilla & James 1977): which driver to fix first, if that is clear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.arrays import FloatArray
from analysis.drivers.battery import RatingScale
from analysis.drivers.models import FittedModel
from analysis.drivers.options import DriverOptions
from analysis.respondents import weighted_mean
from analysis.values.drivers import Driver, FixFirstReason, ImportancePerformance, PerformancePoint, Quadrant
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
    """A driver's mean rating and the same on 0 (worst) to 100 (best)."""

    mean: Estimate
    index: Estimate


def _within(scale: RatingScale, mean: float, half: float) -> tuple[float, float]:
    """Return the ends of a symmetric interval, cut at the ends of the scale."""
    return max(mean - half, scale.low), min(mean + half, scale.high)


def _performance(fitted: FittedModel, place: int, level: float) -> _Performance:
    """Return a driver's weighted mean over those who rated it, with its t interval and linearised error."""
    screened = fitted.design.screened
    column, scale = screened.answers.ratings[:, place], screened.scales[place]
    seen = ~np.isnan(column)
    raters = fitted.design.sample.rows(seen)
    mean, error = weighted_mean(column[seen], raters)
    low, high = _within(scale, mean, float(stats.t.ppf((1 + level) / 2, max(raters.n_units - 1, 1))) * error)
    base, method = raters.base(), "weighted-mean-linearised"
    value, *ends = scale.index(np.array([mean, low, high])).tolist()
    factor = 100.0 / (scale.high - scale.low)
    return _Performance(
        Estimate(mean, Interval(low, high, level, "t"), base, method, "mean", error),
        Estimate(value, Interval(min(ends), max(ends), level, "t"), base, method, "index", error * factor),
    )


def _index_draws(fitted: FittedModel) -> FloatArray:
    """Return the bootstrap draws of the index, draws x drivers."""
    scales = fitted.design.screened.scales
    return np.stack([scale.index(means) for scale, means in zip(scales, fitted.draws.means.T, strict=True)], axis=1)


def _place(*, important: bool, good: bool) -> Quadrant:
    """Return the quadrant of a point."""
    return _PLACES[important, good]


def _stability(fitted: FittedModel, important: FloatArray, good: FloatArray) -> FloatArray:
    """Return the share of draws in which each driver stays in its place, the lines moving with every draw."""
    importance, index = fitted.draws.importance, _index_draws(fitted)
    above = importance >= importance.mean(axis=1, keepdims=True)
    better = index >= np.nanmean(index, axis=1, keepdims=True)
    result: FloatArray = ((above == important) & (better == good) & ~np.isnan(index)).mean(axis=0)
    return result


def _directed(driver: Driver, scale: RatingScale, options: DriverOptions) -> bool:
    """Tell whether a better rating goes with a better outcome in the full model."""
    turned = scale.higher_is_better is not options.outcome_higher_is_better
    return driver.full_model_sign * (-1 if turned else 1) > 0


def _fix_first(
    fitted: FittedModel, points: tuple[PerformancePoint, ...], options: DriverOptions
) -> tuple[str | None, FixFirstReason]:
    """Return the strongest driver that stays below the line in performance and above it in importance, or why none."""
    model, screened = fitted.model, fitted.design.screened
    scales = dict(zip(screened.codes, screened.scales, strict=True))
    weak = [each for each in points if each.place is Quadrant.FIX_FIRST]
    stable = [each for each in weak if each.quadrant is Quadrant.FIX_FIRST]
    right = [each for each in stable if _directed(model.driver(each.code), scales[each.code], options)]
    if model.r_squared_p_value > 1 - options.level:
        return None, FixFirstReason.OUTCOME_NOT_EXPLAINED
    if not weak:
        return None, FixFirstReason.NO_WEAK_IMPORTANT_DRIVER
    if not stable:
        return None, FixFirstReason.NOT_STABLE
    if not right:
        return None, FixFirstReason.WRONG_DIRECTION
    return max(right, key=lambda each: each.importance.value).code, FixFirstReason.CLEAR


def _points(fitted: FittedModel, options: DriverOptions) -> tuple[PerformancePoint, ...]:
    """Return every driver's place, in the order of the model."""
    codes = fitted.design.screened.codes
    shown = [_performance(fitted, place, options.level) for place in range(len(codes))]
    found = [fitted.model.driver(code).importance for code in codes]
    importance = np.array([each.value for each in found])
    index = np.array([each.index.value for each in shown])
    important, good = importance >= importance.mean(), index >= index.mean()
    stability = _stability(fitted, important, good)
    clear = (stability >= options.stability) & (len(codes) >= _FEWEST_DRIVERS)
    points = []
    for driver in fitted.model.drivers:
        place = codes.index(driver.code)
        quadrant = _place(important=bool(important[place]), good=bool(good[place]))
        points.append(
            PerformancePoint(
                code=driver.code,
                label=driver.label,
                importance=driver.importance,
                performance=shown[place].mean,
                index=shown[place].index,
                place=quadrant,
                quadrant=quadrant if clear[place] else Quadrant.UNCLEAR,
                stability=float(stability[place]),
            )
        )
    return tuple(points)


def importance_performance(fitted: FittedModel, options: DriverOptions) -> ImportancePerformance:
    """Return all drivers by importance (LMG) and performance (0-100 by the declared scale ends).

    Performance rests on those who rated the driver, its own base; the lines stand at the means over drivers. A quadrant
    is named only where the point stays in it in `stability` of the bootstrap draws, drivers and lines drawn together.
    """
    points = _points(fitted, options)
    fix_first, reason = _fix_first(fitted, points, options)
    alone = (Note("too-few-drivers-for-quadrants", {"n": len(points)}),) if len(points) < _FEWEST_DRIVERS else ()
    return ImportancePerformance(
        points=points,
        importance_line=float(np.mean([each.importance.value for each in points])),
        index_line=float(np.mean([each.index.value for each in points])),
        fix_first=fix_first,
        reason=reason,
        notes=alone,
    )
