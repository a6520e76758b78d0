"""Where the level of a series shifted: one shift or several, with the dates that the data do not reject."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.values.estimates import Base, Note


@dataclass(frozen=True, slots=True)
class BreakDate:
    """A break after the first `n_before` periods, and the range of such numbers that is not rejected at `level`."""

    n_before: int
    earliest: int
    latest: int
    level: float


@dataclass(frozen=True, slots=True)
class SupF:
    """The largest of the F statistics of a shift of level at every date with the minimum segment on both sides.

    `p_value` follows Hansen's published approximation (1997), `p_limit` the limiting distribution computed exactly, at
    the rarity of F in a series of this length;
    `is_shift` needs both below `alpha`. `f_statistics` belong to a shift after `first`, `first` + 1, … periods.
    """

    statistic: float
    p_value: float
    p_limit: float
    is_shift: bool
    alpha: float
    date: BreakDate
    trim: float
    first: int
    f_statistics: tuple[float, ...]
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Breaks:
    """The best partitions into segments of one level each (Bai & Perron), the number of breaks chosen by BIC.

    `dates` are those of the chosen partition, `levels` its means. `rss` and `bic` stand for 0, 1, 2, … breaks,
    `partitions` are the breaks of each.
    """

    n_breaks: int
    dates: tuple[BreakDate, ...]
    levels: tuple[float, ...]
    rss: tuple[float, ...]
    bic: tuple[float, ...]
    partitions: tuple[tuple[int, ...], ...]
    minimum_segment: int
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Cusum:
    """The largest excursion of the cumulated residuals about the mean, and how often chance alone reaches as far."""

    statistic: float
    p_value: float
    is_shift: bool
    alpha: float
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()
