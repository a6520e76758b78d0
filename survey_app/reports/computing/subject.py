"""What a report is about: its dataset, its outcome, and the bases it must respect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.comparisons import ComparisonOptions
from analysis.scores import Answers, ScoreOptions
from analysis.values import Item, MissingReason, Role
from analysis.values.scores import Kind, Measure, Scale
from survey_app.datasets.frames import Dataset
from survey_app.reports.rules import COMPARISON_BASE, DISPLAY_BASE

SCORES = ScoreOptions(minimum_base=DISPLAY_BASE, comparison_base=COMPARISON_BASE)
COMPARISONS = ComparisonOptions(comparison_base=COMPARISON_BASE)
SCALED = frozenset({"nps", "csat", "ces", "likert"})


@dataclass(frozen=True, slots=True)
class Subject:
    """A dataset and the item that its report is about."""

    dataset: Dataset
    outcome: Item

    @property
    def measure(self) -> Measure:
        """Return the headline measure of the outcome."""
        return Measure.of(self.outcome)

    def answers(self, code: str, *, weighted: bool = True) -> Answers:
        """Return the answers to one scaled item, with the weights unless they are not wanted."""
        weights = self.dataset.weights if weighted and self.dataset.is_weighted else None
        return Answers(self.dataset.answers[code].to_numpy(dtype=float), weights)

    def was_asked(self, code: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Return, row by row, whether the item was put to the person at all."""
        return ~self.dataset.is_reason(code, MissingReason.NOT_ASKED)

    @property
    def scaled(self) -> tuple[Item, ...]:
        """Return every item that has a scale, outcomes first."""
        items = [item for item in self.dataset.codebook.items if item.kind in SCALED]
        return tuple(sorted(items, key=lambda item: item.role is not Role.OUTCOME))

    @property
    def outcomes(self) -> tuple[Item, ...]:
        """Return the items that measure an outcome on a scale."""
        return tuple(item for item in self.scaled if item.role is Role.OUTCOME or item.code == self.outcome.code)

    @property
    def drivers(self) -> tuple[Item, ...]:
        """Return the scaled items that may drive the outcome."""
        return tuple(item for item in self.scaled if item.role is Role.DRIVER and item.code != self.outcome.code)


def measures_of(item: Item) -> tuple[Measure, ...]:
    """Return the figures shown for an item, the headline first."""
    headline = Measure.of(item)
    if headline.kind is Kind.NET_PROMOTER:
        return (headline,)
    scale = Scale.of(item)
    others = (Measure(Kind.TOP_BOX, scale), Measure(Kind.MEAN, scale))
    return (headline, *(each for each in others if each.kind is not headline.kind))
