"""Putting work down, in the transaction of the decision that causes it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from survey_app.extensions import db
from survey_app.jobs.models import Job
from survey_app.jobs.queries import find_waiting
from survey_app.jobs.registry import registered_tasks


def enqueue(
    name: str,
    subject_id: int | None = None,
    *,
    payload: dict[str, Any] | None = None,
    due_at: datetime | None = None,
    coalesce: bool = False,
) -> Job:
    """Put a piece of work down and return its row; nothing runs before the caller commits.

    With `coalesce`, equal work that still waits is returned instead of a second row.
    Raise KeyError when no such work is registered.
    """
    if name not in registered_tasks():
        raise KeyError(name)
    key = f"{name}:{subject_id}" if coalesce else None
    waiting = find_waiting(key) if key else None
    if waiting is not None:
        return waiting
    now = datetime.now(UTC)
    job = Job(
        name=name,
        subject_id=subject_id,
        payload=payload or {},
        coalesce_key=key,
        due_at=due_at or now,
        created_at=now,
    )
    db.session.add(job)
    db.session.flush()
    return job
