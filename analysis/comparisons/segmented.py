"""Answers divided into segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.arrays import IntArray
from analysis.comparisons.pairs import Pair, answered
from analysis.labels import Labels, labels_of
from analysis.scores import Answers, rated
from analysis.values import Base
from analysis.values.scores import Measure, Scale
from analysis.weights import Sample


@dataclass(frozen=True, slots=True, eq=False)
class Segmented:
    """The answers of every segment in alphabetical order, and the respondent of each, numbered over all segments."""

    names: tuple[str, ...]
    samples: tuple[Sample, ...]
    owners: tuple[IntArray, ...]
    n_unlabelled: int

    def scored(self, measure: Measure) -> Segmented:
        """Return the same answers as what they add to the figure."""
        pairs = [Pair(each, each, (owner, owner)) for each, owner in zip(self.samples, self.owners, strict=True)]
        return Segmented(self.names, tuple(each.scored(measure).first for each in pairs), self.owners, 0)

    def pair(self, first: int, second: int) -> Pair:
        """Return two segments side by side."""
        return Pair(self.samples[first], self.samples[second], (self.owners[first], self.owners[second]))

    def against_rest(self, place: int) -> Pair:
        """Return all other segments together, and the segment."""
        others = [i for i in range(len(self.names)) if i != place]
        owners = np.concatenate([np.zeros(0, dtype=np.int64), *(self.owners[i] for i in others)])
        return Pair(
            _together([self.samples[i] for i in others], owners), self.samples[place], (owners, self.owners[place])
        )

    def with_base(self, needed: int) -> Segmented:
        """Return the segments with at least so many respondents."""
        kept = [i for i, each in enumerate(self.samples) if each.n_units >= needed]
        return Segmented(
            tuple(self.names[i] for i in kept),
            tuple(self.samples[i] for i in kept),
            tuple(self.owners[i] for i in kept),
            self.n_unlabelled,
        )

    @property
    def is_plain(self) -> bool:
        """Return whether every answer counts once and comes from a respondent of its own."""
        owners = np.concatenate([np.zeros(0, dtype=np.int64), *self.owners])
        weights = np.concatenate([np.ones(0), *(each.weights for each in self.samples)])
        return np.unique(owners).size == owners.size and (weights.size == 0 or not np.ptp(weights) > 0)

    @property
    def base(self) -> Base:
        """Return the base of all segments together."""
        bases = [each.base for each in self.samples]
        return Base(
            sum(each.n for each in bases), sum(each.weighted for each in bases), sum(each.effective for each in bases)
        )


def segmented(answers: Answers, segments: Labels, scale: Scale) -> Segmented:
    """Return the answers by segment; None, NaN and empty texts belong to none. Raises ValueError for another length."""
    labels = _labels(segments, int(np.size(answers.scores)))
    whole, there = rated(answers, scale), answered(answers)
    found = labels[there]
    names = sorted(set(found[found != ""].tolist()) | set(labels[labels != ""].tolist()))
    owners = np.arange(whole.values.size) if whole.clusters is None else whole.clusters
    rows = [found == name for name in names]
    return Segmented(
        tuple(names),
        tuple(whole.where(each) for each in rows),
        tuple(owners[each] for each in rows),
        int(np.count_nonzero(found == "")),
    )


def _together(samples: Sequence[Sample], owners: IntArray) -> Sample:
    """Return several samples as one, in which respondents of several segments are one."""
    values = np.concatenate([np.zeros(0), *(each.values for each in samples)])
    weights = np.concatenate([np.zeros(0), *(each.weights for each in samples)])
    names, numbers = np.unique(owners, return_inverse=True)
    return Sample(values, weights, None if names.size == owners.size else numbers.astype(np.int64))


def _labels(segments: Labels, n: int) -> npt.NDArray[np.str_]:
    """Return the segments as text, unknown ones as the empty text."""
    labels = np.array(labels_of(segments), dtype=np.str_)
    if labels.size != n:
        raise ValueError(f"There are {n} answers but {labels.size} segment labels.")
    return labels
