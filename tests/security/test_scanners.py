"""Mail filters open every link, some with a real browser that runs scripts: no answer, no unsubscription, no trace."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from survey_app.accounts.rules import token_hash
from survey_app.campaigns.models import Invitation
from survey_app.campaigns.tokens import token_of
from survey_app.customers.identity import AddressChange
from survey_app.extensions import db, writing
from tests.factories.answering import Person, a_fielding, an_invitation, link_of
from tests.security.test_anonymity import TWO_PAGES, whole_database

WAIT_MS = 1500


@pytest.fixture
def links(app: Flask) -> list[str]:
    """Return every link that a mail of an open campaign carries, and those that its pages lead to."""
    with app.app_context():
        invitation = an_invitation(
            a_fielding(TWO_PAGES), address="somebody@example.org", address_key="somebody@example.org"
        )
        token = token_of(invitation)
        personal, ending, details = link_of(invitation), f"/u/{token}", f"/p/{token}"
        confirming = f"/p/confirm/{_a_change(invitation)}"
    scores = [f"{personal}?score={score}" for score in (0, 10)]
    further = [f"{personal}/thanks", f"{personal}?page=last", f"{personal}?lang=es"]
    return [personal, *scores, ending, details, confirming, *further]


def _a_change(invitation: Invitation) -> str:
    """Return the token by which a customer's new address waits to be confirmed; commits."""
    token, now = "a-link-of-a-mail-to-a-new-address", datetime.now(UTC)
    with writing():
        values = {"address": "new@example.org", "language": "en", "source": "a mail"}
        times = {"created_at": now, "expires_at": now + timedelta(days=1)}
        change = AddressChange(customer_id=invitation.customer_id, token_hash=token_hash(token), **values, **times)
        db.session.add(change)
        db.session.commit()
    return token


def state() -> dict[str, list[str]]:
    db.session.rollback()
    return {table: [str(row) for row in rows] for table, rows in whole_database().items()}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE"])
def test_fetching_every_link_changes_nothing(app: Flask, client: FlaskClient, links: list[str], method: str) -> None:
    with app.app_context():
        before = state()
        for link in links * 3:
            asked = client.open(link, method=method, headers={"Purpose": "prefetch", "Sec-Purpose": "prefetch"})
            assert asked.status_code in {200, 303, 405}
            assert "Set-Cookie" not in asked.headers
        assert state() == before


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Serve the product on this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.xdist_group("browser")
def test_a_browser_that_opens_every_link_answers_nothing(
    app: Flask,
    chromium: Browser,
    links: list[str],
    address: str,
) -> None:
    sent: list[str] = []
    with app.app_context():
        before = state()
        page = chromium.new_page()
        page.on("request", lambda request: sent.append(request.method))
        for link in links:
            page.goto(f"{address}{link}")
            page.mouse.move(200, 200)
            page.mouse.wheel(0, 2000)
        page.wait_for_timeout(WAIT_MS)
        page.close()
        assert {*sent} == {"GET"}
        assert state() == before


def test_a_person_answers_after_every_scanner_and_a_later_scan_alters_nothing(
    app: Flask, client: FlaskClient, links: list[str]
) -> None:
    with app.app_context():
        for link in links * 2:
            client.get(link, follow_redirects=True)
        person = Person(app.test_client(), links[0])
        person.open()
        person.press(nps="8")
        assert person.press(why="good").request.path.endswith("/thanks")
        before = state()
        for link in links * 2:
            client.get(link, follow_redirects=True)
            client.head(link)
        assert state() == before
