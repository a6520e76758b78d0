"""When the demo's waves were: nine months, the last one answered until yesterday."""

from __future__ import annotations

import random
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from survey_app.demo.model import N_WAVES

# Everybody answers within this many days, though links work a week longer; one reminder goes out.
ANSWERING_DAYS = 21
OPEN_DAYS = 28
REMINDER_DAY = 13
SENT_AT = time(8, 0, tzinfo=UTC)
# How people answer: at once, after the reminder, or at any time; shares of those who answer.
AT_ONCE, AFTER_REMINDER = 0.5, 0.32
USUAL_DAYS = 2.0
# People answer between eight in the morning and ten at night.
WAKING_HOURS = (8, 22)


@dataclass(frozen=True, slots=True)
class Wave:
    """One month's fielding."""

    number: int
    sent_at: datetime

    @property
    def label(self) -> str:
        """Return the month as 2026-03."""
        return self.sent_at.strftime("%Y-%m")

    @property
    def reminded_at(self) -> datetime:
        """Return when the reminder went out."""
        return self.sent_at + timedelta(days=REMINDER_DAY)

    @property
    def closes_at(self) -> datetime:
        """Return from when on no answers are taken."""
        return self.sent_at + timedelta(days=OPEN_DAYS)


def waves(now: datetime) -> list[Wave]:
    """Return the waves, oldest first; the last one's last day of answers is yesterday."""
    last = datetime.combine(now.date() - timedelta(days=ANSWERING_DAYS), SENT_AT)
    return [Wave(number, _months_before(last, N_WAVES - number)) for number in range(1, N_WAVES + 1)]


def draw_answering_time(chance: random.Random, wave: Wave, utc_offset: int) -> datetime:
    """Return when somebody began to answer: most soon, some after the reminder, a few late."""
    days = min(_days(chance), ANSWERING_DAYS - 1)
    day = wave.sent_at.replace(hour=0, minute=0) + timedelta(days=days)
    begins, ends = WAKING_HOURS
    seconds = chance.randrange((ends - begins) * 3600)
    begun = day + timedelta(hours=begins - utc_offset, seconds=seconds)
    # Not before the mail came, and not later than the last day in UTC.
    earliest = wave.sent_at + timedelta(minutes=20, seconds=seconds % 3600)
    latest = wave.sent_at.replace(hour=23) + timedelta(days=ANSWERING_DAYS - 1, seconds=seconds % 3000)
    return min(max(begun, earliest), latest)


def _days(chance: random.Random) -> int:
    way = chance.random()
    if way < AT_ONCE:
        return int(chance.expovariate(1 / USUAL_DAYS))
    if way < AT_ONCE + AFTER_REMINDER:
        return REMINDER_DAY + int(chance.expovariate(1 / USUAL_DAYS))
    return chance.randrange(ANSWERING_DAYS)


def _months_before(day: datetime, months: int) -> datetime:
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))
