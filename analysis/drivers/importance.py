"""Relative importance of drivers for an outcome: exact where that is possible, sampled with its error where not."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.drivers.collinearity import aliased_columns
from analysis.drivers.orders import SampledShares, sampled_shares
from analysis.drivers.shapley import MOST_EXACT_PLAYERS, exact_shares
from analysis.drivers.subsets import Players
from analysis.moments import correlations, weighted_moments

# Pairs of opposite orders behind a sampled estimate.
_PAIRS = 500


@dataclass(frozen=True, slots=True)
class Grouping:
    """How columns enter: groups of columns as one player (others alone), and controls that are always in.

    Players come in the order of their first column.
    """

    groups: tuple[tuple[int, ...], ...] = ()
    controls: tuple[int, ...] = field(default=())

    def players(self, n_columns: int) -> tuple[tuple[int, ...], ...]:
        """Return the players among n columns; raises ValueError when a column is named twice or does not exist."""
        named = [*self.controls, *(column for group in self.groups for column in group)]
        if len(set(named)) < len(named) or not set(named) <= set(range(n_columns)):
            raise ValueError("Each column belongs to at most one group or is a control.")
        alone = [(column,) for column in range(n_columns) if column not in named]
        return tuple(sorted([*self.groups, *alone], key=min))


@dataclass(frozen=True, slots=True)
class RelativeImportance:
    """LMG shares of the players on the R2 scale, summing to `r_squared` less what controls explain.

    `first` is the R2 a player adds to the controls alone, `last` what the full model loses without it.
    `monte_carlo_error` is None where the shares are exact; `aliased` names columns that others reproduce exactly.
    """

    players: tuple[tuple[int, ...], ...]
    lmg: FloatArray
    first: FloatArray
    last: FloatArray
    r_squared: float
    monte_carlo_error: FloatArray | None
    aliased: tuple[int, ...]


def shares_of(
    matrices: FloatArray,
    players: Players,
    rng: np.random.Generator,
    n_pairs: int = _PAIRS,
    controls: tuple[int, ...] = (),
) -> SampledShares:
    """Return the shares of r correlation matrices, exact (error 0) up to 24 players and sampled above."""
    if len(players) > MOST_EXACT_PLAYERS:
        return sampled_shares(matrices, players, rng, n_pairs, controls)
    exact = exact_shares(matrices, players, controls)
    return SampledShares(exact, np.zeros_like(exact.lmg))


def _table(drivers: ArrayLike, outcome: ArrayLike) -> FloatArray:
    """Return drivers and outcome as one table, the outcome last."""
    columns, answer = np.asarray(drivers, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    # Column after column in memory: centring and summing then run over long stretches.
    data = np.empty((columns.shape[1] + 1, columns.shape[0]))
    data[:-1], data[-1] = columns.T, answer
    table: FloatArray = data.T
    return table


def _matrix(data: FloatArray, weights: FloatArray | None) -> FloatArray:
    """Return the correlations of drivers and outcome, which must be complete and vary."""
    moments = weighted_moments(data, weights)
    if not np.isfinite(moments.covariance).all():
        raise ValueError("Values are missing or infinite: impute them or leave the rows out.")
    if moments.covariance[-1, -1] <= 0:
        raise ValueError("The outcome does not vary: there is nothing to explain.")
    return correlations(moments.covariance)


def relative_importance(
    drivers: ArrayLike,
    outcome: ArrayLike,
    weights: FloatArray | None = None,
    grouping: Grouping | None = None,
    rng: np.random.Generator | None = None,
) -> RelativeImportance:
    """Return the LMG importance of the columns of `drivers` (n x k) for the outcome (n), nothing missing.

    Lindeman, Merenda & Gold 1980; algorithm in subsets.py. A constant or exactly repeated column adds nothing of its
    own and is named in `aliased`. Raises ValueError for missing values, a constant outcome, or more than 24 players
    without `rng` to sample orders with.
    """
    matrix = _matrix(_table(drivers, outcome), weights)
    grouping = grouping or Grouping()
    players = grouping.players(len(matrix) - 1)
    if rng is None and len(players) > MOST_EXACT_PLAYERS:
        raise ValueError(f"Above {MOST_EXACT_PLAYERS} players importance is sampled: pass a random generator.")
    found = shares_of(matrix[None], players, rng or np.random.default_rng(0), controls=grouping.controls)
    exact = len(players) <= MOST_EXACT_PLAYERS
    return RelativeImportance(
        players=players,
        lmg=found.shares.lmg[0],
        first=found.shares.first[0],
        last=found.shares.last[0],
        r_squared=float(found.shares.total[0]),
        monte_carlo_error=None if exact else found.error[0],
        aliased=aliased_columns(matrix[:-1, :-1]),
    )
