"""What goes into a mix shift: the answers of two periods, and to which segment each belongs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, IntArray
from analysis.comparisons.mix.cells import Cells
from analysis.comparisons.pairs import answered, chosen, pair_of
from analysis.labels import Labels, labels_of
from analysis.scores import Answers
from analysis.values import Refusal
from analysis.values.scores import Measure

MOST_CELLS = 400


@dataclass(frozen=True, slots=True, eq=False)
class MixedAnswers:
    """One period: its answers (n,), and the segment of each (n,), None, NaN or an empty text where unknown.

    For several dimensions at once `segments` maps the name of each to its labels (n,).
    """

    answers: Answers
    segments: Labels | Mapping[str, Labels]


@dataclass(frozen=True, slots=True)
class MixOptions:
    """Rate of misses of the intervals, respondents needed in each period, and answers needed in a shown segment."""

    alpha: float = 0.05
    comparison_base: int = 30
    minimum_base: int = 10


@dataclass(frozen=True, slots=True, eq=False)
class Crossed:
    """Both periods by cells of a cross-classification; `codes` (cells, dimensions) say where each cell lies."""

    periods: tuple[Cells, Cells]
    names: tuple[tuple[str, ...], ...]
    codes: IntArray
    n_left_out: int


def crossed(before: MixedAnswers, after: MixedAnswers, measure: Measure) -> Crossed:
    """Return the answers that are there and whose segments are known, by cell.

    Raises ValueError for labels of another length, for other dimensions after than before, and for too many cells.
    """
    labels = [_columns(each) for each in (before, after)]
    known = [_known(each) for each in labels]
    kept = [chosen(each.answers, rows) for each, rows in zip((before, after), known, strict=True)]
    pair = pair_of(kept[0], kept[1], measure.scale).scored(measure)
    there = [answered(each) for each in kept]
    tables = [each[rows][held] for each, rows, held in zip(labels, known, there, strict=True)]
    whole = np.concatenate(tables)
    names, columns = [], []
    for column in whole.T:
        found, numbers = np.unique(column, return_inverse=True)
        names.append(tuple(str(each) for each in found))
        columns.append(numbers)
    codes, cells = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
    if len(codes) > MOST_CELLS:
        raise ValueError(f"{len(codes)} segments are too many to take a change apart; {MOST_CELLS} is the most.")
    parts = np.split(cells.ravel().astype(np.int64), [len(tables[0])])
    periods = tuple(Cells(*each) for each in zip(pair.samples, parts, pair.owners, strict=True))
    left_out = sum(np.size(each.answers.scores) for each in (before, after)) - len(whole)
    return Crossed((periods[0], periods[1]), tuple(names), codes.astype(np.int64), left_out)


def too_small(table: Crossed, options: MixOptions) -> Refusal | None:
    """Return why a change cannot be taken apart: a period with few respondents, or fewer than two cells."""
    for period in table.periods:
        n = period.sample.n_units
        if n < max(options.comparison_base, 2):
            figures = {"n": n, "needed": max(options.comparison_base, 2)}
            return Refusal("comparison-base-too-small", period.sample.base, {**figures})
    if len(table.codes) <= 1:
        return Refusal("too-few-segments", table.periods[1].sample.base, {"n": len(table.codes), "needed": 2})
    return None


def dimensions(mixed: MixedAnswers) -> tuple[str, ...]:
    """Return the names of the dimensions in the order given; one without a name is `segment`."""
    return tuple(mixed.segments) if isinstance(mixed.segments, Mapping) else ("segment",)


def _columns(mixed: MixedAnswers) -> np.ndarray[tuple[int, int], np.dtype[np.str_]]:
    """Return the labels as a table of texts (n, dimensions), unknown ones empty."""
    segments = mixed.segments
    given = list(segments.values()) if isinstance(segments, Mapping) else [segments]
    n = np.size(mixed.answers.scores)
    for each in given:
        if len(each) != n:
            raise ValueError(f"There are {n} answers but {len(each)} segment labels.")
    texts = [labels_of(column) for column in given]
    return np.array(texts, dtype=np.str_).reshape(len(given), n).T


def _known(labels: np.ndarray[tuple[int, int], np.dtype[np.str_]]) -> BoolArray:
    known: BoolArray = (labels != "").all(axis=1)
    return known
