"""What weighting returns: the weights themselves, and a summary that can travel to pages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.values import Base, Note
from analysis.values.weighting import Margin, WeightingSummary
from analysis.weights import effective_base, kish_design_effect

# Weights cost more than half of the answers: the same limit as for figures of scores.
_UNEVEN = 2.0
# Categories with fewer rows lean on very few people.
_THIN = 10


@dataclass(frozen=True, slots=True, eq=False)
class Auxiliaries:
    """What weighted totals were made to meet: the category of each row per variable (with their number), and numbers.

    They are laid out as columns only where an error needs them: most weights are made without.
    """

    groups: tuple[tuple[IntArray, int], ...] = ()
    numbers: FloatArray | None = None

    @property
    def there(self) -> bool:
        """Tell whether there are any."""
        return bool(self.groups) or self.numbers is not None

    def columns(self) -> FloatArray:
        """Return one column of zeros and ones per category, and the numbers (n x k)."""
        parts = [(codes[:, None] == np.arange(size)).astype(np.float64) for codes, size in self.groups]
        return np.concatenate(parts if self.numbers is None else [*parts, self.numbers], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Weighting:
    """Weights (n), the factors (n) that made them from the base weights (n), and what the weights were made to meet.

    `auxiliaries` are what the weighted totals of meet the targets: `survey_design` needs them to count what calibration
    gains. `summary` is the part that pages show.
    """

    weights: FloatArray
    factors: FloatArray
    base_weights: FloatArray
    auxiliaries: Auxiliaries
    summary: WeightingSummary


def limits_of(weights: FloatArray, multiples: tuple[float, float]) -> tuple[float, float]:
    """Return the smallest and largest weight allowed, given as multiples of the median of the weights above zero."""
    median = float(np.median(weights[weights > 0]))
    low, high = multiples[0] * median, multiples[1] * median
    if not 0 <= low < high:
        raise ValueError("Limits are two multiples of the median weight, the smaller one first.")
    return low, high


@dataclass(frozen=True, slots=True)
class Course:
    """How the weights came about: passes taken, largest error left, rows at a limit, warnings on the way."""

    iterations: int
    error: float
    n_trimmed: int
    method: str
    source: str
    notes: tuple[Note, ...] = ()


def base_of(weights: FloatArray) -> Base:
    """Return rows above zero, sum of weights and Kish's effective number."""
    return Base(int(np.count_nonzero(weights)), float(weights.sum()), effective_base(np.maximum(weights, 0)))


def summary_of(weights: FloatArray, margins: tuple[Margin, ...], course: Course) -> WeightingSummary:
    """Return the summary of finished weights, with a warning where they are uneven or lean on few people."""
    base = base_of(weights)
    there = weights[weights > 0]
    return WeightingSummary(
        base=base,
        margins=margins,
        iterations=course.iterations,
        largest_error=course.error,
        design_effect=kish_design_effect(np.maximum(weights, 0)),
        smallest=float(weights.min()) if (weights < 0).any() else float(there.min()),
        median=float(np.median(there)),
        largest=float(there.max()),
        n_trimmed=course.n_trimmed,
        method=course.method,
        source=course.source,
        notes=(*course.notes, *_warnings(weights, base, margins)),
    )


def _warnings(weights: FloatArray, base: Base, margins: tuple[Margin, ...]) -> list[Note]:
    notes = []
    if base.n > _UNEVEN * base.effective:
        notes.append(Note("uneven-weights", {"n": base.n, "effective": base.effective}))
    if (weights < 0).any():
        notes.append(Note("negative-weights", {"n": int((weights < 0).sum())}))
    thin = [each for each in margins if each.category and 0 < each.n < _THIN and each.target > 0]
    notes += [
        Note("thin-category", {"variable": each.variable, "category": each.category, "n": each.n}) for each in thin
    ]
    gone = [each for each in margins if each.category and each.n and each.target == 0]
    notes += [
        Note("category-weighted-to-nothing", {"variable": each.variable, "category": each.category}) for each in gone
    ]
    return notes
