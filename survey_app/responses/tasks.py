"""What a worker does for answers: let drafts that nobody came back to stand as broken off."""

from __future__ import annotations

from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.responses.sweeping import break_off, forgotten_drafts


def sweep(run: JobRun) -> None:
    """Go through the drafts portion by portion, each in a transaction of its own."""
    portions = list(forgotten_drafts(run.now))
    db.session.rollback()
    for ids in portions:
        with writing():
            break_off(ids, run.now)
            db.session.commit()
