"""My details from any survey mail: seen by a GET, changed by a POST alone, and a new address counts once confirmed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.tokens import new_token, token_of
from survey_app.customers.identity import AddressChange
from survey_app.customers.merging import MergePlan, merge_customers
from survey_app.customers.models import Consent, Customer
from survey_app.customers.wishes import declines
from survey_app.extensions import db, writing
from survey_app.outbox.content import unseal
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.operations import suppress
from survey_app.outbox.queries import find_suppression
from tests.factories.answering import a_fielding, an_invitation
from tests.factories.campaigns import NOW
from tests.factories.customers import make_customer
from tests.pages.reading import check

OLD, NEW = "an@example.org", "an.new@example.org"


@pytest.fixture
def token(app: Flask) -> str:
    """Return the token of the links in a customer's mail."""
    with app.app_context():
        invitation = an_invitation(a_fielding())
        with writing():
            customer = invitation.customer
            assert customer is not None
            customer.name, customer.email, customer.email_key = "An", OLD, OLD
            customer.consent_state = "given"
            invitation.address = OLD
            db.session.commit()
        return token_of(invitation)


def said(**changes: str) -> dict[str, str]:
    known = {"name": "An", "email": OLD, "phone": "", "language": "en", "time_zone": "", "wish": "all", "channel": ""}
    return known | changes


def send(client: FlaskClient, token: str, **changes: str) -> TestResponse:
    return client.post(f"/p/{token}", data=said(**changes))


def the_customer(app: Flask) -> Customer:
    with app.app_context():
        invitation = db.session.scalars(select(Invitation)).first()
        assert invitation is not None
        return db.session.get_one(Customer, invitation.customer_id)


def mails(app: Flask, kind: str) -> list[tuple[str, str]]:
    with app.app_context():
        rows = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == kind).order_by(OutboxMail.id))
        return [(row.to_address, unseal(row.content or b"").text) for row in rows]


def link_in(app: Flask) -> str:
    found = re.search(r"/p/confirm/\S+", mails(app, "address-confirmation")[-1][1])
    assert found is not None
    return found.group()


def test_looking_changes_nothing_and_the_page_is_kept_by_nobody(app: Flask, client: FlaskClient, token: str) -> None:
    for method in (client.get, client.head, client.options):
        answer = method(f"/p/{token}")
        assert answer.status_code == 200
    assert OLD in client.get(f"/p/{token}").text
    answer = client.get(f"/p/{token}?wish=none&name=Eve")
    check(answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert the_customer(app).name == "An"
    assert the_customer(app).consent_state == "given"


def test_a_customer_corrects_their_details(app: Flask, client: FlaskClient, token: str) -> None:
    changes = {"name": "Nguyễn An", "phone": "+84 90 123 4567", "language": "vi", "time_zone": "Asia/Ho_Chi_Minh"}
    assert send(client, token, channel="sms", **changes).status_code == 303
    customer = the_customer(app)
    assert {name: getattr(customer, name) for name in changes} == changes
    assert customer.preferred_channel == "sms"
    assert '<html lang="vi"' in client.get(f"/p/{token}?saved=1").text


def test_what_cannot_be_taken_is_said_and_stays_typed_and_nothing_is_stored(
    app: Flask, client: FlaskClient, token: str
) -> None:
    answer = send(client, token, name="Other", phone="call me", email="no address", wish="none")
    assert answer.status_code == 422
    check(answer.text)
    assert "call me is not a telephone number" in answer.text
    assert 'value="no address"' in answer.text
    assert the_customer(app).name == "An"
    for broken in ({"name": ""}, {"wish": "everything"}, {"channel": "pigeon"}, {"email": ""}, {"email": "x"}):
        assert send(client, token, **broken).status_code == 422
    assert the_customer(app).consent_state == "given"


@pytest.mark.parametrize(
    ("wish", "refused"),
    [
        ("all", set()),
        ("transactional", {"relationship"}),
        ("none", {"surveys", "relationship", "transactional"}),
    ],
)
def test_wishes_are_kept_as_entries_that_audiences_read(
    app: Flask, client: FlaskClient, token: str, wish: str, refused: set[str]
) -> None:
    send(client, token, wish=wish)
    customer = the_customer(app)
    purposes = ("surveys", "relationship", "transactional")
    assert {purpose for purpose in purposes if declines(customer, purpose)} == refused
    assert f'value="{wish}" checked' in client.get(f"/p/{token}").text
    with app.app_context():
        assert (find_suppression(OLD) is not None) is (wish == "none")
        words = {each.wording for each in db.session.scalars(select(Consent)) if each.source.startswith("link")}
        assert all(words)


def test_a_wish_can_be_changed_back_and_entries_are_only_added(app: Flask, client: FlaskClient, token: str) -> None:
    for wish in ("none", "transactional", "all", "all"):
        send(client, token, wish=wish)
    customer = the_customer(app)
    assert not any(declines(customer, purpose) for purpose in ("surveys", "relationship", "transactional"))
    with app.app_context():
        assert find_suppression(OLD) is None


@pytest.mark.parametrize("reason", ["bounced", "complained", "manual"])
def test_wishing_for_surveys_lifts_nothing_that_others_put_there(
    app: Flask, client: FlaskClient, token: str, reason: str
) -> None:
    with app.app_context(), writing():
        suppress(OLD, reason, "test", NOW)
        db.session.commit()
    for wish in ("none", "all"):
        send(client, token, wish=wish)
    with app.app_context():
        assert find_suppression(OLD, reason) is not None


def test_a_new_address_counts_once_it_is_confirmed_by_a_post_and_the_old_one_is_told(
    app: Flask, client: FlaskClient, token: str
) -> None:
    answer = send(client, token, email=NEW)
    assert "We sent a mail to your new address" in client.get(answer.location).text
    link = link_in(app)
    assert mails(app, "address-confirmation")[0][0] == NEW
    for method in (client.get, client.head):
        assert method(link).status_code == 200
    check(client.get(link).text)
    assert the_customer(app).email == OLD
    assert mails(app, "address-notice") == []
    assert client.post(link).status_code == 200
    assert (the_customer(app).email, the_customer(app).email_state) == (NEW, "valid")
    ((to, text),) = mails(app, "address-notice")
    assert to == OLD
    assert NEW not in text
    assert client.post(link).status_code == 404


def test_the_link_is_not_in_the_database_and_expires(app: Flask, client: FlaskClient, token: str) -> None:
    send(client, token, email=NEW)
    link = link_in(app)
    with app.app_context(), writing():
        assert link.rsplit("/", 1)[-1] not in repr(db.session.execute(select(AddressChange.__table__)).all())
        db.session.execute(update(AddressChange).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
        db.session.commit()
    assert client.post(link).status_code == 404
    assert the_customer(app).email == OLD


def test_a_newer_link_kills_the_others_and_nobodys_mailbox_is_filled(
    app: Flask, client: FlaskClient, token: str
) -> None:
    send(client, token, email="first@example.org")
    first = link_in(app)
    send(client, token, email=NEW)
    assert client.post(first).status_code == 404
    assert send(client, token, email=NEW).status_code == 303
    refused = send(client, token, email=NEW)
    assert refused.status_code == 422
    assert "Try again tomorrow" in refused.text
    assert len(mails(app, "address-confirmation")) == 3


@pytest.mark.parametrize("reason", ["unsubscribed", "complained", "manual"])
def test_nobody_is_asked_again_because_their_address_changed(
    app: Flask, client: FlaskClient, token: str, reason: str
) -> None:
    with app.app_context(), writing():
        suppress(OLD, reason, "a letter", NOW)
        db.session.commit()
    send(client, token, email=NEW, wish="none")
    client.post(link_in(app))
    with app.app_context():
        assert find_suppression(NEW, reason) is not None
        assert find_suppression(OLD, reason) is not None


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("wrong", ["x", "A" * 22, "%00", "é", "A" * 3000, "confirm/x", "confirm/" + "A" * 32])
def test_every_wrong_link_gets_the_same_answer(client: FlaskClient, wrong: str) -> None:
    for method in (client.get, client.post):
        answer = method(f"/p/{wrong}")
        assert answer.status_code == 404
        assert "There is nothing at this address" in answer.text


def test_the_link_of_a_test_mail_changes_nothing_of_anybody(app: Flask, client: FlaskClient, token: str) -> None:
    with app.app_context(), writing():
        made = new_token()
        campaign = db.session.scalars(select(Campaign)).one()
        values = {"token_nonce": made.nonce, "token_hash": made.hash, "language": "en", "address": OLD}
        db.session.add(Invitation(campaign_id=campaign.id, is_test=True, created_at=NOW, **values))
        db.session.commit()
        invitation = db.session.scalars(select(Invitation).where(Invitation.is_test)).one()
        trial = token_of(invitation)
    assert OLD not in client.get(f"/p/{trial}").text
    assert send(client, trial, name="Eve", email=NEW, wish="none").status_code == 303
    assert the_customer(app).name == "An"
    assert mails(app, "address-confirmation") == []
    with app.app_context():
        assert find_suppression(OLD) is None
    assert token != trial


def test_the_link_of_a_merged_record_opens_the_customer_it_was_merged_into(
    app: Flask, client: FlaskClient, token: str
) -> None:
    with app.app_context(), writing():
        kept = make_customer(name="Kept An", email="kept@example.org")
        gone = db.session.scalars(select(Invitation)).one().customer_id
        assert gone is not None
        merge_customers(MergePlan(kept.id, gone, {}), NOW)
        db.session.commit()
    assert "Kept An" in client.get(f"/p/{token}").text


@pytest.mark.parametrize("name", ["\u202eevil", '"><script>alert(1)</script>', "نور", "An\r\nBcc: x@example.org"])
def test_hostile_and_right_to_left_names_are_only_text(client: FlaskClient, token: str, name: str) -> None:
    send(client, token, name=name)
    page = client.get(f"/p/{token}").text
    check(page)
    assert "<script>alert" not in page


def test_whoever_sends_forms_to_made_up_links_has_to_wait(strict_app: Flask) -> None:
    client = strict_app.test_client()
    answers = [client.post(f"/p/{n}", data=said()).status_code for n in range(31)]
    assert answers == [404] * 30 + [429]
    assert client.get("/p/x").status_code == 404
