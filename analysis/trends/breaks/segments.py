"""Sums of squares about the mean of every segment of a series, from running sums."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.arrays import FloatArray, IntArray
from analysis.trends.observations import whole_series
from analysis.values import Base, Refusal
from analysis.values.breaks import BreakDate


@dataclass(frozen=True, slots=True)
class BreakOptions:
    """Rate of false alarms, smallest segment as a share of all periods, confidence of the dates.

    `most_breaks` limits Bai and Perron's search; None allows ceil(n / h) - 2 breaks of segments of h periods.
    """

    alpha: float = 0.05
    trim: float = 0.15
    level: float = 0.95
    most_breaks: int | None = None

    def __post_init__(self) -> None:
        """Refuse shares that are none."""
        if not (0 < self.trim < 0.5 and 0 < self.level < 1 and 0 < self.alpha < 1):  # noqa: PLR2004 - two halves
            raise ValueError("The smallest segment is a share below one half, levels and rates lie between 0 and 1.")


DEFAULTS = BreakOptions()
FEWEST = 8
# A sum of squares below this share of the values' own is rounding.
_NO_VARIATION = 1e-24


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """A series (n,) in order of time with weights (n,), ready to give sums of squares of segments."""

    values: FloatArray
    weights: FloatArray
    running: FloatArray

    @property
    def n(self) -> int:
        """Return the number of periods."""
        return int(self.values.size)

    @property
    def base(self) -> Base:
        """Return the base: every period counts once."""
        return Base(self.n, float(self.n), float(self.n))

    def smallest(self, trim: float) -> int:
        """Return the smallest number of periods of a segment."""
        # A share such as 0.15 of 100 periods may fall short of 15 by rounding.
        return max(1, math.floor(self.n * trim * (1 + 1e-12)))

    def rss(self, start: int | IntArray, stop: int | IntArray) -> FloatArray:
        """Return the weighted sums of squares about the mean of the periods start..stop-1."""
        weight, total, squares = (self.running[:, stop].T - self.running[:, start].T).T
        return np.asarray(np.maximum(squares - total**2 / weight, 0.0), dtype=np.float64)

    def mean(self, start: int, stop: int) -> float:
        """Return the weighted mean of the periods start..stop-1."""
        weight, total, _ = self.running[:, stop] - self.running[:, start]
        centre = np.average(self.values, weights=self.weights)
        return float(centre + total / weight)

    def dates(self, start: int, stop: int, level: float) -> tuple[int, int, int]:
        """Return the best break between start and stop, and the first and last that is not rejected.

        Those with RSS(k) - RSS(best) <= c RSS(best) / n, c = -2 log(1 - sqrt(level)) (Hansen 2000; Eo & Morley 2015).
        """
        places = np.arange(start + 1, stop)
        rss = self.rss(start, places) + self.rss(places, stop)
        kept = places[rss <= rss.min() * (1 - 2 * math.log(1 - math.sqrt(level)) / (stop - start))]
        return int(places[rss.argmin()]), int(kept[0]), int(kept[-1])


def segments_of(values: npt.ArrayLike, variances: npt.ArrayLike | None, fewest: int, what: str) -> Segments:
    """Return the series ready for segments; with sampling variances (n,) each period weighs 1/v, mean weight 1.

    Raises ValueError for too few, missing or infinite values, and variances that are not above zero.
    """
    series = whole_series(values, fewest, what)
    given = np.ones(series.size) if variances is None else np.asarray(variances, dtype=np.float64)
    if given.shape != series.shape or not np.isfinite(given).all() or (given <= 0).any():
        raise ValueError("Every period needs one finite sampling variance above zero.")
    weights = (1 / given) / (1 / given).mean()
    # About the mean, so that running sums of squares lose no digits.
    away = series - np.average(series, weights=weights)
    sums = np.cumsum([weights, weights * away, weights * away**2], axis=1)
    return Segments(series, weights, np.concatenate([np.zeros((3, 1)), sums], axis=1))


def why_no_breaks(segments: Segments) -> Refusal | None:
    """Return why no break can be looked for, if so: fewer than eight periods, or a series that does not vary."""
    if segments.n < FEWEST:
        return Refusal("too-few-periods", segments.base, {"n": segments.n, "needed": FEWEST})
    if float(segments.rss(0, segments.n)) <= _NO_VARIATION * float(np.square(segments.values).sum()):
        return Refusal("no-variation", segments.base)
    return None


def break_date(segments: Segments, place: int, around: tuple[int, int], level: float) -> BreakDate:
    """Return the break with the dates that are not rejected between its neighbours; the break is always among them."""
    _, first, last = segments.dates(*around, level)
    return BreakDate(place, min(first, place), max(last, place), level)
