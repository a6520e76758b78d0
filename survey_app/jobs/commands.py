"""`survey-app worker` and `survey-app jobs`: run the work, look at it, let it start over, stop it."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, NoReturn

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from survey_app.extensions import db, writing
from survey_app.jobs.models import STATES, Job
from survey_app.jobs.operations import cancel_job, retry_job
from survey_app.jobs.queries import find_job, list_jobs
from survey_app.jobs.worker import run_worker
from survey_app.web.storable import HIGHEST_ID

NOTHING_TO_DO = 3

worker = AppGroup("worker", help="The process that does what must not keep a page waiting.")
jobs = AppGroup("jobs", help="Work that waits, runs or has ended.")


@worker.command()
@click.option("--threads", "n_threads", default=3, show_default=True, type=click.IntRange(1, 32))
def run(n_threads: int) -> None:
    """Work until Ctrl-C or SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    # Huey's own lines repeat ours.
    logging.getLogger("huey").setLevel(logging.WARNING)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the proxy's own way
    run_worker(app, n_threads)


@jobs.command(name="list")
@click.option("--state", type=click.Choice(STATES))
@click.option("--name", help="Only this kind of work, such as campaigns.send.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(state: str | None, name: str | None, limit: int, *, as_json: bool) -> None:
    """List work, newest first."""
    rows = [_shown(job) for job in list_jobs(state, name, limit)]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        line = f"{row['id']:>6}  {row['state']:<9}  {row['due_at']}  {row['name']}  {row['last_error'] or ''}"
        click.echo(line.rstrip())


@jobs.command()
@click.argument("job_id", type=click.IntRange(1, HIGHEST_ID))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(job_id: int, *, as_json: bool) -> None:
    """Show one piece of work."""
    row = _shown(_get(job_id))
    if as_json:
        click.echo(json.dumps(row, indent=2, ensure_ascii=False))
        return
    for name, value in row.items():
        click.echo(f"{name}: {value}")


@jobs.command()
@click.argument("job_id", type=click.IntRange(1, HIGHEST_ID))
def retry(job_id: int) -> None:
    """Let work that failed or was cancelled start over."""
    with writing():
        if not retry_job(_get(job_id), datetime.now(UTC)):
            _refuse(f"Job {job_id} has not failed, so there is nothing to start over.")
        db.session.commit()


@jobs.command()
@click.argument("job_id", type=click.IntRange(1, HIGHEST_ID))
def cancel(job_id: int) -> None:
    """Cancel work that waits, or ask work that runs to stop."""
    with writing():
        if not cancel_job(_get(job_id), datetime.now(UTC)):
            _refuse(f"Job {job_id} has ended, so there is nothing to cancel.")
        db.session.commit()


def _get(job_id: int) -> Job:
    job = find_job(job_id)
    if job is None:
        _refuse(f"There is no job {job_id}; `survey-app jobs list` shows those there are.")
    return job


def _refuse(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(NOTHING_TO_DO)


def _shown(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "name": job.name,
        "subject_id": job.subject_id,
        "state": job.state,
        "due_at": job.due_at.isoformat(timespec="seconds"),
        "attempts": job.attempts,
        "progress": job.progress,
        "progress_note": job.progress_note,
        "last_error": job.last_error,
    }
