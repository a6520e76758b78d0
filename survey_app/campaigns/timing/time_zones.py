"""Time zones as people choose them: by a place they know, in their language, with the hour it is there."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.dates import get_timezone_location

# One well-known place for each offset and rule of the clocks that people live by.
PLACES = (
    "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver", "America/Mexico_City",
    "America/Chicago", "America/Bogota", "America/Lima", "America/New_York", "America/Caracas", "America/La_Paz",
    "America/Santiago", "America/Argentina/Buenos_Aires", "America/Sao_Paulo", "Atlantic/Azores", "Europe/London",
    "Africa/Lagos", "Europe/Madrid", "Europe/Berlin", "Africa/Johannesburg", "Africa/Cairo", "Europe/Athens",
    "Asia/Jerusalem", "Europe/Istanbul", "Asia/Riyadh", "Africa/Nairobi", "Asia/Tehran", "Asia/Dubai", "Asia/Kabul",
    "Asia/Karachi", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Dhaka", "Asia/Yangon", "Asia/Ho_Chi_Minh",
    "Asia/Bangkok", "Asia/Jakarta", "Asia/Shanghai", "Asia/Singapore", "Asia/Manila", "Australia/Perth", "Asia/Tokyo",
    "Asia/Seoul", "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip


def zones_for(known: str, language: str, now: datetime) -> list[tuple[str, str]]:
    """Return zones by name with words such as 14:30 · Hanoi; the one somebody has is among them."""
    names = dict.fromkeys((*PLACES, *([known] if known in available_timezones() else [])))
    locale = Locale.parse(language, sep="-")
    there = sorted(names, key=lambda name: (_offset(name, now), name))
    return [(name, f"{now.astimezone(ZoneInfo(name)):%H:%M} · {_place(name, locale)}") for name in there]


def _offset(name: str, now: datetime) -> float:
    offset = now.astimezone(ZoneInfo(name)).utcoffset()
    return offset.total_seconds() if offset else 0.0


def _place(name: str, locale: Locale) -> str:
    return str(get_timezone_location(name, locale=locale, return_city=True))
