"""What is known of everybody asked, as columns of a model: numbers as they are, categories as indicators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray
from analysis.values import Note
from analysis.weighting.margins import MISSING

OTHER = "(other)"
# Categories with fewer people cannot carry a coefficient of their own.
_RARE = 10
_ALIASED = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Attributes:
    """Columns of a model (n x k, standardised, intercept first), their names, and what was done to get there."""

    table: FloatArray
    names: tuple[str, ...]
    notes: tuple[Note, ...]

    @property
    def n_terms(self) -> int:
        """Return how many columns there are beside the intercept."""
        return int(self.table.shape[1]) - 1

    def rows(self, chosen: BoolArray) -> FloatArray:
        """Return the rows that a mask selects."""
        return self.table[chosen]


def is_numeric(column: pd.Series) -> bool:
    """Tell whether a column holds amounts; truth values are categories."""
    return bool(pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column))


def categories_of(column: pd.Series) -> pd.Series:
    """Return the category of each row as text, missing ones as a category of their own."""
    return column.astype(object).where(column.notna(), MISSING).map(str)


def attribute_table(frame: pd.DataFrame) -> Attributes:
    """Return the columns of a model of these attributes.

    Numeric columns are standardised (missing: at the mean, with an indicator); others become indicators, the most
    frequent category as reference; categories of fewer than 10 people are merged. Columns that others repeat are left
    out with a note. Raises ValueError for infinite numbers or no columns.
    """
    if not frame.shape[1] or not len(frame):
        raise ValueError("Give at least one attribute and one row.")
    parts: list[tuple[str, FloatArray]] = []
    notes: list[Note] = []
    for name in frame.columns:
        columns, said = (
            _numeric(frame[name], str(name)) if is_numeric(frame[name]) else _indicators(frame[name], str(name))
        )
        parts += columns
        notes += said
    kept, left_out = _independent(parts, len(frame))
    notes += [Note("attribute-repeats-others", {"attribute": name}) for name in left_out]
    table = np.column_stack([np.ones(len(frame)), *(values for _, values in kept)])
    return Attributes(table, ("(Intercept)", *(name for name, _ in kept)), tuple(notes))


_Columns = tuple[list[tuple[str, FloatArray]], list[Note]]


def _numeric(column: pd.Series, name: str) -> _Columns:
    values = column.to_numpy(np.float64, na_value=np.nan)
    if np.isinf(values).any():
        raise ValueError(f"{name!r} holds infinite numbers.")
    missing = np.isnan(values)
    if missing.all():
        return [], [Note("attribute-constant", {"attribute": name})]
    spread = float(np.nanstd(values))
    if spread <= 1e-12 * max(float(np.nanmax(np.abs(values))), 1e-300):
        return [], [Note("attribute-constant", {"attribute": name})]
    columns = [(name, np.where(missing, 0.0, (values - np.nanmean(values)) / spread))]
    if not missing.any():
        return columns, []
    note = Note("attribute-missing", {"attribute": name, "n": int(missing.sum())})
    return [*columns, (f"{name} missing", missing.astype(np.float64))], [note]


def _indicators(column: pd.Series, name: str) -> _Columns:
    labels = categories_of(column)
    counts = labels.value_counts()
    rare = counts.index[counts < _RARE]
    notes = []
    if len(rare):
        labels = labels.where(~labels.isin(rare), OTHER)
        notes.append(Note("rare-categories-merged", {"attribute": name, "categories": len(rare)}))
        counts = labels.value_counts()
    # Most frequent first; ties in the order of the alphabet, so that the order of rows does not matter.
    order = sorted(counts.index, key=lambda each: (-int(counts[each]), each))
    if len(order) == 1:
        return [], [*notes, Note("attribute-constant", {"attribute": name})]
    return [(f"{name}={each}", (labels == each).to_numpy(np.float64)) for each in order[1:]], notes


def _independent(parts: list[tuple[str, FloatArray]], n: int) -> tuple[list[tuple[str, FloatArray]], list[str]]:
    """Return the columns that those before them (and the intercept) don't repeat, and the names of the others."""
    basis = np.ones((n, 1)) / np.sqrt(n)
    kept, left_out = [], []
    for name, values in parts:
        rest = values - basis @ (basis.T @ values)
        rest -= basis @ (basis.T @ rest)
        size = float(np.linalg.norm(rest))
        if size <= _ALIASED * float(np.linalg.norm(values)):
            left_out.append(name)
            continue
        kept.append((name, values))
        basis = np.column_stack([basis, rest / size])
    return kept, left_out
