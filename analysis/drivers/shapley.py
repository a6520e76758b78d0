"""LMG importance: the Shapley value of R2, exact for up to 24 players.

share_i = sum over subsets S without i of s!(p-s-1)!/p! * (R2(S+i) - R2(S)), the gain of driver i averaged over all p!
orders of entry (Lindeman, Merenda & Gold 1980; Kruskal 1987; Budescu 1993; Groemping 2006, 2007).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import FloatArray
from analysis.drivers.subsets import Players, subset_r_squared

# Above this the table of all subsets passes what one machine should hold; importance is then sampled (orders.py).
MOST_EXACT_PLAYERS = 24
# Numbers of one table of subsets: 2^22 doubles are 32 MB.
TABLE_SIZE = 1 << 22


@dataclass(frozen=True, slots=True)
class Shares:
    """What each player explains, for r correlation matrices: arrays r x p, and the R2 they share as r values.

    `lmg` sums to `total`; `first` is the R2 of the player alone, `last` what R2 loses without it.
    """

    lmg: FloatArray
    first: FloatArray
    last: FloatArray
    total: FloatArray


@lru_cache(maxsize=8)
def _sizes(n_players: int) -> NDArray[np.int8]:
    """Return how many players each subset holds, subsets numbered by their bits."""
    sizes = np.zeros(1, dtype=np.int8)
    for _ in range(n_players):
        sizes = np.concatenate((sizes, sizes + np.int8(1)))
    return sizes


def _entry_weights(n_players: int) -> FloatArray:
    """Return s!(p-s-1)!/p! for s = 0 … p-1, then 0 for s = p."""
    weights = [1.0 / (n_players * comb(n_players - 1, size)) for size in range(n_players)]
    return np.array([*weights, 0.0])


def _fold(values: FloatArray, n_players: int) -> FloatArray:
    """Return, for each player, the sum of `values` (2^p x r) over the subsets that hold it, as r x p."""
    sums = np.empty((values.shape[1], n_players))
    for player in reversed(range(n_players)):
        half = values.shape[0] // 2
        sums[:, player] = values[half:].sum(axis=0)
        values = values[:half] + values[half:]
    return sums


def _shares_of_table(table: FloatArray, n_players: int) -> Shares:
    """Return the shares that a table of subset R2 (2^p x r) holds."""
    sizes, weights = _sizes(n_players), _entry_weights(n_players)
    both = weights + np.concatenate(([0.0], weights[:-1]))
    everything = _fold(table * both[sizes][:, None], n_players)
    lmg = everything - (weights[sizes] @ table)[:, None]
    alone = 1 << np.arange(n_players)
    full = table.shape[0] - 1
    return Shares(lmg, table[alone].T.copy(), (table[full] - table[full - alone]).T.copy(), table[full].copy())


def exact_shares(matrices: FloatArray, players: Players, controls: tuple[int, ...] = ()) -> Shares:
    """Return the exact LMG shares for r correlation matrices (r x k x k, outcome last).

    A player is a tuple of columns that enter together; controls are always in and take their part of R2 beforehand.
    Raises ValueError above 24 players: use `sampled_shares`.
    """
    if len(players) > MOST_EXACT_PLAYERS:
        raise ValueError(f"Exact importance takes at most {MOST_EXACT_PLAYERS} players; sample the orders instead.")
    # Wide players first: they are handled while there are few subsets.
    order = sorted(range(len(players)), key=lambda each: -len(players[each]))
    arranged = [players[each] for each in order]
    step = max(1, TABLE_SIZE >> len(players))
    chunks = [matrices[start : start + step] for start in range(0, matrices.shape[0], step)]
    parts = [_shares_of_table(subset_r_squared(each, arranged, controls), len(players)) for each in chunks]
    back = np.argsort(order)
    lmg, first, last = (
        np.concatenate([getattr(each, name) for each in parts])[:, back] for name in ("lmg", "first", "last")
    )
    return Shares(lmg, first, last, np.concatenate([each.total for each in parts]))
