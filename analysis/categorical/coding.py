"""Predictors as columns of numbers: a number stays one, a factor becomes a column for each level but the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import BoolArray, FloatArray
from analysis.values.categorical import Coding
from analysis.values.estimates import Note


def label(value: Any) -> str:
    """Return the name of a category or level: whole numbers without decimals, all else as text."""
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def places(values: ArrayLike | pd.Series[Any], names: Sequence[str]) -> NDArray[np.int64]:
    """Return the place of each value among the names, -1 where it is missing; raise ValueError for any other value."""
    series = pd.Series(values).reset_index(drop=True)
    known, seen = pd.factorize(series, use_na_sentinel=True)
    place_of = {name: place for place, name in enumerate(names)}
    labels = [label(each) for each in seen]
    unknown = sorted(set(labels) - set(place_of))
    if unknown:
        raise ValueError(f"{unknown[0]!r} is none of {', '.join(names)}.")
    lookup = np.array([*(place_of[each] for each in labels), -1], dtype=np.int64)
    return lookup[known]


def order_of(series: pd.Series[Any], given: Sequence[Any], *, what: str) -> tuple[str, ...]:
    """Return the names of the categories in their order: as given, of the ordered categorical, or by size of numbers.

    Raises ValueError for a name given twice, and for texts without a stated order: the alphabet knows none.
    """
    if len(given):
        names = tuple(label(each) for each in given)
    elif isinstance(series.dtype, pd.CategoricalDtype):
        names = tuple(label(each) for each in series.cat.categories)
    elif pd.api.types.is_numeric_dtype(series):
        names = tuple(label(each) for each in np.sort(series.dropna().unique()))
    else:
        raise ValueError(f"Say in which order the categories of {what} stand: the alphabet does not know it.")
    if len(set(names)) < len(names):
        raise ValueError(f"A category of {what} is named twice.")
    return names


def _is_number(series: pd.Series[Any]) -> bool:
    return bool(pd.api.types.is_numeric_dtype(series)) and not isinstance(series.dtype, pd.CategoricalDtype)


def _alphabetical(series: pd.Series[Any]) -> tuple[str, ...]:
    """Return the levels of a text in the order of the alphabet, nothing for other columns: a factor needs no order."""
    if isinstance(series.dtype, pd.CategoricalDtype) or pd.api.types.is_numeric_dtype(series):
        return ()
    return tuple(sorted({label(each) for each in series.dropna().unique()}))


def codings_of(
    predictors: pd.DataFrame, there: BoolArray, levels: Mapping[str, Sequence[Any]]
) -> tuple[tuple[Coding, ...], tuple[Note, ...]]:
    """Return how each predictor enters, from the rows that are there; levels nobody has are left out with a note."""
    codings, notes = [], []
    for name in predictors.columns:
        series = predictors[name]
        if _is_number(series) and name not in levels:
            codings.append(Coding(str(name)))
            continue
        given = levels.get(str(name), ())
        order = order_of(series, given if len(given) else _alphabetical(series), what=str(name))
        codes = places(series, order)[there]
        used = [level for place, level in enumerate(order) if (codes == place).any()]
        unused = [level for level in order if level not in used]
        notes += [Note("level-unused", {"predictor": str(name), "level": each}) for each in unused]
        codings.append(Coding(str(name), tuple(used)))
    return tuple(codings), tuple(notes)


def coded(predictors: pd.DataFrame, coding: Coding) -> FloatArray:
    """Return the columns of one predictor (n x columns), NaN where it is missing; infinite numbers raise ValueError."""
    series = predictors[coding.predictor]
    if coding.levels:
        codes = places(series, coding.levels)
        columns: FloatArray = (codes[:, None] == np.arange(1, len(coding.levels))).astype(np.float64)
        columns[codes < 0] = np.nan
        return columns
    numbers: FloatArray = np.asarray(series.to_numpy(dtype=np.float64, na_value=np.nan))[:, None]
    if np.isinf(numbers).any():
        raise ValueError(f"{coding.predictor} is infinite somewhere: pass a missing value instead.")
    return numbers


def design(predictors: pd.DataFrame, codings: Sequence[Coding]) -> FloatArray:
    """Return the columns of all predictors side by side (n x p)."""
    return np.concatenate([np.empty((len(predictors), 0)), *(coded(predictors, each) for each in codings)], axis=1)
