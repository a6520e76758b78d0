"""Links that lead nowhere, lead too late or were used; forms sent twice, late or from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app.campaigns.models import Campaign
from survey_app.extensions import db, writing
from tests.factories.answering import (
    Person,
    a_fielding,
    a_page,
    a_personal_link,
    a_public_link,
    an_invitation,
    link_of,
    of_pages,
    the_responses,
)
from tests.factories.questionnaires import a_choice, a_comment, an_item

ONE_PAGE = of_pages(a_page(an_item(), a_comment(max_length=40)))
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
TWO_PAGES = of_pages(a_page(an_item(), code="one"), a_page(a_comment(), code="two"))


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def close() -> None:
    """Close every campaign."""
    with writing():
        db.session.query(Campaign).update({"state": "closed"})
        db.session.commit()


@pytest.mark.parametrize(
    "token", ["x", "0" * 22, "é", "%00", "..", "' OR 1=1", "%F0%9F%98%80", "a" * 5000, "%ED%A0%80"]
)
def test_every_wrong_link_gets_the_same_answer(client: FlaskClient, token: str) -> None:
    link = a_personal_link(ONE_PAGE)
    expected = client.get(f"{link}x")
    assert expected.status_code == 404
    assert "We don&#39;t know this link" in expected.text
    for path in (f"/a/{token}", f"/w/{token}", f"/a/{token}/thanks", f"/w/{token}/thanks", f"/w/{token}/{token}"):
        answer = client.get(path)
        assert (answer.status_code, answer.text) == (404, expected.text)
    answer = client.post(f"/a/{token}", data={"nps": "3"})
    assert (answer.status_code, answer.text) == (404, expected.text)


def test_the_form_of_one_link_does_not_work_under_another(client: FlaskClient) -> None:
    campaign = a_fielding(ONE_PAGE)
    mine, yours = (Person(client, link_of(an_invitation(campaign))) for _ in range(2))
    mine.open()
    stolen = mine.form()["_submission"]
    yours.open()
    page = yours.press(nps=3, _submission=stolen)
    assert page.status_code == 422
    assert "press the button once more" in page.text
    assert yours.form()["nps"] == ["3"]
    assert the_responses() == []
    assert "Thank you" in yours.press().text


@pytest.mark.parametrize("submission", ["", "x", "a.b", "ä.ö", "\x00"])
def test_a_form_without_a_submission_id_of_ours_stores_nothing(client: FlaskClient, submission: str) -> None:
    person = Person(client, a_public_link(ONE_PAGE))
    person.open()
    assert person.press(nps=3, _submission=submission).status_code == 422
    assert the_responses() == []


@pytest.mark.parametrize("way_in", [a_personal_link, a_public_link])
def test_a_form_sent_twice_is_one_response(client: FlaskClient, way_in) -> None:  # noqa: ANN001
    person = Person(client, way_in(ONE_PAGE))
    person.open()
    sent = person.form() | {"nps": ["9"], "comment": ["first"]}
    first = client.post(person.path, data=sent)
    second = client.post(person.path, data=sent)
    third = client.post(person.path, data=sent | {"nps": ["0"], "comment": ["other"]})
    assert [each.status_code for each in (first, second, third)] == [303, 303, 303]
    assert len({each.location for each in (first, second, third)}) == 1
    (response,) = the_responses()
    assert response.answers == {"nps": 9, "comment": "first"}


def test_two_tabs_of_one_link_are_one_response(app: Flask) -> None:
    link = a_personal_link(TWO_PAGES)
    one, two = Person(app.test_client(), link), Person(app.test_client(), link)
    one.open()
    two.open()
    one.press(nps=9)
    two.press(nps=8)
    assert "Thank you" in one.press(comment="one").text
    assert "Thank you" in two.press(comment="two").text
    (response,) = the_responses()
    assert response.answers == {"nps": 8, "comment": "one"}


def test_two_visitors_of_a_public_form_are_two_responses(client: FlaskClient) -> None:
    link = a_public_link(ONE_PAGE)
    for score in (1, 9):
        person = Person(client, link)
        person.open()
        person.press(nps=score)
    assert [response.outcome for response in the_responses()] == [1.0, 9.0]


def test_a_used_link_says_thanks_and_takes_nothing_more(client: FlaskClient) -> None:
    person = Person(client, a_personal_link(ONE_PAGE))
    person.open()
    person.press(nps=9)
    again = client.get(person.path)
    assert again.status_code == 200
    assert "you have answered" in again.text
    assert "<form" not in again.text


@pytest.mark.parametrize("way_in", [a_personal_link, a_public_link])
def test_a_closed_campaign_refuses_answers_and_shows_what_was_typed(client: FlaskClient, way_in) -> None:  # noqa: ANN001
    definition = of_pages(a_page(an_item(), a_choice(), a_comment(text={"en": "Tell us"})))
    person = Person(client, way_in(definition))
    person.open()
    close()
    page = person.press(nps=4, usage="daily", comment="Too <late>")
    assert page.status_code == 410
    for shown in ("This survey is closed", "has not been stored", "Tell us", "Too &lt;late&gt;", "Daily"):
        assert shown in page.text
    assert the_responses() == []
    assert client.get(person.path).status_code == 410


def test_a_campaign_past_its_end_is_closed_and_one_before_its_start_not_open(client: FlaskClient) -> None:
    now = datetime.now(UTC)
    over = a_fielding(ONE_PAGE, code="over", closes_at=now - timedelta(minutes=1))
    early = a_fielding(ONE_PAGE, code="early", opens_at=now + timedelta(hours=1))
    assert client.get(link_of(an_invitation(over))).status_code == 410
    assert client.get(link_of(an_invitation(early))).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "null"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
    ],
)
def test_forms_sent_from_other_sites_are_refused(client: FlaskClient, headers: dict[str, str], status: int) -> None:
    person = Person(client, a_public_link(ONE_PAGE))
    person.open()
    assert client.post(person.path, data=person.form() | {"nps": ["3"]}, headers=headers).status_code == status
    assert len(the_responses()) == (status == 303)


def test_a_form_larger_than_any_page_is_refused_in_words(client: FlaskClient) -> None:
    person = Person(client, a_public_link(ONE_PAGE))
    person.open()
    many = {f"c{n}": "x" for n in range(3000)}
    for sent, kind in (("c=" + "x" * 13_000_000, URLENCODED), (many, MULTIPART)):
        page = client.post(person.path, data=sent, content_type=kind)
        assert page.status_code == 413
        assert "more text than we can take" in page.text
    assert the_responses() == []


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data", "x"])
def test_bodies_that_are_no_forms_store_nothing(client: FlaskClient, content_type: str) -> None:
    link = a_public_link(ONE_PAGE)
    assert client.post(link, data=b'{"nps": [[[', content_type=content_type).status_code in {400, 422}
    assert the_responses() == []


def test_respondents_pages_load_nothing_and_keep_nothing(client: FlaskClient) -> None:
    link = a_personal_link(ONE_PAGE)
    for page in (client.get(link), client.get(f"{link}x")):
        assert "Set-Cookie" not in page.headers
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Robots-Tag"] == "noindex"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "script" not in page.headers["Content-Security-Policy"]
        assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
        assert "<script" not in page.text
        assert "http" not in page.text.replace("http-equiv", "")
