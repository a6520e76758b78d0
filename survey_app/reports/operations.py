"""Asking for reports, and storing what was computed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from survey_app.datasets.queries import snapshot_of
from survey_app.extensions import db
from survey_app.jobs.operations import enqueue
from survey_app.questionnaires.models import Survey
from survey_app.reports.models import Report
from survey_app.reports.queries import count_waiting, find_report
from survey_app.reports.rules import ReportRequest, request_data

COMPUTE = "reports.compute"
MOST_WAITING = 50


class TooManyReportsError(RuntimeError):
    """So many reports wait that another one would only make everybody wait longer."""


def request_report(survey: Survey, request: ReportRequest, now: datetime) -> Report:
    """Return the report for this request; where it is missing or out of date, a worker is asked for it.

    A computed result stays readable while a newer one is on its way. Raise TooManyReportsError where too many wait.
    """
    report = find_report(survey, request.key)
    snapshot = snapshot_of(survey.id)
    if report is not None and report.snapshot == snapshot and report.state != "failed":
        return report
    if count_waiting() >= MOST_WAITING:
        raise TooManyReportsError
    report = report or _new(survey, request, now)
    report.snapshot = snapshot
    report.state = "waiting"
    report.error = None
    report.requested_at = now
    db.session.flush()
    report.job_id = enqueue(COMPUTE, report.id, coalesce=True).id
    return report


def store_result(report: Report, result: dict[str, Any], now: datetime) -> None:
    """Keep what was computed as the report's result."""
    report.result = result
    report.state = "computed"
    report.computed_at = now


def store_failure(report: Report, reason: str) -> None:
    """Note that the report could not be computed, and why."""
    report.state = "failed"
    report.error = reason


def _new(survey: Survey, request: ReportRequest, now: datetime) -> Report:
    report = Report(
        survey_id=survey.id,
        request_key=request.key,
        request=request_data(request),
        requested_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(report)
    except IntegrityError:
        # Somebody asked for the same report in this very moment: theirs serves both.
        found = find_report(survey, request.key)
        if found is None:
            raise
        return found
    return report
