"""Stopping an import: what is applied stays, and it can go on later."""

from __future__ import annotations

from datetime import datetime

from survey_app.accounts.operations import record
from survey_app.customers.models import CustomerImport
from survey_app.jobs.operations import cancel_job
from survey_app.jobs.queries import find_job


def stop(taken: CustomerImport, now: datetime) -> bool:
    """Stop an import that waits or is under way; return whether there was anything to stop."""
    if taken.state not in {"waiting", "running"}:
        return False
    taken.state = "stopped"
    job = find_job(taken.job_id) if taken.job_id else None
    if job is not None:
        cancel_job(job, now)
    record(f"{taken.subject}.import_stopped", "customer_import", str(taken.id))
    return True
