"""When a campaign begins: at once, at a wall time in a named zone, or at that wall time wherever each recipient is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _

from survey_app.campaigns.timing.zones import FURTHEST_AHEAD, YEARS, ZoneError, instant_of, known_zones, zone_named

# Stands in stored schedules where each recipient's own zone counts.
RECIPIENT = "recipient"


class ScheduleError(ValueError):
    """A schedule cannot be understood or kept; the message says why in the reader's language."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A day and a wall time; `zone` is the fallback where `is_local`: for recipients whose zone is not known.

    Without a day the campaign begins at once. What is kept is the wall time, so that the instant can be worked out
    again when zone data change.
    """

    on: date | None = None
    at: time = time(9)
    zone: str = ""
    is_local: bool = False

    @property
    def is_at_once(self) -> bool:
        """Return whether there is nothing to wait for."""
        return self.on is None

    def instant(self, recipient_zone: str | None = None) -> datetime | None:
        """Return when a recipient is due, None for at once; an unknown zone of theirs counts as the fallback."""
        if self.on is None:
            return None
        own = self.is_local and recipient_zone in known_zones()
        return instant_of(datetime.combine(self.on, self.at), str(recipient_zone) if own else self.zone)

    @property
    def starts_at(self) -> datetime | None:
        """Return the first instant at which anybody can be due, None for at once."""
        if self.on is None or not self.is_local:
            return self.instant()
        first = datetime.combine(self.on, self.at) - FURTHEST_AHEAD
        return min(instant_of(first, "UTC"), instant_of(datetime.combine(self.on, self.at), self.zone))

    def problem(self, now: datetime) -> str | None:
        """Return why the schedule cannot be used any more, in words, or None."""
        due = self.instant()
        if due is not None and due <= now:
            return _("This time has passed. Choose a later one, or send at once.")
        return None

    def to_data(self) -> dict[str, Any]:
        """Return the schedule as it is stored."""
        if self.on is None:
            return {}
        stored = {"on": self.on.isoformat(), "at": self.at.strftime("%H:%M")}
        return stored | ({"zone": RECIPIENT, "fallback": self.zone} if self.is_local else {"zone": self.zone})

    @classmethod
    def from_data(cls, data: object) -> Schedule:
        """Return a stored or typed schedule; raise ScheduleError with a sentence where it is none."""
        if not isinstance(data, dict):
            raise ScheduleError(_malformed())
        if not data:
            return cls()
        is_local = data.get("zone") == RECIPIENT
        zone = _zone(data.get("fallback") if is_local else data.get("zone"))
        return cls(on=_day(data.get("on")), at=wall_time(data.get("at")), zone=zone, is_local=is_local)


def wall_time(text: object) -> time:
    """Return a time of the day written like 09:00; raise ScheduleError where it is none."""
    try:
        return datetime.strptime(str(text), "%H:%M").time()  # noqa: DTZ007 - wall time has no zone of its own
    except ValueError:
        raise ScheduleError(_("Write the time like 09:00.")) from None


def _day(text: object) -> date:
    try:
        day = date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise ScheduleError(_("Write the day like 2026-12-01."))
    return day


def _zone(name: object) -> str:
    if not isinstance(name, str) or not name:
        raise ScheduleError(_("Say in which time zone the time is meant."))
    try:
        return zone_named(name).key
    except ZoneError as error:
        raise ScheduleError(str(error)) from None


def _malformed() -> str:
    return _("This schedule is not readable: it needs a day, a time and a time zone.")
