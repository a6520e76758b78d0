"""The page for the second of two people who changed a draft at once: nothing typed is lost, nothing overwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request

from survey_app.questionnaires.comparing import differences
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.steps import state_at

if TYPE_CHECKING:
    from survey_app.questionnaires.routes.desk import Desk

# What a form sends beside what somebody typed.
MECHANICS = frozenset({"csrf_token", "revision", "autosave", "act"})


def draw_conflict(desk: Desk, yours: Questionnaire | None, revision: int) -> tuple[str, int]:
    """Return the page with what they changed, what you would change, and whether the two touch one another."""
    now = desk.questionnaire
    base = state_at(desk.version, revision) if desk.is_draft and revision > 0 else None
    theirs = differences(base, now) if base else []
    mine = differences(now, yours) if yours else []
    page = render_template(
        "questionnaires/conflict.html",
        desk=desk,
        survey=desk.survey,
        typed=[(name, value) for name, value in request.form.items(multi=True) if name not in MECHANICS],
        is_gone=yours is None,
        theirs=theirs,
        mine=mine,
        # Where they changed the same text, saving yours takes theirs back.
        shared={each.label for each in theirs} & {each.label for each in mine},
        is_since_known=base is not None,
    )
    return page, 409
