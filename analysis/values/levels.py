"""The level behind noisy figures: smoothed, without the season, and where the next figure is to be expected."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.values.estimates import Base, Estimate, Note


@dataclass(frozen=True, slots=True)
class LevelPoint:
    """The level at one moment, freed of sampling error and season, with its band."""

    at: float
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class NextBand:
    """Where the figure at the moment `at` is to be expected if everything goes on as before.

    The interval of `expected` allows for the unsure level, for its further movement, and for the next figure's own
    sampling error `error`.
    """

    at: float
    expected: Estimate
    error: float
    method: str
    source: str
    notes: tuple[Note, ...] = ()

    def is_surprising(self, figure: float) -> bool:
        """Tell whether a figure lies outside the band."""
        if self.expected.interval is None:
            return False
        return not self.expected.interval.low <= figure <= self.expected.interval.high


@dataclass(frozen=True, slots=True)
class WaveLevels:
    """The smoothed level of every wave.

    `movement` is the variance by which the level moves per typical gap between waves, `scatter` the variance of single
    waves about it beyond sampling. `seasonal` holds the effect of each season, adding up to 0; empty without seasons.
    """

    points: tuple[LevelPoint, ...]
    next_band: NextBand
    movement: float
    scatter: float
    seasonal: tuple[float, ...]
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class SeasonalAdjustment:
    """A series taken apart: trend + seasonal + remainder; `adjusted` is the series less its season.

    `strength` (0..1) is the share of the detrended variance that the season explains (Wang, Smith & Hyndman 2006).
    """

    trend: tuple[float, ...]
    seasonal: tuple[float, ...]
    remainder: tuple[float, ...]
    adjusted: tuple[float, ...]
    strength: float
    period: int
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()
