"""Who differs: the headline figure by segment, and how far a change comes from other people answering."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.comparisons import MixedAnswers, MixOptions, compare_segments, mix_shift, shrunken_segments
from analysis.scores import Answers
from analysis.values import Estimate, Role, as_data
from survey_app.reports.computing.changes import period_labels
from survey_app.reports.computing.pooling import MOST_GROUPS, told_together
from survey_app.reports.computing.subject import COMPARISONS, SCORES, Subject
from survey_app.reports.rules import COMPARISON_BASE, DISPLAY_BASE, OTHERS, Grain

MIX = MixOptions(comparison_base=COMPARISON_BASE, minimum_base=DISPLAY_BASE)


def groups(subject: Subject, changes: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one table per attribute or profile item that splits the answers into a readable number of groups.

    Each says how much of the latest change (`changes` as computed) comes from the mix of these groups.
    """
    tables = _tables(subject)
    compared = _compared(subject, changes)
    return [table | {"mix": _mix(subject, segments, compared)} for table, segments in tables]


def _tables(subject: Subject) -> list[tuple[dict[str, Any], Sequence[str | None]]]:
    """Return every table with the segment of each answer."""
    about = subject.dataset.about
    tables = [
        _table(subject, name, {}, list(about[name])) for name in about.columns if str(name).startswith("profile.")
    ]
    for item in subject.dataset.codebook.with_role(Role.PROFILE):
        # Of hidden values only groups of chance have options.
        if item.kind == "single" or (item.kind == "hidden" and item.options):
            column = [None if value is None else str(value) for value in subject.dataset.answers[item.code]]
            tables.append(
                _table(subject, f"answer.{item.code}", {"labels": item.labels, "options": item.options}, column)
            )
    tables.append(_table(subject, "language", {}, list(about["language"])))
    return [table for table in tables if table is not None]


def _table(
    subject: Subject, name: str, texts: dict[str, Any], column: Sequence[Any]
) -> tuple[dict[str, Any], Sequence[str | None]] | None:
    segments = _told(subject, [str(value) if isinstance(value, str) and value else None for value in column])
    if segments is None:
        return None
    answers = subject.answers(subject.outcome.code)
    table = as_data(compare_segments(answers, segments, subject.measure, SCORES, COMPARISONS))
    table["rows"].sort(key=lambda row: row["segment"] == OTHERS)
    return {"name": name, **texts, "table": table, "shrunken": _shrunken(subject, segments)}, segments


def _told(subject: Subject, segments: Sequence[str | None]) -> Sequence[str | None] | None:
    """Return the segments with those below the privacy base pooled; None unless there is a readable number of them.

    Answers without a segment count as one more: it too would follow from the others and the total.
    """
    if not 1 < len({each for each in segments if each}) <= MOST_GROUPS:
        return None
    labels = pd.Series(["" if each is None else each for each in segments], dtype=object)
    answered = ~np.isnan(np.asarray(subject.answers(subject.outcome.code).scores))
    hidden = set(told_together(labels, answered, most=MOST_GROUPS + 1))
    told = [OTHERS if each in hidden else each or None for each in labels]
    return told if len({each for each in told if each}) > 1 else None


def _shrunken(subject: Subject, segments: Sequence[str | None]) -> dict[str, Any]:
    """Return what small groups tell once chance is allowed for: shown, but too small to be compared.

    Not of groups told together: they are not one of a kind with the others.
    """
    apart = [None if each == OTHERS else each for each in segments]
    found = shrunken_segments(subject.answers(subject.outcome.code), apart, subject.measure, SCORES)
    return {
        row.segment: as_data(row.shrunken)
        for row in found.rows
        if isinstance(row.shrunken, Estimate) and row.own.base.n < COMPARISON_BASE
    }


Rows = np.ndarray[Any, np.dtype[np.bool_]]


def _compared(subject: Subject, changes: dict[str, Any]) -> tuple[Rows, Rows] | None:
    """Return the answers of the two periods whose change is reported, if there are two."""
    trend = changes["outcomes"][subject.outcome.code][0]["trend"]
    if not trend or not trend["compared"]:
        return None
    labels = np.array([each or "" for each in period_labels(subject, Grain(changes["by"]))], dtype=object)
    before, after = (np.asarray(labels == each, dtype=bool) for each in trend["compared"])
    return before, after


def _mix(subject: Subject, segments: Sequence[str | None], compared: tuple[Rows, Rows] | None) -> Any:
    """Return the latest change as rate and mix by these groups, or None where no change is reported."""
    if compared is None:
        return None
    before, after = (_mixed(subject, segments, rows) for rows in compared)
    return as_data(mix_shift(before, after, subject.measure, MIX))


def _mixed(subject: Subject, segments: Sequence[str | None], rows: Rows) -> MixedAnswers:
    answers = subject.answers(subject.outcome.code)
    weights = None if answers.weights is None else np.asarray(answers.weights)[rows]
    kept = [segment for segment, chosen in zip(segments, rows, strict=True) if chosen]
    return MixedAnswers(Answers(np.asarray(answers.scores)[rows], weights), kept)
