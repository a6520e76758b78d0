"""The customer and segment pages, by role."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app.campaigns.models import Campaign
from survey_app.customers.models import AttributeDefinition, Consent, Customer, Segment
from survey_app.customers.operations import define_attribute, save_segment
from survey_app.extensions import db, writing
from survey_app.outbox.operations import suppress
from tests.factories.answering import fields_of
from tests.factories.campaigns import a_campaign
from tests.factories.customers import NOW, buy, make_customer
from tests.signing_in import SignIn


@pytest.fixture
def anh(app: Flask) -> int:
    with app.app_context(), writing():
        define_attribute("branch", "Branch", "choice")
        customer = make_customer(
            name="Nguyễn <b>Ánh</b>", email="anh@example.org", company="Hà Nội Điện Máy", attributes={"branch": "Huế"}
        )
        buy(customer, 42)
        make_customer(name="Carla")
        db.session.commit()
        return customer.id


@pytest.mark.parametrize(
    ("role", "seen", "edited"),
    [
        ("marketer", 200, 200),
        ("manager", 200, 404),
        ("agent", 200, 200),
        ("admin", 200, 200),
        ("analyst", 404, 404),
    ],
)
def test_each_role_sees_and_edits_what_it_may(sign_in: SignIn, anh: int, role: str, seen: int, edited: int) -> None:
    person = sign_in(role)

    assert person.get("/customers").status_code == seen
    assert person.get(f"/customers/{anh}").status_code == seen
    assert person.get("/customers/add").status_code == edited
    assert person.get(f"/customers/{anh}/edit").status_code == edited
    assert person.get("/customers/999999").status_code == 404


@pytest.mark.usefixtures("anh")
def test_an_agent_finds_nguyen(sign_in: SignIn) -> None:
    found = sign_in("agent").get("/customers?q=nguyen")

    assert "Nguyễn &lt;b&gt;Ánh&lt;/b&gt;" in found.text
    assert "Carla" not in found.text


def test_a_search_that_finds_nobody_says_so(sign_in: SignIn, anh: int) -> None:
    assert anh
    assert "Nobody is found" in sign_in("agent").get("/customers?q=zzz").text


def test_an_empty_list_says_what_to_do(sign_in: SignIn) -> None:
    assert "Bring them in from a CSV file" in sign_in("marketer").get("/customers").text


def test_the_page_shows_the_record(sign_in: SignIn, anh: int) -> None:
    page = sign_in("agent").get(f"/customers/{anh}").text

    for part in (
        "Nguyễn &lt;b&gt;Ánh&lt;/b&gt;",
        "Hà Nội Điện Máy",
        "Huế",
        "purchase",
        "42.00",
        "Nobody has written down",
    ):
        assert part in page
    assert "Ánh" not in page.split("</title>")[0]


def test_a_customer_is_added_and_may_be_asked(app: Flask, sign_in: SignIn) -> None:
    agent = sign_in("agent", name="Linh")
    given = {
        "name": " Đỗ Văn Bình ",
        "email": "binh@example.org",
        "external_id": "77",
        "basis": "consent",
        "owner_id": "",
    }

    answer = agent.post("/customers/add", data=given)

    assert "May be asked" in agent.get(answer.location).text
    with app.app_context():
        customer = db.session.scalars(select(Customer)).one()
        assert (customer.name, customer.external_id) == ("Đỗ Văn Bình", "crm:77")
        assert db.session.scalars(select(Consent.source)).one() == "entered by Linh"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"email": "nowhere"}, "nowhere is not a mail address"),
        ({"name": ""}, "Enter the customer&#39;s name."),
        ({"email": "ANH@example.org"}, "There is already a customer with this: Nguyễn"),
        ({"phone": "<script>"}, "&lt;script&gt; is not a telephone number"),
    ],
)
@pytest.mark.usefixtures("anh")
def test_what_cannot_be_added_is_said_beside_its_control(
    app: Flask, sign_in: SignIn, typed: dict[str, str], words: str
) -> None:
    given = {"name": "Somebody", "company": "Typed & kept", "owner_id": "", "basis": ""} | typed

    answer = sign_in("agent").post("/customers/add", data=given)

    assert answer.status_code == 422
    assert words in answer.text
    assert "Typed &amp; kept" in answer.text
    with app.app_context():
        assert len(db.session.scalars(select(Customer)).all()) == 2


def test_editing_changes_and_empties_details(app: Flask, sign_in: SignIn, anh: int) -> None:
    given = {"name": "Ánh", "email": "", "company": "", "attribute_branch": "", "owner_id": ""}

    assert sign_in("marketer").post(f"/customers/{anh}/edit", data=given).status_code == 303

    with app.app_context():
        customer = db.session.get_one(Customer, anh)
        assert (customer.name, customer.email, customer.email_key, customer.company_id) == ("Ánh", None, None, None)
        assert customer.attributes == {}


def test_an_objection_is_written_down_and_shown(sign_in: SignIn, anh: int) -> None:
    agent = sign_in("agent")

    answer = agent.post(f"/customers/{anh}/consent", data={"is_given": "no", "source": "phone", "wording": "Leave me"})

    page = agent.get(answer.location).text
    assert "They do not want to be asked" in page
    assert "Leave me" in page


def test_why_an_address_gets_no_mail_can_be_seen(app: Flask, sign_in: SignIn, anh: int) -> None:
    with app.app_context(), writing():
        suppress("Anh@Example.org", "unsubscribed", "invitation of the spring survey", NOW)
        db.session.commit()

    page = sign_in("agent").get(f"/customers/{anh}").text

    assert "They unsubscribed." in page
    assert "invitation of the spring survey" in page


ROWS = {
    "name": "Buyers",
    "joined": "all",
    "field-0": "interaction.purchase.sum",
    "op-0": "at_least",
    "value-0": "42",
}


def make_segment(client: FlaskClient) -> str:
    return str(client.post("/segments/new", data=ROWS | {"act": "save"}).location)


def test_a_segment_is_previewed_then_saved(sign_in: SignIn, anh: int) -> None:
    marketer = sign_in("marketer")

    preview = marketer.post("/segments/new", data=ROWS | {"act": "preview"})
    assert "About 1 of" in preview.text
    assert "Total value of interactions: purchase: <b><bdi>42</bdi></b>" in preview.text
    assert f"/customers/{anh}" in preview.text

    page = marketer.get(make_segment(marketer))
    assert "Total value of interactions: purchase is at least 42" in page.text
    assert "Buyers" in marketer.get("/segments").text


def test_rows_are_added_and_removed_without_losing_what_was_typed(sign_in: SignIn, anh: int) -> None:
    assert anh
    marketer = sign_in("marketer")

    more = marketer.post("/segments/new", data=ROWS | {"act": "add"}).text
    assert 'name="field-1"' in more
    assert 'value="Buyers"' in more
    assert 'value="42"' in more

    less = marketer.post(
        "/segments/new", data=ROWS | {"field-1": "", "op-1": "is", "value-1": "", "act": "remove-0"}
    ).text
    assert 'name="field-1"' not in less
    assert 'value="42"' not in less


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"value-0": "many"}, "must be compared with a number"),
        ({"field-0": "customer.password"}, "There is no field named customer.password."),
        ({"op-0": "contains"}, "cannot be compared by contains"),
        ({"name": " "}, "Give the segment a name"),
    ],
)
@pytest.mark.usefixtures("anh")
def test_a_condition_that_cannot_be_is_refused_in_words(
    app: Flask, sign_in: SignIn, typed: dict[str, str], words: str
) -> None:
    answer = sign_in("marketer").post("/segments/new", data=ROWS | typed | {"act": "save"})

    assert answer.status_code == 422
    assert words in answer.text
    with app.app_context():
        assert db.session.scalar(select(Segment)) is None


@pytest.mark.usefixtures("anh")
def test_a_segment_that_a_campaign_uses_stays(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    at = make_segment(marketer)
    with app.app_context(), writing():
        a_campaign(segment=db.session.scalars(select(Segment)).one())
        assert db.session.scalars(select(Campaign.segment_id)).one() is not None
        db.session.commit()

    answer = marketer.post(f"{at}/delete")

    assert "This segment stays: it decides who is asked in Autumn." in marketer.get(answer.location).text


@pytest.mark.usefixtures("anh")
def test_an_unused_segment_is_deleted(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")

    marketer.post(f"{make_segment(marketer)}/delete")

    with app.app_context():
        assert db.session.scalar(select(Segment)) is None


NESTED = {
    "all": [
        {"any": [{"field": "attribute.branch", "op": "one_of", "value": ["Huế", "Vinh"]}]},
        {"not": {"any": [{"field": "interaction.purchase.count", "op": "is", "value": 0, "within": {"days": 90}}]}},
        {"field": "customer.added_on", "op": "in_last_days", "value": 30},
        {"not": {"all": [{"field": "customer.email", "op": "is_known"}]}},
    ]
}


@pytest.mark.usefixtures("anh")
def test_groups_inside_groups_come_back_as_they_were_saved(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        segment = save_segment("Nested", NESTED, NOW)
        db.session.commit()
        number = segment.id
    marketer = sign_in("marketer")
    typed = fields_of(marketer.get(f"/segments/{number}/edit").text)

    assert marketer.post(f"/segments/{number}/edit", data=typed | {"act": "save"}).status_code == 303

    with app.app_context():
        assert db.session.get_one(Segment, number).condition == NESTED


@pytest.mark.usefixtures("anh")
def test_a_group_is_added_to_a_group_and_removed_with_all_in_it(sign_in: SignIn) -> None:
    marketer = sign_in("marketer")

    grown = marketer.post("/segments/new", data=ROWS | {"act": "group"}).text
    grown = marketer.post("/segments/new", data=fields_of(grown) | {"act": "add-1"}).text
    assert 'name="field-1-1"' in grown
    assert 'value="42"' in grown
    shrunk = marketer.post("/segments/new", data=fields_of(grown) | {"act": "remove-1"}).text
    assert 'name="joined-1"' not in shrunk
    assert 'value="42"' in shrunk


@pytest.mark.usefixtures("anh")
def test_our_script_is_given_the_changing_parts_alone(sign_in: SignIn) -> None:
    part = sign_in("marketer").post("/segments/new", data=ROWS | {"act": "preview", "only": "builder"}).text

    assert part.count("<h1") == 0
    assert "About 1 of" in part


@pytest.mark.usefixtures("anh")
def test_a_segment_is_copied_and_listed(sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    at = make_segment(marketer)

    assert "Copy of Buyers" in marketer.get(marketer.post(f"{at}/copy").location).text
    assert "Copy of Buyers 2" in marketer.get(marketer.post(f"{at}/copy").location).text
    listed = marketer.get(f"{at}/customers").text
    assert "1 customer" in listed
    assert "/customers/export/customers.csv?segment=" in listed


@pytest.mark.usefixtures("anh")
def test_a_segment_whose_attribute_is_gone_says_so(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        segment = save_segment("Branch", {"all": [{"field": "attribute.branch", "op": "is_known"}]}, NOW)
        db.session.delete(db.session.scalars(select(AttributeDefinition)).one())
        db.session.commit()
        at = f"/segments/{segment.id}"
    marketer = sign_in("marketer")

    assert "There is no field named attribute.branch." in marketer.get(at).text
    assert "There is no field named attribute.branch." in marketer.get(f"{at}/edit").text
    assert "broken" in marketer.get("/segments").text
    assert "0 customers" in marketer.get(f"{at}/customers").text
    assert "Mend it" in marketer.get(marketer.post(f"{at}/copy").location).text


def test_a_manager_sees_segments_and_changes_none(app: Flask, sign_in: SignIn, anh: int) -> None:
    assert anh
    with app.app_context():
        assert db.session.scalars(select(AttributeDefinition.code)).all() == ["branch"]
    manager = sign_in("manager")

    assert manager.get("/segments").status_code == 200
    assert manager.get("/segments/new").status_code == 404
    assert manager.post("/segments/new", data=ROWS | {"act": "save"}).status_code == 404
