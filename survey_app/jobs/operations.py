"""Putting work down, in the transaction of the decision that causes it, and what people do with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event
from typing import Any

import click
from flask import Flask, current_app
from sqlalchemy import func, inspect

from survey_app.extensions import db
from survey_app.jobs import leases, waking
from survey_app.jobs.carrying import carry_out
from survey_app.jobs.models import Job
from survey_app.jobs.queries import find_progress
from survey_app.jobs.registry import registered_tasks
from survey_app.jobs.upserts import insert

LOOK_SECONDS = 0.3


def enqueue(
    name: str,
    subject_id: int | None = None,
    *,
    payload: dict[str, Any] | None = None,
    due_at: datetime | None = None,
    coalesce: bool = False,
) -> Job:
    """Put a piece of work down and return its row; nothing runs before the caller commits.

    With `coalesce`, equal work that still waits is returned instead of a second row, brought forward if it is now
    due sooner. Raise KeyError when no such work is registered.
    """
    if name not in registered_tasks():
        raise KeyError(name)
    now = datetime.now(UTC)
    job = Job(name=name, subject_id=subject_id, payload=payload or {}, due_at=due_at or now, created_at=now)
    if coalesce:
        return _coalesced(job, f"{name}:{subject_id}")
    db.session.add(job)
    db.session.flush()
    waking.after_commit(db.session(), job.due_at)
    return job


def retry_job(job: Job, now: datetime) -> bool:
    """Let work that failed or was cancelled start over; return whether there was anything to start over."""
    if job.state not in {"failed", "cancelled"}:
        return False
    job.state, job.due_at, job.attempts, job.stop_requested = "waiting", now, 0, False
    job.last_error, job.finished_at, job.progress, job.progress_note = None, None, 0.0, ""
    db.session.flush()
    waking.after_commit(db.session(), now)
    return True


def cancel_job(job: Job, now: datetime) -> bool:
    """Cancel work that waits, or ask work that runs to stop; return whether there was anything to stop."""
    if job.state == "running":
        job.stop_requested = True
    elif job.state == "waiting":
        job.state, job.coalesce_key, job.finished_at = "cancelled", None, now
    else:
        return False
    db.session.flush()
    return True


def run_now(job: Job, tell: Callable[[str], None] | None = None) -> Job:
    """Carry committed work out in this process, or wait for the worker that has it; return the row as it then stands.

    A try in this process that fails leaves the row waiting for its next one, with the reason in `last_error`.
    """
    tell = tell or _tell_on_stderr
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the proxy's own way
    # Not `job.id`: after a commit that would begin a transaction to read it.
    (job_id,) = inspect(job).identity or (0,)
    # The caller's transaction ends here: it must not hold a lock that the work itself needs.
    _end_reading()
    claim = leases.claim(datetime.now(UTC), job_id)
    if claim is not None:
        carry_out(app, claim, Event())
    else:
        _wait_for(job_id, tell)
    return db.session.get_one(Job, job_id, populate_existing=True)


def _end_reading() -> None:
    if db.session.new or db.session.dirty or db.session.deleted:
        raise RuntimeError("Commit before running work: it must see what was put down for it.")
    db.session.rollback()


def _wait_for(job_id: int, tell: Callable[[str], None]) -> None:
    """Wait until the work has ended, telling each step once."""
    told = ""
    while True:
        state, note = find_progress(job_id)
        if state not in {"waiting", "running"}:
            return
        if note != told:
            tell(note)
            told = note
        time.sleep(LOOK_SECONDS)


def _tell_on_stderr(note: str) -> None:
    click.echo(note, err=True)


def _coalesced(job: Job, key: str) -> Job:
    """Return the one waiting row with this key.

    The row stays locked until the caller commits, so no worker takes it before it can see what the caller wrote.
    """
    known = waking.known_waiting(db.session(), key, job.due_at)
    if known is not None:
        return db.session.get_one(Job, known)
    values = {
        "name": job.name,
        "subject_id": job.subject_id,
        "payload": job.payload,
        "coalesce_key": key,
        "due_at": job.due_at,
        "created_at": job.created_at,
    }
    statement = insert(Job).values(values)
    earlier = func.min if db.session.get_bind().dialect.name == "sqlite" else func.least
    statement = statement.on_conflict_do_update(
        index_elements=["coalesce_key"],
        set_={"due_at": earlier(Job.due_at, statement.excluded.due_at)},
    )
    row: Job = db.session.scalars(statement.returning(Job), execution_options={"populate_existing": True}).one()
    waking.after_commit(db.session(), row.due_at)
    waking.remember_waiting(db.session(), key, row)
    return row
