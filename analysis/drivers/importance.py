"""Relative importance of drivers for an outcome: exact where that is possible, sampled with its error where not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.drivers.collinearity import aliased_columns
from analysis.drivers.orders import SampledShares, sampled_shares
from analysis.drivers.secondary import SecondaryMetrics, secondary_metrics
from analysis.drivers.shapley import MOST_EXACT_PLAYERS, exact_shares
from analysis.drivers.subsets import SMALLEST_PIVOT, Players
from analysis.drivers.terms import Layout, Table, Terms, as_frame, laid_out
from analysis.moments import correlations, weighted_moments
from analysis.respondents import respondents

LMG_SOURCE = "Lindeman, Merenda & Gold 1980; Groemping 2007"
R_SQUARED_SOURCE = "coefficient of determination"
# Pairs of opposite orders behind a sampled estimate.
_PAIRS = 500


@dataclass(frozen=True, slots=True, eq=False)
class RelativeImportance:
    """Importance of the players on the R2 scale, arrays in the order of `names`.

    `lmg` sums to `decomposed_r_squared`, which is `r_squared` less what the controls explain alone. `first` is the R2 a
    player adds to the controls alone, `last` what the full model loses without it. `players` are the places of their
    columns, `columns` the names of all columns. `monte_carlo_error` is None where the shares are exact; `aliased` names
    columns that others reproduce exactly. `correlations` are those of all columns and, last, the outcome.
    """

    names: tuple[str, ...]
    columns: tuple[str, ...]
    players: tuple[tuple[int, ...], ...]
    lmg: FloatArray
    first: FloatArray
    last: FloatArray
    r_squared: float
    decomposed_r_squared: float
    monte_carlo_error: FloatArray | None
    aliased: tuple[str, ...]
    correlations: FloatArray

    @property
    def secondary(self) -> SecondaryMetrics | None:
        """Return relative weights, betasq, Pratt and CAR by player; None where a player is not one column alone."""
        plain = len(self.names) == len(self.columns)
        return secondary_metrics(self.correlations) if plain else None


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


def explained_by(matrix: FloatArray, columns: tuple[int, ...]) -> float:
    """Return the R2 of some columns of a correlation matrix (outcome last), r' R^+ r."""
    places = list(columns)
    among, cross = matrix[np.ix_(places, places)], matrix[places, -1]
    return float(cross @ np.linalg.pinv(among, rcond=SMALLEST_PIVOT, hermitian=True) @ cross)


def _layout(drivers: Table, terms: Terms) -> Layout:
    """Return the drivers laid out; numbers without names or terms go the short way."""
    if isinstance(drivers, pd.DataFrame) or terms != Terms():
        return laid_out(as_frame(drivers), terms)
    data = np.asfortranarray(drivers, dtype=np.float64)
    names = tuple(str(place) for place in range(data.shape[1]))
    return Layout(data, names, names, tuple((place,) for place in range(data.shape[1])), ())


def joined(layout: Layout, outcome: FloatArray) -> FloatArray:
    """Return the columns and, last, the outcome as one table, column after column in memory."""
    data = np.empty((layout.data.shape[1] + 1, len(outcome)))
    data[:-1], data[-1] = layout.data.T, outcome
    table: FloatArray = data.T
    return table


def _matrix(data: FloatArray, weights: FloatArray | None) -> FloatArray:
    """Return the correlations of drivers and outcome, which must be complete and vary."""
    if not len(data):
        raise ValueError("There is no row to explain.")
    moments = weighted_moments(data, weights)
    if not np.isfinite(moments.covariance).all():
        raise ValueError("Values are missing or infinite: impute them or leave the rows out.")
    if moments.covariance[-1, -1] <= 0:
        raise ValueError("The outcome does not vary: there is nothing to explain.")
    return correlations(moments.covariance)


def _importance(layout: Layout, matrix: FloatArray, rng: np.random.Generator) -> RelativeImportance:
    """Return the importance that a correlation matrix holds."""
    found = shares_of(matrix[None], layout.players, rng, controls=layout.controls)
    decomposed = float(found.shares.total[0])
    return RelativeImportance(
        names=layout.names,
        columns=layout.columns,
        players=layout.players,
        lmg=found.shares.lmg[0],
        first=found.shares.first[0],
        last=found.shares.last[0],
        r_squared=decomposed + (explained_by(matrix, layout.controls) if layout.controls else 0.0),
        decomposed_r_squared=decomposed,
        monte_carlo_error=None if len(layout.players) <= MOST_EXACT_PLAYERS else found.error[0],
        aliased=tuple(layout.columns[each] for each in aliased_columns(matrix[:-1, :-1])),
        correlations=matrix,
    )


def relative_importance(
    drivers: Table,
    outcome: ArrayLike,
    weights: ArrayLike | None = None,
    terms: Terms | None = None,
    rng: np.random.Generator | None = None,
) -> RelativeImportance:
    """Return the LMG importance of the columns of `drivers` (n x k, a table or an array) for the outcome (n).

    The fast form without intervals; nothing may be missing. Lindeman, Merenda & Gold 1980; algorithm in subsets.py. A
    constant or exactly repeated column adds nothing of its own and is named in `aliased`. Raises ValueError for missing
    values, a constant outcome, lengths that differ, or more than 24 players without `rng` to sample orders with.
    """
    layout, answer = _layout(drivers, terms or Terms()), np.asarray(outcome, dtype=np.float64)
    if answer.shape != (len(layout.data),):
        raise ValueError(f"Give one outcome for each of the {len(layout.data)} rows of the drivers.")
    if rng is None and len(layout.players) > MOST_EXACT_PLAYERS:
        raise ValueError(f"Above {MOST_EXACT_PLAYERS} players importance is sampled: pass a random generator.")
    weighing = None if weights is None else respondents(len(answer), weights).weights
    return _importance(layout, _matrix(joined(layout, answer), weighing), rng or np.random.default_rng(0))
