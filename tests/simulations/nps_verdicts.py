"""The verdict on two Net Promoter Scores for many pairs of counts at once, restated with arrays.

A test holds it against the function itself.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

ADDED = np.array([0.375, 0.75, 0.375])


def nps_verdicts(first: NDArray[np.int64], seconds: NDArray[np.int64], alpha: float = 0.05) -> NDArray[np.bool_]:
    """Return which of the second counts (k, 3) of detractors, passives, promoters clearly differ from the first."""
    (net1, variance1), (net2, variance2) = _net(first[None] + ADDED), _net(seconds + ADDED)
    statistics = np.abs(net2 - net1) / np.sqrt(variance1 + variance2)
    alarms = 2 * stats.t.sf(statistics, _df(first[None], seconds)) < alpha
    for place in np.flatnonzero(alarms):
        second = seconds[place]
        totals = tuple(int(each) for each in first + second)
        alarms[place] = _distance(second[2] - second[0], totals, int(second.sum())) >= _critical(
            totals, int(second.sum()), alpha
        )
    return alarms


def _net(counts: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    n = counts.sum(axis=1)
    net = (counts[:, 2] - counts[:, 0]) / n
    return net, ((counts[:, 2] + counts[:, 0]) / n - net**2) / n


def _df(first: NDArray[np.int64], seconds: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return Welch & Satterthwaite's degrees of freedom of the answers themselves."""
    sizes = first.sum(), seconds.sum(axis=1)
    variance1, variance2 = (_net(each)[1] * n / (n - 1) for each, n in zip((first, seconds), sizes, strict=True))
    below = variance1**2 / (sizes[0] - 1) + variance2**2 / (sizes[1] - 1)
    return np.where(below > 0, (variance1 + variance2) ** 2 / np.where(below > 0, below, 1.0), np.inf)


def _distance(net: NDArray[np.int64] | np.int64, totals: tuple[int, ...], drawn: int) -> NDArray[np.int64] | np.int64:
    """Return how far promoters less detractors of the second group are from what is expected, in whole parts."""
    return abs(net * sum(totals) - drawn * (totals[2] - totals[0]))


@cache
def _critical(totals: tuple[int, ...], drawn: int, alpha: float) -> int:
    """Return the smallest distance that fewer than alpha of all ways to deal the answers reach."""
    detractors, passives, promoters = totals
    low = np.arange(min(detractors, drawn) + 1)
    first = stats.hypergeom.pmf(low, sum(totals), detractors, drawn)
    rest = np.maximum(drawn - low, 0)[:, None]
    high = np.arange(promoters + 1)
    chances = first[:, None] * np.nan_to_num(stats.hypergeom.pmf(high, passives + promoters, promoters, rest))
    distances = _distance(high - low[:, None], totals, drawn).ravel()
    order = np.argsort(-distances)
    reached = np.cumsum(chances.ravel()[order])
    sorted_distances = distances[order]
    last_of_its_kind = np.append(sorted_distances[1:] != sorted_distances[:-1], True)
    allowed = sorted_distances[last_of_its_kind & (reached < alpha)]
    return int(allowed.min()) if allowed.size else int(sorted_distances[0]) + 1
