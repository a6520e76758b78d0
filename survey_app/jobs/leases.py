"""Taking a piece of work, keeping it, and recording its end: each one atomic statement in a transaction of its own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from survey_app.extensions import db, writing
from survey_app.jobs.models import Job
from survey_app.jobs.rules import LEASE


@dataclass(frozen=True, slots=True)
class Claim:
    """A piece of work that this process holds for the length of a lease."""

    id: int
    name: str
    subject_id: int | None
    payload: dict[str, Any]
    attempts: int
    max_attempts: int
    stop_requested: bool
    token: str


def takeable(now: datetime) -> ColumnElement[bool]:
    """Return the condition of work that a worker may take: due, or left behind by a worker that is gone."""
    return or_(
        and_(Job.state == "waiting", Job.due_at <= now),
        and_(Job.state == "running", Job.leased_until < now),
    )


def claim(now: datetime, job_id: int | None = None) -> Claim | None:
    """Take the piece of work that has waited longest (or this one), or return None when there is none to take."""
    chosen = select(Job.id).where(takeable(now)).order_by(Job.due_at, Job.id).limit(1)
    if job_id is not None:
        chosen = chosen.where(Job.id == job_id)
    token = secrets.token_hex(16)
    statement = (
        update(Job)
        # Two workers at once: PostgreSQL skips the row the other one looks at, SQLite holds the write lock.
        .where(Job.id == chosen.with_for_update(skip_locked=True).scalar_subquery())
        .values(
            state="running",
            lease_token=token,
            leased_until=now + LEASE,
            attempts=Job.attempts + 1,
            coalesce_key=None,
        )
        .returning(Job.id, Job.name, Job.subject_id, Job.payload, Job.attempts, Job.max_attempts, Job.stop_requested)
    )
    with writing(), db.engine.begin() as connection:
        row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else Claim(token=token, **row)


def record(job_id: int, token: str, **values: Any) -> bool:
    """Write these values while the lease is still held; return whether it was."""
    statement = update(Job).where(Job.id == job_id, Job.lease_token == token).values(**values)
    with writing(), db.engine.begin() as connection:
        return connection.execute(statement).rowcount == 1


def release(job_id: int, token: str, **values: Any) -> bool:
    """Give the work back with these values (its new state among them); return whether it was still held."""
    return record(job_id, token, lease_token=None, leased_until=None, **values)


def is_stop_requested(job_id: int, token: str) -> bool:
    """Return whether somebody asked the work to stop, or the lease is no longer held."""
    query = select(Job.stop_requested).where(Job.id == job_id, Job.lease_token == token)
    with db.engine.connect() as connection:
        return connection.scalar(query) is not False
