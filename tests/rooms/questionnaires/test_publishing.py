"""Texts, translation, checks, publishing and versions over HTTP."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from time import process_time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey_app.accounts.models import AuditEntry
from survey_app.extensions import db, writing
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.interchange import read_text
from survey_app.questionnaires.models import QuestionnaireVersion, Survey
from survey_app.questionnaires.queries import current_version, find_draft, get_survey, list_versions, questionnaire_of
from survey_app.questionnaires.registry import EXTENSION, Count, register_count
from tests.factories.questionnaires import a_choice, a_survey, an_item
from tests.signing_in import SignIn

S = "/surveys/relationship"


@pytest.fixture
def marketer(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context(), writing():
        a_survey(languages=["en", "vi"])
        db.session.commit()
    return sign_in("marketer")


def the_draft() -> Questionnaire:
    return questionnaire_of(current_version(get_survey("relationship")))


def the_versions() -> list[QuestionnaireVersion]:
    return list_versions(get_survey("relationship"))


def publish(client: FlaskClient, survey: str = S, follow_redirects: bool = False, **form: str) -> TestResponse:
    """Publish the draft as it stands, accepting gaps unless told otherwise."""
    revision = re.findall(r'name="revision"[^>]*value="([0-9]+)"', client.get(f"{survey}/check").text)[-1:]
    data = {"revision": revision[0] if revision else "0", "accepts_gaps": "y"} | form
    return client.post(f"{survey}/publish", data=data, follow_redirects=follow_redirects)


def test_the_surveys_texts_are_saved_in_every_language(marketer: FlaskClient, app: Flask) -> None:
    form = {"revision": "1", "title-en": "A", "title-vi": "Ă", "introduction-en": "Hello", "thanks-vi": "Cảm ơn"}
    assert marketer.post(f"{S}/texts", data=form).status_code == 303
    with app.app_context():
        draft = the_draft()
    assert (draft.title, draft.introduction, draft.thanks) == (
        {"en": "A", "vi": "Ă"},
        {"en": "Hello"},
        {"vi": "Cảm ơn"},
    )


def test_texts_that_are_too_long_come_back_as_typed(marketer: FlaskClient) -> None:
    answer = marketer.post(f"{S}/texts", data={"revision": "1", "title-en": "x" * 201, "thanks-en": "Bye & thanks"})
    assert answer.status_code == 422
    assert "longer than 200 characters" in answer.text
    assert "Bye & thanks" in unescape(answer.text)


def test_languages_are_added_and_removed(marketer: FlaskClient, app: Flask) -> None:
    answer = marketer.post(f"{S}/languages", data={"revision": "1", "add": "fr pt-BR"})
    assert answer.location.endswith("to=fr")
    marketer.post(f"{S}/languages/vi/remove", data={"revision": "2"})
    with app.app_context():
        assert the_draft().languages == ("en", "fr", "pt-BR")
    assert marketer.post(f"{S}/languages", data={"revision": "3", "add": "Klingon!"}).status_code == 422


def test_the_checks_lead_to_the_spot(marketer: FlaskClient) -> None:
    marketer.post(f"{S}/items", data={"revision": "1", "page": "why", "type": "csat"})
    form = {"revision": "2", "code": "csat", "text-en": "", "scale-low": "1", "scale-high": "5"}
    marketer.post(f"{S}/items/csat", data=form)
    page = unescape(marketer.get(f"{S}/check").text)
    assert "“csat”: the text in the main language is missing." in page
    assert "item=csat" in page
    assert publish(marketer).status_code == 422


def test_publishing_makes_a_version_with_note_and_author(marketer: FlaskClient, app: Flask) -> None:
    assert "Publish version 1" in marketer.get(f"{S}/check").text
    answer = publish(marketer, note="First of 2026", follow_redirects=True)
    assert "Version 1 is published." in answer.text
    with app.app_context():
        version = the_versions()[0]
        assert (version.number, version.note) == (1, "First of 2026")
        assert version.author_id
        acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_id == "relationship")).all()
    assert "survey.publish" in acts


def test_a_draft_is_not_published_twice(marketer: FlaskClient, app: Flask) -> None:
    publish(marketer)
    assert publish(marketer).status_code == 422
    with app.app_context():
        assert len(the_versions()) == 1


def test_the_next_version_shows_what_changed(marketer: FlaskClient) -> None:
    publish(marketer)
    marketer.post(f"{S}/texts", data={"revision": "0", "title-en": "A clearer title"})
    assert '<ins class="word">A clearer title</ins>' in marketer.get(f"{S}/check").text
    publish(marketer, note="clearer")
    page = marketer.get(f"{S}/versions").text
    assert "1 change against the version before" in page
    assert "A clearer title" in page
    assert "How are we doing?" in marketer.get(f"{S}/preview/page?version=1").text
    assert "How are we doing?" in marketer.get(f"{S}/export?version=1").text


def test_an_older_version_becomes_the_draft_again(marketer: FlaskClient, app: Flask) -> None:
    publish(marketer)
    marketer.post(f"{S}/texts", data={"revision": "0", "title-en": "Other"})
    publish(marketer)
    marketer.post(f"{S}/versions/1/restore")
    with app.app_context():
        assert the_draft().title["en"] == "How are we doing?"
        assert find_draft(get_survey("relationship"))
    marketer.post(f"{S}/discard")
    with app.app_context():
        assert the_draft().title["en"] == "Other"
    assert marketer.post(f"{S}/versions/9/restore").status_code == 404


def test_a_changed_scale_of_a_published_item_keeps_the_draft_from_being_published(marketer: FlaskClient) -> None:
    publish(marketer)
    form = {
        "revision": "0", "text-en": "Rate", "role": "driver", "scale-low": "1", "scale-high": "7", "code": "ratings",
        "rows-0-code": "delivery", "rows-0-text-en": "Delivery", "rows-1-code": "support", "rows-1-text-en": "Support",
    }  # fmt: skip
    assert marketer.post(f"{S}/items/ratings", data=form).status_code == 303
    assert "another scale" in marketer.get(f"{S}/check").text
    assert publish(marketer).status_code == 422


def test_identification_is_chosen_before_the_first_publication(marketer: FlaskClient, app: Flask) -> None:
    marketer.post(f"{S}/identification", data={"identification": "anonymous"})
    publish(marketer)
    marketer.post(f"{S}/identification", data={"identification": "identified"})
    with app.app_context():
        assert get_survey("relationship").identification == "anonymous"
    assert "fixed by the first publication" in marketer.get(S).text


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_what_is_exported_reads_back_the_same(marketer: FlaskClient, app: Flask, form: str) -> None:
    answer = marketer.get(f"{S}/export?format={form}")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=relationship.{form}"
    with app.app_context():
        assert read_text(answer.data) == the_draft()


def test_other_rooms_counts_stand_in_the_list(marketer: FlaskClient, app: Flask) -> None:
    def url(survey: Survey) -> str:
        return f"/counted/{survey.code}"

    register_count(app, Count(label="Stars", load=lambda ids: dict.fromkeys(ids, 4711), url=url))
    register_count(app, Count(label="Secret", load=lambda ids: dict.fromkeys(ids, 815), operation="staff.manage"))
    try:
        pages = marketer.get("/surveys").text + marketer.get(S).text
    finally:
        del app.extensions[EXTENSION][-2:]
    assert pages.count("4,711") == 2
    assert "/counted/relationship" in pages
    assert "815" not in pages


def a_file(text: str, **form: str) -> dict[str, object]:
    return {"file": (BytesIO(text.encode()), "survey.yaml"), "identification": "identified", **form}


def test_a_survey_comes_in_from_a_file(marketer: FlaskClient, app: Flask) -> None:
    text = marketer.get(f"{S}/export").text
    answer = marketer.post("/surveys/import", data=a_file(text, code="copy"))
    assert answer.location.endswith("/surveys/copy/design")
    with app.app_context():
        assert questionnaire_of(current_version(get_survey("copy"))) == the_draft()


@pytest.mark.parametrize(
    ("text", "form", "words"),
    [
        ("pages: [", {}, "look at line 1"),
        ("languages: [en]\npages: [{code: '<b>'}]", {}, "“<b>” is no code"),
        ("title: T\nlanguages: [en]\npages: [{code: p}]", {"code": "relationship"}, "is taken"),
        ("title: T\nlanguages: [en]\npages: [{code: p}]", {"code": "Not good"}, "Use small letters"),
    ],
)
def test_a_wrong_file_is_refused_in_words(marketer: FlaskClient, text: str, form: dict[str, str], words: str) -> None:
    answer = marketer.post("/surveys/import", data=a_file(text, **form))
    assert answer.status_code == 422
    assert words in unescape(answer.text)
    assert "<b>" not in answer.text
    assert marketer.post("/surveys/import", data={"identification": "identified"}).status_code == 422


def test_a_survey_gets_another_name_for_staff(marketer: FlaskClient, app: Flask) -> None:
    marketer.post(f"{S}/name", data={"title": "Loyalty <2026>"})
    assert "Loyalty &lt;2026&gt;" in marketer.get("/surveys").text
    assert marketer.post(f"{S}/name", data={"title": ""}).status_code == 422
    with app.app_context():
        assert the_draft().title["en"] == "How are we doing?"


def test_a_draft_that_changed_meanwhile_is_not_published_unseen(marketer: FlaskClient, app: Flask) -> None:
    marketer.post(f"{S}/texts", data={"revision": "1", "title-en": "Changed by somebody"})
    answer = publish(marketer, revision="1")
    assert answer.status_code == 422
    assert "Somebody changed the draft after you looked at it." in answer.text
    assert publish(marketer, revision="").status_code == 422
    with app.app_context():
        assert the_versions() == []


def test_publishing_languages_with_gaps_is_a_choice_that_names_them(marketer: FlaskClient) -> None:
    page = unescape(marketer.get(f"{S}/check").text)
    assert "9 texts missing" in page
    assert "Publish all the same" in page
    answer = publish(marketer, accepts_gaps="", note="My note")
    assert answer.status_code == 422
    assert "Translations are incomplete (Tiếng Việt)." in unescape(answer.text)
    assert "My note" in answer.text
    assert publish(marketer).status_code == 303


def test_an_old_version_is_published_again_as_the_newest(marketer: FlaskClient, app: Flask) -> None:
    publish(marketer)
    marketer.post(f"{S}/texts", data={"revision": "0", "title-en": "Other"})
    publish(marketer)
    assert "Publish it again" in marketer.get(f"{S}/versions").text
    page = unescape(marketer.post(f"{S}/versions/1/publish", follow_redirects=True).text)
    assert "Version 3 is published. It says what version 1 says." in page
    with app.app_context():
        newest, _second, first = the_versions()
        assert (newest.digest, newest.note) == (first.digest, "Version 1 once more")
        assert find_draft(get_survey("relationship")) is None
    again = unescape(marketer.post(f"{S}/versions/1/publish", follow_redirects=True).text)
    assert "The draft says the same as version 3." in again


def test_a_draft_with_changes_of_its_own_is_never_lost_by_going_back(marketer: FlaskClient, app: Flask) -> None:
    publish(marketer)
    marketer.post(f"{S}/texts", data={"revision": "0", "title-en": "In the works"})
    page = unescape(marketer.post(f"{S}/versions/1/publish", follow_redirects=True).text)
    assert "The draft holds changes that would be lost." in page
    with app.app_context():
        assert the_draft().title["en"] == "In the works"


def test_any_two_versions_are_compared(marketer: FlaskClient) -> None:
    publish(marketer)
    marketer.post(f"{S}/texts", data={"revision": "0", "title-en": "How are we doing today?"})
    page = marketer.get(f"{S}/versions/compare?from=1&to=draft").text
    assert 'How are we doing<ins class="word"> today</ins>?' in page
    assert "Safe for trends" in page
    assert "Both say the same." in marketer.get(f"{S}/versions/compare?from=1&to=1").text
    for wrong in ("9", "x", "", "99999999999"):
        assert marketer.get(f"{S}/versions/compare?from={wrong}&to=1").status_code == 404


def test_a_repair_is_done_at_a_press_and_can_be_undone(marketer: FlaskClient, app: Flask) -> None:
    marketer.post(f"{S}/pages", data={"revision": "1"})
    page = unescape(marketer.get(f"{S}/check").text)
    assert "is empty and will be left out" in page
    with app.app_context():
        empty = the_draft().pages[-1].code
    form = {"revision": "2", "repair": "drop-page", "page": empty}
    assert "repaired: Delete the page" in marketer.post(f"{S}/fix", data=form, follow_redirects=True).text
    assert "will be left out" not in marketer.get(f"{S}/check").text
    marketer.post(f"{S}/undo")
    assert "will be left out" in marketer.get(f"{S}/check").text
    assert marketer.post(f"{S}/fix", data={"revision": "4", "repair": "burn-it"}).status_code == 400
    assert marketer.post(f"{S}/fix", data={"revision": "1", "repair": "drop-page", "page": empty}).status_code == 409
    gone = {"revision": "4", "repair": "make-optional", "page": empty, "item": "gone"}
    assert marketer.post(f"{S}/fix", data=gone).status_code == 409


def test_an_anonymous_survey_with_contact_details_is_refused(marketer: FlaskClient) -> None:
    marketer.post(f"{S}/identification", data={"identification": "anonymous"})
    marketer.post(f"{S}/items", data={"revision": "1", "page": "why", "type": "contact"})
    page = unescape(marketer.get(f"{S}/check").text)
    assert "This survey is anonymous, so “contact” may not ask for contact details." in page
    answer = publish(marketer, revision="2")
    assert answer.status_code == 422
    assert "may not ask for contact details" in unescape(answer.text)


def test_a_long_questionnaire_with_many_rules_is_published_at_once(marketer: FlaskClient, app: Flask) -> None:
    def page(n: int) -> dict[str, Any]:
        rule = {"all": [{"field": f"answer.i{n - 1}", "op": "at_most", "value": 6}]}
        choice = a_choice(code=f"c{n}") | ({"show_if": rule} if n else {})
        return {"code": f"p{n}", "items": [an_item(code=f"i{n}", primary=n == 0), choice]}

    with app.app_context(), writing():
        a_survey("long", pages=[page(n) for n in range(100)])
        db.session.commit()
    begun = process_time()
    assert publish(marketer, "/surveys/long").status_code == 303
    assert process_time() - begun < 4, "looking at the page and publishing take at most two seconds each"
