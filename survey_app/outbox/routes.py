"""The page of outgoing mail: how much waits and since when, what failed and why."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, render_template

from survey_app.outbox.queries import count_by_kind, list_failed, oldest_waiting
from survey_app.web.access import requires

blueprint = Blueprint("outbox", __name__)


@blueprint.get("/admin/outbox")
@requires("jobs.view")
def index() -> str:
    """Show the mails of each kind by state, and the last that failed."""
    return render_template(
        "outbox/index.html",
        kinds=count_by_kind(),
        failed=list_failed(),
        oldest_at=oldest_waiting(datetime.now(UTC)),
    )
