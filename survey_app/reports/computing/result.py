"""The whole result of a report, as plain data that page, export and command line show alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from analysis.values import Item
from survey_app.datasets.frames import Dataset
from survey_app.reports.computing.ballots import ballots
from survey_app.reports.computing.care import care
from survey_app.reports.computing.changes import changes, grain_of
from survey_app.reports.computing.driving import drivers
from survey_app.reports.computing.figures import figures
from survey_app.reports.computing.groups import groups
from survey_app.reports.computing.subject import SCALED, Subject
from survey_app.reports.computing.words import words
from survey_app.reports.rules import COMPARISON_BASE, DISPLAY_BASE, ReportRequest
from survey_app.responses.rules import PRIVACY_BASE

Progress = Callable[[float, str], None]


class NoOutcomeError(ValueError):
    """The survey has no scaled item that a report could be about."""


def compute_result(dataset: Dataset, request: ReportRequest, progress: Progress) -> dict[str, Any]:
    """Return everything a page shows for this dataset; raise NoOutcomeError where there is nothing to report on."""
    subject = Subject(dataset, _outcome(dataset, request.outcome))
    result: dict[str, Any] = {
        "outcome": subject.outcome.code,
        "outcome_labels": subject.outcome.labels,
        "outcomes": [{"code": item.code, "labels": item.labels} for item in subject.outcomes],
        "n": len(dataset.about),
        "is_weighted": dataset.is_weighted,
        "bases": {"privacy": PRIVACY_BASE, "display": DISPLAY_BASE, "comparison": COMPARISON_BASE},
    }
    if not result["n"]:
        return result
    progress(0.1, "figures")
    result["figures"] = figures(subject)
    progress(0.2, "changes")
    result["changes"] = changes(subject, grain_of(subject, request.by))
    progress(0.35, "groups")
    result["groups"] = groups(subject, result["changes"])
    result["ballots"] = ballots(subject)
    result["care"] = care(subject)
    result["words"] = words(subject)
    progress(0.45, "drivers")
    result["drivers"] = drivers(subject)
    return result


def _outcome(dataset: Dataset, wanted: str | None) -> Item:
    codebook = dataset.codebook
    scaled = [item for item in codebook.items if item.kind in SCALED]
    for code in (wanted, codebook.primary_outcome):
        for item in scaled:
            if item.code == code:
                return item
    if not scaled:
        raise NoOutcomeError
    return scaled[0]
