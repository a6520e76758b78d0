"""Is it changing: figures by week, month or wave, with the test of a trend and of the latest change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.scores import Answers
from analysis.trends import Grain as CalendarGrain
from analysis.trends import TrendOptions, calendar_periods, trend
from analysis.values import Item, as_data
from analysis.values.scores import Measure
from analysis.values.trends import Period
from survey_app.reports.computing.subject import COMPARISONS, SCORES, Subject, measures_of
from survey_app.reports.rules import Grain

# Periods to a year: what a season is; waves have none.
SEASONS = {Grain.MONTH: 12, Grain.WEEK: 52, Grain.WAVE: 0}
LONGEST_IN_WEEKS = 26 * 7


def grain_of(subject: Subject, wanted: Grain | None) -> Grain:
    """Return the grain asked for, else the one that suits the data: named waves, weeks of half a year, months."""
    if wanted is not None:
        return wanted
    about = subject.dataset.about
    if len({wave for wave in about["wave"] if wave}) > 1:
        return Grain.WAVE
    days = [moment.date() for moment in about["completed_at"]]
    return Grain.WEEK if days and (max(days) - min(days)).days < LONGEST_IN_WEEKS // 3 else Grain.MONTH


@dataclass(frozen=True, slots=True)
class _Timeline:
    """The period of every answer, all periods in order, and how finely time is cut."""

    labels: Sequence[str | None]
    periods: Sequence[Period]
    grain: Grain


def changes(subject: Subject, grain: Grain) -> dict[str, Any]:
    """Return the trend of every outcome; one asked in a single period says so instead of inventing a change."""
    timeline = _Timeline(*_periods(subject, grain), grain)
    return {
        "by": grain.value,
        "outcomes": {
            item.code: [_trend_of(subject, item, measure, timeline) for measure in measures_of(item)]
            for item in subject.outcomes
        },
    }


def _trend_of(subject: Subject, item: Item, measure: Measure, timeline: _Timeline) -> dict[str, Any]:
    asked = subject.was_asked(item.code)
    labels = _picked(timeline.labels, asked)
    known = set(labels)
    periods = [each for each in timeline.periods if each.label in known]
    entry: dict[str, Any] = {
        "measure": measure.kind.value,
        "asked_in": [each.label for each in periods],
        "not_asked_in": [each.label for each in timeline.periods if each not in periods],
    }
    answers = subject.answers(item.code)
    weights = None if answers.weights is None else np.asarray(answers.weights)[asked]
    kept = Answers(np.asarray(answers.scores)[asked], weights)
    options = TrendOptions(scores=SCORES, comparisons=COMPARISONS, season=SEASONS[timeline.grain])
    entry["trend"] = as_data(trend(kept, labels, periods, measure, options)) if periods else None
    return entry


def _picked(labels: Sequence[str | None], rows: np.ndarray[Any, np.dtype[np.bool_]]) -> list[str | None]:
    return [label for label, picked in zip(labels, rows, strict=True) if picked]


def period_labels(subject: Subject, grain: Grain) -> Sequence[str | None]:
    """Return the period of every answer."""
    return _periods(subject, grain)[0]


def _periods(subject: Subject, grain: Grain) -> tuple[Sequence[str | None], Sequence[Period]]:
    about = subject.dataset.about
    if grain is Grain.WAVE:
        orders = dict(zip(about["wave"], about["wave_order"], strict=True))
        names = sorted((wave for wave in orders if wave), key=lambda wave: (orders[wave], wave))
        timeline = [Period(name, float(at)) for at, name in enumerate(names)]
        return [wave or None for wave in about["wave"]], timeline
    days = [moment.date() for moment in about["completed_at"]]
    return calendar_periods(days, CalendarGrain(grain.value))
