"""A path model as index arrays: what the computation needs to know of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, IntArray
from analysis.satisfaction_index.models import Mode, PathModel


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Places instead of names: p items, block after block, and K constructs.

    `block` (p) is the construct of each item, `starts` (K) where each block begins, `joined` (K x K) whether two
    constructs are neighbours, `leading` the constructs that lead to each, `formative` those in mode B.
    """

    block: IntArray
    starts: IntArray
    joined: BoolArray
    leading: tuple[IntArray, ...]
    formative: tuple[int, ...]

    @property
    def n_constructs(self) -> int:
        """Return the number of constructs."""
        return self.starts.size

    @property
    def sizes(self) -> IntArray:
        """Return how many items each construct has."""
        return np.bincount(self.block, minlength=self.starts.size)

    def items_of(self, construct: int) -> slice:
        """Return the places of a construct's items."""
        start = int(self.starts[construct])
        return slice(start, start + int(self.sizes[construct]))


def layout_of(model: PathModel) -> Layout:
    """Return the layout of a model, constructs and items in the order given."""
    sizes = [len(items) for items in model.blocks.values()]
    place = {construct: k for k, construct in enumerate(model.constructs)}
    joined = np.zeros((len(sizes), len(sizes)), dtype=bool)
    for start, end in model.pairs:
        joined[place[start], place[end]] = joined[place[end], place[start]] = True
    return Layout(
        block=np.repeat(np.arange(len(sizes)), sizes),
        starts=np.cumsum([0, *sizes[:-1]]).astype(np.int64),
        joined=joined,
        leading=tuple(
            np.array([place[each] for each in model.leading_to(construct)], dtype=np.int64)
            for construct in model.constructs
        ),
        formative=tuple(
            place[each] for each in model.constructs if model.mode(each) is Mode.B and len(model.blocks[each]) > 1
        ),
    )
