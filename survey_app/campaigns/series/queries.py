"""Reading series, their runs, and the events that wait for their survey."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from survey_app.campaigns.models import Series, SeriesRun, TriggerEvent
from survey_app.customers.models import Customer, Interaction
from survey_app.extensions import db


class Event(NamedTuple):
    """Something that happened with somebody, and what becomes of it."""

    trigger: TriggerEvent
    customer: Customer
    interaction: Interaction


def list_series(kind: str | None = None) -> list[Series]:
    """Return all series, or those of a kind, by name."""
    wanted = select(Series).order_by(Series.name)
    return list(db.session.scalars(wanted.where(Series.kind == kind) if kind else wanted))


def list_active(kind: str) -> list[Series]:
    """Return the series of a kind that run."""
    active = select(Series).where(Series.kind == kind, Series.state == "active").order_by(Series.id)
    return list(db.session.scalars(active))


def find_series(series_id: int) -> Series | None:
    """Return the series, if there is one."""
    return db.session.get(Series, series_id)


def find_named(name: str) -> Series | None:
    """Return the series of this name, if there is one."""
    return db.session.scalar(select(Series).where(Series.name == name))


def get_run(series: Series, key: str) -> SeriesRun:
    """Return the run with this key; raise NoResultFound where there was none."""
    return db.session.scalars(select(SeriesRun).where(SeriesRun.series_id == series.id, SeriesRun.key == key)).one()


def list_runs(series: Series, most: int = 20) -> list[SeriesRun]:
    """Return the latest runs, the newest first."""
    runs = select(SeriesRun).where(SeriesRun.series_id == series.id).order_by(SeriesRun.planned_at.desc())
    return list(db.session.scalars(runs.limit(most)))


def known_keys(series: Series, keys: Sequence[str]) -> set[str]:
    """Return which of these runs there were."""
    known = select(SeriesRun.key).where(SeriesRun.series_id == series.id, SeriesRun.key.in_(keys))
    return set(db.session.scalars(known))


def count_events(series: Series) -> list[tuple[str, str | None, int]]:
    """Return how many events of a triggered series stand in each state, with the reason they were held back for."""
    counted = select(TriggerEvent.state, TriggerEvent.reason, func.count()).where(TriggerEvent.series_id == series.id)
    counted = counted.group_by(TriggerEvent.state, TriggerEvent.reason).order_by(TriggerEvent.state)
    return [(state, reason, n) for state, reason, n in db.session.execute(counted)]


def list_events(series: Series, most: int = 50) -> list[Event]:
    """Return the latest events of a triggered series, each with its customer and what happened."""
    events = (
        select(TriggerEvent, Customer, Interaction)
        .join(Customer, Customer.id == TriggerEvent.customer_id)
        .join(Interaction, Interaction.id == TriggerEvent.interaction_id)
        .where(TriggerEvent.series_id == series.id)
        .order_by(TriggerEvent.id.desc())
    )
    return [Event(*row) for row in db.session.execute(events.limit(most))]


def count_overdue(before: datetime) -> int:
    """Return how many events of running series should have been taken up before an instant."""
    overdue = select(func.count()).select_from(TriggerEvent).join(Series)
    overdue = overdue.where(TriggerEvent.state == "waiting", TriggerEvent.due_at < before, Series.state == "active")
    return db.session.scalar(overdue) or 0
