"""LMG importance above the exact limit: random orders of entry, with the Monte-Carlo error stated.

Castro, Gomez & Tejada 2009 for sampling Shapley values; antithetic pairs (an order and its reverse) halve the noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import FloatArray
from analysis.drivers.shapley import Shares
from analysis.drivers.subsets import SMALLEST_PIVOT, Players

# Matrices swept together: bounds the memory, not the result.
_CHUNK = 256


@dataclass(frozen=True, slots=True)
class SampledShares:
    """Shares averaged over sampled orders, and the Monte-Carlo standard error of each LMG share (r x p)."""

    shares: Shares
    error: FloatArray


def gains_in_order(matrix: FloatArray, orders: NDArray[np.intp]) -> FloatArray:
    """Return the R2 gain of each column (b x k-1, by column) as the columns enter in each of b orders."""
    n_orders, n_columns = orders.shape
    full = np.concatenate((orders, np.full((n_orders, 1), matrix.shape[0] - 1)), axis=1)
    left = matrix[full[:, :, None], full[:, None, :]]
    gains = np.zeros((n_orders, n_columns))
    for _ in range(n_columns):
        pivot, cross = left[:, 0, 0], left[:, 0, 1:]
        inverse = np.divide(1.0, pivot, out=np.zeros_like(pivot), where=pivot > SMALLEST_PIVOT)
        place = n_columns + 1 - left.shape[1]
        gains[np.arange(n_orders), orders[:, place]] = np.square(cross[:, -1]) * inverse
        left = left[:, 1:, 1:] - cross[:, :, None] * (cross * inverse[:, None])[:, None, :]
    return gains


def _player_gains(
    matrix: FloatArray, players: Players, entry: NDArray[np.intp], controls: tuple[int, ...]
) -> FloatArray:
    """Return the gain of each player (b x p) for b orders of the players, controls entering first."""
    columns = np.array([[*controls, *(c for each in order for c in players[each])] for order in entry])
    starts = range(0, len(columns), _CHUNK)
    gains = np.concatenate([gains_in_order(matrix, columns[start : start + _CHUNK]) for start in starts])
    return np.stack([gains[:, list(each)].sum(axis=1) for each in players], axis=1)


def _extremes(matrix: FloatArray, players: Players, controls: tuple[int, ...]) -> tuple[FloatArray, FloatArray]:
    """Return what each player explains entering first, and entering last."""
    everyone = np.arange(len(players))
    leading = np.stack([np.roll(everyone, -each) for each in everyone])
    first = _player_gains(matrix, players, leading, controls)
    last = _player_gains(matrix, players, np.roll(leading, -1, axis=1), controls)
    return np.diagonal(first).copy(), np.diagonal(last).copy()


def _sampled(matrix: FloatArray, players: Players, entry: NDArray[np.intp], controls: tuple[int, ...]) -> SampledShares:
    """Return the shares of one correlation matrix over the given orders and their reverses."""
    forward = _player_gains(matrix, players, entry, controls)
    pairs = (forward + _player_gains(matrix, players, entry[:, ::-1], controls)) / 2
    lmg = pairs.mean(axis=0)
    error = pairs.std(axis=0, ddof=1) / np.sqrt(len(pairs))
    first, last = _extremes(matrix, players, controls)
    return SampledShares(Shares(lmg[None], first[None], last[None], lmg.sum()[None]), error[None])


def sampled_shares(
    matrices: FloatArray,
    players: Players,
    rng: np.random.Generator,
    n_pairs: int = 500,
    controls: tuple[int, ...] = (),
) -> SampledShares:
    """Return LMG shares averaged over `n_pairs` random orders and their reverses, for r matrices (outcome last).

    Each order's gains sum to R2 exactly, so do the shares; the error is computed on the means of antithetic pairs.
    """
    entry = rng.permuted(np.tile(np.arange(len(players)), (n_pairs, 1)), axis=1)
    each = [_sampled(matrix, players, entry, controls) for matrix in matrices]
    lmg, first, last, total = (
        np.concatenate([getattr(one.shares, name) for one in each]) for name in ("lmg", "first", "last", "total")
    )
    return SampledShares(Shares(lmg, first, last, total), np.concatenate([one.error for one in each]))
