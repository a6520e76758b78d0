"""Pairs in the wrong order, counted and listed in n log n steps.

A permutation is split by its highest bit, the halves by the next one, and so on. Where a group is split, every value
of the upper half that stands before one of the lower half makes an inversion, and each pair is split exactly once.
So counting is one pass per bit: the merge count of Knight (1966), from the top instead of from the bottom.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray

Split = tuple[IntArray, BoolArray, IntArray]


def ranks_of(values: FloatArray) -> IntArray:
    """Return the places 0..n-1 of the values; equal values keep their order, so that they make no inversion."""
    ranks = np.empty(values.size, dtype=np.int64)
    ranks[np.argsort(values, kind="stable")] = np.arange(values.size)
    return ranks


def inversions(permutation: IntArray) -> int:
    """Return the number of pairs i < j with permutation[i] > permutation[j]; the permutation is of 0..n-1."""
    return sum(int(before[~upper].sum()) for _, upper, before in _splits(permutation))


def inverted_pairs(permutation: IntArray) -> tuple[IntArray, IntArray]:
    """Return the values (larger, smaller) of all inverted pairs; memory grows with their number."""
    larger, smaller = [], []
    for arranged, upper, before in _splits(permutation):
        counts = before[~upper]
        ones_so_far = np.cumsum(upper)[~upper]
        # The ones that stand before a zero in its group are the last `counts` of those so far.
        ends = np.cumsum(counts)
        places = np.arange(counts.sum()) - np.repeat(ends - counts, counts) + np.repeat(ones_so_far - counts, counts)
        larger.append(arranged[upper][places])
        smaller.append(np.repeat(arranged[~upper], counts))
    if not larger:
        nothing = np.empty(0, dtype=np.int64)
        return nothing, nothing
    return np.concatenate(larger), np.concatenate(smaller)


def _splits(permutation: IntArray) -> Iterator[Split]:
    """Yield per bit: the values in groups of equal higher bits, which go up, and how many that do stand before."""
    arranged = permutation
    for bit in range(max(permutation.size - 1, 0).bit_length() - 1, -1, -1):
        # Values are 0..n-1, so that the group of a value begins at the value with its lower bits cleared.
        start = (arranged >> (bit + 1)) << (bit + 1)
        upper = ((arranged >> bit) & 1).astype(bool)
        so_far = np.concatenate([[0], np.cumsum(upper)])
        before = so_far[:-1] - so_far[start]
        yield arranged, upper, before
        place = np.where(upper, start + (1 << bit) + before, np.arange(arranged.size) - before)
        following = np.empty_like(arranged)
        following[place] = arranged
        arranged = following
