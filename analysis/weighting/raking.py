"""Raking: weights whose margins meet known totals, one margin after the other until all are met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.values import Note
from analysis.values.weighting import Margin
from analysis.weighting.cells import Cells, Fitted, cells_of, raked_cells
from analysis.weighting.margins import (
    Columns,
    MarginVariable,
    Targets,
    are_shares,
    column_of,
    common_total,
    margin_variable,
    refuse_empty,
    refuse_missing,
    scaled_to,
    with_missing_kept,
)
from analysis.weighting.results import Auxiliaries, Course, Weighting, limits_of, summary_of
from analysis.weights import check_weights

SOURCE = "Deming & Stephan 1940; Deville, Särndal & Sautory 1993"
# Rounds of trimming and raking again.
_ROUNDS = 100
# A weight may pass its limit by this share: the limit of raking again is approached, not reached.
_LEEWAY = 1e-6
_UNLIMITED = (0.0, float("inf"))


class MissingCategory(StrEnum):
    """What becomes of rows that lack a raking variable: refused, or a category that keeps its share."""

    REFUSE = "refuse"
    OWN_CATEGORY = "own-category"


@dataclass(frozen=True, slots=True)
class RakingOptions:
    """How to rake.

    `total`: what the weights add up to where the targets are shares (default: the sum of the base weights).
    `rescale`: bring targets with different totals to the first one instead of refusing them.
    `missing`: `refuse`, or `own-category`: rows without a category keep their share of the base weights.
    `limits`: smallest and largest weight as multiples of the median weight; weights are cut there and raked again.
    `tolerance`: largest relative error of any margin; `max_iterations`: passes after which raking fails loudly.
    """

    total: float | None = None
    rescale: bool = False
    missing: str = MissingCategory.REFUSE
    limits: tuple[float, float] | None = None
    tolerance: float = 1e-10
    max_iterations: int = 1000


def base_weights_of(columns: Columns, base_weights: ArrayLike | None) -> FloatArray:
    """Return one base weight per row, 1 where none are given; raises ValueError for a wrong length or bad weights."""
    lengths = (
        {len(columns)} if not isinstance(columns, Mapping) else {len(np.asarray(each)) for each in columns.values()}
    )
    if len(lengths) != 1:
        raise ValueError("All columns must have the same number of rows.")
    n = lengths.pop()
    base = np.ones(n) if base_weights is None else np.asarray(base_weights, dtype=np.float64)
    if base.shape != (n,):
        raise ValueError(f"Give one base weight for each of the {n} rows, not {base.shape}.")
    check_weights(base)
    if not base.sum() > 0:
        raise ValueError("There is nobody to weight: no row has a base weight above zero.")
    return base


def checked_variables(
    columns: Columns, targets: Targets, base: FloatArray, options: RakingOptions
) -> tuple[list[MarginVariable], tuple[Note, ...]]:
    """Return the variables with targets that share one total, and notes on what was done for that."""
    if not targets:
        raise ValueError("Name at least one variable with its targets.")
    variables = [margin_variable(column_of(columns, name), name, each) for name, each in targets.items()]
    sums = {each.name: float(each.targets.sum()) for each in variables}
    total = common_total(sums, rescale=options.rescale)
    notes = _missing_notes(variables)
    for each in variables if MissingCategory(options.missing) is MissingCategory.REFUSE else ():
        refuse_missing(each)
    variables = [with_missing_kept(each, base) for each in variables]
    for each in variables:
        refuse_empty(each, base)
    if are_shares(total):
        total = float(base.sum()) if options.total is None else options.total
    return scaled_to(variables, total), notes


def _missing_notes(variables: list[MarginVariable]) -> tuple[Note, ...]:
    counts = {each.name: int((each.codes < 0).sum()) for each in variables}
    return tuple(Note("missing-kept-as-category", {"variable": name, "n": n}) for name, n in counts.items() if n)


def rake(
    columns: Columns, targets: Targets, base_weights: ArrayLike | None = None, options: RakingOptions | None = None
) -> Weighting:
    """Return weights whose sums by category meet the targets, as near to the base weights as margins allow.

    `columns`: DataFrame or mapping of n values per variable. `targets`: for each variable the total or share of each
    category; targets that add up to 1 are shares. Each pass multiplies the weights by target / current, margin by
    margin (Deming & Stephan 1940), until the largest relative error is below the tolerance. Rows are first counted
    into cells, so that a pass costs what the occurring combinations cost.
    Raises ValueError, naming the variable and category, for a category without target, a target without rows, totals
    that differ, missing values (unless an option keeps them), and where raking does not converge.
    """
    options = options or RakingOptions()
    base = base_weights_of(columns, base_weights)
    variables, notes = checked_variables(columns, targets, base, options)
    cells = cells_of(variables)
    weights, fitted = _raked(base, cells, variables, options)
    trimming = _Trimmed(weights, fitted)
    if options.limits is not None:
        trimming = _trimmed(weights, fitted, cells, variables, options)
    course = Course(
        iterations=trimming.fitted.iterations,
        error=trimming.fitted.error,
        n_trimmed=trimming.n,
        method="raking" if options.limits is None else "raking-trimmed",
        source=SOURCE,
        notes=(*notes, *trimming.notes),
    )
    return _weighting(base, trimming.weights, variables, course)


def _raked(
    start: FloatArray, cells: Cells, variables: list[MarginVariable], options: RakingOptions
) -> tuple[FloatArray, Fitted]:
    """Return row weights that meet the margins, starting from these."""
    begun = cells.totals(start)
    fitted = raked_cells(begun, cells, variables, (options.tolerance, options.max_iterations))
    factors = np.divide(fitted.weights, begun, out=np.zeros_like(begun), where=begun > 0)
    return start * factors[cells.rows], fitted


@dataclass(frozen=True, slots=True, eq=False)
class _Trimmed:
    """Weights within limits that still meet the margins, how many rows stand at a limit, and what was warned of."""

    weights: FloatArray
    fitted: Fitted
    n: int = 0
    notes: tuple[Note, ...] = field(default=())


def _trimmed(
    weights: FloatArray, fitted: Fitted, cells: Cells, variables: list[MarginVariable], options: RakingOptions
) -> _Trimmed:
    """Cut weights at multiples of their median and rake again until both hold; say so where they can't both hold."""
    low, high = limits_of(weights, options.limits or _UNLIMITED)
    there, passes = weights > 0, fitted.iterations
    n_outside = int(((weights < low) | (weights > high))[there].sum())
    for _ in range(_ROUNDS):
        outside = there & ((weights < low * (1 - _LEEWAY)) | (weights > high * (1 + _LEEWAY)))
        if not outside.any():
            break
        cut = np.where(there, np.clip(weights, low, high), 0.0)
        weights, fitted = _raked(cut, cells, variables, options)
        passes += fitted.iterations
    at_limit = there & ((weights <= low * (1 + _LEEWAY)) | (weights >= high * (1 - _LEEWAY)))
    notes = _trim_notes(weights[there], (low, high), n_outside)
    return _Trimmed(weights, replace(fitted, iterations=passes), int(at_limit.sum()), notes)


def _trim_notes(weights: FloatArray, limits: tuple[float, float], n_outside: int) -> tuple[Note, ...]:
    low, high = limits
    figures: dict[str, float | int | str] = {"n": n_outside, "low": low, "high": high, "largest": float(weights.max())}
    if weights.max() > high * (1 + 2 * _LEEWAY) or weights.min() < low * (1 - 2 * _LEEWAY):
        return (Note("trimming-not-reached", figures),)
    return (Note("weights-trimmed", figures),) if n_outside else ()


def margins_of(variables: list[MarginVariable], base: FloatArray, weights: FloatArray) -> tuple[Margin, ...]:
    """Return target and reached total of every category."""
    found = []
    for each in variables:
        counts = np.bincount(each.codes, minlength=len(each.categories))
        figures = zip(each.categories, counts, each.totals(base), each.targets, each.totals(weights), strict=True)
        found += [
            Margin(each.name, category, int(n), float(before), float(target), float(reached))
            for category, n, before, target, reached in figures
        ]
    return tuple(found)


def _weighting(base: FloatArray, weights: FloatArray, variables: list[MarginVariable], course: Course) -> Weighting:
    factors = np.divide(weights, base, out=np.zeros_like(base), where=base > 0)
    summary = summary_of(weights, margins_of(variables, base, weights), course)
    auxiliaries = Auxiliaries(tuple((each.codes, len(each.categories)) for each in variables))
    return Weighting(weights, factors, base, auxiliaries, summary)
