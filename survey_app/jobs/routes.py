"""The page of background work: how each kind stands, what failed and why, start over, cancel."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import format_timedelta
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.extensions import db
from survey_app.jobs.boards import boards
from survey_app.jobs.models import Job
from survey_app.jobs.operations import cancel_job, retry_job
from survey_app.jobs.queries import find_job, list_jobs, list_kinds
from survey_app.web.access import requires

blueprint = Blueprint("jobs", __name__)
MOST_SHOWN = 50
FEWER_SHOWN = 10


@blueprint.get("/admin/jobs")
@requires("jobs.view")
def index() -> str:
    """Show how each kind of work stands, what is under way and what failed."""
    return render_template("jobs/index.html", **_figures())


@blueprint.get("/admin/jobs/figures")
@requires("jobs.view")
def figures() -> str:
    """Return the changing part of that page, which a script puts in every few seconds."""
    return render_template("jobs/figures.html", **_figures())


@blueprint.post("/admin/jobs/<int:job_id>/retry")
@requires("jobs.view")
def retry(job_id: int) -> Response:
    """Let work that failed start over."""
    if retry_job(_get(job_id), datetime.now(UTC)):
        db.session.commit()
        flash(_("The work starts over."), "success")
    else:
        flash(_("This work has not failed, so there is nothing to start over."), "warning")
    return redirect(url_for("jobs.index"), 303)


@blueprint.post("/admin/jobs/<int:job_id>/cancel")
@requires("jobs.view")
def cancel(job_id: int) -> Response:
    """Cancel work that waits, or ask work that runs to stop."""
    job = _get(job_id)
    is_running = job.state == "running"
    if not cancel_job(job, datetime.now(UTC)):
        flash(_("This work has ended, so there is nothing to cancel."), "warning")
    else:
        db.session.commit()
        flash(_("The work stops at the next good place.") if is_running else _("The work is cancelled."), "success")
    return redirect(url_for("jobs.index"), 303)


def _get(job_id: int) -> Job:
    job = find_job(job_id)
    if job is None:
        abort(404)
    return job


def _figures() -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "kinds": list_kinds(now),
        "running": list_jobs("running", limit=MOST_SHOWN),
        "waiting": list_jobs("waiting", limit=MOST_SHOWN),
        "failed": list_jobs("failed", limit=MOST_SHOWN),
        "cancelled": list_jobs("cancelled", limit=FEWER_SHOWN),
        "boards": boards(now),
        "seen_at": now,
        "waited": lambda since: format_timedelta(now - since),
    }
