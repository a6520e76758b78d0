"""The steps of a draft: undo and redo, when it was saved last, what it was at a revision, which saves count as one."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from survey_app.extensions import db
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.models import DraftStep, QuestionnaireVersion, Survey
from survey_app.questionnaires.parsing import parse
from survey_app.questionnaires.queries import find_locked_draft, newest_step, next_step
from survey_app.questionnaires.refusals import SurveyError

MOST_STEPS = 50
LONGEST_WHAT = 200
# Saves of the same thing within this time are undone together: nobody wants to undo letter by letter.
TOGETHER = timedelta(seconds=60)


def keep_step(draft: QuestionnaireVersion, what: str, now: datetime) -> None:
    """Keep a draft's state before a change of it; what was undone before cannot be done again after that."""
    own = DraftStep.version_id == draft.id
    db.session.execute(delete(DraftStep).where(own, DraftStep.is_undone.is_(True)))
    step = DraftStep(
        version_id=draft.id,
        revision=draft.revision,
        definition=draft.definition,
        sources=draft.sources,
        what=what[:LONGEST_WHAT],
        made_at=now,
    )
    db.session.add(step)
    db.session.flush()
    steps = select(DraftStep.id).where(own).order_by(DraftStep.id.desc()).limit(MOST_STEPS)
    oldest = db.session.scalar(select(func.min(steps.subquery().c.id)))
    db.session.execute(delete(DraftStep).where(own, DraftStep.id < (oldest or 0)))


def undo(survey: Survey, now: datetime, revision: int | None = None) -> str | None:
    """Bring back the draft's state before its last change; return what that change was, None when there was none.

    With the revision that somebody saw, a draft that was changed since is left alone: SurveyError says so.
    """
    draft = _seen_draft(survey, revision)
    step = newest_step(draft) if draft else None
    return _exchange(draft, step, now, is_undone=True) if draft and step else None


def redo(survey: Survey, now: datetime, revision: int | None = None) -> str | None:
    """Do once more what was undone last; return what that was, None when nothing was. It may refuse as `undo` does."""
    draft = _seen_draft(survey, revision)
    step = next_step(draft) if draft else None
    return _exchange(draft, step, now, is_undone=False) if draft and step else None


def saved_at(version: QuestionnaireVersion) -> datetime:
    """Return when a draft was changed last, or begun."""
    newest = select(func.max(DraftStep.made_at)).where(DraftStep.version_id == version.id)
    return db.session.scalar(newest) or version.created_at


def state_at(draft: QuestionnaireVersion, revision: int) -> Questionnaire | None:
    """Return the draft as it was at a revision, as far as its steps go back."""
    steps = select(DraftStep).where(DraftStep.version_id == draft.id)
    # Steps that were joined left out revisions between; one that was undone stands for its own alone.
    fit = (DraftStep.revision == revision) | ((DraftStep.revision > revision) & DraftStep.is_undone.is_(False))
    step = db.session.scalar(steps.where(fit).order_by(DraftStep.revision, DraftStep.id).limit(1))
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


def _seen_draft(survey: Survey, revision: int | None) -> QuestionnaireVersion | None:
    """Return the draft, locked; refuse where somebody saw another state of it."""
    draft = find_locked_draft(survey)
    if draft is not None and revision is not None and draft.revision != revision:
        raise SurveyError(
            _("Somebody changed the draft after you opened this page, so nothing was undone or redone. Look at it now.")
        )
    return draft


def _exchange(draft: QuestionnaireVersion, step: DraftStep, now: datetime, *, is_undone: bool) -> str:
    """Let a draft and one of its steps change places, and return what the step is called."""
    before = draft.definition, draft.sources, draft.revision
    draft.definition, draft.sources = step.definition, step.sources
    step.definition, step.sources, step.revision = before
    step.made_at, step.is_undone = now, is_undone
    draft.revision += 1
    db.session.flush()
    return step.what
