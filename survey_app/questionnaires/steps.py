"""The steps of a draft: when it was saved last, what it was at an earlier revision, and which saves count as one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from survey_app.extensions import db
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.models import DraftStep, QuestionnaireVersion
from survey_app.questionnaires.parsing import parse
from survey_app.questionnaires.queries import newest_step

# Saves of the same thing within this time are undone together: nobody wants to undo letter by letter.
TOGETHER = timedelta(seconds=60)


def saved_at(version: QuestionnaireVersion) -> datetime:
    """Return when a draft was changed last, or begun."""
    step = newest_step(version)
    return step.made_at if step else version.created_at


def state_at(draft: QuestionnaireVersion, revision: int) -> Questionnaire | None:
    """Return the draft as it was at a revision, as far as its steps go back."""
    steps = select(DraftStep).where(DraftStep.version_id == draft.id, DraftStep.revision >= revision)
    step = db.session.scalar(steps.order_by(DraftStep.revision, DraftStep.id).limit(1))
    return parse(step.definition) if step else None


def join_steps(draft: QuestionnaireVersion) -> None:
    """Let the newest step be undone together with the one before it, where it only went on with the same."""
    query = select(DraftStep).where(DraftStep.version_id == draft.id).order_by(DraftStep.id.desc())
    newest, *others = db.session.scalars(query.limit(2))
    before = others[0] if others else None
    if before is None or before.what != newest.what or newest.made_at - before.made_at > TOGETHER:
        return
    before.made_at = newest.made_at
    db.session.delete(newest)
    db.session.flush()
