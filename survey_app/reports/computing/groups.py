"""Who differs: the headline figure by segment, with tests that know how many comparisons are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.comparisons import compare_segments
from analysis.values import Role, as_data
from survey_app.reports.computing.subject import COMPARISONS, SCORES, Subject

MOST_GROUPS = 12


def groups(subject: Subject) -> list[dict[str, Any]]:
    """Return one table per attribute or profile item that splits the answers into a readable number of groups."""
    about = subject.dataset.about
    tables = [
        _table(subject, name, {}, list(about[name])) for name in about.columns if str(name).startswith("profile.")
    ]
    for item in subject.dataset.codebook.with_role(Role.PROFILE):
        if item.kind == "single":
            column = [None if value is None else str(value) for value in subject.dataset.answers[item.code]]
            tables.append(
                _table(subject, f"answer.{item.code}", {"labels": item.labels, "options": item.options}, column)
            )
    tables.append(_table(subject, "language", {}, list(about["language"])))
    return [table for table in tables if table is not None]


def _table(subject: Subject, name: str, texts: dict[str, Any], column: Sequence[Any]) -> dict[str, Any] | None:
    segments = [str(value) if isinstance(value, str) and value else None for value in column]
    if not 1 < len({each for each in segments if each}) <= MOST_GROUPS:
        return None
    table = compare_segments(subject.answers(subject.outcome.code), segments, subject.measure, SCORES, COMPARISONS)
    return {"name": name, **texts, "table": as_data(table)}
