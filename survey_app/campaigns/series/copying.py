"""A wave made from a series' template: the same survey, audience, words, pace and limits under a label of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from survey_app.campaigns.models import Campaign, Series
from survey_app.extensions import db

_COPIED = (
    "survey_id",
    "version_id",
    "mode",
    "segment_id",
    "texts",
    "contact_channel",
    "limits",
    "reminder_plan",
    "sends_thanks",
    "most_responses",
    "correction_days",
    "break_off_days",
    "created_by_id",
    "is_demo",
)
# What chooses among an audience has no meaning where people come one by one.
_OF_AUDIENCES = ("pilot", "experiment")
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Wave:
    """What distinguishes one wave from the next."""

    label: str
    order: int
    closes_at: datetime
    schedule: dict[str, Any] = field(default_factory=dict)
    sample: dict[str, Any] = field(default_factory=dict)


def copy_template(series: Series, wave: Wave, now: datetime) -> Campaign:
    """Store a draft that is the series' template in everything but its wave."""
    template, copied = series.template, _COPIED if series.kind == "triggered" else _COPIED + _OF_AUDIENCES
    name = f"{series.name[: LONGEST_NAME - 1 - len(wave.label)]} {wave.label}"
    campaign = Campaign(
        **{column: getattr(template, column) for column in copied},
        pace=_pace(series),
        name=name,
        wave=wave.label,
        wave_order=wave.order,
        schedule=wave.schedule,
        sample=wave.sample or template.sample,
        closes_at=wave.closes_at,
        created_at=now,
    )
    db.session.add(campaign)
    db.session.flush()
    return campaign


def _pace(series: Series) -> dict[str, Any]:
    """Return the template's pace; nothing is spread where people come one by one."""
    left_out = {"over_minutes"} if series.kind == "triggered" else set()
    return {name: value for name, value in series.template.pace.items() if name not in left_out}
