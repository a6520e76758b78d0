"""The instant of every mail, within the limits: a lane for each zone, and minutes that fill up over all lanes.

Instants are given out in the order in which people are invited. What has been given away so far is a small state, so
that sending in chunks, or going on after a crash, gives the same instants as all at once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import accumulate
from math import ceil
from typing import Any

from survey_app.campaigns.timing.open_hours import OpenHours
from survey_app.campaigns.timing.pace import Pace, Timing
from survey_app.campaigns.timing.schedules import RECIPIENT, Schedule
from survey_app.campaigns.timing.zones import known_zones

_MINUTE = 60


def due_times(
    timing: Timing, recipients: Iterable[tuple[str | None, str]], state: dict[str, Any] | None = None
) -> tuple[list[datetime], dict[str, Any]]:
    """Return the instant for each recipient (zone or None, domain of the address), and the state to go on from.

    None stands for the beginning. No instant lies before the start, in quiet hours or on a forbidden day; for people
    of one zone and domain they never decrease.
    """
    lanes = Lanes(timing, state or {})
    instants = [datetime.fromtimestamp(lanes.take(zone, domain), UTC) for zone, domain in recipients]
    return instants, lanes.state()


def first_allowed(pace: Pace, zone: str, instant: datetime, recipient_zone: str | None = None) -> datetime:
    """Return the first instant, not before this one, at which one mail may go."""
    timing = Timing(Schedule(), pace, instant, 1, zone)
    return due_times(timing, [(recipient_zone, "")])[0][0]


class Minutes:
    """How many mails each minute holds already; a full one points to the next that may have room."""

    def __init__(self, limit: int, state: dict[str, Any]) -> None:
        """Go on from a stored state."""
        self._limit = limit
        self._held: dict[int, int] = {int(minute): n for minute, n in state.get("held", {}).items()}
        self._after: dict[int, int] = {
            minute: end for first, end in state.get("full", []) for minute in range(first, end)
        }

    def free_from(self, minute: int) -> int:
        """Return the first minute with room, not before this one."""
        if minute not in self._after:
            return minute
        path = []
        while (further := self._after.get(minute)) is not None:
            path.append(minute)
            minute = further
        for passed in path:
            self._after[passed] = minute
        return minute

    def take(self, minute: int) -> int:
        """Give one place of a minute away, and return its second: places lie evenly in the minute."""
        held = self._held.get(minute, 0)
        if held + 1 < self._limit:
            self._held[minute] = held + 1
        else:
            self._held.pop(minute, None)
            self._after[minute] = minute + 1
        return held * _MINUTE // self._limit

    def state(self) -> dict[str, Any]:
        """Return what is stored: runs of full minutes, and the few that are partly full."""
        runs: list[list[int]] = []
        for minute in sorted(self._after):
            if runs and runs[-1][1] == minute:
                runs[-1][1] = minute + 1
            else:
                runs.append([minute, minute + 1])
        return {"full": runs, "held": {str(minute): n for minute, n in self._held.items()}}


class _Lane:
    """The recipients of one zone: when theirs begins, when mail may go there, and where in its time each stands."""

    def __init__(self, timing: Timing, zone: str, pace_zone: str) -> None:
        due = timing.schedule.instant(zone)
        # Rounded up to a second: nothing goes before the start.
        start = ceil(max(timing.start, due or timing.start).timestamp())
        self.open_hours = OpenHours(timing.pace.hours, pace_zone, start)
        self.first = self.open_hours.first_from(start)
        self._n_total = max(timing.n_total, 1)
        self._stretches = self._spread(start, timing.pace.over_minutes)
        self._sums = list(accumulate((end - first for first, end in self._stretches), initial=0))

    def _spread(self, start: int, over_minutes: int | None) -> list[tuple[int, int]]:
        return self.open_hours.stretches(start, start + over_minutes * _MINUTE) if over_minutes else []

    def begin(self, n_before: int) -> int:
        """Return the earliest instant for the recipient who has so many before them: evenly over the open time."""
        if not self._stretches:
            return self.first
        offset = min(n_before, self._n_total - 1) * self._sums[-1] // self._n_total
        place = bisect_right(self._sums, offset) - 1
        return self._stretches[place][0] + offset - self._sums[place]


class Lanes:
    """The instants of one campaign, given out one by one."""

    def __init__(self, timing: Timing, state: dict[str, Any]) -> None:
        """Go on from a stored state."""
        self._timing, self._pace = timing, timing.pace
        self._lanes: dict[str | None, _Lane] = {}
        self._n: int = state.get("n", 0)
        self._all = Minutes(self._pace.per_minute, state.get("all", {})) if self._pace.per_minute else None
        limit = self._pace.domain_per_minute or 0
        domains = state.get("domains", {}) if limit else {}
        self._domains = {domain: Minutes(limit, held) for domain, held in domains.items()}
        self._limits: dict[str, list[Minutes]] = {}

    def take(self, zone: str | None, domain: str) -> int:
        """Return the instant, in seconds since 1970, of the next recipient."""
        lane = self._lanes.get(zone)
        if lane is None:
            lane = self._lanes[zone] = self._lane(zone)
        earliest = lane.begin(self._n)
        self._n += 1
        limits = self._limits.get(domain) or self._limits_on(domain)
        if not limits:
            return earliest
        minute, room = earliest // _MINUTE, -1
        # Until the lane is open and every limit has room in the same minute.
        while room != minute:
            room = minute = lane.open_hours.first_from(minute * _MINUTE) // _MINUTE
            for each in limits:
                minute = each.free_from(minute)
        within = max([each.take(minute) for each in limits])
        return max(minute * _MINUTE + within, earliest)

    def state(self) -> dict[str, Any]:
        """Return what to go on from, ready for JSON."""
        state: dict[str, Any] = {"n": self._n}
        if self._all is not None:
            state["all"] = self._all.state()
        if self._domains:
            state["domains"] = {domain: minutes.state() for domain, minutes in self._domains.items()}
        return state

    def _limits_on(self, domain: str) -> list[Minutes]:
        """Return the limits that hold for a domain, found once."""
        limits = [self._all] if self._all is not None else []
        if self._pace.domain_per_minute:
            limits.append(self._domains.setdefault(domain, Minutes(self._pace.domain_per_minute, {})))
        self._limits[domain] = limits
        return limits

    def _lane(self, zone: str | None) -> _Lane:
        timing = self._timing
        fallback = timing.schedule.zone or timing.zone
        own = zone if zone in known_zones() else None
        pace_zone = self._pace.zone if self._pace.zone not in ("", RECIPIENT) else fallback
        if self._pace.zone == RECIPIENT and own:
            pace_zone = own
        return _Lane(timing, own or fallback, pace_zone)
