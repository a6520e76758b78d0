"""Making, stopping and resuming series. The caller commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from survey_app.accounts.operations import record
from survey_app.campaigns.models import Campaign, Series, SeriesRun, TriggerEvent
from survey_app.campaigns.series.queries import find_named, known_keys
from survey_app.campaigns.series.reading import SeriesError, read_trigger, read_waves
from survey_app.campaigns.series.taking import take_run
from survey_app.campaigns.series.triggering import check_condition
from survey_app.extensions import db

LONGEST_NAME = 200
# What a stop left out is told one by one as far as this.
MOST_TOLD = 50


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """What a series is to be: a name, a kind, the draft its waves are copies of, and when they come."""

    name: str
    kind: str
    template: Campaign
    rule: dict[str, Any]
    created_by_id: int | None = None


def create_series(plan: SeriesPlan, now: datetime) -> Series:
    """Make a series that runs from now on; raise SeriesError, in words, where it cannot be made."""
    name = " ".join(plan.name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise SeriesError(_("Give the series a name of at most %(n)s characters.", n=LONGEST_NAME))
    if find_named(name) is not None:
        raise SeriesError(_("Another series is named %(name)s.", name=name))
    if plan.template.mode != "mail" or plan.template.state != "draft":
        raise SeriesError(_("The waves of a series are copies of a draft that is sent by mail. Choose such a draft."))
    _check_rule(plan)
    series = Series(
        name=name,
        kind=plan.kind,
        template_id=plan.template.id,
        rule=plan.rule,
        created_by_id=plan.created_by_id,
        created_at=now,
    )
    db.session.add(series)
    db.session.flush()
    record("series.create", "series", str(series.id), name=name, kind=plan.kind, rule=plan.rule)
    return series


def stop_series(series: Series) -> None:
    """Let nothing of the series run until it is resumed; waves on their way go on."""
    series.state = "stopped"
    record("series.stop", "series", str(series.id), name=series.name)


def resume_series(series: Series, now: datetime) -> None:
    """Let the series run again, from now on: what a stop left out is written down and not made up."""
    if series.state == "active":
        return
    series.state = "active"
    if series.kind == "recurring":
        leave_out(series, now, "stopped")
    else:
        passed = db.update(TriggerEvent).where(TriggerEvent.series_id == series.id, TriggerEvent.state == "waiting")
        db.session.execute(passed.where(TriggerEvent.due_at <= now).values(state="held-back", reason="stopped"))
    record("series.resume", "series", str(series.id), name=series.name)


def leave_out(series: Series, now: datetime, note: str) -> int:
    """Write down the runs due by now that did not take place, with the reason; return how many."""
    waves = read_waves(series.rule)
    due = waves.due(series.created_at, now, MOST_TOLD)
    known = known_keys(series, [run.key for run in due])
    missed = [run for run in due if run.key not in known]
    for run in missed:
        take_run(series, SeriesRun(key=run.key, planned_at=waves.planned_at(run), ran_at=now, note=note))
    return len(missed)


def _check_rule(plan: SeriesPlan) -> None:
    if plan.kind == "recurring":
        waves = read_waves(plan.rule)
        if plan.template.sample and waves.recurrence.n_parts > 1:
            raise SeriesError(_("This draft asks a sample. A series that asks in parts needs a draft without one."))
    else:
        check_condition(read_trigger(plan.rule).condition)
