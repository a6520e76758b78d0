"""Periods: weeks and months of dates, in order and with their true distances."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import pandas as pd

from analysis.values.trends import Period

Day: TypeAlias = date | str | np.datetime64 | None


class Grain(StrEnum):
    """How finely time is cut."""

    WEEK = "week"
    MONTH = "month"


def calendar_periods(dates: Sequence[Day], grain: Grain) -> tuple[list[str | None], tuple[Period, ...]]:
    """Return each date's period label (n,), and the periods that occur, in order.

    Labels are ISO: `2026-W05` (weeks begin on Monday and belong to the year of their Thursday) and `2026-02`. `at`
    counts weeks or months since the first period, so that a gap stays a gap. Dates may be ISO texts or datetime64; a
    missing one (None, NaT, NaN or an empty text) has no label. Raises ValueError for a text that is no date.
    """
    listed = list(dates)
    days = {each: _day(each) for each in set(listed)}
    numbers = {day: _number(day, grain) for day in days.values() if day is not None}
    first = min(numbers.values(), default=0)
    labels = {_label(day, grain): number - first for day, number in numbers.items()}
    timeline = tuple(Period(label, float(at)) for label, at in sorted(labels.items(), key=lambda pair: pair[1]))
    names = {each: None if day is None else _label(day, grain) for each, day in days.items()}
    return [names[each] for each in listed], timeline


def _day(given: Day) -> date | None:
    """Return the day, None where it is missing."""
    if given is None or (isinstance(given, str) and not given):
        return None
    stamp = pd.Timestamp(given)
    return None if pd.isna(stamp) else stamp.date()


def _number(day: date, grain: Grain) -> int:
    """Return a running number of the day's week or month."""
    if grain is Grain.MONTH:
        return day.year * 12 + day.month - 1
    return (day.toordinal() - 1) // 7


def _label(day: date, grain: Grain) -> str:
    """Return the ISO name of the day's week or month."""
    if grain is Grain.MONTH:
        return f"{day.year:04d}-{day.month:02d}"
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"
