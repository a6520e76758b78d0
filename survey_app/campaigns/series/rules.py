"""When a series runs, and what it asks after: pure decisions on plain values."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

UNITS = ("days", "weeks", "months", "quarters")
# How often a triggered series begins a new wave; within one nobody is asked twice.
PERIODS = ("week", "month", "quarter")
_DAYS = {"days": 1, "weeks": 7}
_MONTHS = {"months": 1, "quarters": 3}
_LONGEST_MONTH = 31


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a recurring series: its number, its day (the key that makes it unique), and its label in trends."""

    number: int
    on: date
    label: str

    @property
    def key(self) -> str:
        """Return what no second run of the series has."""
        return self.on.isoformat()


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Every so many days, weeks, months or quarters from a first day on; with parts, one part of the base at a time."""

    first_on: date
    every: int = 1
    unit: str = "months"
    n_parts: int = 1
    # Answers are taken for so many days.
    open_days: int = 30

    def run(self, number: int) -> Run:
        """Return the run with this number, counted from nought."""
        on = self._day(number)
        return Run(number, on, self._label(on))

    def runs_from(self, day: date) -> Iterator[Run]:
        """Yield the runs on and after a day, without end."""
        number = max(0, (day - self.first_on).days // self._most_days() - 1)
        while True:
            run = self.run(number)
            if run.on >= day:
                yield run
            number += 1

    def next_runs(self, day: date, most: int) -> list[Run]:
        """Return the next runs on and after a day."""
        return list(islice(self.runs_from(day), most))

    def part_of(self, number: int) -> int:
        """Return which part of the base a run asks: each in turn."""
        return number % self.n_parts

    def _day(self, number: int) -> date:
        steps = number * self.every
        if self.unit in _DAYS:
            return self.first_on + timedelta(days=steps * _DAYS[self.unit])
        return months_later(self.first_on, steps * _MONTHS[self.unit])

    def _most_days(self) -> int:
        if self.unit in _DAYS:
            return self.every * _DAYS[self.unit]
        return self.every * _MONTHS[self.unit] * _LONGEST_MONTH

    def _label(self, on: date) -> str:
        labels = {"weeks": week_label(on), "months": month_label(on), "quarters": quarter_label(on)}
        return labels.get(self.unit, on.isoformat())


@dataclass(frozen=True, slots=True)
class Trigger:
    """After an interaction of a kind for which the condition holds, and a delay, the survey is sent.

    What was older than `max_age_days` when we learned of it is left alone: an import of last year asks nobody.
    """

    kind: str
    delay_minutes: int = 24 * 60
    period: str = "month"
    max_age_days: int = 7
    open_days: int = 30
    condition: dict[str, Any] | None = None

    def due_at(self, happened_at: datetime, now: datetime) -> datetime:
        """Return when the survey would go, before quiet hours and days are looked at."""
        return max(happened_at + timedelta(minutes=self.delay_minutes), now)

    def period_of(self, day: date) -> tuple[str, date]:
        """Return the label of the wave that a day falls into, and the day after its last."""
        if self.period == "week":
            return week_label(day), day - timedelta(days=day.isoweekday() - 1) + timedelta(days=7)
        if self.period == "quarter":
            first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
            return quarter_label(day), months_later(first, 3)
        return month_label(day), months_later(day.replace(day=1), 1)


def months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or its last where it has fewer days."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def week_label(day: date) -> str:
    """Return the ISO week."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def month_label(day: date) -> str:
    """Return year and month."""
    return f"{day:%Y-%m}"


def quarter_label(day: date) -> str:
    """Return year and quarter."""
    return f"{day.year} Q{(day.month - 1) // 3 + 1}"


def at_midnight(day: date) -> datetime:
    """Return the beginning of a day as wall time."""
    return datetime.combine(day, time(0))
