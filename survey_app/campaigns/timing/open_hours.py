"""When mail may go in one zone: on allowed weekdays outside the quiet hours, as clocks there show them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from survey_app.campaigns.timing.zones import next_change, zone_named

_DAY = 24 * 60 * 60
ALL_DAYS = frozenset(range(1, 8))


@dataclass(frozen=True, slots=True)
class Hours:
    """Allowed ISO weekdays and quiet hours, from and to in seconds after midnight; equal ones stand for none."""

    days: frozenset[int] = ALL_DAYS
    quiet_from: int = 0
    quiet_to: int = 0

    @property
    def are_all(self) -> bool:
        """Return whether any time will do."""
        return self.days >= ALL_DAYS and self.quiet_from == self.quiet_to

    def windows(self) -> list[tuple[int, int]]:
        """Return the stretches of a day, in seconds after midnight, in which mail may go."""
        if self.quiet_from < self.quiet_to:
            parts = [(0, self.quiet_from), (self.quiet_to, _DAY)]
        elif self.quiet_from > self.quiet_to:
            parts = [(self.quiet_to, self.quiet_from)]
        else:
            parts = [(0, _DAY)]
        return [(start, end) for start, end in parts if start < end]


class OpenHours:
    """The open stretches of one zone from an instant on, found day by day as far as somebody asks.

    All instants are whole seconds since 1970, so that a hundred thousand of them cost no calendar.
    """

    def __init__(self, hours: Hours, zone_name: str, start: int) -> None:
        """Look from `start` on."""
        self._hours, self._zone = hours, zone_named(zone_name)
        self._day = start // _DAY * _DAY
        self._windows: list[tuple[int, int]] = []
        self._ends: list[int] = []

    def first_from(self, instant: int) -> int:
        """Return the first instant not before this one at which mail may go."""
        if self._hours.are_all:
            return instant
        while not self._ends or self._ends[-1] <= instant:
            self._look_further()
        start, _end = self._windows[bisect_right(self._ends, instant)]
        return max(start, instant)

    def stretches(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the open stretches between two instants."""
        if self._hours.are_all:
            return [(start, end)]
        while self._day < end:
            self._look_further()
        cut = [(max(first, start), min(last, end)) for first, last in self._windows]
        return [(first, last) for first, last in cut if first < last]

    def _look_further(self) -> None:
        """Take up the next day of UTC, in pieces in which clocks keep their offset."""
        start, end = self._day, self._day + _DAY
        changes = _changes(start, end, self._zone)
        for first, last in pairwise([start, *changes, end]):
            offset = _offset(first, self._zone)
            for window in self._open_between(first + offset, last + offset):
                self._append(window[0] - offset, window[1] - offset)
        self._day = end

    def _open_between(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the open stretches between two wall times, as seconds of the wall clock."""
        found = []
        for midnight in range(start // _DAY * _DAY, end, _DAY):
            if datetime.fromtimestamp(midnight, UTC).isoweekday() in self._hours.days:
                parts = [(max(midnight + a, start), min(midnight + b, end)) for a, b in self._hours.windows()]
                found += [part for part in parts if part[0] < part[1]]
        return found

    def _append(self, start: int, end: int) -> None:
        if self._ends and self._ends[-1] == start:
            start = self._windows.pop()[0]
            self._ends.pop()
        self._windows.append((start, end))
        self._ends.append(end)


def seconds_after_midnight(at: time) -> int:
    """Return a time of the day as a number."""
    return at.hour * 3600 + at.minute * 60


def _offset(instant: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(instant, zone).utcoffset() or timedelta(0)
    return int(offset.total_seconds())


def _changes(start: int, end: int, zone: ZoneInfo) -> list[int]:
    """Return when clocks change in a day: no zone has ever changed twice within six hours."""
    found = []
    for first in range(start, end, _DAY // 4):
        last = first + _DAY // 4
        if _offset(first, zone) != _offset(last, zone):
            before, after = (datetime.fromtimestamp(each, UTC) for each in (first, last))
            found.append(int(next_change(before, after, zone).timestamp()))
    return [change for change in found if change < end]
