"""Wake-ups after the commit: sent only for work put down in that transaction, and never a reason to fail it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from flask import Flask, current_app
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from survey_app.extensions import db
from survey_app.jobs.engine import engine_of
from survey_app.jobs.models import Job

log = logging.getLogger(__name__)
DUE = "jobs.due"
WAITING = "jobs.waiting"


def after_commit(session: Session, due_at: datetime) -> None:
    """Wake a worker for this instant once the session has committed."""
    session.info.setdefault(DUE, set()).add(due_at)


def remember_waiting(session: Session, key: str, job: Job) -> None:
    """Remember, until the transaction ends, that this work already waits in it."""
    session.info.setdefault(WAITING, {})[key] = (job.id, job.due_at)


def known_waiting(session: Session, key: str, due_at: datetime) -> int | None:
    """Return the row that this transaction already put down for this key, if it is due soon enough."""
    job_id, known = session.info.get(WAITING, {}).get(key, (None, due_at))
    return job_id if known <= due_at else None


def wake(app: Flask, due_at: datetime) -> None:
    """Wake a worker at this instant; a queue that cannot be reached is logged, the sweep makes up for it."""
    try:
        engine_of(app).wake(due_at if due_at > datetime.now(UTC) else None)
    except Exception:  # the row is committed: whatever ails the queue, the sweep finds the row
        log.exception("A worker could not be woken; the next sweep will find the work.")


@event.listens_for(db.session, "after_commit")
def _committed(session: Session) -> None:
    # Savepoints announce themselves too; the rows are visible only after the outermost commit.
    if not session.info or session.in_nested_transaction():
        return
    session.info.pop(WAITING, None)
    due = session.info.pop(DUE, None)
    if not due:
        return
    # One wake-up for all that is due now, and one for each later instant.
    now = datetime.now(UTC)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the proxy's own way
    for instant in {max(instant, now) for instant in due}:
        wake(app, instant)


@event.listens_for(db.session, "after_soft_rollback")
def _rolled_back(session: Session, _transaction: SessionTransaction) -> None:
    session.info.pop(WAITING, None)
    if not session.in_nested_transaction():
        session.info.pop(DUE, None)
