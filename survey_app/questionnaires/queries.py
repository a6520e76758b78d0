"""Reads surveys, their versions and the questionnaires these hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import undefer

from survey_app.extensions import db
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.models import DraftStep, QuestionnaireVersion, Survey
from survey_app.questionnaires.parsing import parse

MOST_KEPT = 100


@dataclass(frozen=True, slots=True)
class SurveyState:
    """A survey with its newest version's number and date (None before the first) and whether it has a draft."""

    survey: Survey
    number: int | None
    published_at: datetime | None
    has_draft: bool


# Published questionnaires by their digest: they never change, so reading one once is enough.
_published: dict[str, Questionnaire] = {}


def find_survey(code: str) -> Survey | None:
    """Return the survey with this code, or None."""
    return db.session.scalar(select(Survey).where(Survey.code == code))


def get_survey(code: str) -> Survey:
    """Return the survey with this code; raise NoResultFound when there is none."""
    survey = find_survey(code)
    if survey is None:
        raise NoResultFound(f"no survey has the code {code}")
    return survey


def list_surveys(*, include_archived: bool = False) -> list[Survey]:
    """Return the surveys, newest first."""
    query = select(Survey).order_by(Survey.created_at.desc(), Survey.id.desc())
    return list(db.session.scalars(query if include_archived else query.where(Survey.is_archived.is_(False))))


def count_surveys(*, is_archived: bool) -> int:
    """Return how many surveys are archived, or are not."""
    return db.session.scalar(select(func.count(Survey.id)).where(Survey.is_archived.is_(is_archived))) or 0


def list_states(*, is_archived: bool = False) -> list[SurveyState]:
    """Return the surveys, newest first, with the state of their versions."""
    version = QuestionnaireVersion
    query = (
        select(
            Survey,
            func.max(version.number),
            func.max(version.published_at),
            func.count(version.id) - func.count(version.number),
        )
        .join(version, version.survey_id == Survey.id, isouter=True)
        .where(Survey.is_archived.is_(is_archived))
        .group_by(Survey.id)
        .order_by(Survey.created_at.desc(), Survey.id.desc())
    )
    return [
        SurveyState(survey=survey, number=number, published_at=published_at, has_draft=n_drafts > 0)
        for survey, number, published_at, n_drafts in db.session.execute(query)
    ]


def get_version(version_id: int) -> QuestionnaireVersion:
    """Return a version by its id; raise NoResultFound when there is none."""
    return db.session.get_one(QuestionnaireVersion, version_id)


def list_versions(survey: Survey) -> list[QuestionnaireVersion]:
    """Return the published versions of a survey, newest first."""
    return list(db.session.scalars(_published_of(survey)))


def find_version(survey: Survey, number: int) -> QuestionnaireVersion | None:
    """Return the published version with this number, or None."""
    return db.session.scalar(_published_of(survey).where(QuestionnaireVersion.number == number))


def newest_published(survey: Survey) -> QuestionnaireVersion | None:
    """Return the version published last, or None."""
    return db.session.scalar(_published_of(survey).limit(1))


def find_draft(survey: Survey) -> QuestionnaireVersion | None:
    """Return the survey's draft, or None."""
    return db.session.scalar(_drafts_of(survey))


def current_version(survey: Survey) -> QuestionnaireVersion:
    """Return the draft where there is one, else the newest published version."""
    draft = _drafts_of(survey).options(undefer(QuestionnaireVersion.definition), undefer(QuestionnaireVersion.sources))
    # Whole at once: read in parts, a draft could be saved or thrown away between them.
    version = db.session.scalar(draft) or newest_published(survey)
    if version is None:
        raise NoResultFound(f"the survey {survey.code} has no version")
    return version


def questionnaire_of(version: QuestionnaireVersion) -> Questionnaire:
    """Return the questionnaire that a version holds; published ones are read once per process."""
    if version.digest is None:
        return parse(version.definition)
    found = _published.get(version.digest)
    if found is None:
        if len(_published) >= MOST_KEPT:
            _published.clear()
        found = _published[version.digest] = parse(version.definition)
    return found


def find_locked_draft(survey: Survey) -> QuestionnaireVersion | None:
    """Return the draft, held until the end of the transaction so that two saves cannot pass each other."""
    locked = _drafts_of(survey).with_for_update()
    return db.session.scalar(locked.execution_options(populate_existing=True))


def newest_step(draft: QuestionnaireVersion) -> DraftStep | None:
    """Return the change of a draft that undo would take back, or None."""
    return db.session.scalar(_steps(draft, is_undone=False).order_by(DraftStep.id.desc()).limit(1))


def next_step(draft: QuestionnaireVersion) -> DraftStep | None:
    """Return the change of a draft that was undone last, or None."""
    return db.session.scalar(_steps(draft, is_undone=True).order_by(DraftStep.id).limit(1))


def count_steps(draft: QuestionnaireVersion) -> int:
    """Return how many times the draft's last change can be undone."""
    query = select(func.count()).select_from(_steps(draft, is_undone=False).subquery())
    return db.session.scalar(query) or 0


def _steps(draft: QuestionnaireVersion, *, is_undone: bool) -> Select[DraftStep]:
    return select(DraftStep).where(DraftStep.version_id == draft.id, DraftStep.is_undone.is_(is_undone))


def _drafts_of(survey: Survey) -> Select[QuestionnaireVersion]:
    query = select(QuestionnaireVersion).where(QuestionnaireVersion.survey_id == survey.id)
    return query.where(QuestionnaireVersion.number.is_(None))


def _published_of(survey: Survey) -> Select[QuestionnaireVersion]:
    query = select(QuestionnaireVersion).where(QuestionnaireVersion.survey_id == survey.id)
    return query.where(QuestionnaireVersion.number.is_not(None)).order_by(QuestionnaireVersion.number.desc())
