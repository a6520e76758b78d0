"""Wall time in a named zone, and the instant it means: by the zone data of the package tzdata, never the machine's.

One rule covers every change of the clocks: a wall time means the first instant at which clocks there show it or,
where they jump over it, something later.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

# Clocks nowhere are further ahead of UTC than this.
FURTHEST_AHEAD = timedelta(hours=14)
# Wall times outside these years are slips of the finger.
YEARS = range(1970, 2200)


class ZoneError(ValueError):
    """There is no such zone; the message says so in the reader's language."""


@cache
def known_zones() -> frozenset[str]:
    """Return the names of all zones."""
    return frozenset((files("tzdata") / "zones").read_text(encoding="ascii").split())


@cache
def zone_named(name: str) -> ZoneInfo:
    """Return a zone; raise ZoneError where there is none of this name."""
    if name not in known_zones():
        raise ZoneError(
            _("There is no time zone %(name)s. Write it like Europe/Madrid or Asia/Ho_Chi_Minh.", name=name)
        )
    with (files("tzdata") / "zoneinfo").joinpath(*name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def instant_of(wall: datetime, zone_name: str) -> datetime:
    """Return the first instant at which clocks in a zone show a wall time or, where they jump over it, a later one."""
    zone = zone_named(zone_name)
    # `fold` 0 stands for the first of two equal times, and reads a time that does not exist by the old offset.
    local = wall.replace(tzinfo=zone, fold=0)
    instant = local.astimezone(UTC)
    if wall_of(instant, zone_name) == wall.replace(fold=0):
        return instant
    after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return next_change(min(instant, after), max(instant, after), zone)


def wall_of(instant: datetime, zone_name: str) -> datetime:
    """Return what clocks in a zone show at an instant."""
    return instant.astimezone(zone_named(zone_name)).replace(tzinfo=None, fold=0)


def next_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant, to the second, after `before` at which clocks have the offset they have at `after`."""
    new = after.astimezone(zone).utcoffset()
    start, end = int(before.timestamp()), int(after.timestamp())
    while end - start > 1:
        middle = (start + end) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == new:
            end = middle
        else:
            start = middle
    return datetime.fromtimestamp(end, UTC)
