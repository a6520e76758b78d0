"""The change of an average taken apart by several dimensions at once, without an order among them."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from itertools import combinations

import numpy as np

from analysis.arrays import IntArray
from analysis.comparisons.mix.answers import MixedAnswers, MixOptions, crossed, dimensions, too_small
from analysis.comparisons.mix.cells import ComplexArray, error_of, rates_and_shares, slopes
from analysis.comparisons.mix.shifts import DEFAULTS, UNITS, Facts, estimates_of
from analysis.comparisons.pairs import together
from analysis.values import Estimate, Refusal
from analysis.values.mix_shift import DimensionMix, DimensionShift
from analysis.values.scores import Measure

MOST_DIMENSIONS = 4
SOURCE = "Kitagawa 1955; Shorrocks 2013; DiNardo, Fortin & Lemieux 1996; Binder 1983"


def mix_shift_by_dimension(
    before: MixedAnswers, after: MixedAnswers, measure: Measure, options: MixOptions = DEFAULTS
) -> DimensionShift | Refusal:
    """Return how much of a change comes from how people answer and from their mix along each dimension.

    The value of a set of dimensions is the average when these are distributed as after, the others given them as
    before. Rates (the figures of the cells) are one more player. Every player's part is its Shapley value: its step,
    averaged over all orders in which the players change (Shorrocks 2013). With one dimension that is Kitagawa's rate
    and mix. Standard errors by the delta method over respondents, as in `mix_shift`. Raises ValueError for more than
    four dimensions, for other dimensions after than before, and for more than 400 cells.
    """
    names = dimensions(before)
    if names != dimensions(after) or not 1 <= len(names) <= MOST_DIMENSIONS:
        raise ValueError(f"Give the same one to {MOST_DIMENSIONS} dimensions in both periods, in one order.")
    table = crossed(before, after, measure)
    refusal = too_small(table, options)
    if refusal:
        return refusal
    parts = partial(shapley_parts, codes=table.codes)
    totals = np.concatenate([each.totals(len(table.codes)) for each in table.periods])
    facts = Facts(
        names,
        totals,
        error_of(slopes(parts, totals), table.periods),
        together(*(each.sample.base for each in table.periods)),
        UNITS[measure.kind],
    )
    found = estimates_of(parts(totals.astype(np.complex128)).real, facts, options, SOURCE)
    return _shift(found, facts, len(table.codes), table.n_left_out)


def _shift(found: list[Estimate], facts: Facts, n_cells: int, n_left_out: int) -> DimensionShift:
    changes = [replace(each, unit=f"difference-{each.unit}") for each in found[2:]]
    mixes = tuple(DimensionMix(name, each) for name, each in zip(facts.names, changes[2:], strict=True))
    return DimensionShift(found[0], found[1], changes[0], changes[1], mixes, n_cells, n_left_out, facts.base)


def shapley_parts(totals: ComplexArray, codes: IntArray) -> ComplexArray:
    """Return before, after, total, the part of the rates, and the part of each dimension's mix."""
    share0, rate0, share1, rate1 = rates_and_shares(totals)
    n_dimensions = codes.shape[1]
    players = n_dimensions + 1
    values = {}
    for taken in _subsets(n_dimensions):
        share = _reweighted(share0, share1, _groups(codes, taken))
        values[taken] = (share * rate0).sum(axis=-1)
        values[(*taken, n_dimensions)] = (share * rate1).sum(axis=-1)
    steps = []
    for player in (n_dimensions, *range(n_dimensions)):
        others = [each for each in range(players) if each != player]
        steps.append(
            sum(
                _weight(size, players) * (values[tuple(sorted((*taken, player)))] - values[taken])
                for size in range(players)
                for taken in combinations(others, size)
            )
        )
    before, after = values[()], values[tuple(range(players))]
    return np.stack([before, after, after - before, *steps], axis=-1)


def _subsets(n: int) -> list[tuple[int, ...]]:
    return [taken for size in range(n + 1) for taken in combinations(range(n), size)]


def _weight(size: int, players: int) -> float:
    """Return Shapley's weight of joining a set of a size."""
    return math.factorial(size) * math.factorial(players - size - 1) / math.factorial(players)


def _groups(codes: IntArray, taken: tuple[int, ...]) -> IntArray:
    """Return the group of each cell by the dimensions taken."""
    if not taken:
        return np.zeros(len(codes), dtype=np.int64)
    groups: IntArray = np.unique(codes[:, list(taken)], axis=0, return_inverse=True)[1].ravel().astype(np.int64)
    return groups


def _reweighted(share0: ComplexArray, share1: ComplexArray, groups: IntArray) -> ComplexArray:
    """Return the shares when the groups are as large as after and divided within as before.

    A group that was empty before is divided as after.
    """
    belongs = (groups[:, None] == np.arange(groups.max() + 1)).astype(np.complex128)
    whole0, whole1 = (share0 @ belongs)[..., groups], (share1 @ belongs)[..., groups]
    there = whole0.real > 0
    reweighted: ComplexArray = np.where(there, whole1 * share0 / np.where(there, whole0, 1), share1)
    return reweighted
