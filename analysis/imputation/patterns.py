"""Which answers are missing, in which combinations, and why."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray
from analysis.intervals import wilson
from analysis.values import Base, Estimate, MissingReason, Refusal
from analysis.values.missingness import ItemMissing, MissingPattern, MissingPatterns

UNKNOWN = "unknown"
# Gaps of these reasons hide nothing: the item did not apply.
STRUCTURAL = (MissingReason.NOT_ASKED, MissingReason.NOT_APPLICABLE)


def base_of_rows(n: int) -> Base:
    """Return the base of n rows that count once each."""
    return Base(n, float(n), float(n))


def numbers_of(table: pd.DataFrame) -> FloatArray:
    """Return the columns as numbers, NaN where missing; ordered categories by their place.

    Raises ValueError for text or unordered categories, and for infinite numbers.
    """
    columns = [_numbers(column, str(name)) for name, column in table.items()]
    numbers: FloatArray = np.column_stack(columns) if columns else np.zeros((len(table), 0))
    return numbers


def _numbers(column: pd.Series, name: str) -> FloatArray:
    if isinstance(column.dtype, pd.CategoricalDtype) and column.dtype.ordered:
        codes = column.cat.codes.to_numpy(np.float64)
        return np.where(codes < 0, np.nan, codes)
    if not pd.api.types.is_numeric_dtype(column):
        raise ValueError(f"{name!r} holds text: give numbers, or an ordered categorical column.")
    values = column.to_numpy(np.float64, na_value=np.nan)
    if np.isinf(values).any():
        raise ValueError(f"{name!r} holds infinite numbers: write a missing answer as NaN.")
    return values


def gap_groups(gaps: BoolArray) -> tuple[BoolArray, np.ndarray]:
    """Return the distinct rows of gaps and which of them each row has."""
    if not gaps.shape[1]:
        return gaps[:1], np.zeros(len(gaps), dtype=np.int64)
    found, places = np.unique(gaps, axis=0, return_inverse=True)
    return found, places.reshape(-1)


def missing_patterns(table: pd.DataFrame) -> MissingPatterns:
    """Return which combinations of items (columns) are missing together, the most frequent first.

    Raises ValueError for a table without rows or columns.
    """
    if not table.shape[0] or not table.shape[1]:
        raise ValueError("Give a table with at least one row and one item.")
    gaps = table.isna().to_numpy()
    found, places = gap_groups(gaps)
    counts = np.bincount(places)
    names = [str(each) for each in table.columns]
    patterns = [
        MissingPattern(tuple(name for name, gap in zip(names, row, strict=True) if gap), int(n), int(n) / len(table))
        for row, n in zip(found, counts, strict=True)
    ]
    patterns.sort(key=lambda each: (-each.n, len(each.missing), each.missing))
    complete = int((~gaps.any(axis=1)).sum())
    return MissingPatterns(tuple(names), tuple(patterns), complete, base_of_rows(len(table)))


def missing_rates(
    table: pd.DataFrame, reasons: pd.DataFrame | None = None, level: float = 0.95
) -> tuple[ItemMissing, ...]:
    """Return for each item (column) how often it has no answer, by reason where `reasons` tells them.

    `reasons` has the shape of the table and holds a code (such as `skipped`, `not-applicable`) wherever an answer is
    missing. Shares with Wilson's interval. Non-response leaves out rows not asked or not applicable; refused
    (`nobody-asked`) where nobody is left. Raises ValueError where the two tables differ in shape.
    """
    if not len(table):
        raise ValueError("Give a table with at least one row.")
    if reasons is not None and (reasons.shape != table.shape or list(reasons.columns) != list(table.columns)):
        raise ValueError("Reasons must have the rows and columns of the table.")
    return tuple(
        _item(table[name], None if reasons is None else reasons[name], str(name), level) for name in table.columns
    )


def _item(column: pd.Series, reasons: pd.Series | None, name: str, level: float) -> ItemMissing:
    gaps = column.isna().to_numpy()
    given = pd.Series([UNKNOWN] * len(column)) if reasons is None else reasons.fillna(UNKNOWN).map(_code)
    by_reason = dict(_counted(given.to_numpy()[gaps]))
    n_missing, n = int(gaps.sum()), len(column)
    structural = sum(by_reason.get(each, 0) for each in STRUCTURAL)
    asked = n - structural
    nonresponse = (
        _share(n_missing - structural, asked, level) if asked else Refusal("nobody-asked", base_of_rows(0), {})
    )
    return ItemMissing(name, n_missing, by_reason, _share(n_missing, n, level), nonresponse)


def _code(reason: object) -> str:
    return reason.value if isinstance(reason, MissingReason) else str(reason)


def _counted(codes: np.ndarray) -> list[tuple[str, int]]:
    found, counts = np.unique(codes.astype(str), return_counts=True)
    return list(zip(found.tolist(), counts.tolist(), strict=True))


def _share(counted: int, n: int, level: float) -> Estimate:
    share = counted / n
    se = math.sqrt(share * (1 - share) / n)
    return Estimate(share, wilson(share, n, level), base_of_rows(n), "share", "share", se, (), "Wilson 1927")
