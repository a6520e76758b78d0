"""Whether predictors part the categories so cleanly that no finite coefficient is the most likely one."""

from __future__ import annotations

import numpy as np
from scipy import optimize, sparse

from analysis.arrays import FloatArray
from analysis.categorical.likelihood import Likelihood

# A move that no row resists and that helps some row by more than this (columns standardised, moves within -1..1).
_HELPS = 1e-5


def _resistance(likelihood: Likelihood) -> FloatArray:
    """Return one row per finite threshold of each case: how far a move of the parameters takes it to the right side."""
    n, k = likelihood.codes.size, likelihood.n_thresholds
    above, below = likelihood.codes < k, likelihood.codes > 0
    rows = np.arange(n)
    upper, lower = np.zeros((n, k + 1)), np.zeros((n, k + 1))
    upper[rows, np.minimum(likelihood.codes, k)] = 1.0
    lower[rows, np.maximum(likelihood.codes - 1, 0)] = -1.0
    higher = np.concatenate((-likelihood.columns, upper[:, :k]), axis=1)[above]
    deeper = np.concatenate((likelihood.columns, lower[:, :k]), axis=1)[below]
    return np.unique(np.concatenate((higher, deeper)), axis=0)


def separating_columns(likelihood: Likelihood) -> tuple[int, ...]:
    """Return the columns (standardised) whose coefficients run away to infinity; none where the maximum is finite.

    Linear programme of Konis 2007, carried over to ordered categories: a move of coefficients and thresholds that takes
    no case further from its category, and some case deeper into it, can be repeated for ever.
    """
    rows = _resistance(likelihood)
    found = optimize.linprog(-rows.sum(axis=0), A_ub=-sparse.csr_array(rows), b_ub=np.zeros(len(rows)), bounds=(-1, 1))
    if not found.success or (rows @ found.x).max() <= _HELPS:
        return ()
    p = likelihood.columns.shape[1]
    return tuple(int(each) for each in np.flatnonzero(np.abs(found.x[:p]) > _HELPS))
