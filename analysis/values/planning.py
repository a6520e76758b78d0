"""How many answers a survey needs, and what a given number of them can show."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.values.estimates import Base, Note


@dataclass(frozen=True, slots=True)
class PlannedFigure:
    """A figure as expected before the fieldwork: its kind, unit, value, the spread of one answer, and its bounds.

    `kind` is `nps`, `share` or `mean`; `low` and `high` bound the figure (for a mean they may be infinite).
    """

    kind: str
    unit: str
    value: float
    sd: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes with what: so many completed answers `n` (per wave), an effect of this size, that power.

    `effect` is in `unit`: half the width of an interval, a change between waves, a slope per wave, R2, or a difference
    of drivers' shares. `power` is None for margins. `invitations` (per wave) is None without a response rate. `base`
    holds n and the effective number that is left of it after the design effect.
    """

    n: int
    effect: float
    unit: str
    confidence: float
    power: float | None
    invitations: int | None
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportancePlan:
    """How precisely n answers would show the importance of drivers, in the order of the correlations given.

    `shares` are the expected LMG shares of R2 (they sum to 1), `half_widths` half the width of their intervals.
    `outranks[i][j]` is the chance that driver i is shown to be clearly above driver j.
    """

    n: int
    shares: tuple[float, ...]
    half_widths: tuple[float, ...]
    outranks: tuple[tuple[float, ...], ...]
    confidence: float
    invitations: int | None
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()
