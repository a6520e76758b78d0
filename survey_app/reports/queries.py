"""Reads of stored reports."""

from __future__ import annotations

from sqlalchemy import func, select

from survey_app.extensions import db
from survey_app.questionnaires.models import Survey
from survey_app.reports.models import Report


def find_report(survey: Survey, request_key: str) -> Report | None:
    """Return the report of a survey for this request, computed or not."""
    return db.session.scalar(select(Report).where(Report.survey_id == survey.id, Report.request_key == request_key))


def get_report(report_id: int) -> Report:
    """Return a report by its id; raise NoResultFound when there is none."""
    return db.session.get_one(Report, report_id)


def count_waiting() -> int:
    """Return how many reports wait for a worker."""
    return db.session.scalar(select(func.count()).select_from(Report).where(Report.state == "waiting")) or 0
