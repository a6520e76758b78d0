"""Shapley values of McFadden's R2: what each predictor contributes to explaining an ordered or yes/no outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.arrays import FloatArray
from analysis.categorical.cases import Cases, cases_of, cautions, refusal_of
from analysis.categorical.fitting import fit, standardised
from analysis.categorical.options import ImportanceOptions, Rows
from analysis.categorical.submodels import log_likelihoods, resampled_counts
from analysis.values.categorical import CategoricalImportance, PlayerImportance
from analysis.values.estimates import Estimate, Interval, Note, Refusal

# 2^10 models; more are not worth the wait, and linear importance (LMG) goes further.
MOST_PLAYERS = 10
# Below so many respondents the bootstrap intervals held the truth in about 91 % where 95 % was promised (coverage.md).
ENOUGH_FOR_INTERVALS = 200
SOURCE = "Azen & Traxel 2009; Shapley 1953; intervals: Efron 1982, Moulton & Zeger 1991"


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Shapley values, gains alone and losses without (r x p each), and the total (r)."""

    shapley: FloatArray
    first: FloatArray
    last: FloatArray
    total: FloatArray


def shapley_values(table: FloatArray) -> Shares:
    """Return the Shapley values of tables of R2 by subset (2^p x r), subsets numbered by the bits of their players.

    share_i = sum over S without i of s!(p-s-1)!/p! (R2(S+i) - R2(S)).
    """
    p = len(table).bit_length() - 1
    masks = np.arange(len(table))
    sizes = np.bitwise_count(masks).astype(np.int64)
    shares = []
    for bit in range(p):
        without = masks[masks >> bit & 1 == 0]
        entry = np.array([1.0 / (p * comb(p - 1, int(size))) for size in sizes[without]])
        shares.append(entry @ (table[without + (1 << bit)] - table[without]))
    alone = 1 << np.arange(p)
    return Shares(np.array(shares).T, table[alone].T, (table[-1] - table[len(table) - 1 - alone]).T, table[-1])


def bias_corrected(draws: FloatArray, value: float, level: float) -> Interval:
    """Return the bias-corrected percentile interval (Efron 1982; Efron & Tibshirani 1993, section 14.3).

    R2 of resamples lies too high by about as much as R2 of the sample does; the correction takes out both.
    """
    below = (np.count_nonzero(draws < value) + 0.5 * np.count_nonzero(draws == value) + 0.5) / (draws.size + 1)
    shift, z = 2 * stats.norm.ppf(below), stats.norm.ppf((1 + level) / 2)
    low, high = np.quantile(draws, stats.norm.cdf([shift - z, shift + z]), method="weibull")
    return Interval(float(min(low, value)), float(max(high, value)), level, "bias-corrected-bootstrap")


@dataclass(frozen=True, slots=True, eq=False)
class _Division:
    """Everything that the values are made of: players by name, their predictors, shares (row 0: the sample)."""

    names: tuple[str, ...]
    predictors: tuple[tuple[str, ...], ...]
    shares: Shares
    cases: Cases
    level: float

    def estimate(self, column: FloatArray) -> Estimate:
        """Return the first of the numbers with an interval from the others, if there are any."""
        value = float(column[0])
        interval = bias_corrected(column[1:], value, self.level) if column.size > 1 else None
        se = float(column[1:].std(ddof=1)) if column.size > 1 else None
        base = self.cases.standing.base
        return Estimate(value, interval, base, "shapley-mcfadden", "pseudo-r2", se, source=SOURCE)

    def ranks(self) -> FloatArray:
        """Return the rank of each player in each row, 1 for the strongest."""
        order = np.argsort(-self.shares.shapley, axis=1, kind="stable")
        result: FloatArray = (np.argsort(order, axis=1) + 1).astype(np.float64)
        return result

    def player(self, place: int, ranks: FloatArray) -> PlayerImportance:
        """Return one player with its importance and ranks."""
        own, drawn = self.shares.shapley[:, place], ranks[1:, place]
        ends = (
            np.quantile(drawn, [(1 - self.level) / 2, (1 + self.level) / 2], method="inverted_cdf")
            if drawn.size
            else None
        )
        total = float(self.shares.total[0])
        return PlayerImportance(
            code=self.names[place],
            predictors=self.predictors[place],
            importance=self.estimate(own),
            share=float(own[0]) / total if total > 0 else 0.0,
            first=float(self.shares.first[0, place]),
            last=float(self.shares.last[0, place]),
            rank=int(ranks[0, place]),
            rank_interval=None if ends is None else (int(ends[0]), int(ends[1])),
            rank_probabilities=tuple(
                float(np.mean(drawn == each + 1)) for each in range(len(self.names)) if drawn.size
            ),
        )


def _players(
    cases: Cases, groups: Mapping[str, Sequence[str]]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], tuple[tuple[int, ...], ...]]:
    """Return names, predictors and columns of the players, in the order of their first predictor."""
    columns = {each.predictor: own for each, own in zip(cases.codings, cases.players, strict=True)}
    named = [each for members in groups.values() for each in members]
    if len(set(named)) < len(named):
        raise ValueError("A predictor stands in two groups.")
    sets = {name: [each for each in members if each in columns] for name, members in groups.items()}
    sets |= {each: [each] for each in columns if each not in named}
    order = list(columns)
    sets = dict(sorted(((k, v) for k, v in sets.items() if v), key=lambda item: order.index(item[1][0])))
    members = tuple(tuple(each) for each in sets.values())
    return tuple(sets), members, tuple(tuple(c for each in own for c in columns[each]) for own in members)


def _unknown(predictors: pd.DataFrame, groups: Mapping[str, Sequence[str]]) -> None:
    missing = sorted({each for own in groups.values() for each in own} - {str(each) for each in predictors.columns})
    if missing:
        raise ValueError(f"A group names {missing[0]!r}, which is no predictor.")


def mcfadden_importance(
    outcome: Any,
    predictors: pd.DataFrame,
    rng: np.random.Generator | None = None,
    rows: Rows | None = None,
    options: ImportanceOptions | None = None,
) -> CategoricalImportance | Refusal:
    """Return how McFadden's R2 of an ordered or yes/no outcome divides among the predictors.

    Each player's gain in 1 - log L / log L0, averaged over all orders of entry (dominance analysis of Azen & Traxel
    2009; Shapley value over all 2^p models, exact). A factor is one player, and so is each of `options.groups`. With a
    generator, respondents (clusters where given) are resampled for intervals and ranks; without, there are none.

    Else as `ordered_regression`; above 10 players it refuses (`too-many-players`).
    """
    options = options or ImportanceOptions()
    cases = cases_of(outcome, predictors, rows or Rows(), options.model)
    _unknown(predictors, options.groups)
    refusal = refusal_of(cases, options.model)
    if refusal is not None:
        return refusal
    names, members, players = _players(cases, options.groups)
    if len(names) > MOST_PLAYERS:
        return Refusal("too-many-players", cases.standing.base, {"players": len(names), "most": MOST_PLAYERS})
    if isinstance(whole := fit(cases, options.model.link), Refusal):
        return whole
    counts = None if rng is None else resampled_counts(cases.standing, options.n_draws, rng)
    table = log_likelihoods(cases, standardised(cases, options.model.link), players, counts)
    division = _Division(names, members, shapley_values(1 - table / table[0]), cases, options.model.level)
    return _result(division, table[:, 0], options)


def _result(division: _Division, logs: FloatArray, options: ImportanceOptions) -> CategoricalImportance:
    ranks = division.ranks()
    players = tuple(division.player(place, ranks) for place in range(len(division.names)))
    notes = (*division.cases.notes, *cautions(division.cases, options.model))
    n_units = division.cases.standing.n_units
    if division.shares.total.size > 1 and n_units < ENOUGH_FOR_INTERVALS:
        notes = (*notes, Note("importance-interval-rough", {"n": int(n_units), "needed": ENOUGH_FOR_INTERVALS}))
    leader = max((each.rank_probabilities[0] for each in players if each.rank_probabilities), default=1.0)
    if leader < 0.8:  # noqa: PLR2004 - as in driver analysis
        notes = (*notes, Note("first-rank-not-settled", {"probability": leader}))
    return CategoricalImportance(
        players=players,
        pseudo_r2=division.estimate(division.shares.total),
        subset_r2=tuple((1 - logs / logs[0]).tolist()),
        log_likelihood=float(logs[-1]),
        log_likelihood_null=float(logs[0]),
        n_draws=len(division.shares.total) - 1,
        base=division.cases.standing.base,
        method=f"shapley-mcfadden-{options.model.link}",
        source=SOURCE,
        notes=notes,
    )
