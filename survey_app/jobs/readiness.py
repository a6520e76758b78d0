"""Work that nobody takes: a reason not to send people here."""

from __future__ import annotations

from datetime import datetime, timedelta

from survey_app.jobs.queries import oldest_waiting

LONGEST_WAIT = timedelta(minutes=15)


def work_is_taken(now: datetime) -> str:
    """Return for how long the oldest work has waited where that is too long, else nothing."""
    since = oldest_waiting(now)
    if since is None or now - since < LONGEST_WAIT:
        return ""
    return f"the oldest waiting work is {int((now - since).total_seconds() // 60)} minutes late; is a worker running?"
