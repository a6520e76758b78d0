"""What a series stores, read and checked: a recurring one's days and hour, a triggered one's event and delay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from survey_app.campaigns.series.rules import PERIODS, UNITS, Recurrence, Run, Trigger
from survey_app.campaigns.timing.schedules import Schedule, ScheduleError

MOST_EVERY = 366
MOST_PARTS = 104
LONGEST_KIND = 40
# Ninety days.
LONGEST_DELAY = 90 * 24 * 60
MOST_DAYS = 366


class SeriesError(ValueError):
    """A series cannot be understood or made; the message says why in the reader's language."""


@dataclass(frozen=True, slots=True)
class Waves:
    """A recurring series: its days, and the wall time and zone of its first run."""

    recurrence: Recurrence
    schedule: Schedule

    def schedule_of(self, run: Run) -> Schedule:
        """Return when a run begins, in wall time."""
        return replace(self.schedule, on=run.on)

    def planned_at(self, run: Run) -> datetime:
        """Return the instant of a run, as zone data stand today."""
        instant = self.schedule_of(run).starts_at
        if instant is None:
            raise LookupError("a run has no day")
        return instant

    def due(self, since: datetime, now: datetime, most: int) -> list[Run]:
        """Return the runs, at most so many and the latest of them, planned after one instant and not after another."""
        found: list[Run] = []
        for run in self.recurrence.runs_from(since.date() - timedelta(days=2)):
            planned_at = self.planned_at(run)
            if planned_at > now:
                return found[-most:]
            if planned_at >= since:
                found.append(run)
        return found

    def coming(self, now: datetime, most: int = 10) -> list[tuple[Run, datetime]]:
        """Return the next runs with their instants."""
        runs = self.recurrence.next_runs(now.date() - timedelta(days=2), most + 5)
        planned = [(run, self.planned_at(run)) for run in runs]
        return [each for each in planned if each[1] > now][:most]


def read_waves(rule: dict[str, Any]) -> Waves:
    """Return a recurring series as stored or typed; raise SeriesError with a sentence where it is none."""
    try:
        schedule = Schedule.from_data({name: rule.get(name) for name in ("on", "at", "zone", "fallback")})
    except ScheduleError as error:
        raise SeriesError(str(error)) from None
    if rule.get("unit") not in UNITS:
        raise SeriesError(_("Say whether it comes again after days, weeks, months or quarters."))
    recurrence = Recurrence(
        first_on=schedule.on or date.min,
        every=_number(rule.get("every", 1), MOST_EVERY),
        unit=str(rule["unit"]),
        n_parts=_number(rule.get("parts", 1), MOST_PARTS),
        open_days=_number(rule.get("open_days", 30), MOST_DAYS),
    )
    return Waves(recurrence, schedule)


def read_trigger(rule: dict[str, Any]) -> Trigger:
    """Return a triggered series as stored or typed; raise SeriesError with a sentence where it is none."""
    kind, period, condition = rule.get("kind"), rule.get("period", "month"), rule.get("condition")
    if not isinstance(kind, str) or not 0 < len(kind) <= LONGEST_KIND:
        raise SeriesError(_("Say after which kind of interaction the survey is sent, such as purchase."))
    if period not in PERIODS:
        raise SeriesError(_("A wave lasts a week, a month or a quarter."))
    if condition is not None and not isinstance(condition, dict):
        raise SeriesError(_("A condition must be a group or a comparison."))
    return Trigger(
        kind=kind,
        delay_minutes=_number(rule.get("delay_minutes", 24 * 60), LONGEST_DELAY, least=0),
        period=str(period),
        max_age_days=_number(rule.get("max_age_days", 7), MOST_DAYS),
        open_days=_number(rule.get("open_days", 30), MOST_DAYS),
        condition=condition,
    )


def _number(value: object, most: int, *, least: int = 1) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise SeriesError(_("Give a whole number from %(least)s to %(most)s.", least=least, most=most))
    return value
