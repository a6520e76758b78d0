"""Forecasts: the coming periods of a figure, and how well such forecasts did before."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.values.estimates import Base, Estimate, Note


@dataclass(frozen=True, slots=True)
class ForecastPoint:
    """A coming period: steps after the last observed one, and its forecast with a prediction interval."""

    step: int
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Contender:
    """One method in the rolling-origin check: its mean absolute scaled error and the coverage of its intervals.

    MASE below 1: better than the naive rule was within the series. `n` forecasts were checked.
    """

    method: str
    mase: float
    coverage: float
    n: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """Forecasts of the method that did best, with all that were tried.

    `method` is the one chosen; `beats_naive` says whether it did better than the naive rules in the check.
    """

    base: Base
    points: tuple[ForecastPoint, ...]
    contenders: tuple[Contender, ...]
    beats_naive: bool
    level: float
    season: int
    method: str
    source: str
    notes: tuple[Note, ...] = ()
