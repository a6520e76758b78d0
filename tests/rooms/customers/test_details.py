"""A customer's page: may they be asked, further addresses, interactions; companies; attributes defined and deleted."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app.campaigns.models import ContactRule
from survey_app.customers.contact_points import Given, add_point, list_points
from survey_app.customers.models import AttributeDefinition, Company, ContactPoint, Customer, Interaction
from survey_app.customers.operations import define_attribute, save_segment
from survey_app.customers.rules import CustomerError
from survey_app.customers.standing import standing_of_mail
from survey_app.customers.wishes import record_wish
from survey_app.extensions import db, writing
from survey_app.outbox.operations import suppress
from tests.factories.answering import a_fielding, an_invitation
from tests.factories.customers import NOW, agree, buy, make_customer
from tests.pages.reading import check
from tests.signing_in import SignIn

EMAIL = "lan@example.org"


@pytest.fixture
def lan(app: Flask) -> int:
    """Return the id of a customer who may be asked."""
    with app.app_context(), writing():
        customer = make_customer(name="Trần Lan", email=EMAIL, external_id="7", company="Sen Việt")
        agree(customer)
        db.session.commit()
        return customer.id


def the(app: Flask, customer_id: int) -> Customer:
    with app.app_context():
        return db.session.get_one(Customer, customer_id)


def codes(customer: Customer, now: datetime = NOW) -> list[str]:
    return [reason.code for reason in standing_of_mail(customer, now).reasons if reason.blocks]


def test_whoever_agreed_and_has_an_address_may_be_asked(app: Flask, lan: int) -> None:
    with app.app_context():
        standing = standing_of_mail(db.session.get_one(Customer, lan), NOW)
        assert standing.may_be_asked
        assert [reason.code for reason in standing.reasons] == ["consent"]


def test_every_reason_against_mail_is_told_not_only_the_first(app: Flask, lan: int) -> None:
    with app.app_context(), writing():
        customer = db.session.get_one(Customer, lan)
        for reason in ("unsubscribed", "bounced", "complained"):
            suppress(EMAIL, reason, "test", NOW)
        record_wish(customer, "none", "test", "No surveys at all", NOW)
        db.session.refresh(customer)
        customer.email_state = "bounced"
        assert codes(customer) == ["address-bounced", "unsubscribed", "bounced", "complained", "no-surveys"]
        db.session.rollback()


def test_who_has_no_address_or_was_never_asked_gets_nothing(app: Flask) -> None:
    with app.app_context(), writing():
        assert codes(make_customer(email="")) == ["no-address", "no-consent"]
        db.session.rollback()


def test_a_wish_for_transactional_surveys_alone_blocks_waves_and_says_so(app: Flask, lan: int) -> None:
    with app.app_context(), writing():
        customer = db.session.get_one(Customer, lan)
        record_wish(customer, "transactional", "test", "Only …", NOW)
        db.session.refresh(customer)
        standing = standing_of_mail(customer, NOW)
        assert standing.may_be_asked
        assert "no-relationship" in [reason.code for reason in standing.reasons]
        db.session.rollback()


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ({"min_gap_days": 30}, 30),
        ({"most": 1, "period_days": 90}, 90),
        ({"most": 2, "period_days": 90}, None),
        ({"after_answer_days": 60}, 60),
        ({"min_gap_days": 30, "channel": "sms"}, None),
        ({"min_gap_days": 30, "is_active": False}, None),
    ],
)
def test_contact_rules_say_when_they_let_go(app: Flask, rule: dict[str, int], days: int | None) -> None:
    with app.app_context():
        invitation = an_invitation(a_fielding())
        with writing():
            customer = invitation.customer
            assert customer is not None
            agree(customer)
            invitation.sent_at = invitation.completed_at = NOW
            db.session.add(ContactRule(name="Rest", created_at=NOW, **rule))
            db.session.flush()
            standing = standing_of_mail(customer, NOW + timedelta(days=1))
            assert standing.free_from == (NOW + timedelta(days=days) if days else None)
            assert standing.may_be_asked is (days is None)
            assert standing_of_mail(customer, NOW + timedelta(days=91)).may_be_asked
            db.session.rollback()


@pytest.mark.parametrize("who", ["crm:7", "7", EMAIL, "LAN@example.org"])
def test_the_command_line_tells_the_status_by_number_or_address(app: Flask, lan: int, who: str) -> None:
    shown = app.test_cli_runner().invoke(args=["customers", "status", who, "--json"])
    (status,) = json.loads(shown.output)
    assert (status["id"], status["may_be_asked"], status["reasons"][0]["code"]) == (lan, True, "consent")
    assert "may be asked now" in app.test_cli_runner().invoke(args=["customers", "status", who]).output


def test_the_command_line_knows_nobody_by_a_wrong_number(app: Flask) -> None:
    assert app.test_cli_runner().invoke(args=["customers", "status", "crm:999"]).exit_code == 3


def test_interactions_are_added_by_command_once_per_number(app: Flask, lan: int) -> None:
    said = ["--kind", "purchase", "--value", "12.50", "--cost", "3", "--product", "Trà", "--number", "shop:1"]
    first, second = (
        app.test_cli_runner().invoke(args=["interactions", "add", "crm:7", *said, "--json"]) for _ in range(2)
    )
    assert (json.loads(first.output)["is_new"], json.loads(second.output)["is_new"]) == (True, False)
    with app.app_context():
        (row,) = db.session.scalars(select(Interaction))
        assert (row.customer_id, str(row.value), str(row.cost), row.product) == (lan, "12.50", "3.00", "Trà")
        assert row.recorded_at is not None


@pytest.mark.parametrize(
    "wrong",
    [
        ["--kind", ""],
        ["--kind", "k" * 41],
        ["--kind", "purchase", "--value", "much"],
        ["--kind", "purchase", "--value", "NaN"],
        ["--kind", "purchase", "--cost", "1e20"],
        ["--kind", "purchase", "--at", "yesterday"],
        ["--kind", "purchase", "--at", "9999-12-31T23:59-14:00"],
    ],
)
def test_what_cannot_have_happened_is_refused_in_words(app: Flask, lan: int, wrong: list[str]) -> None:
    refused = app.test_cli_runner().invoke(args=["interactions", "add", "crm:7", *wrong])
    assert (refused.exit_code, bool(refused.stderr.strip())) == (2, True)
    with app.app_context():
        assert db.session.scalar(select(Interaction.id)) is None
    assert lan


def test_staff_add_what_happened_and_filter_it(app: Flask, sign_in: SignIn, lan: int) -> None:
    browser = sign_in("agent")
    with app.app_context(), writing():
        buy(db.session.get_one(Customer, lan), 20)
        db.session.commit()
    path = f"/customers/{lan}/interactions"
    wrong = browser.post(path, data={"kind": "call", "happened_at": "soon", "note": "<i>about</i>"})
    assert wrong.status_code == 422
    check(wrong.text)
    assert "&lt;i&gt;about&lt;/i&gt;" in wrong.text
    assert browser.post(path, data={"kind": "call", "channel": "telephone", "cost": "4"}).status_code == 303
    page = browser.get(f"{path}?kind=call").text
    check(page)
    assert "telephone" in page
    assert "20.00" not in page


def test_a_further_address_becomes_the_main_one_and_the_old_one_is_kept(app: Flask, sign_in: SignIn, lan: int) -> None:
    browser = sign_in("agent")
    path = f"/customers/{lan}/contact"
    check(browser.get(path).text)
    assert browser.post(path, data={"kind": "mail", "value": "lan@home.example", "source": "call"}).status_code == 303
    for wrong in (EMAIL, "lan@home.example", "no address", ""):
        assert browser.post(path, data={"kind": "mail", "value": wrong}).status_code == 422
    with app.app_context():
        point_id = db.session.scalars(select(ContactPoint.id)).one()
    check(browser.get(f"/customers/{lan}").text)
    assert browser.post(f"{path}/{point_id}/valid").status_code == 303
    assert browser.post(f"{path}/{point_id}/main").status_code == 303
    customer = the(app, lan)
    assert (customer.email, customer.email_key, customer.email_state) == ("lan@home.example",) * 2 + ("valid",)
    with app.app_context():
        (old,) = list_points(customer)
        assert (old.value, old.kind) == (EMAIL, "mail")
    assert browser.post(f"{path}/{point_id}/explode").status_code == 404
    assert browser.post(f"{path}/999/main").status_code == 404


def test_somebody_elses_address_is_not_changed_by_a_made_up_pair(app: Flask, sign_in: SignIn, lan: int) -> None:
    with app.app_context(), writing():
        other = make_customer()
        point = add_point(other, Given("mail", "o@example.org", "test"), NOW)
        assert point is not None
        db.session.commit()
        point_id = point.id
    assert sign_in("agent").post(f"/customers/{lan}/contact/{point_id}/remove").status_code == 404


def test_a_company_shows_its_customers_and_what_happened_in_sum(app: Flask, sign_in: SignIn, lan: int) -> None:
    browser = sign_in("agent")
    with app.app_context(), writing():
        customer = db.session.get_one(Customer, lan)
        for value in (20, 30):
            buy(customer, value)
        define_attribute("sector", "Sector", "choice", subject="company", choices=["Retail", "Public"])
        db.session.commit()
        company_id = customer.company_id
    page = browser.get(f"/customers/companies/{company_id}").text
    check(page)
    assert "50.00" in page
    path = f"/customers/companies/{company_id}/edit"
    check(browser.get(path).text)
    said = {"name": "Sen Hồng", "external_id": "crm:77", "owner_id": "", "attribute_sector": "retail"}
    assert browser.post(path, data=said | {"attribute_sector": "Farming"}).status_code == 422
    assert browser.post(path, data=said).status_code == 303
    with app.app_context():
        company = db.session.get_one(Company, company_id)
        assert company.attributes == {"sector": "Retail"}
    assert "Trần Lan" in browser.get("/customers?q=sen+hong").text
    assert browser.get("/customers/companies/999").status_code == 404


def test_attributes_are_defined_renamed_and_deleted_with_a_word_on_segments(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in("marketer")
    check(browser.get("/customers/attributes").text)
    said = {"code": "plan", "label": "Plan", "kind": "choice", "subject": "customer", "choices": "Gold\nSilver"}
    assert browser.post("/customers/attributes", data=said | {"code": "The Plan"}).status_code == 422
    assert browser.post("/customers/attributes", data=said).status_code == 303
    again = browser.post("/customers/attributes", data=said)
    assert (again.status_code, "already an attribute plan" in again.text) == (422, True)
    with app.app_context(), writing():
        attribute_id = db.session.scalars(select(AttributeDefinition.id)).one()
        with pytest.raises(CustomerError, match="none of the choices"):
            make_customer(attributes={"plan": "Bronze"})
        assert make_customer(attributes={"plan": "gold"}).attributes == {"plan": "Gold"}
        save_segment("Golden", {"field": "attribute.plan", "op": "is", "value": "Gold"}, NOW)
        db.session.commit()
    path = f"/customers/attributes/{attribute_id}"
    page = browser.get(path).text
    check(page)
    assert "Golden" in page
    assert "1 record has a value" in page
    assert browser.post(path, data={"label": "Tariff", "choices": "Gold"}).status_code == 303
    with app.app_context():
        found = db.session.get_one(AttributeDefinition, attribute_id)
        assert (found.label, found.choices, found.kind) == ("Tariff", ["Gold"], "choice")
    assert browser.post(f"{path}/delete").status_code == 303
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize(("typed", "stored"), [("Có", "yes"), ("sí", "yes"), ("TRUE", "yes"), ("không", "no")])
def test_yes_and_no_are_understood_in_every_language(app: Flask, typed: str, stored: str) -> None:
    with app.app_context(), writing():
        define_attribute("vip", "VIP", "yes_no")
        assert make_customer(attributes={"vip": typed}).attributes == {"vip": stored}
        with pytest.raises(CustomerError, match="neither yes nor no"):
            make_customer(attributes={"vip": "maybe"})
        db.session.rollback()


def test_the_page_says_all_of_a_customer_with_names_isolated(app: Flask, sign_in: SignIn, lan: int) -> None:
    with app.app_context(), writing():
        customer = db.session.get_one(Customer, lan)
        customer.name = "\u202eevil <b>"
        suppress(EMAIL, "complained", "the mail provider", datetime.now(UTC))
        db.session.commit()
    page = sign_in("agent").get(f"/customers/{lan}").text
    check(page)
    assert "<bdi>\u202eevil &lt;b&gt;</bdi>" in page
    for words in ("Gets no survey mail now", "They reported our mail as unwanted.", "the mail provider", "crm:7"):
        assert words in page


def test_staff_write_down_agreements_and_objections_by_purpose_and_basis(app: Flask, sign_in: SignIn, lan: int) -> None:
    browser = sign_in("agent")
    said = {"is_given": "no", "purpose": "relationship", "source": "call", "wording": "Not every quarter"}
    assert browser.post(f"/customers/{lan}/consent", data=said).status_code == 303
    assert (the(app, lan).consent_state, the(app, lan).relationship_state) == ("given", "objected")
    page = browser.get(f"/customers/{lan}").text
    assert "They do not want surveys by waves" in page
    assert "Not every quarter" in page
    assert browser.post(f"/customers/{lan}/consent", data=said | {"purpose": "spam"}).status_code == 422
