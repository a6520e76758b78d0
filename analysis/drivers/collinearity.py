"""How far drivers repeat each other: variance inflation, exact copies, and the halo of one common judgement."""

from __future__ import annotations

import numpy as np

from analysis.arrays import FloatArray
from analysis.drivers.subsets import SMALLEST_PIVOT, Players

# An eigenvector weight above this says that the column takes part in an exact linear relation.
_TAKES_PART = 1e-4


def aliased_columns(drivers: FloatArray) -> tuple[int, ...]:
    """Return the columns of a correlation matrix that other columns reproduce exactly, constant ones included.

    They are those with weight in the null space (eigenvalues below 1e-10): the answer does not depend on their order.
    """
    values, vectors = np.linalg.eigh(drivers)
    inside = np.square(vectors[:, values < SMALLEST_PIVOT]).sum(axis=1)
    return tuple(int(each) for each in np.flatnonzero(inside > _TAKES_PART**2))


def variance_inflation(drivers: FloatArray, players: Players) -> FloatArray:
    """Return the variance inflation of each player, infinite where it is reproduced exactly.

    VIF_j = (R^-1)_jj; for a player of d columns the generalised form det(R_gg) det((R^-1)_gg), as its d-th root so that
    players of any width compare (Fox & Monette 1992, whose GVIF^(1/2d) is the square root of this).
    """
    result = np.full(len(players), np.inf)
    aliased = set(aliased_columns(drivers))
    inverse = np.linalg.pinv(drivers, rcond=SMALLEST_PIVOT, hermitian=True)
    for place, columns in enumerate(players):
        if aliased.isdisjoint(columns):
            own = np.ix_(columns, columns)
            inflation = np.linalg.det(drivers[own]) * np.linalg.det(inverse[own])
            result[place] = max(inflation, 1.0) ** (1.0 / len(columns))
    return result


def condition_number(drivers: FloatArray) -> float:
    """Return the largest over the smallest eigenvalue of the drivers' correlations; infinite for exact copies."""
    values = np.linalg.eigvalsh(drivers)
    return float(values[-1] / values[0]) if values[0] > SMALLEST_PIVOT else float("inf")


def first_eigenvalue_share(drivers: FloatArray) -> float:
    """Return the share of all variance that one common direction carries: near 1 means one halo over all ratings."""
    return float(np.linalg.eigvalsh(drivers)[-1] / np.trace(drivers))
