"""What the monitoring system may know of background work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import Metric

from survey_app.jobs.queries import count_by_name_and_state, count_expired_leases, oldest_waiting_by_name
from survey_app.web.metrics import gauge


def figures(now: datetime) -> Iterator[Metric]:
    """Yield jobs by kind and state, how long the oldest of each kind has waited, and leases that ran out."""
    counted = count_by_name_and_state()
    yield gauge("jobs", "Pieces of work by kind and state.", ("kind", "state"), counted.items())
    ages = [((name,), (now - since).total_seconds()) for name, since in oldest_waiting_by_name(now).items()]
    yield gauge("job_oldest_waiting_seconds", "How late the oldest due work of a kind is.", ("kind",), ages)
    expired = [((), count_expired_leases(now))]
    yield gauge("job_leases_expired", "Work whose worker went silent and that nobody has taken up yet.", (), expired)
