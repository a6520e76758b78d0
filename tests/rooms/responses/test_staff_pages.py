"""What staff see of answers: lists with filters, one response in its own words, and what promises forbid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app.campaigns.models import Campaign
from survey_app.extensions import db, writing
from survey_app.responses.models import Response
from tests.factories.answering import (
    Person,
    a_fielding,
    a_page,
    a_personal_link,
    an_invitation,
    link_of,
    of_pages,
    the_responses,
)
from tests.factories.questionnaires import a_battery, a_choice, a_comment, an_item
from tests.signing_in import SignIn

OTHER = {"code": "other", "text": {"en": "Something else"}, "other": True}
ONE_PAGE = of_pages(
    a_page(
        an_item(dont_know=True), a_battery(), a_choice(options=[OTHER, {"code": "x", "text": {"en": "X"}}]), a_comment()
    )
)


@pytest.fixture
def staff(sign_in: SignIn) -> FlaskClient:
    return sign_in("manager")


@dataclass(frozen=True)
class Answered:
    """What a test knows of a response."""

    public_id: str
    customer_id: int | None
    customer: str


def fielding(app: Flask, **options: Any) -> int:
    """Return the id of a new campaign of one page."""
    with app.app_context():
        return a_fielding(ONE_PAGE, **options).id


def answered(app: Flask, campaign_id: int, **said: Any) -> Answered:
    """Let a new customer answer; contexts are kept apart, since what a request knows ends with it."""
    with app.app_context():
        link = link_of(an_invitation(db.session.get_one(Campaign, campaign_id)))
    person = Person(app.test_client(), link)
    person.open()
    person.press("send", **said)
    with app.app_context():
        response = the_responses()[-1]
        return Answered(response.public_id, response.customer_id, response.customer.name if response.customer else "")


def test_a_response_is_shown_in_the_words_of_its_version(app: Flask, staff: FlaskClient) -> None:
    response = answered(
        app, fielding(app), nps=10, delivery=5, usage="other", **{"usage.other": "<Hue>"}, comment="Nhanh <b>!"
    )
    page = staff.get(f"/responses/{response.public_id}").text
    for shown in (
        "10 \N{EN DASH} Extremely likely",
        "How do you rate these? \N{EN DASH} Delivery",
        "Something else",
        "&lt;Hue&gt;",
        "Nhanh &lt;b&gt;!",
        "Skipped",
    ):
        assert shown in page
    assert response.customer in page


def test_the_list_is_filtered_by_the_address(app: Flask, staff: FlaskClient) -> None:
    one, two = fielding(app, code="one"), fielding(app, code="two", name="Spring")
    low, high, other = (answered(app, campaign, nps=score) for campaign, score in ((one, 2), (one, 9), (two, 5)))
    today, tomorrow = (datetime.now(UTC) + timedelta(days=n) for n in (0, 1))
    expected = {
        "": {low, high, other},
        "survey=one": {low, high},
        f"campaign={two}": {other},
        "lowest=5": {high, other},
        "highest=5": {low, other},
        "lowest=3&highest=6": {other},
        "channel=personal-link": {low, high, other},
        "channel=public-link": set(),
        "language=en": {low, high, other},
        "language=vi": set(),
        f"from={today:%Y-%m-%d}&to={today:%Y-%m-%d}": {low, high, other},
        f"from={tomorrow:%Y-%m-%d}": set(),
    }
    for query, responses in expected.items():
        page = staff.get(f"/responses?{query}").text
        assert {each for each in (low, high, other) if each.public_id in page} == responses, query


@pytest.mark.parametrize(
    "query", ["from=yesterday", "lowest=x", "highest=nan", "campaign=1e99", "to=2026-02-30", "campaign=" + "9" * 40]
)
def test_a_filter_that_cannot_be_read_is_said_so(staff: FlaskClient, query: str) -> None:
    page = staff.get(f"/responses?{query}")
    assert page.status_code == 422
    assert "Please check what you entered" in page.text


@pytest.mark.parametrize("identification", ["confidential", "anonymous"])
def test_secret_answers_show_nobody_and_only_among_five(app: Flask, staff: FlaskClient, identification: str) -> None:
    campaign = fielding(app, identification=identification)
    first = answered(app, campaign, nps=1)
    assert first.public_id not in staff.get("/responses").text
    assert staff.get(f"/responses/{first.public_id}").status_code == 404
    for score in (2, 3, 4, 5):
        answered(app, campaign, nps=score)
    page = staff.get("/responses").text
    assert first.public_id in page
    assert "Customer 1" not in page
    assert first.public_id not in staff.get("/responses?highest=1").text
    shown = staff.get(f"/responses/{first.public_id}").text
    assert "promised secrecy" in shown
    assert "Started" not in shown


def test_drafts_are_nobodys_business(app: Flask, staff: FlaskClient) -> None:
    with app.app_context():
        link = a_personal_link(of_pages(a_page(an_item(), code="a"), a_page(a_comment())))
    person = Person(app.test_client(), link)
    person.open()
    person.press(nps=3)
    with app.app_context():
        (draft,) = the_responses()
    assert draft.public_id not in staff.get("/responses").text
    assert staff.get(f"/responses/{draft.public_id}").status_code == 404


def test_the_list_has_pages(app: Flask, staff: FlaskClient) -> None:
    answered(app, fielding(app), nps=3)
    with app.app_context(), writing():
        (first,) = the_responses()
        columns = [column.name for column in Response.__table__.columns if column.name != "id"]
        values = {name: getattr(first, name) for name in columns} | {"invitation_id": None}
        db.session.add_all(Response(**values | {"public_id": f"p{n}", "submission_id": f"s{n}"}) for n in range(60))
        db.session.commit()
    assert "61 responses" in staff.get("/responses").text
    assert staff.get("/responses").text.count("/responses/p") == 50
    assert staff.get("/responses?page=2").text.count("/responses/") >= 11
    assert staff.get("/responses?page=-1").status_code == 200


@pytest.mark.parametrize(("role", "status"), [("marketer", 200), ("analyst", 200), ("admin", 200), ("agent", 404)])
def test_only_roles_that_may_read_answers_see_them(app: Flask, sign_in: SignIn, role: str, status: int) -> None:
    response = answered(app, fielding(app), nps=3)
    staff = sign_in(role)
    assert staff.get("/responses").status_code == status
    assert staff.get(f"/responses/{response.public_id}").status_code == status


def test_answers_stand_on_the_customers_page_unless_promised_secret(app: Flask, sign_in: SignIn) -> None:
    response = answered(app, fielding(app), nps=3, comment="The box was open")
    agent = sign_in("agent")
    assert "The box was open" in agent.get(f"/customers/{response.customer_id}").text
    secret = answered(app, fielding(app, code="secret", identification="confidential"), nps=3, comment="Hush")
    assert "Hush" not in agent.get(f"/customers/{secret.customer_id}").text
