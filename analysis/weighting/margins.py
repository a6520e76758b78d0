"""Margins to meet: which category each row belongs to, and what each category should add up to."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray, IntArray

Columns = pd.DataFrame | Mapping[str, ArrayLike]
Targets = Mapping[str, Mapping[Hashable, float]]
# Sums of targets that differ by less than this share of themselves differ by rounding only.
_SAME = 1e-9
MISSING = "(missing)"


def sums_by(codes: IntArray, weights: FloatArray, size: int) -> FloatArray:
    """Return the sum of weights for each code from 0 to size - 1."""
    return np.bincount(codes, weights=weights, minlength=size).astype(np.float64, copy=False)


@dataclass(frozen=True, slots=True, eq=False)
class MarginVariable:
    """One variable: the category of each row as a number, the categories in the order of the targets, the targets."""

    name: str
    codes: IntArray
    categories: tuple[str, ...]
    targets: FloatArray

    def totals(self, weights: FloatArray) -> FloatArray:
        """Return the sum of weights of each category."""
        return sums_by(self.codes, weights, len(self.categories))

    def indicators(self) -> FloatArray:
        """Return one column of zeros and ones per category (n x categories)."""
        columns: FloatArray = (self.codes[:, None] == np.arange(len(self.categories))).astype(np.float64)
        return columns


def column_of(columns: Columns, name: str) -> pd.Series:
    """Return one column; raises ValueError when it is not there."""
    if name not in columns:
        raise ValueError(f"There is a target for {name!r}, but no such column.")
    return pd.Series(np.asarray(columns[name])) if not isinstance(columns, pd.DataFrame) else columns[name]


def checked_targets(name: str, targets: Mapping[Hashable, float]) -> FloatArray:
    """Return the targets of one variable; raises ValueError unless all are finite, none negative, some positive."""
    values = np.array([float(each) for each in targets.values()])
    if not values.size or not np.isfinite(values).all() or (values < 0).any() or values.sum() <= 0:
        raise ValueError(f"Targets of {name!r} must be finite numbers of at least zero, not all zero.")
    return values


def margin_variable(column: pd.Series, name: str, targets: Mapping[Hashable, float]) -> MarginVariable:
    """Return a variable with its rows coded; missing values get the code -1.

    Raises ValueError for a category that has no target.
    """
    values = checked_targets(name, targets)
    codes, found = pd.factorize(column)
    places = {category: place for place, category in enumerate(targets)}
    unknown = [each for each in found if each not in places]
    if unknown:
        raise ValueError(f"{name!r} has the category {unknown[0]!r}, for which there is no target.")
    lookup = np.array([*(places[each] for each in found), -1], dtype=np.int64)
    return MarginVariable(name, lookup[codes], tuple(str(each) for each in targets), values)


def with_missing_kept(variable: MarginVariable, base: FloatArray) -> MarginVariable:
    """Return the variable with missing values as a category that keeps its share of the base weights."""
    missing = variable.codes < 0
    if not missing.any():
        return variable
    share, total = float(base[missing].sum() / base.sum()), float(variable.targets.sum())
    codes = np.where(missing, len(variable.categories), variable.codes)
    targets = np.append(variable.targets * (1 - share), total * share)
    return MarginVariable(variable.name, codes, (*variable.categories, MISSING), targets)


def refuse_missing(variable: MarginVariable) -> None:
    """Raise ValueError where a row has no category."""
    n = int((variable.codes < 0).sum())
    if n:
        raise ValueError(
            f"{variable.name!r} is missing for {n} rows: impute it, leave them out, or give them a category of their "
            "own (missing='own-category')."
        )


def refuse_empty(variable: MarginVariable, base: FloatArray) -> None:
    """Raise ValueError where a category with a positive target has no row with a positive weight."""
    empty = np.flatnonzero((variable.totals(base) <= 0) & (variable.targets > 0))
    if empty.size:
        category = variable.categories[empty[0]]
        raise ValueError(
            f"Nobody in the sample has {variable.name!r} = {category!r}, whose target is "
            f"{variable.targets[empty[0]]:g}: merge it with another category."
        )


def common_total(sums: Mapping[str, float], *, rescale: bool) -> float:
    """Return the total that all targets share; raises ValueError where they differ, unless told to rescale."""
    names = list(sums)
    first = sums[names[0]]
    for name in names[1:]:
        if not rescale and not math.isclose(sums[name], first, rel_tol=_SAME):
            raise ValueError(
                f"Targets of {names[0]!r} add up to {first:g}, those of {name!r} to {sums[name]:g}: they must share "
                "one total (rescale=True brings them to the first)."
            )
    return first


def are_shares(total: float) -> bool:
    """Tell whether targets that add up to this total are shares."""
    return math.isclose(total, 1.0, rel_tol=_SAME)


def scaled_to(variables: list[MarginVariable], total: float) -> list[MarginVariable]:
    """Return the variables with targets that add up to the total exactly."""
    return [replace(each, targets=each.targets * (total / each.targets.sum())) for each in variables]
