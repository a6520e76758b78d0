"""Many segments in a row: estimates drawn towards each other, and how sure their order is."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.values.estimates import Base, Estimate, Note, Refusal


@dataclass(frozen=True, slots=True)
class ShrunkenRow:
    """One segment: its own figure, the shrunken one, and how much its own answers count in it (0 to 1)."""

    segment: str
    own: Estimate | Refusal
    shrunken: Estimate | Refusal
    reliability: float | None


@dataclass(frozen=True, slots=True)
class ShrunkenTable:
    """All segments with shrunken figures.

    `within_variance` is that of one answer within segments, `between_variance` that of the segments' true figures; they
    and `overall`, the precision-weighted mean of the segments, are None resp. refused where they cannot be estimated.
    """

    rows: tuple[ShrunkenRow, ...]
    overall: Estimate | Refusal
    within_variance: float | None
    between_variance: float | None
    n_unlabelled: int
    base: Base
    method: str = "empirical-bayes"
    source: str = "James & Stein 1961; Morris 1983; Searle, Casella & McCulloch 1992"
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class LeagueRow:
    """One segment in a league table: 1 is the best rank.

    `rank` is the expected rank, its interval whole ranks. `p_best` and `p_worst` are the chances to be the best and the
    worst, `p_top` to be among the best `n_top`.
    """

    segment: str
    figure: Estimate
    rank: Estimate
    p_best: float
    p_worst: float
    p_top: float


@dataclass(frozen=True, slots=True)
class LeagueTable:
    """Segments from the best expected rank to the worst; those with too few answers are named but not ranked."""

    rows: tuple[LeagueRow, ...]
    not_ranked: tuple[str, ...]
    n_top: int
    draws: int
    n_unlabelled: int
    base: Base
    method: str = "league-table"
    source: str = "Goldstein & Spiegelhalter 1996; Mogstad, Romano, Shaikh & Wilhelm 2024"
    notes: tuple[Note, ...] = ()
