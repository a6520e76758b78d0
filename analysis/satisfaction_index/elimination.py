"""Small positive definite systems, thousands at a time."""

from __future__ import annotations

import numpy as np

from analysis.arrays import FloatArray

# On the correlation scale a pivot below this says that the columns before it reproduce this one.
LEAST_PIVOT = 1e-10


def solve(matrices: FloatArray, right: FloatArray) -> FloatArray:
    """Return x with A x = r for symmetric positive definite A (b x k x k) of unit diagonal and r (b x k x m).

    Gauss-Jordan elimination without exchanges, which such matrices allow, one step for all b systems at once. Where a
    column repeats the ones before it, the answer of that system is not a number.
    """
    table = np.concatenate((matrices, right), axis=2)
    for j in range(matrices.shape[1]):
        pivot = table[:, j, j]
        row = table[:, j, j:] / np.where(pivot > LEAST_PIVOT, pivot, np.nan)[:, None]
        table[:, :, j:] -= table[:, :, j, None] * row[:, None, :]
        table[:, j, j:] = row
    return table[:, :, matrices.shape[1] :]
