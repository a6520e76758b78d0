"""What a worker does at its start and every minute: periodic runs, forgotten work, old rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import delete, func, select, text

from survey_app.extensions import db, writing
from survey_app.jobs import waking
from survey_app.jobs.leases import takeable
from survey_app.jobs.models import Job
from survey_app.jobs.operations import enqueue
from survey_app.jobs.registry import Task, registered_tasks
from survey_app.jobs.rules import is_due

# Any number that nothing else in the database locks.
SWEEP_LOCK = 8_201_611
KEPT = timedelta(days=30)
KEPT_PERIODIC = timedelta(days=2)
# As many as could be at work at once; each goes on until nothing is due.
MOST_WAKEUPS = 8


def sweep(app: Flask, now: datetime | None = None, *, is_start: bool = False) -> None:
    """Put periodic work down, wake workers for what is due or was left behind, forget what ended long ago.

    Two at once do the same once: each holds a lock of the database, and periodic work is dated.
    """
    now = now or datetime.now(UTC)
    with app.app_context():
        with writing(), db.session.begin():
            if _is_alone():
                _enqueue_periodic(now, is_start=is_start)
                _forget(now)
        for instant in _instants(now):
            waking.wake(app, instant)


def _is_alone() -> bool:
    """Return whether no other sweep is under way: SQLite's write lock says so by itself."""
    if db.engine.dialect.name != "postgresql":
        return True
    return bool(db.session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": SWEEP_LOCK}))


def _enqueue_periodic(now: datetime, *, is_start: bool) -> None:
    periodic = [task for task in registered_tasks().values() if task.every_minutes is not None]
    query = select(Job.name, func.max(Job.created_at)).where(Job.name.in_([task.name for task in periodic]))
    last: dict[str, datetime] = dict(db.session.execute(query.group_by(Job.name)).all())
    for task in periodic:
        if (is_start and task.at_start) or is_due(last.get(task.name), task.every_minutes or 0, now):
            enqueue(task.name, due_at=now, coalesce=True)


def _forget(now: datetime) -> None:
    db.session.execute(delete(Job).where(Job.state == "done", Job.finished_at < now - KEPT))
    for task in registered_tasks().values():
        if task.every_minutes is not None:
            _forget_runs(task, now - max(KEPT_PERIODIC, 3 * timedelta(minutes=task.every_minutes)))


def _forget_runs(task: Task, before: datetime) -> None:
    db.session.execute(delete(Job).where(Job.state == "done", Job.name == task.name, Job.finished_at < before))


def _instants(now: datetime) -> list[datetime]:
    """Return when to wake workers: now for what may be taken, later for leases that may run out."""
    n_due = db.session.scalar(select(func.count()).select_from(Job).where(takeable(now))) or 0
    leases = db.session.scalars(select(Job.leased_until).where(Job.state == "running", Job.leased_until >= now))
    later = [leased_until + timedelta(seconds=1) for leased_until in leases if leased_until]
    return [now] * min(n_due, MOST_WAKEUPS) + later[:MOST_WAKEUPS]
