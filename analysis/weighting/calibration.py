"""Calibration: weights whose totals of any auxiliaries, categorical or numeric, meet those of the population."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.values.weighting import Margin
from analysis.weighting.distances import Distance, Factor, factor_function
from analysis.weighting.margins import (
    Columns,
    MarginVariable,
    are_shares,
    column_of,
    common_total,
    margin_variable,
    refuse_empty,
    refuse_missing,
)
from analysis.weighting.raking import base_weights_of, margins_of
from analysis.weighting.results import Auxiliaries, Course, Weighting, summary_of

SOURCE = "Deville & Särndal 1992"
CalibrationTargets = Mapping[str, Mapping[Hashable, float] | float]
# Halvings of one Newton step before calibration gives up.
_HALVINGS = 40


@dataclass(frozen=True, slots=True)
class CalibrationOptions:
    """How to calibrate.

    `distance`: `linear` (GREG; weights may turn negative), `raking` (always positive) or `logit` (factors between
    `bounds`, relative to base weights scaled to the population).
    `population`: how many the population counts, needed where all auxiliaries are numeric and the weights must add
    up to it; 1 means that the targets are shares and means, and weights then add up to the base weights' sum.
    `tolerance`: largest relative error of any total; `max_iterations`: Newton steps after which it fails loudly.
    """

    distance: str = Distance.RAKING
    bounds: tuple[float, float] = (0.2, 5.0)
    population: float | None = None
    tolerance: float = 1e-10
    max_iterations: int = 100


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """Columns (n x k) whose totals under the weights must equal the targets (k), from these weights on."""

    columns: FloatArray
    targets: FloatArray
    start: FloatArray
    scale: FloatArray

    def gap(self, factors: FloatArray) -> FloatArray:
        """Return the distance of each total from its target, relative to the size of the column."""
        gap: FloatArray = (self.targets - (self.start * factors) @ self.columns) / self.scale
        return gap


def calibrate(
    columns: Columns,
    targets: CalibrationTargets,
    base_weights: ArrayLike | None = None,
    options: CalibrationOptions | None = None,
) -> Weighting:
    """Return weights near the base weights whose totals of the auxiliaries equal the targets.

    `targets`: for a categorical column a mapping of category to total, for a numeric one its population total
    (where categories add up to 1, shares and means). Solves sum d F(x'lambda) x = totals by Newton's method, F by the
    distance (Deville & Särndal 1992). Auxiliaries that repeat each other share the work. Raises ValueError for missing
    or infinite auxiliaries, totals that differ, categories without rows, and where no such weights meet the targets.
    """
    options = options or CalibrationOptions()
    base = base_weights_of(columns, base_weights)
    groups, numbers, population = _population(columns, targets, options)
    for each in groups:
        refuse_missing(each)
        refuse_empty(each, base)
    problem = _problem(base, groups, numbers, population)
    factors, iterations, error = _solved(problem, factor_function(Distance(options.distance), options.bounds), options)
    weights = problem.start * factors
    course = Course(iterations, error, 0, f"calibration-{Distance(options.distance)}", SOURCE)
    unit = _unit(base, population)
    margins = (
        *margins_of([_scaled(each, unit) for each in groups], base, weights),
        *(_numeric_margin(name, column, (total * unit, base, weights)) for name, column, total in numbers),
    )
    ratio = np.divide(weights, base, out=np.zeros_like(base), where=base > 0)
    return Weighting(weights, ratio, base, Auxiliaries(numbers=problem.columns), summary_of(weights, margins, course))


_Numbers = list[tuple[str, FloatArray, float]]


def _population(
    columns: Columns, targets: CalibrationTargets, options: CalibrationOptions
) -> tuple[list[MarginVariable], _Numbers, float | None]:
    """Return categorical and numeric auxiliaries and how many the population counts, None where nobody says."""
    if not targets:
        raise ValueError("Name at least one auxiliary with its target.")
    groups, numbers = [], []
    for name, target in targets.items():
        column = column_of(columns, name)
        if isinstance(target, Mapping):
            groups.append(margin_variable(column, name, target))
        else:
            numbers.append((name, _numeric(column, name), _finite(name, target)))
    sums = {"the population": options.population} if options.population is not None else {}
    sums |= {each.name: float(each.targets.sum()) for each in groups}
    return groups, numbers, common_total(sums, rescale=False) if sums else None


def _finite(name: str, target: float) -> float:
    if not np.isfinite(target):
        raise ValueError(f"The target of {name!r} must be a finite number.")
    return float(target)


def _numeric(column: pd.Series, name: str) -> FloatArray:
    values = np.asarray(pd.to_numeric(column), dtype=np.float64)
    wrong = int((~np.isfinite(values)).sum())
    if wrong:
        raise ValueError(f"{name!r} is missing or infinite for {wrong} rows: impute it or leave them out.")
    return values


def _unit(base: FloatArray, population: float | None) -> float:
    """Return what targets are multiplied by: the sum of base weights where they are shares and means, otherwise 1."""
    return float(base.sum()) if population is not None and are_shares(population) else 1.0


def _scaled(variable: MarginVariable, unit: float) -> MarginVariable:
    return MarginVariable(variable.name, variable.codes, variable.categories, variable.targets * unit)


def _problem(base: FloatArray, groups: list[MarginVariable], numbers: _Numbers, population: float | None) -> _Problem:
    """Return the equations, numeric auxiliaries centred where the population's size is known."""
    unit = _unit(base, population)
    parts, goals = [each.indicators() for each in groups], [each.targets * unit for each in groups]
    if population is not None and not groups:
        parts.append(np.ones((base.size, 1)))
        goals.append(np.array([population * unit]))
    size = None if population is None else population * unit
    for _, values, total in numbers:
        # The same constraint, but its digits don't drown in an offset.
        centre = 0.0 if size is None else float(base @ values / base.sum())
        parts.append((values - centre)[:, None])
        goals.append(np.array([total * unit - centre * (size or 0.0)]))
    columns, targets = np.concatenate(parts, axis=1), np.concatenate(goals)
    start = base if size is None else base * (size / base.sum())
    scale = np.maximum(start @ np.abs(columns), np.finfo(float).tiny)
    return _Problem(columns, targets, start, scale)


def _solved(problem: _Problem, factor: Factor, options: CalibrationOptions) -> tuple[FloatArray, int, float]:
    """Return the factors, the Newton steps taken and the largest relative error left."""
    scaled = problem.columns / (problem.scale / problem.start.sum())
    place = np.zeros(scaled.shape[1])
    factors, slopes = factor(scaled @ place)
    gap = problem.gap(factors)
    for step in range(options.max_iterations + 1):
        if np.abs(gap).max() <= options.tolerance:
            return factors, step, float(np.abs(gap).max())
        products = (scaled * (problem.start * slopes)[:, None]).T @ scaled / problem.start.sum()
        direction = np.linalg.lstsq(products, gap, rcond=1e-12)[0]
        place, smaller = _stepped(problem, factor, (scaled, place, direction), float(np.abs(gap).max()))
        if not smaller:
            break
        factors, slopes = factor(scaled @ place)
        gap = problem.gap(factors)
    raise ValueError(
        f"No weights of the distance {str(options.distance)!r} meet these targets: totals stay off by "
        f"{np.abs(gap).max():.2g}. Widen the bounds, merge small categories, or leave an auxiliary out."
    )


def _stepped(
    problem: _Problem, factor: Factor, at: tuple[FloatArray, FloatArray, FloatArray], error: float
) -> tuple[FloatArray, bool]:
    """Return the place after a Newton step, halved until the error is smaller; False where none is."""
    scaled, place, direction = at
    for _ in range(_HALVINGS):
        reached = place + direction
        if np.abs(problem.gap(factor(scaled @ reached)[0])).max() < error:
            return reached, True
        direction = direction / 2
    return place, False


def _numeric_margin(name: str, column: FloatArray, figures: tuple[float, FloatArray, FloatArray]) -> Margin:
    target, base, weights = figures
    return Margin(name, "", column.size, float(base @ column), target, float(weights @ column))
