"""The verdict on two Net Promoter Scores for many pairs of counts at once, restated with arrays.

A test holds it against the function itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

ADDED = np.array([0.375, 0.75, 0.375])


def nps_verdicts(first: NDArray[np.int64], seconds: NDArray[np.int64], alpha: float = 0.05) -> NDArray[np.bool_]:
    """Return which of the second counts (k, 3) of detractors, passives, promoters clearly differ from the first."""
    (net1, variance1), (net2, variance2) = _net(first[None] + ADDED), _net(seconds + ADDED)
    return np.abs(net2 - net1) / np.sqrt(variance1 + variance2) > stats.norm.isf(alpha / 2)


def _net(counts: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    n = counts.sum(axis=1)
    net = (counts[:, 2] - counts[:, 0]) / n
    return net, ((counts[:, 2] + counts[:, 0]) / n - net**2) / n
