"""What a worker does for answers: let drafts that nobody came back to stand as broken off, and wipe out traces."""

from __future__ import annotations

from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.responses.sweeping import break_off, forgotten_drafts
from survey_app.responses.traces import campaigns_with_traces, empty_the_logs, rewrite_answers, rewrite_invitations


def sweep(run: JobRun) -> None:
    """Go through the drafts portion by portion, each in a transaction of its own; then wipe out what tells whose."""
    portions = list(forgotten_drafts(run.now))
    db.session.rollback()
    for ids in portions:
        with writing():
            break_off(ids, run.now)
            db.session.commit()
    _wipe_out_traces()


def _wipe_out_traces() -> None:
    traced = campaigns_with_traces()
    db.session.rollback()
    for campaign_id in traced:
        # Each in a transaction of its own: what is written together stands together.
        for rewrite in (rewrite_answers, rewrite_invitations):
            with writing():
                rewrite(campaign_id)
                db.session.commit()
    empty_the_logs()
