"""Which neighbouring categories to put together when some hold too few answers for a model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.categorical.cases import standing_of
from analysis.categorical.coding import order_of, places
from analysis.categorical.options import CategoricalOptions, Rows
from analysis.values.categorical import CategoryProposal
from analysis.values.estimates import Note


def _merged(groups: list[list[int]], counts: list[int], least: int) -> tuple[list[list[int]], list[int]]:
    """Return the groups with the smallest joined to its smaller neighbour until none holds fewer than `least`."""
    while len(groups) > 2 and min(counts) < least:  # noqa: PLR2004 - two categories are the fewest a model has
        place = counts.index(min(counts))
        beside = [each for each in (place - 1, place + 1) if 0 <= each < len(groups)]
        low = min(place, min(beside, key=lambda each: counts[each]))
        groups[low : low + 2] = [groups[low] + groups[low + 1]]
        counts[low : low + 2] = [counts[low] + counts[low + 1]]
    return groups, counts


def proposed_categories(
    outcome: Any, rows: Rows | None = None, options: CategoricalOptions | None = None
) -> CategoryProposal:
    """Return which neighbouring categories to put together so that each holds `options.least_per_category` answers.

    The smallest category joins the smaller of its neighbours (the lower one where they are equal) until all are large
    enough or two are left. Unweighted answers count. Missing outcomes and rows of weight zero are left out; raises
    ValueError as `ordered_regression`. Nothing is changed: `mapping` says what to call each category instead.
    """
    options = options or CategoricalOptions()
    series = pd.Series(outcome).reset_index(drop=True)
    names, standing = order_of(series, options.categories, what="the outcome"), standing_of(len(series), rows or Rows())
    codes = places(series, names)
    there = (codes >= 0) & (standing.total > 0)
    found = np.bincount(codes[there], standing.frequencies[there], len(names)).astype(np.int64).tolist()
    groups, counts = _merged([[each] for each in range(len(names))], found, options.least_per_category)
    labels = [names[own[0]] if len(own) == 1 else f"{names[own[0]]}-{names[own[-1]]}" for own in groups]
    small = min(counts, default=0) < options.least_per_category
    return CategoryProposal(
        groups=tuple(tuple(names[each] for each in own) for own in groups),
        counts=tuple(counts),
        mapping={names[each]: label for own, label in zip(groups, labels, strict=True) for each in own},
        changed=len(groups) < len(names),
        base=standing.rows(there).base,
        method="smallest-to-smaller-neighbour",
        source="Harrell 2015; at least 10 answers per category by convention",
        notes=(Note("category-sparse-still", {"needed": options.least_per_category}),) if small else (),
    )
