"""What every page about one survey begins with, and the one way in which they save its draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import abort, current_app, flash, g, redirect, request, url_for
from flask_babel import get_timezone
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.extensions import db
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.editing import GoneError
from survey_app.questionnaires.findings import QuestionnaireError
from survey_app.questionnaires.models import QuestionnaireVersion, Survey
from survey_app.questionnaires.operations import SurveyError, save_draft
from survey_app.questionnaires.queries import (
    count_steps,
    current_version,
    find_survey,
    newest_published,
    newest_step,
    next_step,
    questionnaire_of,
)
from survey_app.questionnaires.routes.conflict import draw_conflict
from survey_app.questionnaires.steps import join_steps, saved_at

Answer = Response | tuple[str, int]
Change = Callable[[Questionnaire], Questionnaire]


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the pages about a survey."""

    name: str
    label: str
    url: str
    operation: str


@dataclass(frozen=True, slots=True)
class Desk:
    """A survey with the state that is being worked on: its draft, or its newest version while it has none."""

    survey: Survey
    version: QuestionnaireVersion
    questionnaire: Questionnaire

    @property
    def revision(self) -> int:
        """Return the revision that a save must name; 0 while there is no draft."""
        return self.version.revision if self.is_draft else 0

    @property
    def is_draft(self) -> bool:
        """Return whether this is a draft."""
        return self.version.number is None

    @property
    def published(self) -> QuestionnaireVersion | None:
        """Return the newest published version."""
        return newest_published(self.survey)

    @property
    def previous(self) -> Questionnaire | None:
        """Return the questionnaire that the draft would follow."""
        published = self.published
        return questionnaire_of(published) if published else None

    @property
    def undoable(self) -> str | None:
        """Return what can be undone, or None."""
        step = newest_step(self.version) if self.is_draft else None
        return step.what if step else None

    @property
    def redoable(self) -> str | None:
        """Return what was undone and can be done again, or None."""
        step = next_step(self.version) if self.is_draft else None
        return step.what if step else None

    @property
    def n_steps(self) -> int:
        """Return how many changes can be undone."""
        return count_steps(self.version) if self.is_draft else 0

    @property
    def saved_at(self) -> datetime:
        """Return when the draft was saved last."""
        return saved_at(self.version)

    @property
    def is_saved_today(self) -> bool:
        """Return whether the draft was saved on the reader's today: a time of day alone says enough then."""
        zone = get_timezone()
        return self.saved_at.astimezone(zone).date() == datetime.now(zone).date()

    @property
    def tabs(self) -> list[Tab]:
        """Return the pages about this survey, in the order of the work."""
        return [
            Tab(name, label, url_for(f"questionnaires.{name}", code=self.survey.code), operation)
            for name, label, operation in _tabs()
            if f"questionnaires.{name}" in current_app.view_functions
        ]


def find_desk_survey(code: str) -> Survey:
    """Return the survey with this code; answer 404 when there is none."""
    survey = find_survey(code)
    if survey is None:
        abort(404)
    return survey


def open_desk(code: str) -> Desk:
    """Return a survey's desk; answer 404 when there is no such survey."""
    survey = find_desk_survey(code)
    version = current_version(survey)
    desk = Desk(survey=survey, version=version, questionnaire=questionnaire_of(version))
    if desk.is_draft:
        # Kept as it was read: after a refused save it would be asked for anew, and may be thrown away by then.
        db.session.expunge(version)
    return desk


def author_id() -> int:
    """Return who is at work."""
    return int(g.staff_user.id)


def save(desk: Desk, what: str, change: Change) -> Answer | None:
    """Save a change and commit; return the page that says why it was not saved, or None."""
    yours: Questionnaire | None = None
    revision = posted_revision()
    try:
        yours = change(desk.questionnaire)
        draft = save_draft(desk.survey, yours, revision, what, datetime.now(UTC))
    except (SurveyError, GoneError):
        db.session.rollback()
        return draw_conflict(open_desk(desk.survey.code), yours, revision)
    if "autosave" in request.form:
        join_steps(draft)
    db.session.commit()
    return None


def save_and_go(desk: Desk, what: str, change: Change, target: str) -> Answer:
    """Save a change and go to a page; what makes no questionnaire is said there."""
    try:
        refused = save(desk, what, change)
    except QuestionnaireError as error:
        db.session.rollback()
        flash(" ".join(finding.message for finding in error.findings), "error")
        return redirect(target, 303)
    if refused is None:
        flash(_("Saved: %(what)s.", what=what), "success")
    return refused or redirect(target, 303)


def posted_revision() -> int:
    """Return the revision that a form was opened with; what is no number was never one."""
    text = request.form.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1  # noqa: PLR2004 - no draft was saved so often


def _tabs() -> list[tuple[str, str, str]]:
    return [
        ("show", _("Overview"), "surveys.view"),
        ("design", _("Build"), "surveys.design"),
        ("logic", _("Logic"), "surveys.design"),
        ("translate", _("Translate"), "surveys.design"),
        ("look", _("Look"), "surveys.design"),
        ("check", _("Check"), "surveys.view"),
        ("preview", _("Preview"), "surveys.view"),
        ("versions", _("Versions"), "surveys.view"),
    ]
