"""Carrying out one piece of work that was taken: resolve its function, run it, record how it ended."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from contextvars import copy_context
from datetime import UTC, datetime
from importlib import import_module
from threading import Event

from flask import Flask

from survey_app.extensions import db, mark_reading
from survey_app.jobs import leases, waking
from survey_app.jobs.heartbeat import Heartbeat
from survey_app.jobs.leases import Claim
from survey_app.jobs.registry import registered_tasks
from survey_app.jobs.rules import pause_after, reason_of
from survey_app.jobs.running import JobRun

log = logging.getLogger(__name__)
_chance = secrets.SystemRandom()
GONE = "The worker ended each time while doing this."


def drain(app: Flask, stopping: Event | None = None) -> int:
    """Carry out everything that is due, oldest first, until nothing is left or the worker stops; return how many."""
    stopping = stopping or Event()
    n_carried_out = 0
    while not stopping.is_set():
        with app.app_context():
            claim = leases.claim(datetime.now(UTC))
        if claim is None:
            break
        carry_out(app, claim, stopping)
        n_carried_out += 1
    return n_carried_out


def carry_out(app: Flask, claim: Claim, stopping: Event) -> None:
    """Do one piece of work and record its end; whatever it raises is recorded, never passed on."""
    # A context of its own: a caller inside `writing()` must not make the task hold the write lock while it computes.
    copy_context().run(_carry_out, app, claim, stopping)


def _carry_out(app: Flask, claim: Claim, stopping: Event) -> None:
    mark_reading()
    with app.app_context():
        if claim.stop_requested:
            _end(claim, "cancelled")
            return
        if claim.attempts > claim.max_attempts:
            _end(claim, "failed", GONE)
            return
        run = JobRun(claim.subject_id, claim.payload, datetime.now(UTC), claim.id, claim.token)
        try:
            with Heartbeat(app, run, stopping):
                _function(claim.name)(run)
                db.session.commit()
        except Exception as error:  # one bad piece of work never stops the others; its reason is recorded and logged
            db.session.rollback()
            log.exception("Job %s (%s) failed.", claim.id, claim.name)
            _record_failure(app, claim, reason_of(error))
        else:
            _record_return(app, claim, run)


def _function(name: str) -> Callable[[JobRun], None]:
    task = registered_tasks().get(name)
    if task is None:
        raise LookupError(f"No work named {name!r} is registered.")
    module, _, attribute = task.path.partition(":")
    function: Callable[[JobRun], None] = getattr(import_module(module), attribute)
    return function


def _record_return(app: Flask, claim: Claim, run: JobRun) -> None:
    """Record done, or, where the task returned early because it should stop, cancelled or waiting again."""
    if not run.noticed_stop:
        _end(claim, "done")
    elif leases.is_stop_requested(claim.id, claim.token):
        _end(claim, "cancelled")
    else:
        _wait_again(app, claim, datetime.now(UTC), attempts=claim.attempts - 1)


def _record_failure(app: Flask, claim: Claim, reason: str) -> None:
    if claim.attempts >= claim.max_attempts:
        _end(claim, "failed", reason)
        return
    due_at = datetime.now(UTC) + pause_after(claim.attempts, _chance.random())
    _wait_again(app, claim, due_at, last_error=reason)


def _end(claim: Claim, state: str, reason: str | None = None) -> None:
    progress = {"progress": 1.0} if state == "done" else {}
    values = {"state": state, "finished_at": datetime.now(UTC), "last_error": reason, **progress}
    if not leases.release(claim.id, claim.token, **values):
        log.warning("Job %s (%s) ended as %s after its lease was lost.", claim.id, claim.name, state)


def _wait_again(app: Flask, claim: Claim, due_at: datetime, **values: object) -> None:
    if leases.release(claim.id, claim.token, state="waiting", due_at=due_at, **values):
        waking.wake(app, due_at)
