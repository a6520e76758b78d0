"""The uncertainty of a design: bootstrap draws of importance and performance, and the importance chance alone gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.drivers.designs import Design
from analysis.drivers.importance import shares_of
from analysis.drivers.options import DriverOptions
from analysis.drivers.resampling import bootstrap, permutation_null

# Pairs of opposite orders per draw where importance is sampled: their noise adds little to that of resampling.
_PAIRS_PER_DRAW = 24
# Smaller correlations have no sign worth naming; smaller differences of probabilities are rounding.
_NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class Draws:
    """Bootstrap draws of importance, R2 and mean rating (b x d, b, b x d), and how many draws had a constant outcome.

    A draw's mean rating is not a number where none of its respondents rated the driver.
    """

    importance: FloatArray
    r_squared: FloatArray
    means: FloatArray
    n_degenerate: int


@dataclass(frozen=True, slots=True)
class Chance:
    """Importance (b x d) and R2 (b) that the drivers reach for outcomes shuffled at random."""

    importance: FloatArray
    r_squared: FloatArray


def _per_table(total: int, design: Design) -> int:
    """Return how many draws fall to each imputation."""
    return -(-total // len(design.tables))


def bootstrap_draws(design: Design, options: DriverOptions, rng: np.random.Generator) -> Draws:
    """Return draws that hold both sampling and imputation noise.

    Each completed table is bootstrapped with a part of the draws and all draws are pooled ("MI Boot (pooled)" of
    Schomaker & Heumann 2018): their spread is that within tables plus that between them.
    """
    ratings = design.screened.answers.ratings
    rated = ~np.isnan(ratings)
    tallies = np.concatenate((np.where(rated, ratings, 0.0), rated.astype(np.float64)), axis=1)
    importance, totals, means, spoilt = [], [], [], 0
    for table in design.tables:
        for chunk in bootstrap(table, tallies, design.sample, _per_table(options.n_draws, design), rng):
            usable = chunk.usable
            found = shares_of(chunk.correlations[usable], design.players, rng, _PAIRS_PER_DRAW).shares
            sums, counts = np.split(chunk.tallies[usable], 2, axis=1)
            importance.append(found.lmg)
            totals.append(found.total)
            means.append(np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0))
            spoilt += int((~usable).sum())
    return Draws(np.concatenate(importance), np.concatenate(totals), np.concatenate(means), spoilt)


def chance_draws(design: Design, options: DriverOptions, rng: np.random.Generator) -> Chance:
    """Return what shuffled outcomes give, spread over the completed tables."""
    importance, totals = [], []
    for table in design.tables:
        for matrices in permutation_null(table, design.sample, _per_table(options.n_shuffles, design), rng):
            found = shares_of(matrices, design.players, rng, _PAIRS_PER_DRAW).shares
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
