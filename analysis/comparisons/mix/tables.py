"""A mix shift from a published table: sizes and scores of the segments in two periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.comparisons.mix.answers import MixOptions
from analysis.comparisons.mix.cells import Error, satterthwaite, slopes
from analysis.comparisons.mix.shifts import DEFAULTS, Facts, Hidden, shift_of, two_way
from analysis.values import Base
from analysis.values.mix_shift import MixShift


@dataclass(frozen=True, slots=True)
class MixTable:
    """Segments with their sizes and scores in two periods; sizes are shares that sum to 1, or numbers of answers.

    `errors_before`, `errors_after`: standard errors of the scores, if known; then sizes must be numbers of answers. A
    score may be anything (NaN) where the segment has no size. `unit` is that of the scores.
    """

    segments: Sequence[str]
    sizes_before: Sequence[float]
    sizes_after: Sequence[float]
    scores_before: Sequence[float]
    scores_after: Sequence[float]
    errors_before: Sequence[float] | None = None
    errors_after: Sequence[float] | None = None
    unit: str = "mean"


def mix_shift_of_table(table: MixTable, options: MixOptions = DEFAULTS) -> MixShift:
    """Return the decomposition of `mix_shift` from shares (or numbers of answers) and scores.

    With standard errors of the scores and numbers of answers every part has its standard error, the mix being a sample
    too; without them the parts are exact for the table and carry no interval (noted). Raises ValueError for lists of
    different lengths, segments named twice, sizes below zero or summing to nothing, and scores that are no numbers.
    """
    sizes, scores = _checked(table)
    totals = np.stack([sizes[0], sizes[0] * scores[0], sizes[1], sizes[1] * scores[1]])
    counted = bool((sizes.sum(axis=1) > 1 + 1e-6).all())
    error = _error(table, totals) if table.errors_before is not None and table.errors_after is not None else None
    n = float(sizes.sum()) if counted else 0.0
    facts = Facts(tuple(table.segments), totals, error, Base(round(n), n, n), table.unit)
    return shift_of(facts, options, Hidden(0, (None,) * len(table.segments)))


def _checked(table: MixTable) -> tuple[FloatArray, FloatArray]:
    """Return sizes and scores (2, segments), scores of absent segments zero."""
    given = (table.sizes_before, table.sizes_after, table.scores_before, table.scores_after)
    if {len(each) for each in given} != {len(table.segments)} or len(set(table.segments)) != len(table.segments):
        raise ValueError("Give every segment once, with one size and one score in each period.")
    sizes, scores = np.array(given[:2], dtype=np.float64), np.array(given[2:], dtype=np.float64)
    if not np.isfinite(sizes).all() or (sizes < 0).any() or (sizes.sum(axis=1) <= 0).any():
        raise ValueError("Sizes are numbers of at least zero, and some are above it in each period.")
    if not np.isfinite(scores[sizes > 0]).all():
        raise ValueError("Every segment that has a size needs a score that is a number.")
    return sizes, np.where(sizes > 0, scores, 0.0)


def _error(table: MixTable, totals: FloatArray) -> Error:
    """Return the variance of each part: within a segment a row contributes dA + y dY, summed over its answers."""
    errors = np.array([table.errors_before, table.errors_after], dtype=np.float64)
    sizes = totals[[0, 2]]
    if errors.shape != sizes.shape or not np.isfinite(errors[sizes > 0]).all() or (sizes.sum(axis=1) <= 1).any():
        raise ValueError("Standard errors need one number for every segment, and sizes that are numbers of answers.")
    gradient, variances, freedoms = slopes(two_way, totals), [], []
    for at in range(2):
        size = sizes[at]
        rate = np.divide(totals[2 * at + 1], size, out=np.zeros_like(size), where=size > 0)
        spread = np.where(size > 0, errors[at] * size, 0.0)
        level = np.sqrt(size)[:, None] * (gradient[2 * at] + rate[:, None] * gradient[2 * at + 1])
        variance = np.square(level).sum(axis=0) + np.square(spread[:, None] * gradient[2 * at + 1]).sum(axis=0)
        variances.append(variance)
        freedoms.append(float(size.sum()) - 1)
    return Error(np.sum(variances, axis=0), satterthwaite(variances, freedoms))
