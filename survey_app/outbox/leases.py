"""Taking mails to send and giving them back: each one atomic statement in a transaction of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, func, or_, select, update

from survey_app.extensions import db, writing
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.queries import not_paused

LEASE = timedelta(seconds=30)
# Few, so that a killed worker holds few back for the length of a lease.
BATCH = 20
_FREE = {"state": "pending", "lease_token": None, "leased_until": None}


def claim_batch(token: str, now: datetime) -> list[int]:
    """Take the next mails that are due and not paused, and return their ids in the order to send them."""
    is_expired = and_(OutboxMail.state == "claimed", OutboxMail.leased_until < now)
    # Without skip_locked PostgreSQL would let a second worker wait for the rows of the first.
    chosen = (
        select(OutboxMail.id)
        .where(OutboxMail.state == "pending", OutboxMail.due_at <= now, not_paused())
        .order_by(OutboxMail.rank, OutboxMail.due_at, OutboxMail.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    statement = (
        update(OutboxMail)
        .where(OutboxMail.id.in_(select(chosen.c.id)))
        .values(state="claimed", lease_token=token, leased_until=now + LEASE)
        .returning(OutboxMail.rank, OutboxMail.due_at, OutboxMail.id)
    )
    with writing(), db.engine.begin() as connection:
        connection.execute(update(OutboxMail).where(is_expired).values(_FREE))
        return [row.id for row in sorted(connection.execute(statement))]


def renew(token: str) -> None:
    """Keep what is held under this token for another lease."""
    statement = update(OutboxMail).where(OutboxMail.lease_token == token, OutboxMail.state == "claimed")
    with writing(), db.engine.begin() as connection:
        connection.execute(statement.values(leased_until=datetime.now(UTC) + LEASE))


def release(token: str, mail_id: int | None = None) -> None:
    """Let others have what is still held under this token (or one mail of it), as if it had not been taken."""
    statement = update(OutboxMail).where(OutboxMail.lease_token == token, OutboxMail.state == "claimed")
    if mail_id is not None:
        statement = statement.where(OutboxMail.id == mail_id)
    with writing(), db.engine.begin() as connection:
        connection.execute(statement.values(_FREE))


def next_instant() -> datetime | None:
    """Return when the next mail is due, or the next lease of another worker may run out."""
    instant = func.min(func.coalesce(OutboxMail.leased_until, OutboxMail.due_at))
    waits = or_(OutboxMail.state == "claimed", and_(OutboxMail.state == "pending", not_paused()))
    with db.engine.connect() as connection:
        return connection.scalar(select(instant).where(waits))
