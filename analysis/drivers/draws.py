"""The uncertainty of a design: bootstrap draws of importance and performance, and the importance chance alone gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.drivers.designs import Design
from analysis.drivers.importance import explained_by, shares_of
from analysis.drivers.options import DriverOptions
from analysis.drivers.resampling import bootstrap, permutation_null

# Pairs of opposite orders per draw where importance is sampled: their noise adds little to that of resampling.
_PAIRS_PER_DRAW = 24
# Smaller correlations have no sign worth naming; smaller differences of probabilities are rounding.
_NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class Draws:
    """Bootstrap draws of importance, R2 and mean index (b x d, b, b x d), and how many draws had a constant outcome.

    `r_squared` is that of the whole model, controls included. A draw's mean index (0 worst to 100 best) is not a number
    where none of its respondents rated the driver, and for factors, which are not rated.
    """

    importance: FloatArray
    r_squared: FloatArray
    index: FloatArray
    n_degenerate: int


@dataclass(frozen=True, slots=True)
class Chance:
    """Importance (b x d) and R2 (b) that the drivers reach for outcomes shuffled at random."""

    importance: FloatArray
    r_squared: FloatArray


def _per_table(total: int, design: Design) -> int:
    """Return how many draws fall to each imputation."""
    return -(-total // len(design.tables))


def personal_index(design: Design) -> FloatArray:
    """Return each respondent's index of each driver (n x d), the mean over a group's rated members; NaN where none."""
    screened = design.screened
    each = [scale.index(column) for scale, column in zip(screened.scales, screened.answers.ratings.T, strict=True)]
    result = np.full((len(screened.answers.ratings), len(design.entrants)), np.nan)
    for place, entrant in enumerate(design.entrants):
        if entrant.ratings:
            members = np.stack([each[j] for j in entrant.ratings], axis=1)
            counts = (~np.isnan(members)).sum(axis=1)
            sums = np.nansum(members, axis=1)
            result[:, place] = np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)
    return result


def controls_share(matrices: FloatArray, controls: tuple[int, ...]) -> FloatArray:
    """Return the R2 of the controls alone for r correlation matrices; zeros without controls."""
    if not controls:
        return np.zeros(len(matrices))
    return np.array([explained_by(each, controls) for each in matrices])


def spread_between(draws: FloatArray, n_tables: int) -> FloatArray:
    """Return draws (b x d, tables one after the other) whose spread between tables is Rubin's (1 + 1/m) B.

    Pooled draws alone hold only (1 - 1/m) B of it: each table's draws move away from the common mean by the rest.
    """
    if n_tables == 1 or len(draws) % n_tables:
        return draws
    tables = draws.reshape(n_tables, -1, draws.shape[1])
    away = tables.mean(axis=1, keepdims=True) - tables.mean(axis=(0, 1), keepdims=True)
    moved = tables + (np.sqrt((n_tables + 1) / (n_tables - 1)) - 1) * away
    result: FloatArray = np.clip(moved.reshape(draws.shape), 0.0, 1.0)
    return result


def bootstrap_draws(design: Design, options: DriverOptions, rng: np.random.Generator) -> Draws:
    """Return draws that hold both sampling and imputation noise.

    Each completed table is bootstrapped with a part of the draws and all draws are pooled ("MI Boot (pooled)" of
    Schomaker & Heumann 2018): their spread is that within tables plus that between them.
    """
    index = personal_index(design)
    rated = ~np.isnan(index)
    tallies = np.concatenate((np.where(rated, index, 0.0), rated.astype(np.float64)), axis=1)
    importance, totals, means, spoilt = [], [], [], 0
    for table in design.tables:
        for chunk in bootstrap(table, tallies, design.sample, _per_table(options.n_draws, design), rng):
            usable = chunk.usable
            matrices = chunk.correlations[usable]
            found = shares_of(matrices, design.players, rng, _PAIRS_PER_DRAW, design.controls).shares
            sums, counts = np.split(chunk.tallies[usable], 2, axis=1)
            importance.append(found.lmg)
            totals.append(found.total + controls_share(matrices, design.controls))
            means.append(np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0))
            spoilt += int((~usable).sum())
    m = len(design.tables)
    shares, total = spread_between(np.concatenate(importance), m), np.concatenate(totals)[:, None]
    return Draws(shares, spread_between(total, m)[:, 0], np.concatenate(means), spoilt)


def chance_draws(design: Design, options: DriverOptions, rng: np.random.Generator) -> Chance:
    """Return what shuffled outcomes give, spread over the completed tables."""
    importance, totals = [], []
    for table in design.tables:
        n_shuffles = _per_table(options.n_shuffles, design)
        for matrices in permutation_null(table, design.sample, n_shuffles, rng, design.controls):
            found = shares_of(matrices, design.players, rng, _PAIRS_PER_DRAW, design.controls).shares
            importance.append(found.lmg)
            totals.append(found.total)
    return Chance(np.concatenate(importance), np.concatenate(totals))


def exceedance(null: FloatArray, observed: FloatArray) -> FloatArray:
    """Return the permutation p-value (1 + number reaching the observed) / (1 + number), per column of `null`."""
    result: FloatArray = (1 + (null >= observed).sum(axis=0)) / (1 + len(null))
    return result


def ranks_held(probabilities: FloatArray, level: float) -> tuple[int, int]:
    """Return the ranks between which a driver stands in `level` of the draws."""
    tails = [(1 - level) / 2 + _NOTHING, (1 + level) / 2 - _NOTHING]
    low, high = np.minimum(np.searchsorted(np.cumsum(probabilities), tails) + 1, probabilities.size)
    return int(low), int(high)


def sign_of(value: float) -> int:
    """Return -1, 0 or 1."""
    return int(np.sign(value)) if abs(value) > _NOTHING else 0
