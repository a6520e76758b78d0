"""What the monitoring system, and the page of background work, may know of mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import Metric
from sqlalchemy import func, select

from survey_app.extensions import db
from survey_app.outbox.bounces.labels import VERDICT_NAMES
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.queries import count_by_kind, oldest_waiting
from survey_app.outbox.suppressions.lists import count_by_reason, count_by_verdict
from survey_app.web.metrics import gauge


def figures(now: datetime) -> Iterator[Metric]:
    """Yield mails by kind and state, how late the oldest is, and what came back."""
    mails = [((kind, state), n) for kind, states in count_by_kind().items() for state, n in states.items()]
    yield gauge("mails", "Mails by kind and state.", ("kind", "state"), mails)
    since = oldest_waiting(now)
    late = (now - since).total_seconds() if since else 0.0
    yield gauge("mail_oldest_due_seconds", "How late the oldest mail is that should have gone.", (), [((), late)])
    expired = [((), count_expired(now))]
    yield gauge("mail_leases_expired", "Mails whose worker went silent and that nobody has taken up yet.", (), expired)
    verdicts = [((verdict,), n) for verdict, n in count_by_verdict().items()]
    yield gauge("mail_events", "Reports that came back, by verdict.", ("verdict",), verdicts)
    reasons = [((reason,), n) for reason, n in count_by_reason().items()]
    yield gauge("suppressions", "Addresses that get no survey mail, by reason.", ("reason",), reasons)


def board(now: datetime) -> dict[str, object]:
    """Return what the page of background work shows of mail."""
    return {
        "mails": count_by_kind(),
        "late_since": oldest_waiting(now),
        "n_expired": count_expired(now),
        "verdicts": {VERDICT_NAMES.get(verdict, verdict): n for verdict, n in sorted(count_by_verdict().items())},
    }


def count_expired(now: datetime) -> int:
    """Return how many mails are held by a worker that has not been heard of for the length of a lease."""
    query = select(func.count()).where(OutboxMail.state == "claimed", OutboxMail.leased_until < now)
    return db.session.scalar(query) or 0
