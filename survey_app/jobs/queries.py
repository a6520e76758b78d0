"""Reads of the work rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from survey_app.extensions import db
from survey_app.jobs.models import Job


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of work stands."""

    name: str
    n_waiting: int
    n_running: int
    n_failed: int
    oldest_at: datetime | None


def find_job(job_id: int) -> Job | None:
    """Return the piece of work with this number, if there is one."""
    return db.session.get(Job, job_id)


def find_newest(name: str, subject_id: int | None) -> Job | None:
    """Return the piece of work of this name put down last for this subject."""
    query = select(Job).where(Job.name == name, Job.subject_id == subject_id).order_by(Job.id.desc()).limit(1)
    return db.session.scalar(query)


def find_progress(job_id: int) -> tuple[str, str]:
    """Return the state of committed work and what it last said, whatever the session has read before."""
    with db.engine.connect() as connection:
        row = connection.execute(select(Job.state, Job.progress_note).where(Job.id == job_id)).one()
    return row.state, row.progress_note


def list_jobs(state: str | None = None, name: str | None = None, limit: int = 100) -> list[Job]:
    """Return pieces of work, newest first."""
    query = select(Job).order_by(Job.id.desc()).limit(limit)
    if state:
        query = query.where(Job.state == state)
    if name:
        query = query.where(Job.name == name)
    return list(db.session.scalars(query))


def list_kinds(now: datetime) -> list[Kind]:
    """Return how each kind of work stands that waits, runs or failed, the most delayed first."""
    query = (
        select(
            Job.name,
            func.count().filter(Job.state == "waiting"),
            func.count().filter(Job.state == "running"),
            func.count().filter(Job.state == "failed"),
            func.min(Job.due_at).filter(Job.state == "waiting", Job.due_at <= now),
        )
        .where(Job.state.in_(("waiting", "running", "failed")))
        .group_by(Job.name)
    )
    kinds = [Kind(*row) for row in db.session.execute(query)]
    return sorted(kinds, key=lambda kind: (kind.oldest_at or now, kind.name))


def oldest_waiting(now: datetime) -> datetime | None:
    """Return since when the oldest work that no worker has taken has been due."""
    return db.session.scalar(select(func.min(Job.due_at)).where(Job.state == "waiting", Job.due_at <= now))


def count_by_name_and_state() -> dict[tuple[str, str], int]:
    """Return how much work of each kind stands in each state."""
    query = select(Job.name, Job.state, func.count()).group_by(Job.name, Job.state).order_by(Job.name, Job.state)
    return {(name, state): n_jobs for name, state, n_jobs in db.session.execute(query)}


def oldest_waiting_by_name(now: datetime) -> dict[str, datetime]:
    """Return since when the oldest work of each kind that nobody has taken has been due."""
    query = select(Job.name, func.min(Job.due_at)).where(Job.state == "waiting", Job.due_at <= now)
    return dict(db.session.execute(query.group_by(Job.name).order_by(Job.name)).all())


def count_expired_leases(now: datetime) -> int:
    """Return how much work is held by a worker that has not been heard of for the length of a lease."""
    query = select(func.count()).select_from(Job).where(Job.state == "running", Job.leased_until < now)
    return db.session.scalar(query) or 0
