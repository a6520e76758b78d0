"""How fast a campaign's mails go, on which days and at which hours; `pacing` gives each its instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from flask_babel import gettext as _

from survey_app.campaigns.timing.open_hours import ALL_DAYS, Hours, seconds_after_midnight
from survey_app.campaigns.timing.schedules import RECIPIENT, Schedule, ScheduleError, wall_time
from survey_app.campaigns.timing.zones import ZoneError, zone_named

MOST_PER_MINUTE = 100_000
# A year.
LONGEST_SPREAD = 366 * 24 * 60


class PaceError(ValueError):
    """A pace cannot be understood or kept; the message says why in the reader's language."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Spread over minutes, at most so many a minute in all and per recipient domain, on some days, not in quiet hours.

    `zone` is the one in which days and quiet hours are meant: a name, `recipient` for everybody's own, or empty for
    the schedule's.
    """

    over_minutes: int | None = None
    per_minute: int | None = None
    domain_per_minute: int | None = None
    quiet_from: time | None = None
    quiet_to: time | None = None
    days: frozenset[int] = ALL_DAYS
    zone: str = ""

    @property
    def hours(self) -> Hours:
        """Return days and quiet hours as numbers."""
        if self.quiet_from is None or self.quiet_to is None:
            return Hours(self.days)
        return Hours(self.days, seconds_after_midnight(self.quiet_from), seconds_after_midnight(self.quiet_to))

    def to_data(self) -> dict[str, Any]:
        """Return the pace as it is stored: only what is limited."""
        stored: dict[str, Any] = {
            "over_minutes": self.over_minutes,
            "per_minute": self.per_minute,
            "domain_per_minute": self.domain_per_minute,
            "zone": self.zone or None,
        }
        if self.quiet_from is not None and self.quiet_to is not None:
            stored["quiet"] = [self.quiet_from.strftime("%H:%M"), self.quiet_to.strftime("%H:%M")]
        if self.days != ALL_DAYS:
            stored["days"] = sorted(self.days)
        return {name: value for name, value in stored.items() if value is not None}

    @classmethod
    def from_data(cls, data: object) -> Pace:
        """Return a stored or typed pace; raise PaceError with a sentence where it is none."""
        if not isinstance(data, dict):
            raise PaceError(_("This pace is not readable."))
        quiet_from, quiet_to = _quiet(data.get("quiet"))
        return cls(
            over_minutes=_count(data.get("over_minutes"), LONGEST_SPREAD),
            per_minute=_count(data.get("per_minute"), MOST_PER_MINUTE),
            domain_per_minute=_count(data.get("domain_per_minute"), MOST_PER_MINUTE),
            quiet_from=quiet_from,
            quiet_to=quiet_to,
            days=_days(data.get("days")),
            zone=_zone(data.get("zone")),
        )


@dataclass(frozen=True, slots=True)
class Timing:
    """All that decides when a campaign's mails go: `start` is when sending begins, `zone` the one for whoever has none.

    `n_total` is how many mails a spread shares its minutes among.
    """

    schedule: Schedule
    pace: Pace
    start: datetime
    n_total: int
    zone: str = "UTC"


def _count(value: object, most: int) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise PaceError(_("A limit is a whole number from 1 to %(most)s.", most=most))
    return value


def _quiet(value: object) -> tuple[time | None, time | None]:
    if value is None:
        return None, None
    if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004 - from and to
        raise PaceError(_("Quiet hours need a beginning and an end."))
    try:
        quiet_from, quiet_to = wall_time(value[0]), wall_time(value[1])
    except ScheduleError as error:
        raise PaceError(str(error)) from None
    if quiet_from == quiet_to:
        raise PaceError(_("Quiet hours from and to the same time would never end."))
    return quiet_from, quiet_to


def _days(value: object) -> frozenset[int]:
    if value is None:
        return ALL_DAYS
    days: list[object] = value if isinstance(value, list) else []
    found = frozenset(day for day in days if isinstance(day, int) and day in ALL_DAYS)
    if not found or len(found) != len(days):
        raise PaceError(_("Choose at least one day of the week."))
    return found


def _zone(value: object) -> str:
    if value in (None, "", RECIPIENT):
        return str(value or "")
    try:
        return zone_named(str(value)).key
    except ZoneError as error:
        raise PaceError(str(error)) from None
