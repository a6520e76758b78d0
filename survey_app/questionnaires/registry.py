"""What later rooms tell about surveys: counts for the list and the survey's page, without this room knowing them.

A later room calls `register_count(app, Count(...))` in its own `registration.register`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from flask import Flask, current_app
from flask_babel.speaklater import LazyString

from survey_app.questionnaires.models import Survey

EXTENSION = "survey_app.questionnaires.counts"


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
