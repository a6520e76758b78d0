"""Two people at one draft: nothing overwritten, nothing typed lost; saves that go on count as one step."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app.extensions import db, writing
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.queries import count_steps, current_version, get_survey, questionnaire_of
from tests.factories.designing import a_rich_survey
from tests.rooms.questionnaires.designer_pages import form_of
from tests.signing_in import SignIn

S = "/surveys/everything"


@pytest.fixture
def survey(app: Flask) -> None:
    with app.app_context(), writing():
        a_rich_survey()
        db.session.commit()


@pytest.fixture
def mai(survey: None, sign_in: SignIn) -> FlaskClient:
    return sign_in("marketer")


@pytest.fixture
def juan(survey: None, sign_in: SignIn) -> FlaskClient:
    return sign_in("marketer")


@pytest.fixture
def draft(app: Flask) -> Any:
    """Return a function that reads the draft as it stands."""

    def read() -> Questionnaire:
        with app.app_context():
            return questionnaire_of(current_version(get_survey("everything")))

    return read


def opened(client: FlaskClient, code: str) -> Any:
    return form_of(client.get(f"{S}/design?item={code}").text, f"{S}/items/{code}")


def typed(form: Any, **texts: str) -> Any:
    form = form.copy()
    for name, value in texts.items():
        form.setlist(name, [value])
    return form


def text_of(questionnaire: Questionnaire, code: str) -> str:
    return next(item.text["en"] for item in questionnaire.items if item.code == code)


def test_changes_of_different_items_can_both_stand(mai: FlaskClient, juan: FlaskClient, draft: Any) -> None:
    mine, theirs = opened(mai, "note"), opened(juan, "effort")
    juan.post(f"{S}/items/effort", data=typed(theirs, **{"text-en": "It was very easy."}))
    answer = mai.post(f"{S}/items/note", data=typed(mine, **{"text-en": "Almost there."}))
    assert answer.status_code == 409
    page = unescape(answer.text)
    assert "They changed other things than you, so both can stand." in page
    assert "It was very easy." in page
    assert "Save mine on top of theirs" in page
    again = form_of(answer.text, f"{S}/items/note")
    assert mai.post(f"{S}/items/note", data=again).status_code == 303
    assert text_of(draft(), "note") == "Almost there."
    assert text_of(draft(), "effort") == "It was very easy."


def test_changes_of_the_same_text_are_named_as_such(mai: FlaskClient, juan: FlaskClient, draft: Any) -> None:
    mine, theirs = opened(mai, "note"), opened(juan, "note")
    juan.post(f"{S}/items/note", data=typed(theirs, **{"text-en": "Theirs"}))
    answer = mai.post(f"{S}/items/note", data=typed(mine, **{"text-en": "Mine"}))
    page = unescape(answer.text)
    assert "You both changed the same." in page
    assert "Theirs" in page
    assert "Mine" in page
    assert text_of(draft(), "note") == "Theirs"
    again = form_of(answer.text, f"{S}/items/note")
    assert mai.post(f"{S}/items/note", data=again).status_code == 303
    mai.post(f"{S}/undo")
    assert text_of(draft(), "note") == "Theirs"


def test_typing_on_counts_as_one_step(mai: FlaskClient, app: Flask, draft: Any) -> None:
    form = typed(opened(mai, "note"), autosave="1")
    for revision, text in enumerate(("A", "Al", "Alm"), start=1):
        sent = typed(form, revision=str(revision), **{"text-en": text})
        assert mai.post(f"{S}/items/note", data=sent).status_code == 303
    other = typed(opened(mai, "effort"), autosave="1", **{"text-en": "Easy"})
    mai.post(f"{S}/items/effort", data=other)
    with app.app_context():
        assert count_steps(current_version(get_survey("everything"))) == 2
    mai.post(f"{S}/undo")
    assert text_of(draft(), "note") == "Alm"
    mai.post(f"{S}/undo")
    assert text_of(draft(), "note") == "Nearly done."


def test_twenty_changes_and_more_can_be_undone(mai: FlaskClient, draft: Any) -> None:
    before = draft()
    for revision in range(1, 26):
        mai.post(f"{S}/items/note/move", data={"revision": str(revision), "step": "down" if revision % 2 else "up"})
    for _undone in range(25):
        assert "Undone: moved “note”." in mai.post(f"{S}/undo", follow_redirects=True).text
    assert draft() == before


def test_undo_stays_where_one_was(mai: FlaskClient) -> None:
    mai.post(f"{S}/items/note/move", data={"revision": "1", "step": "down"})
    answer = mai.post(f"{S}/undo", data={"item": "effort", "page": "about", "in": "vi"})
    assert "item=effort" in answer.location
    assert "in=vi" in answer.location


def test_the_bar_says_when_the_draft_was_saved(mai: FlaskClient) -> None:
    def said() -> str:
        return mai.get(f"{S}/design").text.split('id="saved"')[1].split("</p>")[0]

    assert "Last saved: Mar 2, 2026" in said()
    mai.post(f"{S}/pages", data={"revision": "1"})
    assert re.search(r"Saved \d+:\d\d", said())


def test_a_save_with_a_made_up_revision_is_never_taken(mai: FlaskClient, draft: Any) -> None:
    before = draft()
    form = opened(mai, "note")
    for revision in ("", "-1", "2", "abc", "9" * 40, "\uff11"):
        assert mai.post(f"{S}/items/note", data=typed(form, revision=revision)).status_code == 409
    assert draft() == before
