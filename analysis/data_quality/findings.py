"""What one check found: which rows, and the figures behind each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import BoolArray
from analysis.values.data_quality import Mark, MarkCode, Strength
from analysis.values.estimates import Note

Figures: TypeAlias = Mapping[str, NDArray[np.generic] | float | int | str]


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """Rows that carry one mark; `figures` hold one number per row (n) or one for all."""

    code: MarkCode
    strength: Strength
    rows: BoolArray
    figures: Figures = field(default_factory=dict)

    def mark(self, row: int) -> Mark:
        """Return the mark of one row with its own figures."""
        own = {name: _plain(each, row) for name, each in self.figures.items()}
        return Mark(self.code, self.strength, own)


def _plain(figure: NDArray[np.generic] | float | int | str, row: int) -> float | int | str:  # noqa: PYI041 - counts stay counts
    if isinstance(figure, np.ndarray):
        number: float | int | str = figure[row].item()
        return number
    return figure


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """A check that was made under a name, with its findings; or not made, and then `reason` says why."""

    name: str
    findings: tuple[Finding, ...] = ()
    reason: str = ""

    @property
    def note(self) -> tuple[Note, ...]:
        """Return a note where the check was not possible."""
        return (Note("check-not-possible", {"check": self.name, "reason": self.reason}),) if self.reason else ()
