"""What a worker does for accounts: forget what no longer counts."""

from __future__ import annotations

from survey_app.accounts.repeating import KEPT
from survey_app.accounts.sweeping import sweep_sign_in_records
from survey_app.accounts.tokens import forget_answers
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun


def sweep(run: JobRun) -> None:
    """Delete tries, sessions, reset links and first answers of the API that are over."""
    with writing():
        sweep_sign_in_records(run.now)
        forget_answers(run.now - KEPT)
        db.session.commit()
