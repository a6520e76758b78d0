"""Recurring series at their time: each due run is made once, and the latest of several missed ones made up.

The caller commits.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from survey_app.campaigns.audience.deciding import preview
from survey_app.campaigns.audience.rolling import part_sample
from survey_app.campaigns.life import start_campaign
from survey_app.campaigns.models import Series, SeriesRun
from survey_app.campaigns.series.copying import Wave, copy_template
from survey_app.campaigns.series.operations import MOST_TOLD
from survey_app.campaigns.series.queries import known_keys
from survey_app.campaigns.series.reading import Waves, read_waves
from survey_app.campaigns.series.rules import Run
from survey_app.campaigns.series.taking import take_run
from survey_app.extensions import db


def missing_runs(series: Series, now: datetime) -> list[Run]:
    """Return the runs due by now that have not taken place, the earliest first."""
    due = read_waves(series.rule).due(series.created_at, now, MOST_TOLD)
    known = known_keys(series, [run.key for run in due])
    return [run for run in due if run.key not in known]


def run_due(series: Series, now: datetime) -> int:
    """Make the series' due run, write down those missed before it, and return how many waves were started."""
    waves, missing = read_waves(series.rule), missing_runs(series, now)
    for run in missing[:-1]:
        take_run(series, SeriesRun(key=run.key, planned_at=waves.planned_at(run), ran_at=now, note="missed"))
    return _make(series, waves, missing[-1], now) if missing else 0


def _make(series: Series, waves: Waves, run: Run, now: datetime) -> int:
    """Start one wave and return 1; 0 where another worker did, or nobody could be asked."""
    planned_at, recurrence = waves.planned_at(run), waves.recurrence
    taken = take_run(series, SeriesRun(key=run.key, planned_at=planned_at, ran_at=now))
    if taken is None:
        return 0
    wave = Wave(
        label=run.label,
        order=run.number + 1,
        closes_at=max(planned_at, now) + timedelta(days=recurrence.open_days),
        # Everybody's own hour still counts; one hour for all has come.
        schedule=waves.schedule_of(run).to_data() if waves.schedule.is_local else {},
        sample=part_sample(series.id, recurrence.part_of(run.number), recurrence.n_parts),
    )
    campaign = copy_template(series, wave, now)
    taken.campaign_id = campaign.id
    db.session.flush()
    if preview(campaign, now).n_sendable == 0:
        taken.campaign_id, taken.note = None, "nobody"
        db.session.flush()
        db.session.delete(campaign)
        return 0
    start_campaign(campaign)
    return 1
