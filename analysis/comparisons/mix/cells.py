"""Totals by segment and period, and how exactly a decomposition follows them.

Every part of a decomposition is a smooth function of four rows of totals: weights and weighted scores of each segment
before and after. Its derivatives say what each respondent contributes to it, and hence how sure it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.arrays import FloatArray, IntArray
from analysis.weights import Sample, effective_base

ComplexArray = npt.NDArray[np.complex128]
# (..., 4, cells): weights before, scores before, weights after, scores after -> (..., parts).
Parts = Callable[[ComplexArray], ComplexArray]
# A complex step has no rounding error of subtraction, so that it may be as small as floats allow.
STEP = 1e-30


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The answers of one period, the cell of each, and the number of the respondent, shared by both periods."""

    sample: Sample
    cells: IntArray
    owners: IntArray

    def totals(self, n_cells: int) -> FloatArray:
        """Return weights and weighted scores by cell, (2, cells)."""
        weights = self.sample.weights
        return np.stack([np.bincount(self.cells, each, n_cells) for each in (weights, weights * self.sample.values)])

    def counts(self, n_cells: int) -> IntArray:
        """Return how many answers each cell holds."""
        found: IntArray = np.bincount(self.cells, minlength=n_cells).astype(np.int64)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Error:
    """Variance of each part, and its degrees of freedom."""

    variance: FloatArray
    df: FloatArray


def rates_and_shares(totals: ComplexArray) -> tuple[ComplexArray, ComplexArray, ComplexArray, ComplexArray]:
    """Return shares and mean scores of the cells, before and after; a cell of one period has that score in both.

    What an absent segment would have answered is unknown; so its coming or going counts as mix alone.
    """
    weights0, scores0, weights1, scores1 = np.moveaxis(totals, -2, 0)
    there0, there1 = weights0.real > 0, weights1.real > 0
    rate0 = np.where(there0, scores0, scores1) / np.where(there0, weights0, np.where(there1, weights1, 1))
    rate1 = np.where(there1, scores1, scores0) / np.where(there1, weights1, np.where(there0, weights0, 1))
    share0, share1 = (each / each.sum(axis=-1, keepdims=True) for each in (weights0, weights1))
    return share0, rate0, share1, rate1


def slopes(parts: Parts, totals: FloatArray) -> FloatArray:
    """Return the derivatives (4, cells, parts) of the parts with respect to the totals (4, cells)."""
    size = totals.size
    moved = np.broadcast_to(totals.astype(np.complex128), (size, *totals.shape)).copy()
    moved.reshape(size, size)[np.diag_indices(size)] += 1j * STEP
    found: FloatArray = (parts(moved).imag / STEP).reshape(*totals.shape, -1)
    return found


def error_of(gradient: FloatArray, periods: tuple[Cells, Cells]) -> Error:
    """Return the linearised variance of each part, respondents of both periods counted once.

    A row of period t and cell c contributes w (dA + y dY), the derivatives with respect to that cell's weight and
    score; contributions are summed by respondent and squared (Binder 1983). Degrees of freedom after Satterthwaite.
    """
    size = int(max(each.owners.max() for each in periods)) + 1
    sums, variances, freedoms = np.zeros((size, gradient.shape[2])), [], []
    for at, period in enumerate(periods):
        rows = gradient[2 * at, period.cells] + period.sample.values[:, None] * gradient[2 * at + 1, period.cells]
        alone = np.zeros_like(sums)
        np.add.at(alone, period.owners, period.sample.weights[:, None] * rows)
        people = np.bincount(period.owners, period.sample.weights, size)
        n = np.count_nonzero(people)
        alone *= np.sqrt(n / (n - 1))
        sums += alone
        variances.append(np.square(alone).sum(axis=0))
        freedoms.append(effective_base(people) - 1)
    return Error(np.square(sums).sum(axis=0), satterthwaite(variances, freedoms))


def satterthwaite(variances: list[FloatArray], freedoms: list[float]) -> FloatArray:
    """Return the degrees of freedom of sums of variances; infinite where nothing varies."""
    total = np.sum(variances, axis=0)
    below = np.sum([each**2 / df for each, df in zip(variances, freedoms, strict=True)], axis=0)
    return np.where(below > 0, total**2 / np.where(below > 0, below, 1.0), np.inf)
