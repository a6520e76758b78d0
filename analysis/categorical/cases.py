"""The rows a model can use: outcome as codes, predictors as columns, and what each row stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.categorical.coding import codings_of, design, order_of, places
from analysis.categorical.options import CategoricalOptions, Rows
from analysis.moments import correlations, weighted_moments
from analysis.respondents import respondents
from analysis.values.categorical import Coding
from analysis.values.estimates import Base, Note, Refusal

# Eigenvalue of the correlations that says that a column repeats others; squared weight that says that it takes part.
_NOTHING_NEW = 1e-10
_TAKES_PART = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What each row stands for: normalised survey weight (mean one over respondents), frequency, cluster from 0."""

    weights: FloatArray
    frequencies: FloatArray
    clusters: IntArray | None
    is_weighted: bool

    @property
    def total(self) -> FloatArray:
        """Return the weight of each row in the likelihood: survey weight times frequency."""
        return self.weights * self.frequencies

    @property
    def n_units(self) -> float:
        """Return how many respondents there are: clusters where given, answers otherwise."""
        return float(self.frequencies.sum()) if self.clusters is None else float(self.clusters.max(initial=-1) + 1)

    @property
    def base(self) -> Base:
        """Return the base, frequencies counted as answers; the weighted base is in normalised weights."""
        squares = float(self.frequencies @ np.square(self.weights))
        total = float(self.total.sum())
        n = round(float(self.frequencies.sum()))
        return Base(n, total, (total * total / squares if self.is_weighted else float(n)) if squares else 0.0)

    def rows(self, keep: BoolArray) -> Standing:
        """Return those of the kept rows, weights normalised and clusters numbered anew."""
        clusters = None if self.clusters is None else np.unique(self.clusters[keep], return_inverse=True)[1]
        return _normalised(self.weights[keep], self.frequencies[keep], clusters)


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """Complete rows: outcome as codes (n) from 0, predictors as columns (n x p), and what the rows stand for."""

    codes: IntArray
    columns: FloatArray
    categories: tuple[str, ...]
    codings: tuple[Coding, ...]
    standing: Standing
    notes: tuple[Note, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return tuple(name for each in self.codings for name in each.names)

    @property
    def players(self) -> tuple[tuple[int, ...], ...]:
        """Return the columns of each predictor."""
        ends = np.cumsum([0, *(len(each.names) for each in self.codings)])
        return tuple(tuple(range(low, high)) for low, high in pairwise(ends.tolist()))

    @property
    def counts(self) -> FloatArray:
        """Return the answers per category, after weighting."""
        return _sums(self.codes, self.standing.total, len(self.categories))

    @property
    def raw_counts(self) -> FloatArray:
        """Return the answers per category, unweighted."""
        return _sums(self.codes, self.standing.frequencies, len(self.categories))


def _sums(codes: IntArray, values: FloatArray, n_categories: int) -> FloatArray:
    return np.asarray(np.bincount(codes, values, n_categories), dtype=np.float64)


def _normalised(weights: FloatArray, frequencies: FloatArray, clusters: IntArray | None) -> Standing:
    total, n = float(weights @ frequencies), float(frequencies.sum())
    scaled = weights * (n / total) if total > 0 else weights
    uneven = bool(weights.size) and not np.allclose(weights, weights[0], rtol=1e-12, atol=0)
    return Standing(scaled if uneven else np.ones_like(weights), frequencies, clusters, uneven)


def _frequencies(n: int, given: ArrayLike | None) -> FloatArray:
    """Return the frequencies, which must be whole numbers of at least zero."""
    kept = np.ones(n) if given is None else np.asarray(given, dtype=np.float64)
    if kept.shape != (n,) or not np.isfinite(kept).all() or (kept < 0).any() or (kept != np.rint(kept)).any():
        raise ValueError(f"Give one whole number of at least zero as the frequency of each of the {n} rows.")
    return kept


def standing_of(n: int, rows: Rows) -> Standing:
    """Return what n rows stand for; raises ValueError for weights, clusters or frequencies of another length."""
    who = respondents(n, rows.weights, rows.clusters)
    return _normalised(who.weights, _frequencies(n, rows.frequencies), who.clusters)


def _left_out(there: BoolArray) -> tuple[Note, ...]:
    missing = int((~there).sum())
    return (Note("rows-left-out", {"n": missing, "of": int(there.size)}),) if missing else ()


def _used_categories(cases: Cases) -> Cases:
    """Return the cases with only the categories that somebody chose; the others are noted."""
    used = cases.raw_counts > 0
    if used.all():
        return cases
    gone = [Note("category-unused", {"category": cases.categories[each]}) for each in np.flatnonzero(~used)]
    names = tuple(cases.categories[each] for each in np.flatnonzero(used))
    return replace(cases, codes=(np.cumsum(used) - 1)[cases.codes], categories=names, notes=(*cases.notes, *gone))


def _without_constants(cases: Cases) -> Cases:
    """Return the cases without predictors that do not vary; they are noted."""
    if not cases.codes.size:
        return cases
    spread = np.diagonal(weighted_moments(cases.columns, cases.standing.total).covariance)
    stay = [bool(spread[list(columns)].any()) for columns in cases.players]
    if all(stay):
        return cases
    kept = [column for columns, ok in zip(cases.players, stay, strict=True) if ok for column in columns]
    varying = tuple(each for each, ok in zip(cases.codings, stay, strict=True) if ok)
    gone = [Note("predictor-constant", {"predictor": each.predictor}) for each in cases.codings if each not in varying]
    return replace(
        cases,
        columns=cases.columns[:, kept],
        codings=varying,
        notes=(*cases.notes, *gone),
    )


def _there(codes: IntArray, predictors: pd.DataFrame, standing: Standing) -> BoolArray:
    complete = ~predictors.isna().any(axis=1).to_numpy()
    result: BoolArray = (codes >= 0) & complete & (standing.total > 0)
    return result


def cases_of(outcome: Any, predictors: pd.DataFrame, rows: Rows, options: CategoricalOptions) -> Cases:
    """Return the rows that have an outcome, every predictor, and a weight.

    Raises ValueError when lengths differ, a category is unknown or without order, or a number is infinite.
    """
    if not isinstance(predictors, pd.DataFrame) or len(predictors) != len(outcome):
        raise ValueError("Give the predictors as a DataFrame with one row for each outcome.")
    series = pd.Series(outcome).reset_index(drop=True)
    if pd.api.types.is_float_dtype(series) and np.isinf(series.to_numpy(np.float64)).any():
        raise ValueError("An outcome is infinite: pass a missing value instead.")
    categories = order_of(series, options.categories, what="the outcome")
    codes, standing = places(series, categories), standing_of(len(series), rows)
    there = _there(codes, predictors, standing)
    codings, notes = codings_of(predictors, there, options.levels)
    kept = predictors.loc[there]
    notes = (*_left_out(there), *notes)
    cases = Cases(codes[there], design(kept, codings), categories, codings, standing.rows(there), notes)
    if len(set(cases.names)) < len(cases.names):
        raise ValueError("Two coefficients would have one name: rename a predictor or a level.")
    return _without_constants(_used_categories(cases))


def refusal_of(cases: Cases, options: CategoricalOptions) -> Refusal | None:
    """Return why these cases carry no model, None if they do."""
    base, n_units = cases.standing.base, cases.standing.n_units
    needed = max(options.least_base, len(cases.names) + len(cases.categories) + 1)
    if n_units < needed:
        return Refusal("base-too-small", base, {"n": int(n_units), "needed": needed})
    if len(cases.categories) < 2:  # noqa: PLR2004 - one category leaves nothing to compare
        return Refusal("outcome-constant", base)
    if not cases.names:
        return Refusal("no-usable-predictor", base)
    aliased = _aliased(cases)
    return Refusal("predictors-aliased", base, {"predictors": ", ".join(aliased)}) if aliased else None


def _aliased(cases: Cases) -> list[str]:
    """Return the columns that others reproduce exactly: those with weight in the null space of the correlations."""
    values, vectors = np.linalg.eigh(correlations(weighted_moments(cases.columns, cases.standing.total).covariance))
    inside = np.square(vectors[:, values < _NOTHING_NEW]).sum(axis=1)
    return [cases.names[each] for each in np.flatnonzero(inside > _TAKES_PART)]


def cautions(cases: Cases, options: CategoricalOptions) -> tuple[Note, ...]:
    """Return notes on sparse categories and on few answers per coefficient.

    The limiting size is n - sum n_j^3 / n^2 (Harrell 2015, section 4.4); for two categories the smaller one.
    """
    counts: Sequence[float] = cases.raw_counts.tolist()
    sparse = [
        Note("category-sparse", {"category": name, "n": int(count), "needed": options.least_per_category})
        for name, count in zip(cases.categories, counts, strict=True)
        if count < options.least_per_category
    ]
    n = sum(counts)
    limiting = min(counts) if len(counts) == 2 else n - sum(each**3 for each in counts) / n**2  # noqa: PLR2004 - binary
    per_coefficient = limiting / len(cases.names)
    few = (
        [
            Note(
                "few-answers-per-coefficient",
                {"per_coefficient": per_coefficient, "needed": options.least_per_coefficient},
            )
        ]
        if per_coefficient < options.least_per_coefficient
        else []
    )
    return (*sparse, *few)
