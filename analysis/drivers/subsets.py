"""R2 of every subset of drivers from one correlation matrix, by a branching tree of Schur complements.

Every subset of the drivers handled so far keeps the residual covariance of the drivers to come and of the outcome.
Handling one more driver doubles the subsets: "leave out" drops its row and column, "take in" subtracts a rank-one
update first. The work is about 6 * 2^p multiply-adds (Furnival 1971; Furnival & Wilson 1974) against 2^p p^3 / 24 of
separate regressions. Matrices are kept as packed upper triangles (position first, subset last and contiguous).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import FloatArray

Players: TypeAlias = Sequence[tuple[int, ...]]

# On the correlation scale: a smaller pivot says that the column repeats what is in already.
SMALLEST_PIVOT = 1e-10
# Subsets handled together: small enough for the processor's cache, large enough to hide the interpreter.
BLOCK = 1 << 13
# With so few subsets a call costs more than the arithmetic: all rows are updated in one.
FEW = 64


@lru_cache(maxsize=128)
def _triangle(size: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return row and column numbers of a packed upper triangle."""
    return np.triu_indices(size)


def pack(matrices: FloatArray, order: Sequence[int]) -> FloatArray:
    """Return the reordered upper triangles of symmetric matrices (r x k x k) as k(k+1)/2 x r."""
    rows, columns = _triangle(len(order))
    places = np.asarray(order)
    return np.ascontiguousarray(matrices[:, places[rows], places[columns]].T)


def take_in(triangle: FloatArray, size: int) -> FloatArray:
    """Return the triangles left when their first column has explained what it can.

    A pivot below 1e-10 brings no new information: the rest stays as it is.
    """
    pivot, cross = triangle[0], triangle[1:size]
    inverse = np.divide(1.0, pivot, out=np.zeros_like(pivot), where=pivot > SMALLEST_PIVOT)
    scaled = cross * inverse
    if pivot.size <= FEW:
        rows, columns = _triangle(size - 1)
        left: FloatArray = triangle[size:] - scaled[rows] * cross[columns]
        return left
    result = np.empty((triangle.shape[0] - size, triangle.shape[1]))
    start = 0
    for row in range(size - 1):
        stop = start + size - 1 - row
        part = result[start:stop]
        np.multiply(cross[row:], scaled[row], out=part)
        np.subtract(triangle[size + start : size + stop], part, out=part)
        start = stop
    return result


def _both_ways(triangle: FloatArray, size: int, width: int) -> FloatArray:
    """Return the triangles without a player's columns and, behind them, those with the player taken in."""
    inside, outside, left = triangle, triangle, size
    for _ in range(width):
        inside, outside, left = take_in(inside, left), outside[left:], left - 1
    return np.concatenate((outside, inside), axis=1)


def residual_variances(triangle: FloatArray, size: int, widths: Sequence[int]) -> FloatArray:
    """Return the outcome's residual variance for every subset of players.

    `triangle` is k(k+1)/2 x r with the players' columns first, in order, and the outcome last; `widths` are their
    numbers of columns. Result: 2^p * r values, bit j of (position // r) telling whether player j is in.
    """
    columns = triangle.shape[1]
    if not widths:
        done: FloatArray = triangle[0]
        return done
    if columns > BLOCK:
        half = columns // 2
        parts = (triangle[:, :half], triangle[:, half:])
        solved = [residual_variances(each, size, widths).reshape(-1, each.shape[1]) for each in parts]
        return np.concatenate(solved, axis=1).ravel()
    doubled = _both_ways(triangle, size, widths[0])
    return residual_variances(doubled, size - widths[0], widths[1:])


def subset_r_squared(matrices: FloatArray, players: Players, controls: Sequence[int] = ()) -> FloatArray:
    """Return the R2 that every subset of players adds to the controls, as 2^p x r.

    `matrices` are r correlation matrices (k x k) with the outcome in the last place; a player is the tuple of its
    columns; controls are always in and the outcome's total variance stays the denominator.
    """
    outcome = matrices.shape[-1] - 1
    order = [*controls, *(each for player in players for each in player), outcome]
    triangle, size = pack(matrices, order), len(order)
    for _ in controls:
        triangle, size = take_in(triangle, size), size - 1
    left = residual_variances(triangle, size, [len(each) for each in players]).reshape(-1, matrices.shape[0])
    gains: FloatArray = left[0] - left
    return gains
