"""What every request meets: hosts, origins, tokens, errors, headers."""

from __future__ import annotations

import logging

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.exceptions import Conflict

from survey_app import create_app
from survey_app.extensions import db
from tests.conftest import environment
from tests.signing_in import SignIn
from tests.strict import csrf_token

CROSS = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost:4444"},
    {"Origin": "http://localhost.evil.example"},
]
OURS = [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8000", "[::2]", ""])
def test_an_unknown_host_is_refused_with_a_page_of_ours(client: FlaskClient, host: str) -> None:
    for path in ("/sign-in", "/nothing", "/account"):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == 400
        assert "We could not read that request" in answer.text
        assert "evil" not in answer.text


@pytest.mark.parametrize("headers", CROSS)
def test_another_site_changes_nothing(sign_in: SignIn, headers: dict[str, str]) -> None:
    client = sign_in("agent")
    assert client.post("/account", data={"name": "X", "language": "en"}, headers=headers).status_code == 403
    assert client.post("/sign-out", headers=headers).status_code == 403
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("headers", OURS)
def test_our_own_pages_do(sign_in: SignIn, headers: dict[str, str]) -> None:
    form = {"name": "X", "language": "en"}
    assert sign_in("agent").post("/account", data=form, headers=headers).status_code == 303


def test_an_origin_hidden_by_the_browser_is_enough_for_public_pages_only(sign_in: SignIn) -> None:
    client, hidden = sign_in("agent"), {"Origin": "null"}
    assert client.post("/account", data={"name": "X", "language": "en"}, headers=hidden).status_code == 403
    assert client.post("/language", data={"language": "es"}, headers=hidden).status_code == 303


def test_a_form_without_its_token_is_refused(strict_app: Flask) -> None:
    client = strict_app.test_client()
    assert client.post("/sign-in", data={"email": "a@example.org", "password": "x"}).status_code == 400
    form = {"language": "es", "csrf_token": csrf_token(client)}
    assert client.post("/language", data=form).status_code == 303


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/nothing-here", 404, "There is nothing at this address"),
        ("POST", "/nothing-here", 404, "There is nothing at this address"),
        ("DELETE", "/sign-in", 405, "cannot be used this way"),
        ("TRACE", "/sign-in", 405, "cannot be used this way"),
    ],
)
def test_an_error_is_said_in_words(client: FlaskClient, method: str, path: str, status: int, words: str) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert words in answer.text
    assert "Reference number:" in answer.text


def test_what_is_not_allowed_names_what_is(client: FlaskClient) -> None:
    assert set(client.delete("/healthz").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


LARGE = b"x" * 1_200_000
PART = b'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\n' + LARGE + b"\r\n--b--\r\n"


@pytest.mark.parametrize(
    ("kind", "body"),
    [("application/x-www-form-urlencoded", b"email=" + LARGE), ("multipart/form-data; boundary=b", PART)],
    ids=["plain", "multipart"],
)
def test_a_form_that_is_too_large_is_refused_in_words(client: FlaskClient, kind: str, body: bytes) -> None:
    answer = client.post("/sign-in", data=body, content_type=kind)
    assert answer.status_code == 413
    assert "That is too large" in answer.text


def test_a_document_nested_without_end_is_refused(app: Flask) -> None:
    def read() -> str:
        return str(request.get_json())

    before = app.view_functions["accounts.choose_language"]
    read.declared_access = before.declared_access  # type: ignore[attr-defined]
    app.view_functions["accounts.choose_language"] = read
    try:
        body = "[" * 200_000
        answer = app.test_client().post("/language", data=body, content_type="application/json")
    finally:
        app.view_functions["accounts.choose_language"] = before
    assert answer.status_code == 400


def test_a_fault_of_ours_shows_a_number_and_no_trace(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> str:
        raise RuntimeError("the secret is 4711")

    before = app.view_functions["health.alive"]
    broken.declared_access = before.declared_access  # type: ignore[attr-defined]
    app.view_functions["health.alive"] = broken
    app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        with caplog.at_level(logging.ERROR):
            answer = app.test_client().get("/healthz")
    finally:
        app.view_functions["health.alive"] = before
        app.config["PROPAGATE_EXCEPTIONS"] = None
    assert answer.status_code == 500
    assert "4711" not in answer.text
    assert "Traceback" not in answer.text
    reference = answer.text.split('class="reference">')[1].split("<")[0]
    assert reference in caplog.text


def test_errors_speak_the_visitors_language(app: Flask) -> None:
    answer = app.test_client().get("/nothing-here", headers={"Accept-Language": "vi-VN,vi;q=0.9"})
    assert '<html lang="vi">' in answer.text


def test_programs_get_errors_as_data(client: FlaskClient) -> None:
    answer = client.get("/nothing-here", headers={"Accept": "application/json"})
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == 404
    assert answer.json["reference"]


def test_a_conflict_has_its_own_words(app: Flask) -> None:
    with app.test_request_context():
        answer = app.handle_http_exception(Conflict())
    assert answer.status_code == 409
    assert "Somebody else was faster" in answer.get_data(as_text=True)


def test_every_answer_carries_the_headers_that_protect_it(client: FlaskClient) -> None:
    for path in ("/sign-in", "/nothing-here", "/healthz"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        for directive in ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert directive in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_over_https_the_cookie_stays_with_this_host() -> None:
    app = create_app(
        {**environment("sqlite://"), "SURVEY_LAB": "0", "SURVEY_PUBLIC_URL": "https://surveys.example.org"}
    )
    client = app.test_client()
    answer = client.get("/sign-in", base_url="https://surveys.example.org")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie


def test_a_public_page_loads_nobody_and_sets_no_cookie(sign_in: SignIn) -> None:
    client = sign_in("agent")
    answer = client.get("/healthz")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_a_public_page_asks_nothing_about_staff_even_of_staff(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("agent")
    asked: list[str] = []

    def hear(*event_arguments: object) -> None:
        asked.append(str(event_arguments[2]))

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", hear)
    try:
        for path in ("/a/no-such-link", "/w/no-such-survey", "/u/no-such-link", "/healthz"):
            client.get(path)
            client.post(path, data={"page": "1"})
        public = " ".join(asked)
        client.get("/account")
        staff = " ".join(asked)
    finally:
        with app.app_context():
            event.remove(db.engine, "before_cursor_execute", hear)
    assert "staff_sessions" not in public
    assert "FROM users" not in public
    assert "staff_sessions" in staff
