"""My answers: seen, corrected, taken back, for a stated time; and what we know of a customer, corrected by them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app.campaigns.models import Campaign, Invitation
from survey_app.customers.models import Customer
from survey_app.datasets.queries import snapshot_of
from survey_app.extensions import db, writing
from survey_app.followups.models import Case, CaseEvent
from survey_app.responses.models import QuotaCount, Response
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

ONE_PAGE = of_pages(a_page(an_item(), a_comment()))
UNHAPPY = {"field": "answer.nps", "op": "at_most", "value": 6}
THREE = of_pages(
    a_page(an_item(), code="one"), a_page(a_comment(), code="two", show_if=UNHAPPY), a_page(a_choice(), code="three")
)
DAILY = {"field": "answer.usage", "op": "is", "value": "daily"}


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def the_response() -> Any:
    (response,) = the_responses()
    return response


def disposition() -> str:
    return str(db.session.scalar(select(Invitation.disposition).order_by(Invitation.id)))


def answered(client: FlaskClient, definition: dict[str, Any] = ONE_PAGE, **typed: Any) -> Person:
    """Return somebody who answered by a personal link to a one-page survey."""
    person = Person(client, a_personal_link(definition))
    person.open()
    person.press("send", **({"nps": 3, "comment": "Slow & <late>"} | typed))
    return person


def long_ago() -> None:
    """Let every response have been completed long ago."""
    with writing():
        for response in db.session.scalars(select(Response)):
            response.completed_at -= timedelta(days=31)
        db.session.commit()


def test_thanks_lead_to_what_was_answered(client: FlaskClient) -> None:
    person = answered(client)
    assert '<a href="answers">See or change my answers</a>' in person.page.text
    page = client.get(f"{person.path}/answers")
    assert page.status_code == 200
    for shown in ("How likely are you", "Slow &amp; &lt;late&gt;", "until", "Take my answers back"):
        assert shown in page.text
    again = client.get(person.path).text
    for way in ("answers", "change", "withdraw", "details"):
        assert f'href="{person.path}/{way}"' in again


def test_a_correction_goes_through_the_pages_and_takes_the_place_of_the_answers(client: FlaskClient) -> None:
    person = Person(client, a_personal_link(THREE))
    person.open()
    person.press(nps=9)
    person.press("send", usage="daily")
    sent = the_response()
    before = (sent.id, sent.public_id, sent.completed_at)
    person.open(f"{person.path}/change")
    assert person.form()["nps"] == ["9"]
    # Another score leads another way; what stands is untouched until the correction is sent.
    assert "Why?" in person.press(nps=2).text
    assert (the_response().answers, the_response().state) == ({"nps": 9, "usage": "daily"}, "completed")
    assert "You began to change" in client.get(f"{person.path}/answers").text
    person.press(comment="Late")
    assert person.form()["usage"] == ["daily"]
    page = person.press("send")
    assert page.status_code == 200
    response = the_response()
    assert response.answers == {"nps": 2, "comment": "Late", "usage": "daily"}
    assert (response.id, response.public_id, response.completed_at) == before
    assert (response.outcome, response.correction, response.state) == (2.0, {}, "completed")
    assert response.corrected_at > response.completed_at
    assert response.saved_at == response.corrected_at
    assert disposition() == "completed"


def test_a_correction_with_errors_says_so_and_changes_nothing(client: FlaskClient) -> None:
    person = answered(client, of_pages(a_page(an_item(required=True), a_comment(max_length=20))))
    person.open(f"{person.path}/change")
    page = person.press("send", nps=None, comment="x" * 21)
    assert page.status_code == 422
    assert person.form()["comment"] == ["x" * 21]
    assert the_response().answers["nps"] == 3
    assert the_response().corrected_at is None


def test_a_correction_is_resumed_on_another_device_and_sent_twice_is_one(app: Flask, client: FlaskClient) -> None:
    person = Person(client, a_personal_link(THREE))
    person.open()
    person.press(nps=9)
    person.press("send", usage="daily")
    person.open(f"{person.path}/change")
    person.press(nps=10)
    elsewhere = Person(app.test_client(), person.path)
    elsewhere.open(f"{person.path}/change")
    assert elsewhere.form()["nps"] == ["10"]
    elsewhere.press()
    form = elsewhere.form() | {"_go": ["send"]}
    statuses = [elsewhere.client.post(f"{person.path}/change", data=form).status_code for _press in range(2)]
    assert statuses == [303, 303]
    assert the_response().answers == {"nps": 10, "usage": "daily"}


def test_an_old_form_of_the_first_pages_cannot_change_sent_answers(client: FlaskClient) -> None:
    person = Person(client, a_personal_link(ONE_PAGE))
    person.open()
    old = person.form() | {"nps": ["0"]}
    person.press("send", nps=9)
    assert client.post(person.path, data=old).status_code == 303
    assert the_response().answers == {"nps": 9}


@pytest.mark.parametrize("page", ["answers", "change", "withdraw", "details"])
def test_looking_changes_nothing(client: FlaskClient, page: str) -> None:
    person = answered(client)
    before = (the_response().answers, the_response().saved_at, disposition())
    for method in (client.get, client.head):
        assert method(f"{person.path}/{page}", follow_redirects=True).status_code == 200
    assert (the_response().answers, the_response().saved_at, disposition()) == before


def test_withdrawn_answers_are_gone_and_their_place_is_free(client: FlaskClient) -> None:
    definition = of_pages(a_page(a_choice(), an_item()), quotas=[{"code": "buyers", "when": DAILY, "limit": 1}])
    campaign = a_fielding(definition)
    first, second = (Person(client, link_of(an_invitation(campaign))) for _ in range(2))
    first.open()
    first.press("send", usage="daily", nps=9)
    assert "Delete my answers" in first.open(f"{first.path}/withdraw").text
    page = client.post(f"{first.path}/withdraw", follow_redirects=True)
    assert "You took your answers back" in page.text
    assert the_responses() == []
    assert disposition() == "refused"
    assert db.session.scalar(select(QuotaCount.n)) == 0
    # The link takes no new answers, and pressing twice does no harm.
    assert "You took your answers back" in client.post(f"{first.path}/withdraw", follow_redirects=True).text
    assert "You took your answers back" in client.get(first.path).text
    second.open()
    second.press("send", usage="daily", nps=9)
    assert the_response().state == "completed"


def test_a_correction_into_a_full_quota_is_not_taken(client: FlaskClient) -> None:
    definition = of_pages(a_page(a_choice(), an_item()), quotas=[{"code": "buyers", "when": DAILY, "limit": 1}])
    campaign = a_fielding(definition)
    first, second = (Person(client, link_of(an_invitation(campaign))) for _ in range(2))
    for person, usage in ((first, "daily"), (second, "rarely")):
        person.open()
        person.press("send", usage=usage, nps=9)
    second.open(f"{second.path}/change")
    page = second.press("send", usage="daily")
    assert (page.status_code, "could not be taken" in page.text) == (409, True)
    assert [response.answers["usage"] for response in the_responses()] == ["daily", "rarely"]
    # The other way round a place becomes free.
    first.open(f"{first.path}/change")
    first.press("send", usage="rarely")
    second.open(f"{second.path}/change")
    second.press("send", usage="daily")
    assert [response.answers["usage"] for response in the_responses()] == ["rarely", "daily"]
    assert db.session.scalar(select(QuotaCount.n)) == 1


@pytest.mark.parametrize("page", ["answers", "change", "withdraw", "details"])
def test_after_the_time_every_page_says_until_when_it_was_possible(client: FlaskClient, page: str) -> None:
    person = answered(client)
    long_ago()
    for method in (client.get, client.post):
        answer = method(f"{person.path}/{page}", follow_redirects=True)
        if answer.status_code != 405:
            assert "They could be changed until" in answer.text
    assert the_response().answers["nps"] == 3


def test_nothing_can_be_seen_before_answering_or_of_anonymous_answers_or_by_a_public_link(client: FlaskClient) -> None:
    begun = Person(client, a_personal_link(ONE_PAGE, code="begun"))
    assert client.get(f"{begun.path}/answers").location == begun.path
    anonymous = Person(client, a_personal_link(ONE_PAGE, code="secret", identification="anonymous"))
    anonymous.open()
    thanks = anonymous.press("send", nps=3)
    assert "See or change" not in thanks.text
    for page in ("answers", "change", "withdraw", "details"):
        assert "nobody can find them again" in client.get(f"{anonymous.path}/{page}").text
    client.post(f"{anonymous.path}/withdraw")
    assert the_response().answers == {"nps": 3}
    public = a_public_link(ONE_PAGE, code="public")
    assert client.get(f"{public}/answers").status_code == 404
    assert client.get(f"{begun.path}x/answers").status_code == 404


def test_a_closed_campaign_still_lets_people_correct_and_withdraw(client: FlaskClient) -> None:
    person = answered(client)
    with writing():
        db.session.query(Campaign).update({"state": "closed"})
        db.session.commit()
    person.open(f"{person.path}/change")
    person.press("send", nps=8)
    assert the_response().answers["nps"] == 8


def test_a_score_corrected_downwards_opens_a_case_and_one_upwards_closes_none(client: FlaskClient) -> None:
    person = answered(client, nps=9)
    assert db.session.scalar(select(Case.id)) is None
    person.open(f"{person.path}/change")
    person.press("send", nps=2)
    db.session.rollback()
    assert db.session.scalar(select(Case.state)) == "open"
    person.open(f"{person.path}/change")
    person.press("send", nps=10)
    db.session.rollback()
    case = db.session.scalars(select(Case)).one()
    assert case.state == "open"
    # Whoever works on the case sees that the customer changed their mind.
    assert [event.kind for event in db.session.scalars(select(CaseEvent).order_by(CaseEvent.id))] == [
        "opened",
        "corrected",
    ]


def test_a_correction_of_words_alone_tells_nobody_twice(client: FlaskClient) -> None:
    person = answered(client, nps=2)
    person.open(f"{person.path}/change")
    person.press("send", comment="Not so slow after all")
    assert the_response().answers["comment"] == "Not so slow after all"
    assert len(db.session.scalars(select(CaseEvent)).all()) == 1


def test_customers_correct_their_details_but_not_their_address(client: FlaskClient) -> None:
    person = answered(client)
    page = person.open(f"{person.path}/details")
    assert "Name" in page.text
    address = db.session.scalar(select(Customer.email))
    assert str(address) in page.text
    sent = person.press(name="Nguyễn Thị Lan", phone="+84 90 123", language="en", email="mallory@example.org")
    assert "Saved." in sent.text
    db.session.rollback()
    customer = db.session.scalars(select(Customer)).one()
    assert (customer.name, customer.phone, customer.language) == ("Nguyễn Thị Lan", "+84 90 123", "en")
    assert customer.email == address
    wrong = person.press(phone="call me")
    assert (wrong.status_code, 'value="call me"' in wrong.text) == (422, True)
    assert 'aria-describedby="phone-error"' in wrong.text
    assert f"/u/{person.path.removeprefix('/a/')}" in wrong.text


def test_reports_notice_corrected_and_withdrawn_answers(client: FlaskClient) -> None:
    person = answered(client, nps=9)
    survey_id = the_response().survey_id
    snapshots = [snapshot_of(survey_id)]
    person.open(f"{person.path}/change")
    person.press("send", nps=8)
    db.session.rollback()
    snapshots.append(snapshot_of(survey_id))
    client.post(f"{person.path}/withdraw")
    db.session.rollback()
    snapshots.append(snapshot_of(survey_id))
    assert len(set(snapshots)) == len(snapshots)
