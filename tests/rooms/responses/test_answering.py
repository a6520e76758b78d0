"""Answering by personal link and on a public form, as people do it, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app.campaigns.models import Invitation
from survey_app.extensions import db, writing
from survey_app.responses.signals import response_completed
from tests.factories.answering import (
    Person,
    a_fielding,
    a_page,
    a_personal_link,
    a_public_link,
    an_invitation,
    fields_of,
    link_of,
    of_pages,
    the_responses,
)
from tests.factories.customers import make_customer
from tests.factories.questionnaires import a_battery, a_choice, a_comment, an_item

UNHAPPY = {"field": "answer.nps", "op": "at_most", "value": 6}
ONE_PAGE = of_pages(a_page(an_item(required=True), a_battery(), a_comment(max_length=40)))
TEXTS = {"en": "Recommend?", "vi": "Giới thiệu?", "es": "¿Recomendar?"}
BOTH = of_pages(
    a_page(an_item(text=TEXTS), code="first"),
    a_page(a_comment(text={"en": "Why?", "vi": "Vì sao?", "es": "¿Por qué?"}), code="second"),
    title={"en": "How are we?", "vi": "Quý khách thấy thế nào?", "es": "¿Qué tal?"},
    languages=["en", "vi", "es"],
)


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def the_response() -> Any:
    """Return the only response."""
    (response,) = the_responses()
    return response


def disposition() -> str:
    return str(db.session.scalar(select(Invitation.disposition)))


@pytest.mark.parametrize("way_in", [a_personal_link, a_public_link])
def test_a_survey_is_answered_page_by_page(client: FlaskClient, way_in: Any) -> None:
    person = Person(client, way_in())
    assert "Question 1 of 4" in person.open().text
    assert the_responses() == []
    assert "Question 2 of 4" in person.press(nps=9).text
    assert the_response().answers == {"nps": 9}
    person.press(delivery=4, support=2)
    person.press(usage="daily")
    assert "Thank you" in person.press(comment="Good").text
    response = the_response()
    assert response.state == "completed"
    assert response.answers == {"nps": 9, "delivery": 4, "support": 2, "usage": "daily", "comment": "Good"}
    assert (response.outcome, response.missing, response.typed) == (9.0, {}, {})


def test_the_invitation_learns_of_start_and_completion(client: FlaskClient) -> None:
    person = Person(client, a_personal_link())
    person.open()
    assert disposition() == "no-reply"
    person.press(nps=9)
    assert disposition() == "partial"
    for _page in range(3):
        person.press()
    assert disposition() == "completed"
    assert the_response().customer_id is not None


def test_what_is_skipped_not_asked_or_not_known_has_its_reason(client: FlaskClient) -> None:
    definition = of_pages(
        a_page(an_item(dont_know=True, not_applicable=True), a_battery(not_applicable=True), code="one"),
        a_page(a_comment(show_if=UNHAPPY), a_choice(), code="two"),
    )
    person = Person(client, a_personal_link(definition))
    person.open()
    person.press(nps="__dk", delivery="__na")
    person.press()
    response = the_response()
    assert response.answers == {}
    assert response.outcome is None
    assert response.missing == {
        "nps": "dont_know",
        "delivery": "not_applicable",
        "support": "skipped",
        "comment": "not_asked",
        "usage": "skipped",
    }


def test_a_changed_answer_drops_what_is_no_longer_asked(client: FlaskClient) -> None:
    definition = of_pages(
        a_page(an_item(), code="one"), a_page(a_comment(show_if=UNHAPPY), code="two"), a_page(a_choice())
    )
    person = Person(client, a_personal_link(definition))
    person.open()
    person.press(nps=3)
    person.press(comment="Slow")
    person.press("back")
    person.press("back")
    assert person.form()["nps"] == ["3"]
    assert "How often" in person.press(nps=10).text
    person.press(usage="daily")
    assert the_response().answers == {"nps": 10, "usage": "daily"}
    assert the_response().missing == {"comment": "not_asked"}


def test_a_question_that_an_answer_on_its_own_page_calls_for_is_asked_before_the_end(client: FlaskClient) -> None:
    person = Person(client, a_public_link(of_pages(a_page(an_item(), a_comment(show_if=UNHAPPY)))))
    assert "Why?" not in person.open().text
    again = person.press("send", nps=2)
    assert "Why?" in again.text
    assert person.form()["nps"] == ["2"]
    assert "Thank you" in person.press("send", comment="Slow").text
    assert the_response().answers == {"nps": 2, "comment": "Slow"}


def test_what_is_known_of_a_customer_decides_what_they_are_asked(client: FlaskClient) -> None:
    vietnamese = {"field": "customer.language", "op": "is", "value": "vi"}
    definition = of_pages(a_page(an_item(), code="one"), a_page(a_comment(show_if=vietnamese), code="two"))
    campaign = a_fielding(definition)
    with writing():
        customer = make_customer(language="vi")
        db.session.commit()
    asked = Person(client, link_of(an_invitation(campaign, customer_id=customer.id)))
    asked.open()
    assert "Why?" in asked.press(nps=9).text
    asked.press(comment="Vì")
    other = Person(client, link_of(an_invitation(campaign)))
    other.open()
    assert "Thank you" in other.press(nps=9).text
    assert [response.missing for response in the_responses()] == [{}, {"comment": "not_asked"}]


def test_errors_say_what_to_do_and_keep_everything_typed(client: FlaskClient) -> None:
    person = Person(client, a_personal_link(ONE_PAGE))
    person.open()
    page = person.press(delivery=5, comment="x" * 41 + "<b>")
    assert page.status_code == 422
    assert "<title>Error: How are we doing?</title>" in page.text
    assert '<a href="#nps">Choose a number from 0 to 10.</a>' in page.text
    assert "shorten it to 40 or fewer" in page.text
    assert person.form()["comment"] == ["x" * 41 + "<b>"]
    assert person.form()["delivery"] == ["5"]
    assert the_responses() == []
    person.press(nps=7, comment="x" * 40)
    assert the_response().answers == {"nps": 7, "delivery": 5, "comment": "x" * 40}


@pytest.mark.parametrize("value", ["11", "-1", "5.5", "nine", "\uff11", "1e1", " 5", ""])
def test_a_value_off_the_scale_is_refused(client: FlaskClient, value: str) -> None:
    person = Person(client, a_personal_link(ONE_PAGE))
    person.open()
    assert person.press(nps=value).status_code == 422
    assert the_responses() == []


def test_back_keeps_what_cannot_stand_yet(client: FlaskClient) -> None:
    definition = of_pages(a_page(an_item(), code="one"), a_page(a_comment(max_length=5), code="two"))
    person = Person(client, a_personal_link(definition))
    person.open()
    person.press(nps=8)
    assert person.press("back", comment="far too long").status_code == 200
    assert "Question 1 of 2" in person.page.text
    person.press()
    assert person.form()["comment"] == ["far too long"]


def test_a_draft_is_resumed_at_the_first_unanswered_page_on_another_device(app: Flask, client: FlaskClient) -> None:
    link = a_personal_link()
    person = Person(client, link)
    person.open()
    person.press(nps=8)
    elsewhere = Person(app.test_client(), link)
    assert "Question 2 of 4" in elsewhere.open().text
    elsewhere.open(f"{link}?page=first")
    assert elsewhere.form()["nps"] == ["8"]
    assert "Question 2 of 4" in elsewhere.open(f"{link}?page=why").text


def test_the_browsers_back_finds_the_saved_answers(client: FlaskClient) -> None:
    person = Person(client, a_personal_link())
    first = person.open().request.full_path
    person.press(nps=8)
    person.open(first)
    assert person.form()["nps"] == ["8"]


def test_nothing_is_asked_for_when_the_end_turns_out_to_be_reached(client: FlaskClient) -> None:
    definition = of_pages(a_page(an_item(), code="one"), a_page(a_comment(), code="two", show_if=UNHAPPY))
    person = Person(client, a_personal_link(definition))
    person.open()
    page = person.press(nps=10)
    assert "That was the last question" in page.text
    assert the_response().state == "draft"
    person.press("back")
    assert person.form()["nps"] == ["10"]
    person.press()
    assert "Thank you" in person.press("send").text
    assert the_response().state == "completed"


@pytest.mark.parametrize("definition", [ONE_PAGE, BOTH], ids=["one page", "several pages"])
def test_a_score_clicked_in_a_mail_is_chosen_but_not_recorded(client: FlaskClient, definition: dict[str, Any]) -> None:
    person = Person(client, a_personal_link(definition))
    person.open(f"{person.path}?score=9")
    assert person.form()["nps"] == ["9"]
    assert the_responses() == []
    for nonsense in ("11", "x", "<script>"):
        page = client.get(person.path, query_string={"score": nonsense}, follow_redirects=True)
        assert "nps" not in fields_of(page.text)


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_fetching_never_creates_or_changes_an_answer(client: FlaskClient, method: str) -> None:
    link = a_personal_link()
    person = Person(client, link)
    fetch = getattr(client, method)
    for path in ("", "?score=3", "?page=why", "/thanks", "?lang=en"):
        fetch(link + path)
    assert the_responses() == []
    assert disposition() == "no-reply"
    person.open()
    person.press(nps=8)
    saved = the_response().saved_at
    for path in ("", "?score=3", "?page=why", "/thanks"):
        fetch(link + path)
    assert (the_response().answers, the_response().saved_at) == ({"nps": 8}, saved)


def test_an_invitation_is_answered_in_its_language_and_the_switch_keeps_answers(client: FlaskClient) -> None:
    campaign = a_fielding(BOTH)
    person = Person(client, link_of(an_invitation(campaign, "vi")))
    assert '<html lang="vi">' in person.open(headers={"Accept-Language": "es"}).text
    assert "Giới thiệu?" in person.page.text
    assert "English</button>" in person.page.text
    assert 'lang="es">Español</button>' in person.page.text
    page = person.press("language:es", nps=4)
    # Who asks, and what becomes of the answers, is said in the new language too.
    assert "Las respuestas se conservan" in page.text
    assert "¿Recomendar?" in page.text
    assert person.form()["nps"] == ["4"]
    assert "¿Por qué?" in person.press().text
    person.press()
    assert the_response().language == "es"


def test_a_public_form_speaks_the_language_asked_for_then_the_browsers(client: FlaskClient) -> None:
    link = a_public_link(BOTH)
    assert '<html lang="es">' in client.get(link, headers={"Accept-Language": "de, es;q=0.5"}).text
    assert '<html lang="vi">' in client.get(f"{link}?lang=vi", headers={"Accept-Language": "es"}).text
    assert '<html lang="en">' in client.get(f"{link}?lang=<x>", headers={"Accept-Language": "de"}).text


def test_the_first_page_says_who_asks_and_what_becomes_of_the_answers(client: FlaskClient) -> None:
    for identification, promise in (
        ("identified", "are yours"),
        ("confidential", "confidential"),
        ("anonymous", "anonymous"),
    ):
        campaign = a_fielding(ONE_PAGE, identification=identification, code=f"survey-{identification}")
        page = client.get(link_of(an_invitation(campaign))).text
        for said in ("Lotus Air asks", promise, "24 months", "mailto:care@example.org"):
            assert said in page


def test_a_public_form_that_asks_for_a_name_does_not_say_that_it_asks_for_none(client: FlaskClient) -> None:
    reach = {"code": "reach", "type": "contact", "text": {"en": "How can we reach you?"}, "contact_fields": ["name"]}
    pages = (a_page(an_item(), code="a"), a_page(reach | {"consent": {"en": "Keep it."}}, code="b"))
    asking, silent = (a_public_link(of_pages(*chosen), code=f"s{len(chosen)}") for chosen in (pages, pages[:1]))
    assert "only if you tell us" in client.get(asking).text
    assert "ask for your name" in client.get(silent).text


def test_listeners_are_told_within_the_transaction(client: FlaskClient) -> None:
    told: list[Any] = []

    def listen(response: Any) -> None:
        told.append((response.outcome, response.state))
        raise RuntimeError("a listener failed")

    person = Person(client, a_personal_link(ONE_PAGE))
    person.open()
    with response_completed.connected_to(listen), pytest.raises(RuntimeError):
        person.press(nps=9)
    assert told == [(9.0, "completed")]
    assert the_responses() == []
    assert disposition() == "no-reply"


def test_a_test_link_is_marked_and_so_are_its_answers(client: FlaskClient) -> None:
    campaign = a_fielding(ONE_PAGE)
    person = Person(client, link_of(an_invitation(campaign, is_test=True)))
    assert "This is a test" in person.open().text
    person.press(nps=1)
    assert the_response().is_test


def test_an_anonymous_answer_keeps_no_tie_to_anybody(client: FlaskClient) -> None:
    person = Person(
        client,
        a_personal_link(
            of_pages(a_page(an_item(), code="a"), a_page(a_comment(), code="b")), identification="anonymous"
        ),
    )
    person.open()
    person.press(nps=9)
    draft = the_response()
    before = {draft.public_id, draft.submission_id}
    person.press(comment="Fine")
    response = the_response()
    assert (response.invitation_id, response.customer_id, response.profile) == (None, None, {})
    assert before.isdisjoint({response.public_id, response.submission_id})
    for instant in (response.started_at, response.saved_at, response.completed_at):
        assert (instant.hour, instant.minute, instant.second, instant.microsecond) == (0, 0, 0, 0)
    invitation = db.session.scalars(select(Invitation)).one()
    assert (invitation.disposition, invitation.completed_at) == ("completed", None)
    assert "you have answered" in client.get(person.path).text
