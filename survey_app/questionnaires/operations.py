"""Writes surveys and their versions: create, save the draft, publish, archive. Nothing here commits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, select

from survey_app.accounts.operations import record
from survey_app.customers.vocabulary import attribute_kinds
from survey_app.extensions import db
from survey_app.questionnaires.checks import Setting, check_questionnaire, errors_of
from survey_app.questionnaires.definition import Questionnaire, text_in
from survey_app.questionnaires.models import DraftStep, QuestionnaireVersion, Survey
from survey_app.questionnaires.parsing import parse, to_data
from survey_app.questionnaires.queries import (
    find_draft,
    find_locked_draft,
    find_survey,
    newest_published,
    questionnaire_of,
)
from survey_app.questionnaires.refusals import (
    GapsError,
    NothingToPublishError,
    NotPublishableError,
    StaleDraftError,
    SurveyError,
)
from survey_app.questionnaires.steps import keep_step
from survey_app.questionnaires.translation import Sources, followed, gaps_of

__all__ = [
    "GapsError",
    "NotPublishableError",
    "NothingToPublishError",
    "Seen",
    "StaleDraftError",
    "SurveyError",
    "SurveyOptions",
    "archive",
    "begin_draft",
    "choose_identification",
    "create_survey",
    "digest_of",
    "discard_draft",
    "mark_translations",
    "publish_version",
    "rename_survey",
    "republish_version",
    "restore_version",
    "save_draft",
]

# Codes stand in addresses, where these words mean something else.
ADDRESSES = frozenset({"new", "import", "library"})


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody saw who publishes: the draft's revision, and whether they accept languages with gaps."""

    revision: int
    accepts_gaps: bool = False


@dataclass(frozen=True, slots=True)
class SurveyOptions:
    """What a new survey has beside its questionnaire."""

    identification: str = "identified"
    owner_id: int | None = None
    is_demo: bool = False


def create_survey(
    code: str, title: str, definition: Questionnaire, now: datetime, options: SurveyOptions | None = None
) -> Survey:
    """Create a survey with a first draft; raise SurveyError when its code is taken."""
    if code in ADDRESSES or find_survey(code) is not None:
        raise SurveyError(_("“%(code)s” is taken. Choose another code.", code=code))
    chosen = options or SurveyOptions()
    survey = Survey(
        code=code,
        title=title or text_in(definition.title, "", definition.languages) or code,
        identification=chosen.identification,
        owner_id=chosen.owner_id,
        is_demo=chosen.is_demo,
        created_at=now,
    )
    db.session.add(survey)
    db.session.flush()
    _add_draft(survey, definition, now, chosen.owner_id)
    record("survey.create", "survey", code)
    return survey


def begin_draft(
    survey: Survey, version: QuestionnaireVersion, now: datetime, author_id: int | None = None
) -> QuestionnaireVersion:
    """Return the survey's draft, made from a published version when there is none."""
    draft = find_draft(survey) or _draft_begun_meanwhile(survey)
    return draft or _add_draft(survey, questionnaire_of(version), now, author_id, version.sources)


def restore_version(
    survey: Survey, version: QuestionnaireVersion, now: datetime, author_id: int | None = None
) -> QuestionnaireVersion:
    """Make the draft equal to a published version; what the draft held can be undone."""
    draft = find_draft(survey)
    if draft is None:
        return begin_draft(survey, version, now, author_id)
    what = _("went back to version %(number)s", number=version.number)
    restored = save_draft(survey, questionnaire_of(version), draft.revision, what, now)
    restored.sources = version.sources
    return restored


def save_draft(
    survey: Survey, questionnaire: Questionnaire, revision: int, what: str, now: datetime
) -> QuestionnaireVersion:
    """Save the draft's next state; raise StaleDraftError when it is not the given revision any more.

    A survey without a draft gets one from its newest version; `revision` 0 stands for that version.
    """
    draft = find_locked_draft(survey)
    if draft is None and revision == 0:
        draft = _draft_begun_meanwhile(survey)
    if draft is None and revision == 0:
        newest = newest_published(survey)
        if newest is not None:
            draft = _add_draft(survey, questionnaire_of(newest), now, newest.author_id, newest.sources)
            revision = draft.revision
    if draft is None:
        raise SurveyError(
            _("This draft has been published in the meantime, or thrown away. Begin a new draft with what you typed.")
        )
    if draft.revision != revision:
        raise StaleDraftError(draft, questionnaire)
    keep_step(draft, what, now)
    # Read once more, so that nothing invalid is ever stored, whoever built it.
    saved = parse(to_data(questionnaire))
    draft.sources = followed(draft.sources, questionnaire_of(draft), saved)
    draft.definition = to_data(saved)
    draft.revision += 1
    db.session.flush()
    return draft


def mark_translations(draft: QuestionnaireVersion, language: str, made_from: Mapping[str, str]) -> None:
    """Note what translations were made from: a fingerprint of the main text for each text's key."""
    draft.sources = {
        **draft.sources,
        **{key: {**draft.sources.get(key, {}), language: mark} for key, mark in made_from.items()},
    }
    db.session.flush()


def publish_version(
    survey: Survey, note: str, now: datetime, author_id: int | None = None, seen: Seen | None = None
) -> QuestionnaireVersion:
    """Freeze the draft as the next version; raise SurveyError, in words, where it may not be.

    With `seen`, a draft that somebody changed meanwhile and languages with gaps that nobody accepted are refused.
    """
    draft, newest = find_locked_draft(survey), newest_published(survey)
    if draft is None:
        raise NothingToPublishError(_("There is no draft to publish."))
    questionnaire = parse(draft.definition)
    digest = digest_of(questionnaire)
    if newest is not None and newest.digest == digest:
        raise NothingToPublishError(_("The draft says the same as version %(number)s.", number=newest.number))
    _refuse_unseen(draft, questionnaire, seen)
    previous = questionnaire_of(newest) if newest else None
    errors = errors_of(
        check_questionnaire(questionnaire, previous, Setting(survey.identification, draft.sources, attribute_kinds()))
    )
    if errors:
        raise NotPublishableError(errors)
    db.session.execute(delete(DraftStep).where(DraftStep.version_id == draft.id))
    draft.digest, draft.note, draft.author_id, draft.published_at = digest, note, author_id, now
    draft.number = (newest.number or 0) + 1 if newest else 1
    db.session.flush()
    record("survey.publish", "survey", survey.code, version=draft.number, note=note)
    return draft


def republish_version(
    survey: Survey, version: QuestionnaireVersion, now: datetime, author_id: int | None = None
) -> QuestionnaireVersion:
    """Publish an old version once more as the newest; raise SurveyError while a draft holds something of its own."""
    draft, newest = find_locked_draft(survey), newest_published(survey)
    if draft is not None and newest is not None and digest_of(parse(draft.definition)) != newest.digest:
        raise SurveyError(
            _("The draft holds changes that would be lost. Publish it or throw it away first, then go back.")
        )
    restore_version(survey, version, now, author_id)
    return publish_version(survey, _("Version %(number)s once more", number=version.number), now, author_id)


def _refuse_unseen(draft: QuestionnaireVersion, questionnaire: Questionnaire, seen: Seen | None) -> None:
    if seen is None:
        return
    if draft.revision != seen.revision:
        raise SurveyError(_("Somebody changed the draft after you looked at it. Look at it again, then publish."))
    gaps = gaps_of(questionnaire, draft.sources)
    if gaps and not seen.accepts_gaps:
        raise GapsError(gaps)


def discard_draft(survey: Survey) -> None:
    """Throw the draft away; raise SurveyError when no version has been published, since nothing would remain."""
    draft = find_locked_draft(survey)
    if newest_published(survey) is None:
        raise SurveyError(_("This survey has no published version yet. Archive the survey instead."))
    if draft is not None:
        db.session.delete(draft)
        record("survey.discard_draft", "survey", survey.code)


def choose_identification(survey: Survey, identification: str) -> None:
    """Choose how answers are tied to people; raise SurveyError once a version has been published."""
    if identification == survey.identification:
        return
    if newest_published(survey) is not None:
        raise SurveyError(
            _("People have been told how their answers are kept, so this cannot change after the first publication.")
        )
    record("survey.identification", "survey", survey.code, before=survey.identification, after=identification)
    survey.identification = identification


def rename_survey(survey: Survey, title: str) -> None:
    """Give a survey another name for staff."""
    record("survey.rename", "survey", survey.code, before=survey.title, after=title)
    survey.title = title


def archive(survey: Survey, *, is_archived: bool = True) -> None:
    """Take a survey off the list, or put it back; its versions and answers stay."""
    survey.is_archived = is_archived
    record("survey.archive" if is_archived else "survey.unarchive", "survey", survey.code)


def digest_of(questionnaire: Questionnaire) -> str:
    """Return the fingerprint of a questionnaire's document."""
    text = json.dumps(to_data(questionnaire), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _draft_begun_meanwhile(survey: Survey) -> QuestionnaireVersion | None:
    """Wait for whoever begins a draft of this survey, and return that draft: two at once would be one too many."""
    db.session.execute(select(Survey.id).where(Survey.id == survey.id).with_for_update())
    return find_locked_draft(survey)


def _add_draft(
    survey: Survey, questionnaire: Questionnaire, now: datetime, author_id: int | None, sources: Sources | None = None
) -> QuestionnaireVersion:
    clean = parse(to_data(questionnaire))
    draft = QuestionnaireVersion(
        survey_id=survey.id,
        definition=to_data(clean),
        sources=followed(sources or {}, clean, clean),
        revision=1,
        author_id=author_id,
        created_at=now,
    )
    db.session.add(draft)
    db.session.flush()
    return draft
