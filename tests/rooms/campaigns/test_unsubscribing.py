"""Ending survey mail: by the first POST, by nothing else, and back again."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.operations import mark_completed
from survey_app.campaigns.tokens import token_of
from survey_app.extensions import db, writing
from survey_app.outbox.operations import suppress
from survey_app.outbox.queries import find_suppression
from tests.factories.campaigns import NOW, a_campaign, delivered, invitations, sent, willing

ADDRESS = "an@example.org"


@pytest.fixture
def token(app: Flask) -> str:
    """Return the token of the links of somebody who has got their mail."""
    with app.app_context():
        with writing():
            willing(1, email=ADDRESS)
            campaign = a_campaign()
            db.session.commit()
        delivered(sent(campaign))
        return token_of(invitations(campaign)[0])


def _reason(app: Flask) -> str | None:
    with app.app_context():
        found = find_suppression(ADDRESS)
        return found.reason if found else None


def _disposition(app: Flask) -> str:
    with app.app_context():
        return invitations(db.session.get_one(Campaign, 1))[0].disposition


def test_one_click_acts_at_once_without_cookie_or_redirect(app: Flask, client: FlaskClient, token: str) -> None:
    answer = client.post(f"/u/{token}", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert _reason(app) == "unsubscribed"
    assert _disposition(app) == "unsubscribed"


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_changes_nothing(app: Flask, client: FlaskClient, token: str, method: str) -> None:
    for _ in range(3):
        assert getattr(client, method)(f"/u/{token}").status_code == 200
    assert client.get(f"/u/{token}?List-Unsubscribe=One-Click").status_code == 200
    assert client.get(f"/u/{token}/undo").status_code == 405
    assert _reason(app) is None
    assert _disposition(app) == "no-reply"


def test_a_second_click_says_the_same(client: FlaskClient, token: str) -> None:
    first, second = (client.post(f"/u/{token}") for _ in range(2))
    assert first.text == second.text
    assert "You get no more survey mail from us" in client.get(f"/u/{token}").text


def test_the_page_names_no_address(client: FlaskClient, token: str) -> None:
    assert ADDRESS not in client.get(f"/u/{token}").text
    assert ADDRESS not in client.post(f"/u/{token}").text


def test_an_undo_lifts_ones_own_unsubscription(app: Flask, client: FlaskClient, token: str) -> None:
    client.post(f"/u/{token}")
    assert "You get survey mail again" in client.post(f"/u/{token}/undo").text
    assert _reason(app) is None
    assert _disposition(app) == "no-reply"


@pytest.mark.parametrize("reason", ["bounced", "complained", "manual"])
def test_an_undo_lifts_nothing_else(app: Flask, client: FlaskClient, token: str, reason: str) -> None:
    with app.app_context(), writing():
        suppress(ADDRESS, reason, "test", NOW)
        db.session.commit()
    assert "Nothing was changed" in client.post(f"/u/{token}/undo").text
    assert _reason(app) == reason


def test_an_unsubscription_that_staff_wrote_down_is_not_undone_by_a_link(
    app: Flask, client: FlaskClient, token: str
) -> None:
    with app.app_context(), writing():
        suppress(ADDRESS, "unsubscribed", "a letter to customer care", NOW)
        db.session.commit()
    client.post(f"/u/{token}/undo")
    assert _reason(app) == "unsubscribed"


def test_who_has_answered_and_then_unsubscribes_has_answered(app: Flask, client: FlaskClient, token: str) -> None:
    with app.app_context(), writing():
        mark_completed(invitations(db.session.get_one(Campaign, 1))[0], NOW)
        db.session.commit()
    client.post(f"/u/{token}")
    assert _disposition(app) == "completed"
    assert _reason(app) == "unsubscribed"


def test_the_link_works_after_the_campaign_was_closed(app: Flask, client: FlaskClient, token: str) -> None:
    with app.app_context(), writing():
        db.session.get_one(Campaign, 1).state = "closed"
        db.session.commit()
    client.post(f"/u/{token}")
    assert _reason(app) == "unsubscribed"


def test_the_page_speaks_the_customers_language(app: Flask, client: FlaskClient, token: str) -> None:
    with app.app_context(), writing():
        invitations(db.session.get_one(Campaign, 1))[0].language = "vi"
        db.session.commit()
    assert '<html lang="vi"' in client.get(f"/u/{token}", headers={"Accept-Language": "es"}).text


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("wrong", ["x", "A" * 22, "%00", "..%2f", "é", "A" * 3000, "' OR 1=1"])
def test_every_wrong_link_gets_the_same_answer(client: FlaskClient, wrong: str) -> None:
    for method in (client.get, client.post):
        answer = method(f"/u/{wrong}")
        assert answer.status_code == 404
        assert "There is nothing at this address" in answer.text


def test_the_end_of_survey_mail_needs_no_token_of_a_form(app: Flask, client: FlaskClient, token: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert client.post(f"/u/{token}", data={"List-Unsubscribe": "One-Click"}).status_code == 200
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert _reason(app) == "unsubscribed"
