"""A series of numbers with their moments in time, checked and in order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.arrays import FloatArray
from analysis.values import Base, Note


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """Values (n,) at moments (n,), ordered by moment, and how many were missing."""

    values: FloatArray
    at: FloatArray
    n_missing: int = 0

    @property
    def base(self) -> Base:
        """Return the base: every observation counts once."""
        return Base(self.values.size, float(self.values.size), float(self.values.size))

    @property
    def is_regular(self) -> bool:
        """Tell whether the moments follow each other at one distance."""
        gaps = np.diff(self.at)
        return bool(gaps.size == 0 or (gaps.min() > 0 and np.allclose(gaps, gaps[0], rtol=1e-6, atol=0)))

    def notes(self) -> tuple[Note, ...]:
        """Say how many moments had no value."""
        return (Note("periods-without-figure", {"left_out": self.n_missing}),) if self.n_missing else ()


def observed(values: npt.ArrayLike, at: npt.ArrayLike | None = None) -> Observations:
    """Return the observations in order of time, those with a missing value (NaN) left out.

    Without `at` the values are one unit of time apart, missing ones too. Raises ValueError for infinite values, for
    moments that are missing or infinite, and where lengths differ.
    """
    series = np.asarray(values, dtype=np.float64)
    moments = np.arange(series.size, dtype=np.float64) if at is None else np.asarray(at, dtype=np.float64)
    if series.ndim != 1 or moments.shape != series.shape:
        raise ValueError("A series is one list of values, with one moment for each of them.")
    if np.isinf(series).any() or not np.isfinite(moments).all():
        raise ValueError("Values of a series are finite or missing, and every moment is a finite number.")
    there = ~np.isnan(series)
    order = np.lexsort((series[there], moments[there]))
    return Observations(series[there][order], moments[there][order], int((~there).sum()))


def whole_series(values: npt.ArrayLike, fewest: int, what: str) -> FloatArray:
    """Return the values in order of time; raise ValueError for fewer than needed, missing or infinite ones."""
    series = np.asarray(values, dtype=np.float64)
    if series.ndim != 1 or series.size < fewest or not np.isfinite(series).all():
        raise ValueError(f"{what} needs {fewest} periods or more, none missing and none infinite.")
    return series
