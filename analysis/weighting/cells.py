"""Raking over cells: rows that share every category are one number, so that an iteration costs what the cells cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.weighting.margins import MarginVariable, sums_by

# A table of all combinations is laid out while it is no larger than this many times the rows (or this many cells).
_DENSE_PER_ROW, _DENSE = 4, 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The combinations of categories that occur: the cell of each row, and the category of each cell by variable."""

    rows: IntArray
    codes: tuple[IntArray, ...]

    @property
    def count(self) -> int:
        """Return how many combinations occur."""
        return int(self.codes[0].size)

    def totals(self, weights: FloatArray) -> FloatArray:
        """Return the sum of row weights in each cell."""
        return sums_by(self.rows, weights, self.count)


def cells_of(variables: list[MarginVariable]) -> Cells:
    """Return the cells of these variables."""
    sizes = [len(each.categories) for each in variables]
    found, rows = _numbered(variables, sizes)
    codes = []
    for size in reversed(sizes):
        codes.append(found % size)
        found = found // size
    return Cells(rows, tuple(reversed(codes)))


def _numbered(variables: list[MarginVariable], sizes: list[int]) -> tuple[IntArray, IntArray]:
    """Return the combinations that occur as numbers, and which of them each row is."""
    combined = np.zeros_like(variables[0].codes)
    for variable, size in zip(variables, sizes, strict=True):
        combined = combined * size + variable.codes
    n_possible = int(np.prod(sizes))
    if n_possible > max(_DENSE_PER_ROW * combined.size, _DENSE):
        found, rows = np.unique(combined, return_inverse=True)
        return found.astype(np.int64), rows.astype(np.int64)
    occurring = np.flatnonzero(np.bincount(combined, minlength=n_possible)).astype(np.int64)
    places = np.zeros(n_possible, dtype=np.int64)
    places[occurring] = np.arange(occurring.size)
    return occurring, places[combined]


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Cell weights after raking, the number of passes, the largest relative error of a margin and whose it is."""

    weights: FloatArray
    iterations: int
    error: float
    worst: str


def raked_cells(start: FloatArray, cells: Cells, variables: list[MarginVariable], stop: tuple[float, int]) -> Fitted:
    """Return cell weights whose margins meet the targets: iterative proportional fitting (Deming & Stephan 1940).

    `stop` is the largest relative error of a margin and the largest number of passes. Raises ValueError where
    that many passes do not suffice.
    """
    tolerance, most = stop
    weights = start.copy()
    for iteration in range(1, most + 1):
        errors = [_meet(weights, codes, each.targets) for codes, each in zip(cells.codes, variables, strict=True)]
        worst = int(np.argmax(errors))
        # One margin alone is met by one pass; with several, all must have been met before the pass touched them.
        if max(errors) <= tolerance or len(errors) == 1:
            return Fitted(weights, iteration, _largest_error(weights, cells, variables), variables[worst].name)
    raise ValueError(
        f"Raking did not reach its targets in {most} passes: {variables[worst].name!r} is still off by "
        f"{max(errors):.2g} of its target. Margins may contradict each other in this sample: merge small categories."
    )


def _meet(weights: FloatArray, codes: IntArray, targets: FloatArray) -> float:
    """Bring one margin to its targets in place; return how far off it was."""
    current = sums_by(codes, weights, targets.size)
    factors = np.divide(targets, current, out=np.zeros_like(targets), where=current > 0)
    error = _distance(current, targets)
    weights *= factors[codes]
    return error


def _distance(current: FloatArray, targets: FloatArray) -> float:
    """Return the largest relative distance from the targets; where the target is zero, relative to the total."""
    scale = np.where(targets > 0, targets, targets.sum())
    return float((np.abs(current - targets) / scale).max())


def _largest_error(weights: FloatArray, cells: Cells, variables: list[MarginVariable]) -> float:
    pairs = zip(cells.codes, variables, strict=True)
    return max(_distance(sums_by(codes, weights, each.targets.size), each.targets) for codes, each in pairs)
