"""A series as data, for the command line and whoever reads its output."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from survey_app.campaigns.models import Series
from survey_app.campaigns.series.queries import count_events, list_runs
from survey_app.campaigns.series.reading import read_waves


def summary_of(series: Series) -> dict[str, Any]:
    """Return what a list says of a series."""
    return {
        "id": series.id,
        "name": series.name,
        "kind": series.kind,
        "state": series.state,
        "template": series.template_id,
        "rule": series.rule,
    }


def account_of(series: Series, now: datetime) -> dict[str, Any]:
    """Return a series with its next runs and their instants, the runs there were, and its events by state."""
    runs = [
        {"key": run.key, "planned_at": _text(run.planned_at), "campaign": run.campaign_id, "note": run.note}
        for run in list_runs(series)
    ]
    events = [{"state": state, "reason": reason, "n": n} for state, reason, n in count_events(series)]
    return summary_of(series) | {"next": _next(series, now), "runs": runs, "events": events}


def _next(series: Series, now: datetime) -> list[dict[str, str | int]]:
    if series.kind != "recurring" or series.state != "active":
        return []
    waves = read_waves(series.rule)
    return [
        {
            "key": run.key,
            "at": _text(planned_at),
            "label": run.label,
            "part": waves.recurrence.part_of(run.number) + 1,
            "of": waves.recurrence.n_parts,
        }
        for run, planned_at in waves.coming(now)
    ]


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
