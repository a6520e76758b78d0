"""Reads of the work rows."""

from __future__ import annotations

from sqlalchemy import select

from survey_app.extensions import db
from survey_app.jobs.models import Job


def find_waiting(coalesce_key: str) -> Job | None:
    """Return the waiting piece of work with this key, if there is one."""
    return db.session.scalar(select(Job).where(Job.coalesce_key == coalesce_key))
