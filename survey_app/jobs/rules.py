"""Pure decisions about work: how long a lease lasts, when to try again, when a periodic run is due."""

from __future__ import annotations

from datetime import datetime, timedelta

# A worker that dies is missed after one lease; a living one renews three times in that time.
LEASE = timedelta(seconds=30)
RENEW_SECONDS = 10.0
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=30)
# A sweep that comes a little early still counts, or every run would slip by one sweep.
SLACK = timedelta(seconds=30)
LONGEST_REASON = 500


def pause_after(n_tries: int, chance: float) -> timedelta:
    """Return how long to wait after this many failed tries: four times longer each, spread by `chance` in 0 to 1."""
    growth: int = 4 ** min(n_tries - 1, 8)
    pause = min(FIRST_PAUSE * growth, LONGEST_PAUSE)
    return pause * (1 + chance / 3)


def is_due(last_at: datetime | None, every_minutes: int, now: datetime) -> bool:
    """Return whether a periodic run is due: one missed run is made up once, a clock set back adds none."""
    return last_at is None or now - last_at >= timedelta(minutes=every_minutes) - SLACK


def reason_of(error: BaseException) -> str:
    """Return why a try failed, in one line: the lines after the first may quote people's data."""
    first_line = (str(error).splitlines() or [""])[0]
    return f"{type(error).__name__}: {first_line}"[:LONGEST_REASON]
