"""What a worker does for a plan that was asked for."""

from __future__ import annotations

from datetime import UTC, datetime

from survey_app.extensions import db, mark_writing
from survey_app.jobs.running import JobRun
from survey_app.reports.models import Plan
from survey_app.reports.planning.computing import compute
from survey_app.reports.planning.operations import store_plan, store_plan_failure
from survey_app.reports.planning.requests import request_of


def make_plan(run: JobRun) -> None:
    """Compute one plan and store it; one that was forgotten meanwhile needs no answer."""
    plan = db.session.get(Plan, run.subject_id or 0)
    if plan is None:
        return
    request, plan_id = request_of(plan.request), plan.id
    db.session.rollback()
    try:
        result, reason = compute(request), ""
    except ValueError as error:
        result, reason = {}, str(error)
    mark_writing()
    plan = db.session.get(Plan, plan_id)
    if plan is not None and result:
        store_plan(plan, result, datetime.now(UTC))
    elif plan is not None:
        store_plan_failure(plan, reason)
    db.session.commit()
