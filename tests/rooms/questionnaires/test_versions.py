"""Drafts, undo and versions that never change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from survey_app.extensions import db, writing
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.models import DraftStep, FrozenVersionError
from survey_app.questionnaires.operations import (
    NothingToPublishError,
    NotPublishableError,
    StaleDraftError,
    SurveyError,
    choose_identification,
    discard_draft,
    publish_version,
    restore_version,
    save_draft,
)
from survey_app.questionnaires.parsing import parse, to_data
from survey_app.questionnaires.queries import (
    current_version,
    find_draft,
    get_version,
    list_versions,
    newest_published,
    questionnaire_of,
)
from survey_app.questionnaires.steps import MOST_STEPS, undo
from tests.factories.questionnaires import NOW, a_published_version, a_questionnaire, a_survey


@pytest.fixture(autouse=True)
def _inside(app: Flask) -> Iterator[None]:
    with app.app_context(), writing():
        yield


def titled(text: str) -> Questionnaire:
    return replace(a_questionnaire(), title={"en": text})


def test_a_code_can_be_taken_only_once() -> None:
    a_survey("loyalty")
    with pytest.raises(SurveyError, match="“loyalty” is taken"):
        a_survey("loyalty")


def test_a_published_version_never_changes() -> None:
    version = a_published_version()
    db.session.commit()
    version.definition = to_data(titled("other"))
    with pytest.raises(FrozenVersionError):
        db.session.flush()


@pytest.mark.parametrize(("field", "value"), [("note", "x"), ("number", 7), ("published_at", None), ("digest", "")])
def test_nothing_else_of_a_published_version_changes_either(field: str, value: object) -> None:
    version = a_published_version()
    db.session.commit()
    setattr(version, field, value)
    with pytest.raises(FrozenVersionError):
        db.session.flush()


def test_a_published_version_is_never_deleted_under_a_draft() -> None:
    version = a_published_version()
    save_draft(version.survey, titled("Second"), 0, "title", NOW)
    db.session.delete(version)
    with pytest.raises(FrozenVersionError, match="cannot be deleted"):
        db.session.flush()


def test_a_draft_thrown_away_meanwhile_takes_no_more_saves() -> None:
    survey = a_published_version().survey
    save_draft(survey, titled("Second"), 0, "title", NOW)
    discard_draft(survey)
    db.session.flush()
    with pytest.raises(SurveyError, match="or thrown away"):
        save_draft(survey, titled("Third"), 2, "title", NOW)


def test_editing_a_published_survey_makes_the_next_version() -> None:
    first = a_published_version()
    survey = first.survey
    save_draft(survey, titled("Second"), 0, "title", NOW)
    second = publish_version(survey, "clearer title", NOW)
    assert (first.number, second.number) == (1, 2)
    assert questionnaire_of(first).title == {"en": "How are we doing?"}
    assert questionnaire_of(second).title == {"en": "Second"}
    assert newest_published(survey) is second
    assert [each.number for each in list_versions(survey)] == [2, 1]
    assert find_draft(survey) is None


def test_an_unchanged_draft_is_not_published_again() -> None:
    survey = a_published_version().survey
    save_draft(survey, a_questionnaire(), 0, "nothing", NOW)
    with pytest.raises(NothingToPublishError, match="version 1"):
        publish_version(survey, "", NOW)


def test_a_survey_without_a_draft_has_nothing_to_publish() -> None:
    survey = a_published_version().survey
    with pytest.raises(NothingToPublishError):
        publish_version(survey, "", NOW)


def test_errors_keep_a_draft_from_being_published() -> None:
    survey = a_survey(pages=[{"code": "p", "items": []}])
    with pytest.raises(NotPublishableError, match="Nothing is asked yet"):
        publish_version(survey, "", NOW)
    assert newest_published(survey) is None


def test_the_second_of_two_editors_is_told_and_loses_nothing() -> None:
    survey = a_survey()
    draft = current_version(survey)
    save_draft(survey, titled("Mine"), draft.revision, "title", NOW)
    with pytest.raises(StaleDraftError) as caught:
        save_draft(survey, titled("Yours"), 1, "title", NOW)
    assert caught.value.yours.title == {"en": "Yours"}
    assert questionnaire_of(caught.value.theirs).title == {"en": "Mine"}


def test_a_draft_published_in_the_meantime_takes_no_more_saves() -> None:
    survey = a_published_version().survey
    with pytest.raises(SurveyError, match="published in the meantime"):
        save_draft(survey, titled("late"), 1, "title", NOW)


def test_changes_are_undone_one_by_one() -> None:
    survey = a_survey()
    for n in range(1, 26):
        save_draft(survey, titled(f"Title {n}"), n, f"change {n}", NOW)
    assert [undo(survey, NOW) for _ in range(20)] == [f"change {n}" for n in range(25, 5, -1)]
    assert questionnaire_of(current_version(survey)).title == {"en": "Title 5"}


def test_undo_stops_at_the_beginning() -> None:
    survey = a_survey()
    assert undo(survey, NOW) is None


def test_an_undo_makes_older_revisions_stale() -> None:
    survey = a_survey()
    save_draft(survey, titled("A"), 1, "a", NOW)
    undo(survey, NOW)
    with pytest.raises(StaleDraftError):
        save_draft(survey, titled("B"), 2, "b", NOW)


def test_old_steps_are_dropped_and_publishing_drops_all() -> None:
    survey = a_survey()
    for n in range(1, MOST_STEPS + 6):
        save_draft(survey, titled(f"Title {n}"), n, "x", NOW)
    assert db.session.scalar(select(func.count()).select_from(DraftStep)) == MOST_STEPS
    publish_version(survey, "", NOW)
    assert db.session.scalar(select(func.count()).select_from(DraftStep)) == 0


def test_an_old_version_can_be_brought_back_and_undone() -> None:
    first = a_published_version()
    survey = first.survey
    save_draft(survey, titled("Second"), 0, "title", NOW)
    restore_version(survey, first, NOW)
    assert questionnaire_of(current_version(survey)) == questionnaire_of(first)
    undo(survey, NOW)
    assert questionnaire_of(current_version(survey)).title == {"en": "Second"}


def test_identification_is_fixed_by_the_first_publication() -> None:
    survey = a_survey()
    choose_identification(survey, "anonymous")
    publish_version(survey, "", NOW)
    with pytest.raises(SurveyError, match="first publication"):
        choose_identification(survey, "identified")
    assert survey.identification == "anonymous"


def test_a_draft_is_thrown_away_only_where_a_version_remains() -> None:
    survey = a_survey()
    with pytest.raises(SurveyError, match="Archive"):
        discard_draft(survey)
    publish_version(survey, "", NOW)
    save_draft(survey, titled("Second"), 0, "title", NOW)
    discard_draft(survey)
    db.session.flush()
    assert current_version(survey).number == 1


def test_published_questionnaires_are_read_once() -> None:
    version = a_published_version()
    again = get_version(version.id)
    assert questionnaire_of(version) is questionnaire_of(again)
    assert questionnaire_of(version) == parse(version.definition)
