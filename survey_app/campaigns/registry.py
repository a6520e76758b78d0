"""How many answers campaigns brought: told by a later room, so that this one need not know responses.

That room calls `count_answers_with(app, load)` in its own `registration.register`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from flask import Flask, current_app

EXTENSION = "survey_app.campaigns.answers"
Load = Callable[[Collection[int]], Mapping[int, int]]


def count_answers_with(app: Flask, load: Load) -> None:
    """Make known who counts: `load` returns the completed responses of many campaigns, by campaign id."""
    app.extensions[EXTENSION] = load


def answers_by_campaign(ids: Collection[int]) -> Mapping[int, int]:
    """Return how many completed responses each of these campaigns has; those without any may be left out."""
    load: Load = current_app.extensions[EXTENSION]
    return load(ids)
