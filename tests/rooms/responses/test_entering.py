"""Answers that staff type in for a customer: the same questions, marked, once per customer, and never for nobody."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app.accounts.models import AuditEntry, User
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.customers.models import Customer
from survey_app.extensions import db, writing
from tests.factories.answering import Person, a_fielding, a_page, an_invitation, link_of, of_pages, the_responses
from tests.factories.customers import make_customer
from tests.factories.questionnaires import a_comment, an_item
from tests.signing_in import SignIn

TWO_PAGES = of_pages(
    a_page(an_item(required=True), code="first"),
    a_page(a_comment(code="why"), code="last"),
    languages=["en", "vi"],
)


@pytest.fixture
def agent(sign_in: SignIn) -> FlaskClient:
    return sign_in("agent", email="agent@example.org")


def a_customer(**details: Any) -> int:
    with writing():
        customer = make_customer(**details)
        db.session.commit()
        return customer.id


def begin(client: FlaskClient, campaign_id: int, customer_id: int | None = None) -> Person:
    """Return the person on the phone, at the first page."""
    started = client.post(f"/campaigns/{campaign_id}/entry", data={"customer": customer_id or ""})
    assert started.status_code == 303, started.text
    person = Person(client, started.location)
    person.open()
    return person


def test_what_a_customer_says_on_the_phone_is_theirs_and_marked_as_typed_in(app: Flask, agent: FlaskClient) -> None:
    with app.app_context():
        campaign = a_fielding(TWO_PAGES, mode="public")
        number, customer = campaign.id, a_customer(name="Nguyễn Thị Hoa", language="vi")
    person = begin(agent, number, customer)
    assert "Nguyễn Thị Hoa" in person.page.text  # type: ignore[union-attr]
    assert '<html lang="vi"' in person.page.text  # type: ignore[union-attr]
    person.press(nps="9")
    done = person.press(why="Giao hàng nhanh")
    assert done.request.path.endswith("/thanks")
    assert f'href="/campaigns/{number}/entry"' in done.text
    with app.app_context():
        (response,) = the_responses()
        staff = db.session.scalars(select(User).where(User.email == "agent@example.org")).one()
        assert (response.channel, response.state) == ("staff", "completed")
        assert (response.customer_id, response.entered_by_id) == (customer, staff.id)
        assert response.answers["nps"] == 9
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "responses.enter")).one()
        assert entry.details == {"customer": customer}


def test_a_page_with_a_mistake_comes_back_as_typed(app: Flask, agent: FlaskClient) -> None:
    with app.app_context():
        number, customer = a_fielding(TWO_PAGES, mode="public").id, a_customer()
    person = begin(agent, number, customer)
    refused = person.press()
    assert refused.status_code == 422
    assert "Choose a number from 0 to 10" in refused.text
    with app.app_context():
        assert the_responses() == []


def test_a_customer_answers_once_whoever_types(app: Flask, agent: FlaskClient) -> None:
    with app.app_context():
        number, customer = a_fielding(TWO_PAGES, mode="public").id, a_customer(name="Ana Ruiz")
    person = begin(agent, number, customer)
    person.press(nps="3")
    person.press(why="")
    again = agent.post(f"/campaigns/{number}/entry", data={"customer": customer})
    assert again.status_code == 422
    assert "Ana Ruiz has answered already" in again.text
    reopened = agent.get(person.path, follow_redirects=True)
    assert "The answers are stored" in reopened.text
    with app.app_context():
        assert len(the_responses()) == 1
        assert db.session.query(Invitation).count() == 1


def test_an_invited_customer_s_own_invitation_is_used_and_their_link_then_says_so(
    app: Flask, agent: FlaskClient, client: FlaskClient
) -> None:
    with app.app_context():
        campaign = a_fielding(TWO_PAGES)
        invitation = an_invitation(campaign)
        number, customer, link, invitation_id = campaign.id, invitation.customer_id, link_of(invitation), invitation.id
    at_home = Person(client, link)
    at_home.open()
    at_home.press(nps="2")
    person = begin(agent, number, customer)
    # What the customer has said already is not asked again.
    assert 'name="why"' in person.page.text  # type: ignore[union-attr]
    person.press(why="told on the phone")
    assert "you have answered" in at_home.open().text
    with app.app_context():
        (response,) = the_responses()
        assert (response.invitation_id, response.channel, response.answers["nps"]) == (invitation_id, "staff", 2)
        assert db.session.get_one(Invitation, invitation_id).disposition == "completed"


def test_somebody_who_is_not_invited_by_mail_is_refused_in_words(app: Flask, agent: FlaskClient) -> None:
    with app.app_context():
        number, customer = a_fielding(TWO_PAGES).id, a_customer(name="Ana Ruiz")
    refused = agent.post(f"/campaigns/{number}/entry", data={"customer": customer})
    assert refused.status_code == 422
    assert "Ana Ruiz is not invited" in refused.text
    nobody = agent.post(f"/campaigns/{number}/entry")
    assert "choose the customer" in nobody.text


def test_an_anonymous_survey_takes_nobody_s_name(app: Flask, agent: FlaskClient) -> None:
    with app.app_context():
        number = a_fielding(TWO_PAGES, mode="public", identification="anonymous").id
        customer = a_customer()
    refused = agent.post(f"/campaigns/{number}/entry", data={"customer": customer})
    assert refused.status_code == 422
    assert "anonymous" in refused.text
    person = begin(agent, number)
    person.press(nps="7")
    person.press(why="")
    with app.app_context():
        (response,) = the_responses()
        assert (response.channel, response.customer_id, response.entered_by_id) == ("staff", None, None)
        assert db.session.query(Invitation).count() == 0


@pytest.mark.parametrize(("identification", "status"), [("identified", 200), ("confidential", 404), ("anonymous", 404)])
def test_what_a_customer_began_to_answer_in_confidence_is_shown_to_no_staff(
    app: Flask, agent: FlaskClient, identification: str, status: int
) -> None:
    with app.app_context():
        campaign = a_fielding(TWO_PAGES, identification=identification)
        invitation = an_invitation(campaign)
        number, desk, customer = campaign.id, f"/desk/{invitation.id}", invitation.customer_id
        person = Person(app.test_client(), link_of(invitation))
    person.open()
    person.press(nps="3")
    for path in (desk, f"{desk}?page=first", f"{desk}/thanks"):
        assert agent.get(path, follow_redirects=True).status_code == status, path
    assert agent.post(desk, data={"_go": "back"}).status_code == (422 if status == 200 else 404)
    begun = agent.post(f"/campaigns/{number}/entry", data={"customer": customer})
    assert begun.status_code == (303 if status == 200 else 422)


def test_staff_go_on_with_confidential_answers_that_they_typed_themselves(app: Flask, agent: FlaskClient) -> None:
    with app.app_context():
        campaign = a_fielding(TWO_PAGES, identification="confidential", mode="public")
        number, customer = campaign.id, a_customer()
    begin(agent, number, customer).press(nps="3")
    done = begin(agent, number, customer).press(why="Slow")
    assert done.request.path.endswith("/thanks")


def test_answers_without_a_customer_are_taken_one_after_another(app: Flask, agent: FlaskClient) -> None:
    with app.app_context():
        number = a_fielding(TWO_PAGES, mode="public").id
    for score in ("1", "2"):
        person = begin(agent, number)
        person.press(nps=score)
        assert "The answers are stored" in person.press(why="").text
    with app.app_context():
        assert [response.answers["nps"] for response in the_responses()] == [1, 2]
        assert {response.channel for response in the_responses()} == {"staff"}


def test_a_closed_campaign_takes_nothing_by_phone_either(app: Flask, agent: FlaskClient) -> None:
    with app.app_context():
        campaign = a_fielding(TWO_PAGES, mode="public")
        number, customer = campaign.id, a_customer()
    person = begin(agent, number, customer)
    with app.app_context(), writing():
        db.session.get_one(Campaign, number).state = "closed"
        db.session.commit()
    refused = person.press(nps="5")
    assert refused.status_code == 410
    assert "What you typed has not been stored" in refused.text


def test_the_customer_is_found_by_name_and_their_page_leads_here(app: Flask, agent: FlaskClient) -> None:
    with app.app_context():
        campaign = a_fielding(TWO_PAGES, mode="public")
        number, customer = campaign.id, a_customer(name="Đặng Văn Ánh")
    found = agent.get(f"/campaigns/{number}/entry?q=dang van")
    assert "Đặng Văn Ánh" in found.text
    assert f'value="{customer}"' in found.text
    assert f'href="/customers/{customer}/entry"' in agent.get(f"/customers/{customer}").text
    assert f'action="/campaigns/{number}/entry"' in agent.get(f"/customers/{customer}/entry").text


def test_typing_in_needs_the_session_s_token(app: Flask, strict_app: Flask, sign_in: SignIn) -> None:
    assert strict_app.test_client().post("/desk/1").status_code == 400
    with app.app_context():
        number = a_fielding(TWO_PAGES, mode="public").id
    agent = sign_in("agent")
    page = agent.get(f"/desk/campaign/{number}").text
    assert re.search(r'name="csrf_token" value="[^"]{20,}"', page)
    # Kept pages are everybody's: none may hold a token of somebody's session.
    other = sign_in("agent").get(f"/desk/campaign/{number}").text
    assert re.findall(r'name="csrf_token" value="([^"]+)"', page) != re.findall(
        r'name="csrf_token" value="([^"]+)"', other
    )


@pytest.mark.parametrize("path", ["/desk/1", "/desk/campaign/1", "/campaigns/1/entry", "/customers/1/entry"])
def test_an_analyst_types_nothing_in(app: Flask, sign_in: SignIn, path: str) -> None:
    with app.app_context():
        an_invitation(a_fielding(TWO_PAGES, mode="public"))
        assert db.session.query(Customer).count() == 1
    assert sign_in("analyst").get(path).status_code == 404
    assert sign_in("manager").get(path).status_code in {200, 303}
