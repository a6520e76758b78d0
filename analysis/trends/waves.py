"""Waves: figures whose sampling variance is known, at their places in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.arrays import FloatArray
from analysis.intervals import normal_quantile
from analysis.values import Base, Estimate
from analysis.values.trends import TrendPoint


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """Figures (k,) with their sampling variances (k,) at positions in time (k,), of one unit and base."""

    at: FloatArray
    figures: FloatArray
    variances: FloatArray
    unit: str
    base: Base


def wave_series(
    figures: npt.ArrayLike, errors: npt.ArrayLike, at: npt.ArrayLike | None = None, unit: str = "mean"
) -> Waves:
    """Return waves from figures (k,), their standard errors (k,) and places in time (k,), one apart if not given.

    A wave without a figure or error (NaN) is left out. The base counts waves, as the answers behind them are not
    known. Raises ValueError where lengths differ, a value is infinite, an error is not above zero, or places repeat.
    """
    values, spreads = np.asarray(figures, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    places = np.arange(values.size, dtype=np.float64) if at is None else np.asarray(at, dtype=np.float64)
    if values.ndim != 1 or not values.shape == spreads.shape == places.shape:
        raise ValueError("Waves need one figure, one standard error and one place in time each.")
    there = ~(np.isnan(values) | np.isnan(spreads))
    values, spreads, places = values[there], spreads[there], places[there]
    if not (np.isfinite(values) & np.isfinite(spreads) & np.isfinite(places) & (spreads > 0)).all():
        raise ValueError("Figures and places are finite, and standard errors finite and above zero.")
    order = np.argsort(places)
    if (np.diff(places[order]) == 0).any():
        raise ValueError("Every wave has a place in time of its own.")
    k = values.size
    return Waves(places[order], values[order], spreads[order] ** 2, unit, Base(k, float(k), float(k)))


def latest_series(points: Sequence[TrendPoint]) -> list[TrendPoint]:
    """Return the points that belong to the series of the last one: a line never bridges a break."""
    return [each for each in points if each.period.series == points[-1].period.series] if points else []


def waves_of(points: Sequence[TrendPoint]) -> Waves:
    """Return the periods with a figure and a sampling variance above zero.

    Where everybody answered alike the standard error is 0, which would outweigh all other periods: the half-width
    of the interval over z stands in for it, and a mean without any interval is left out.
    """
    there = [(each.period.at, each.estimate) for each in points if isinstance(each.estimate, Estimate)]
    used = [(at, each, error) for at, each in there if (error := _standard_error(each)) > 0]
    return Waves(
        np.array([at for at, _, _ in used], dtype=float),
        np.array([each.value for _, each, _ in used], dtype=float),
        np.array([error**2 for _, _, error in used], dtype=float),
        used[0][1].unit if used else "",
        together([each.base for _, each, _ in used]),
    )


def together(bases: Sequence[Base]) -> Base:
    """Return the base of all periods together."""
    return Base(sum(b.n for b in bases), sum(b.weighted for b in bases), sum(b.effective for b in bases))


def _standard_error(estimate: Estimate) -> float:
    """Return the standard error that weighs a period, from its interval where everybody answered alike."""
    if estimate.se:
        return estimate.se
    if estimate.interval is None:
        return 0.0
    width = estimate.interval.high - estimate.interval.low
    return width / (2 * normal_quantile(estimate.interval.level))
