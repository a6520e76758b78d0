"""Every figure of the players, from the sample, from resamples and from shuffled outcomes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.drivers.cases import Case
from analysis.drivers.draws import controls_share
from analysis.drivers.importance import shares_of
from analysis.drivers.resampling import bootstrap, permutation_null
from analysis.drivers.secondary import secondary_metrics
from analysis.drivers.shapley import Shares

# Pairs of opposite orders where importance is sampled: behind the figures themselves, and per draw, whose own noise
# adds little to that of resampling.
PAIRS = 500
_PAIRS_PER_DRAW = 24


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of r correlation matrices: by name r x p arrays, what the players share (r), and the R2 of all (r)."""

    by_name: dict[str, FloatArray]
    decomposed: FloatArray
    total: FloatArray
    error: float


def figures_of(matrices: FloatArray, case: Case, rng: np.random.Generator, n_pairs: int) -> Figures:
    """Return every figure of the players for r correlation matrices."""
    layout = case.layout
    found = shares_of(matrices, layout.players, rng, n_pairs, layout.controls)
    by_name = {"lmg": found.shares.lmg, "first": found.shares.first, "last": found.shares.last}
    if len(layout.players) == len(layout.columns):
        more = secondary_metrics(matrices)
        by_name |= {"relative_weight": more.relative_weights, "betasq": more.betasq}
        by_name |= {"pratt": more.pratt, "car": more.car}
    total = found.shares.total + controls_share(matrices, layout.controls)
    return Figures(by_name, found.shares.total, total, float(found.error.max()))


def resampled(table: FloatArray, case: Case, n_draws: int, rng: np.random.Generator) -> tuple[Figures, int]:
    """Return the figures of resampled respondents, and how many resamples had an outcome that did not vary."""
    drawing, ordering = rng.spawn(2)
    parts, spoilt = [], 0
    for chunk in bootstrap(table, np.empty((len(table), 0)), case.who, n_draws, drawing):
        parts.append(figures_of(chunk.correlations[chunk.usable], case, ordering, _PAIRS_PER_DRAW))
        spoilt += int((~chunk.usable).sum())
    by_name = {name: np.concatenate([each.by_name[name] for each in parts]) for name in parts[0].by_name}
    decomposed, total = (np.concatenate([getattr(each, name) for each in parts]) for name in ("decomposed", "total"))
    return Figures(by_name, decomposed, total, 0.0), spoilt


def by_chance(table: FloatArray, case: Case, n_shuffles: int, rng: np.random.Generator) -> Shares:
    """Return the shares of outcomes that have nothing to do with the players."""
    shuffling, ordering = rng.spawn(2)
    layout = case.layout
    null = np.concatenate(list(permutation_null(table, case.who, n_shuffles, shuffling, layout.controls)))
    return shares_of(null, layout.players, ordering, _PAIRS_PER_DRAW, layout.controls).shares
