"""How named columns enter a model: alone, as a group, as the dummies of a factor, or as controls that are always in."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray

Table: TypeAlias = pd.DataFrame | ArrayLike


@dataclass(frozen=True, slots=True)
class Terms:
    """How the columns of a table enter; a column that is not named enters alone.

    `groups` enter as one player under the name given, `controls` are always in and take their part of R2 beforehand,
    `factors` are categories: each becomes dummies against its first level and enters as one player. Columns of text,
    categories or yes/no are factors without being named. Columns of an array go by their places 0, 1, 2 ...
    """

    groups: Mapping[str, Sequence[Hashable]] = field(default_factory=dict)
    controls: Sequence[Hashable] = ()
    factors: Sequence[Hashable] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """A table of numbers (n x k), the names of its columns, and which of them make up each player and the controls.

    Players come in the order of their first column; `names` are theirs.
    """

    data: FloatArray
    columns: tuple[str, ...]
    names: tuple[str, ...]
    players: tuple[tuple[int, ...], ...]
    controls: tuple[int, ...]


def as_frame(drivers: Table) -> pd.DataFrame:
    """Return the drivers as a table with unique column names; raises ValueError where a name stands twice."""
    frame = drivers if isinstance(drivers, pd.DataFrame) else pd.DataFrame(np.asarray(drivers))
    if not frame.columns.is_unique:
        raise ValueError("Each column needs a name of its own.")
    return frame


def whole_rows(frame: pd.DataFrame, outcome: FloatArray) -> BoolArray:
    """Return the rows in which nothing is missing; raises ValueError for infinite numbers and other lengths."""
    if outcome.shape != (len(frame),):
        raise ValueError(f"Give one outcome for each of the {len(frame)} rows of the drivers.")
    numbers = frame.select_dtypes("number").to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(numbers).any() or np.isinf(outcome).any():
        raise ValueError("A value is infinite: pass a missing value instead.")
    there: BoolArray = ~(frame.isna().to_numpy().any(axis=1) | np.isnan(outcome))
    return there


def _is_factor(column: pd.Series, name: Hashable, terms: Terms) -> bool:
    """Tell whether a column holds categories rather than numbers."""
    return name in terms.factors or pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column)


def _levels(column: pd.Series) -> list[Hashable]:
    """Return the levels that occur, in the order of the category or sorted."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return list(column.cat.remove_unused_categories().cat.categories)
    return sorted(column.unique().tolist())


def dummies(column: pd.Series) -> tuple[FloatArray, list[str]]:
    """Return one column per level but the first, and their names `factor[level]`.

    A factor of one level gives one column of zeros, which is constant and explains nothing.
    """
    levels = _levels(column)
    if len(levels) == 1:
        return np.zeros((len(column), 1)), [f"{column.name}[{levels[0]}]"]
    values = column.to_numpy()
    table = np.column_stack([(values == level).astype(np.float64) for level in levels[1:]])
    return table, [f"{column.name}[{level}]" for level in levels[1:]]


def _checked(frame: pd.DataFrame, terms: Terms) -> None:
    """Raise ValueError where a column is named twice or does not exist, or a group takes the name of a column."""
    named = [*terms.controls, *(each for members in terms.groups.values() for each in members)]
    unknown = [each for each in (*named, *terms.factors) if each not in frame.columns]
    if unknown:
        raise ValueError(f"There is no column {unknown[0]!r}.")
    if len(set(named)) < len(named) or not all(terms.groups.values()):
        raise ValueError("Each column belongs to at most one group or is a control, and no group is empty.")
    alone = {str(each) for each in frame.columns if each not in named}
    if alone & set(terms.groups):
        raise ValueError(f"A group and a column share the name {min(alone & set(terms.groups))!r}.")


def _spread(frame: pd.DataFrame, terms: Terms) -> tuple[FloatArray, list[str], dict[Hashable, tuple[int, ...]]]:
    """Return all columns as numbers, their names, and the places that each column of the frame has taken."""
    blocks: list[FloatArray] = []
    names: list[str] = []
    places: dict[Hashable, tuple[int, ...]] = {}
    for name in frame.columns:
        column = frame[name]
        if _is_factor(column, name, terms):
            block, own = dummies(column)
        else:
            block, own = column.to_numpy(dtype=np.float64)[:, None], [str(name)]
        places[name] = tuple(range(len(names), len(names) + len(own)))
        blocks.append(block)
        names += own
    # Column after column in memory: centring and summing then run over long stretches.
    data = np.empty((len(names), len(frame)))
    for name, block in zip(frame.columns, blocks, strict=True):
        data[list(places[name])] = block.T
    return data.T, names, places


def laid_out(frame: pd.DataFrame, terms: Terms) -> Layout:
    """Return the columns of a table without gaps as numbers, with players and controls; see `Terms`."""
    _checked(frame, terms)
    data, columns, places = _spread(frame, terms)
    inside = {each: name for name, members in terms.groups.items() for each in members}
    members: dict[str, list[int]] = {}
    for name in frame.columns:
        if name not in terms.controls:
            members.setdefault(str(inside.get(name, name)), []).extend(places[name])
    controls = tuple(place for name in terms.controls for place in places[name])
    return Layout(data, tuple(columns), tuple(members), tuple(tuple(each) for each in members.values()), controls)
