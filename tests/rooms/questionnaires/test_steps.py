"""Undo and redo: back and forth through a draft's changes, never over somebody else's."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app.extensions import db, writing
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.models import Survey
from survey_app.questionnaires.operations import SurveyError, publish_version, save_draft
from survey_app.questionnaires.queries import current_version, get_survey, newest_step, next_step, questionnaire_of
from survey_app.questionnaires.steps import MOST_STEPS, redo, saved_at, state_at, undo
from tests.factories.questionnaires import NOW, a_questionnaire, a_survey
from tests.signing_in import SignIn

S = "/surveys/relationship"


@pytest.fixture
def survey(app: Flask) -> Survey:
    """Return a survey whose title was changed three times, in the current session."""
    with app.app_context(), writing():
        made = a_survey()
        for number in (1, 2, 3):
            save_draft(made, titled(f"Title {number}"), number, f"change {number}", NOW)
        db.session.commit()
        yield made


def titled(title: str) -> Questionnaire:
    return a_questionnaire(title={"en": title})


def title_of(survey: Survey) -> str:
    return questionnaire_of(current_version(survey)).title["en"]


def test_what_was_undone_can_be_done_again_step_by_step(survey: Survey) -> None:
    assert [undo(survey, NOW) for _ in range(3)] == ["change 3", "change 2", "change 1"]
    assert undo(survey, NOW) is None
    assert [(redo(survey, NOW), title_of(survey)) for _ in range(3)] == [
        ("change 1", "Title 1"),
        ("change 2", "Title 2"),
        ("change 3", "Title 3"),
    ]
    assert redo(survey, NOW) is None


def test_back_and_forth_loses_nothing_however_often(survey: Survey) -> None:
    for _ in range(MOST_STEPS):
        undo(survey, NOW)
        undo(survey, NOW)
        redo(survey, NOW)
        redo(survey, NOW)
    assert title_of(survey) == "Title 3"
    assert [undo(survey, NOW) for _ in range(4)] == ["change 3", "change 2", "change 1", None]


def test_a_new_change_ends_what_can_be_done_again(survey: Survey) -> None:
    undo(survey, NOW)
    undo(survey, NOW)
    draft = current_version(survey)
    save_draft(survey, titled("Another way"), draft.revision, "another way", NOW)
    assert redo(survey, NOW) is None
    assert [undo(survey, NOW) for _ in range(3)] == ["another way", "change 1", None]


def test_only_what_somebody_saw_is_undone_or_redone(survey: Survey) -> None:
    draft = current_version(survey)
    seen = draft.revision
    undo(survey, NOW, seen)
    for step in (undo, redo):
        with pytest.raises(SurveyError, match="nothing was undone or redone"):
            step(survey, NOW, seen)
    assert title_of(survey) == "Title 2"
    assert redo(survey, NOW, seen + 1) == "change 3"


def test_a_draft_is_saved_last_when_it_was_undone(survey: Survey) -> None:
    later = NOW + timedelta(hours=2)
    undo(survey, later)
    assert saved_at(current_version(survey)) == later


def test_earlier_states_are_known_by_their_revision_after_an_undo_too(survey: Survey) -> None:
    draft = current_version(survey)
    undo(survey, NOW)
    titles = {revision: state_at(draft, revision) for revision in (1, 2, 3, 4, 5, 6)}
    known = {revision: state.title["en"] for revision, state in titles.items() if state}
    assert known[2] == "Title 1"
    assert known[4] == "Title 3"
    assert 5 not in known


def test_publishing_leaves_nothing_to_undo_or_redo(survey: Survey) -> None:
    undo(survey, NOW)
    version = publish_version(survey, "", NOW)
    assert (newest_step(version), next_step(version)) == (None, None)
    assert undo(survey, NOW) is None
    assert redo(survey, NOW) is None


def test_the_designer_offers_and_does_both(app: Flask, sign_in: SignIn) -> None:
    marketer = _marketer(app, sign_in)
    marketer.post(f"{S}/pages", data={"revision": "1"})
    undone = marketer.post(f"{S}/undo", data={"revision": "2"}, follow_redirects=True)
    page = unescape(undone.text)
    assert "Undone: added page “page5”." in page
    assert "Redo: added page “page5”" in page
    redone = unescape(marketer.post(f"{S}/redo", data={"revision": "3"}, follow_redirects=True).text)
    assert "Redone: added page “page5”." in redone
    assert "Undo: added page “page5”" in redone
    assert "There is nothing left to redo." in marketer.post(f"{S}/redo", follow_redirects=True).text


def test_nobody_undoes_what_somebody_else_has_just_done(app: Flask, sign_in: SignIn) -> None:
    mai, juan = _marketer(app, sign_in), sign_in("marketer")
    mai.post(f"{S}/pages", data={"revision": "1"})
    juan.post(f"{S}/pages", data={"revision": "2"})
    answer = mai.post(f"{S}/undo", data={"revision": "2"}, follow_redirects=True)
    assert "so nothing was undone or redone" in answer.text
    with app.app_context():
        assert len(questionnaire_of(current_version(get_survey("relationship"))).pages) == 6


@pytest.mark.parametrize("tab", ["logic", "translate", "texts", "languages"])
def test_a_tab_says_when_the_draft_was_saved_and_leads_back_to_itself(app: Flask, sign_in: SignIn, tab: str) -> None:
    marketer = _marketer(app, sign_in)
    marketer.post(f"{S}/pages", data={"revision": "1"})
    page = unescape(marketer.get(f"{S}/{tab}").text)
    assert 'id="saved"' in page
    assert "Undo: added page “page5”" in page
    answer = marketer.post(f"{S}/undo", data={"revision": "2", "back": tab})
    assert answer.location == f"{S}/{tab}"
    assert "Undone: added page “page5”." in marketer.get(answer.location).text


def _marketer(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context(), writing():
        a_survey()
        db.session.commit()
    return sign_in("marketer")
