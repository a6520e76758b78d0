"""What a worker does for accounts: forget what no longer counts."""

from __future__ import annotations

from survey_app.accounts.sweeping import sweep_sign_in_records
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun


def sweep(run: JobRun) -> None:
    """Delete tries, sessions and reset links that are over."""
    with writing():
        sweep_sign_in_records(run.now)
        db.session.commit()
