"""What later rooms tell about surveys, without this room knowing them: counts, and panels on the Check tab.

A later room calls `register_count(app, Count(...))` or `register_panel(app, Panel(...))` in its own
`registration.register`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from flask import Flask, current_app
from flask_babel.speaklater import LazyString

from survey_app.questionnaires.models import Survey

EXTENSION = "survey_app.questionnaires.counts"
TRIALS = "survey_app.questionnaires.trials"
PANELS = "survey_app.questionnaires.panels"


@dataclass(frozen=True, slots=True)
class Count:
    """A number that another room keeps per survey.

    `load` returns it by survey id for many surveys at once; `url` leads to what was counted, a page called `page`;
    `operation` says who may see it; counts stand in the order of `order`.
    """

    label: str | LazyString
    load: Callable[[Collection[int]], Mapping[int, int]]
    operation: str = "surveys.view"
    url: Callable[[Survey], str] | None = None
    page: str | LazyString = ""
    order: int = 100


def register_count(app: Flask, count: Count) -> None:
    """Make a count known."""
    app.extensions.setdefault(EXTENSION, []).append(count)


def registered_counts() -> list[Count]:
    """Return every count, in their order."""
    counts: list[Count] = current_app.extensions.get(EXTENSION, [])
    return sorted(counts, key=lambda count: count.order)


@dataclass(frozen=True, slots=True)
class Panel:
    """What another room has to say before a survey is published: a few sentences, and the page that says more."""

    title: str | LazyString
    load: Callable[[Survey], list[str]]
    url: Callable[[Survey], str]
    page: str | LazyString
    operation: str = "surveys.view"


def register_panel(app: Flask, panel: Panel) -> None:
    """Make a panel known."""
    app.extensions.setdefault(PANELS, []).append(panel)


def registered_panels() -> list[Panel]:
    """Return every panel."""
    panels: list[Panel] = current_app.extensions.get(PANELS, [])
    return panels


@dataclass(frozen=True, slots=True)
class TrialPlace:
    """A page of another room where a survey can be answered as a test; `operation` says who may."""

    label: str | LazyString
    url: Callable[[Survey], str]
    operation: str


def register_trial(app: Flask, place: TrialPlace) -> None:
    """Make such a page known."""
    app.extensions.setdefault(TRIALS, []).append(place)


def registered_trials() -> list[TrialPlace]:
    """Return every page where a survey can be answered as a test."""
    places: list[TrialPlace] = current_app.extensions.get(TRIALS, [])
    return places
