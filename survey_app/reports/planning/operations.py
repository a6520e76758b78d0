"""Asking the planner, and storing its answer; finding plans that were made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from survey_app.extensions import db
from survey_app.jobs.operations import enqueue
from survey_app.questionnaires.models import Survey
from survey_app.reports.models import Plan
from survey_app.reports.planning.requests import PlanRequest

MAKE_PLAN = "reports.plan"
# Per survey: whoever tries many figures keeps the newest.
MOST_PLANS = 50


def request_plan(survey: Survey, request: PlanRequest, now: datetime) -> Plan:
    """Return the plan for this request; where it has not been made yet, a worker is asked for it."""
    plan = find_plan(survey, request.key)
    if plan is not None and plan.state == "computed":
        plan.requested_at = now
        return plan
    if plan is None:
        _forget_old(survey)
        plan = Plan(survey_id=survey.id, request_key=request.key, request=request.data, requested_at=now)
        db.session.add(plan)
    plan.state, plan.error = "waiting", ""
    db.session.flush()
    plan.job_id = enqueue(MAKE_PLAN, plan.id, coalesce=True).id
    return plan


def find_plan(survey: Survey, key: str) -> Plan | None:
    """Return the plan of a survey for this request, computed or not."""
    return db.session.scalar(select(Plan).where(Plan.survey_id == survey.id, Plan.request_key == key))


def newest_plan(survey: Survey) -> Plan | None:
    """Return the plan that was looked at last, of those that were computed."""
    query = select(Plan).where(Plan.survey_id == survey.id, Plan.state == "computed")
    return db.session.scalar(query.order_by(Plan.requested_at.desc(), Plan.id.desc()).limit(1))


def store_plan(plan: Plan, result: dict[str, Any], now: datetime) -> None:
    """Keep what was computed."""
    plan.result, plan.state, plan.computed_at = result, "computed", now


def store_plan_failure(plan: Plan, reason: str) -> None:
    """Note that the plan could not be made, and why."""
    plan.state, plan.error = "failed", reason


def _forget_old(survey: Survey) -> None:
    n = db.session.scalar(select(func.count()).select_from(Plan).where(Plan.survey_id == survey.id)) or 0
    if n >= MOST_PLANS:
        oldest = select(Plan.id).where(Plan.survey_id == survey.id).order_by(Plan.requested_at, Plan.id)
        db.session.execute(delete(Plan).where(Plan.id.in_(oldest.limit(n - MOST_PLANS + 1))))
