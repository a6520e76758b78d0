"""Multiple imputation of a whole table: every column may have gaps, the outcome of a later model included."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray
from analysis.imputation.chains import Answers, ImputationOptions, impute
from analysis.imputation.patterns import numbers_of
from analysis.respondents import respondents
from analysis.values import Note

SOURCE = "van Buuren 2018; Little 1988 (predictive mean matching)"
# Fewer answers than this are copied over and over: the imputations then differ too little.
_FEW_DONORS = 30


@dataclass(frozen=True, slots=True, eq=False)
class ImputedTables:
    """Completed tables (frames like the one given, answers untouched), how many gaps each column had, and warnings.

    `gaps` tells for each numeric column with gaps which rows (n) they are in.
    """

    tables: tuple[pd.DataFrame, ...]
    missing: dict[str, int]
    gaps: dict[str, BoolArray]
    shifts: dict[str, float]
    method: str
    source: str
    notes: tuple[Note, ...] = ()


def impute_table(
    table: pd.DataFrame,
    rng: np.random.Generator,
    weights: ArrayLike | None = None,
    options: ImputationOptions | None = None,
    shifts: Mapping[str, float] | None = None,
) -> ImputedTables:
    """Return completed copies of a table, every gap filled with answers of people predicted alike.

    `table`: numeric or ordered categorical columns, NaN missing; one row per respondent. Each column with gaps is
    predicted from all others in turn (chained equations with predictive mean matching), so the table must hold
    whatever a later model uses and whatever predicts gaps. `weights` (n) enter as a predictor. `shifts` adds an amount
    to every imputed (never an answered) value of the named columns: what if those who left gaps differ from those
    alike by so much? Shifted values may leave the scale.
    One table comes back where nothing is missing. Raises ValueError for text, infinite values, a column without
    answers, and shifts of columns that are not there or are categorical.
    """
    options, shifts = options or ImputationOptions(), dict(shifts or {})
    values = numbers_of(table)
    _check(table, values, shifts, options)
    gaps = np.isnan(values)
    weighing = respondents(len(table), weights).weights[:, None]
    completed = impute(Answers(values, np.zeros(values.shape, dtype=bool)), weighing, options, rng)
    moved = np.array([shifts.get(str(name), 0.0) for name in table.columns])
    tables = tuple(_framed(table, np.where(gaps, each.ratings + moved, values)) for each in completed)
    missing = {str(name): int(n) for name, n in zip(table.columns, gaps.sum(axis=0), strict=True)}
    numeric = {str(name): column for name, column in zip(table.columns, gaps.T, strict=True) if _is_open(table, name)}
    return ImputedTables(tables, missing, numeric, shifts, "predictive-mean-matching", SOURCE, _warnings(table, gaps))


def _is_open(table: pd.DataFrame, name: str) -> bool:
    """Tell whether a column has gaps and holds numbers, so that an amount can be added."""
    return bool(table[name].isna().any()) and not isinstance(table[name].dtype, pd.CategoricalDtype)


def _check(table: pd.DataFrame, values: FloatArray, shifts: dict[str, float], options: ImputationOptions) -> None:
    if not values.size:
        raise ValueError("Give a table with at least one row and one column.")
    if options.n_imputations < 1 or options.cycles < 1 or options.donors < 1:
        raise ValueError("Imputations, cycles and donors must be at least 1.")
    for name, column in zip(table.columns, values.T, strict=True):
        if np.isnan(column).all():
            raise ValueError(f"{str(name)!r} has no answer at all: leave it out.")
    for name, amount in shifts.items():
        if name not in table.columns or isinstance(table[name].dtype, pd.CategoricalDtype) or not np.isfinite(amount):
            raise ValueError(f"A shift needs a numeric column and a finite amount: {name!r} by {amount}.")


def _framed(table: pd.DataFrame, values: FloatArray) -> pd.DataFrame:
    """Return a frame like the one given; ordered categories come back as such, other columns as numbers."""
    columns: dict[Hashable, Any] = {}
    for place, name in enumerate(table.columns):
        dtype = table[name].dtype
        if isinstance(dtype, pd.CategoricalDtype):
            columns[name] = pd.Categorical.from_codes(np.rint(values[:, place]).astype(np.int64), dtype=dtype)
        else:
            columns[name] = values[:, place]
    return pd.DataFrame(columns, index=table.index)


def _warnings(table: pd.DataFrame, gaps: np.ndarray) -> tuple[Note, ...]:
    notes = [
        Note("few-donors", {"item": str(name), "n": int((~column).sum())})
        for name, column in zip(table.columns, gaps.T, strict=True)
        if column.any() and (~column).sum() < _FEW_DONORS
    ]
    empty = int(gaps.all(axis=1).sum())
    if empty:
        notes.append(Note("rows-without-any-answer", {"n": empty}))
    return tuple(notes)
