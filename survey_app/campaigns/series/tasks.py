"""What a worker does for series every minute, and for what should have happened every ten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import current_app

from survey_app.campaigns.models import Series
from survey_app.campaigns.sending.sweeping import retime, sweep
from survey_app.campaigns.series.queries import find_series, list_active
from survey_app.campaigns.series.triggering import find_events, take_up
from survey_app.campaigns.series.waves import run_due
from survey_app.campaigns.steps import CampaignError
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun


def tick(run: JobRun) -> None:
    """Start the waves that are due, write down what happened, and take up the events whose time has come."""
    for series in list_active("recurring"):
        _work(series.id, run_due, run.now)
    for series in list_active("triggered"):
        for work in (find_events, take_up):
            while not run.stop_requested() and _work(series.id, work, run.now):
                pass


def sweep_all(run: JobRun) -> None:
    """Look for what should have happened, put down the work that makes up for it, and look at the clocks again."""
    with writing():
        retime(run.now)
        findings = sweep(run.now)
        db.session.commit()
    for each in findings:
        current_app.logger.warning(
            "%s: %s %s, %s, %s", each.what, each.subject_id or "", each.name, each.n, each.action
        )


def _work(series_id: int, work: Callable[[Series, datetime], int], now: datetime) -> int:
    """Do one piece of a series' work in a transaction of its own; a series that cannot does not stop the others."""
    db.session.rollback()
    with writing():
        series = find_series(series_id)
        try:
            n = work(series, now) if series is not None and series.state == "active" else 0
        except (CampaignError, LookupError, ValueError) as error:
            db.session.rollback()
            current_app.logger.error("series %s: %s", series_id, error)  # noqa: TRY400 - a sentence, no trace
            return 0
        db.session.commit()
    return n
