"""Signing in and out over HTTP, and what a session is worth."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from survey_app.accounts.models import AuditEntry, StaffSession
from survey_app.extensions import db, writing
from tests.signing_in import SignIn
from tests.strict import PASSWORD, csrf_token, make_account, now, try_sign_in


def actions(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_page_for_staff_sends_everybody_else_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/account?tab=1")
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/account?tab%3D1"


def test_somebody_signed_in_sees_their_page(sign_in: SignIn) -> None:
    answer = sign_in("agent", name="Ngọc Ánh").get("/account")
    assert answer.status_code == 200
    assert "Ngọc Ánh" in answer.text


def test_the_right_password_opens_however_the_address_is_typed(strict_app: Flask, known_hash: str) -> None:
    make_account(strict_app, known_hash, email="ánh@example.org")
    client = strict_app.test_client()
    form = {"email": "  Ánh@EXAMPLE.org ", "password": PASSWORD, "next": "/account", "csrf_token": csrf_token(client)}
    answer = client.post("/sign-in", data=form)
    assert (answer.status_code, answer.location) == (303, "/account")
    assert client.get("/account").status_code == 200
    assert actions(strict_app) == ["account.signed_in"]


@pytest.mark.parametrize(
    ("email", "password", "active"),
    [("a@example.org", "wrong", True), ("nobody@example.org", PASSWORD, True), ("a@example.org", PASSWORD, False)],
    ids=["wrong password", "unknown account", "disabled account"],
)
def test_every_refusal_says_the_same(
    strict_app: Flask, known_hash: str, email: str, password: str, *, active: bool
) -> None:
    make_account(strict_app, known_hash, email="a@example.org", active=active)
    client = strict_app.test_client()
    form = {"email": email, "password": password, "csrf_token": csrf_token(client)}
    answer = client.post("/sign-in", data=form)
    assert answer.status_code == 422
    assert "do not belong together" in answer.text
    assert f'value="{email}"' in answer.text
    assert client.get("/account").status_code == 303
    assert actions(strict_app) == ["account.sign_in_failed"]


def test_signing_in_gives_the_browser_a_new_session(strict_app: Flask, known_hash: str) -> None:
    make_account(strict_app, known_hash, email="a@example.org")
    client = strict_app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "planted"
        cookie["planted"] = "yes"
    assert try_sign_in(client, "a@example.org") == 303
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie["_user_id"] != "planted"


def test_an_old_cookie_never_works_after_signing_out(sign_in: SignIn) -> None:
    client = sign_in("agent")
    old = client.get_cookie("session")
    assert old
    assert client.post("/sign-out").status_code == 303
    client.set_cookie("session", old.value)
    assert client.get("/account").status_code == 303


def test_nobody_is_signed_in_or_out_by_looking(sign_in: SignIn) -> None:
    client = sign_in("agent")
    assert client.get("/sign-out").status_code == 405
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("column", "age", "works"),
    [
        ("last_seen_at", timedelta(hours=7, minutes=59), True),
        ("last_seen_at", timedelta(hours=8, minutes=1), False),
        ("created_at", timedelta(days=6, hours=23), True),
        ("created_at", timedelta(days=7, minutes=1), False),
    ],
)
def test_a_session_ends_idle_after_eight_hours_and_anyhow_after_seven_days(
    app: Flask, sign_in: SignIn, column: str, age: timedelta, *, works: bool
) -> None:
    client = sign_in("agent")
    with app.app_context(), writing():
        db.session.execute(update(StaffSession).values({column: now() - age}))
        db.session.commit()
    assert (client.get("/account").status_code == 200) is works


def test_being_there_keeps_a_session_alive(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("agent")
    with app.app_context(), writing():
        db.session.execute(update(StaffSession).values(last_seen_at=now() - timedelta(hours=7)))
        db.session.commit()
    assert client.get("/account").status_code == 200
    with app.app_context():
        seen = db.session.scalar(select(StaffSession.last_seen_at))
    assert seen
    assert now() - seen < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("target", "lands"),
    [
        ("/account?a=1#b", "/account?a=1#b"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\t//evil.example", "/"),
        ("/\n/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_signing_in_leads_only_to_our_own_pages(strict_app: Flask, known_hash: str, target: str, lands: str) -> None:
    make_account(strict_app, known_hash, email="a@example.org")
    client = strict_app.test_client()
    form = {"email": "a@example.org", "password": PASSWORD, "next": target, "csrf_token": csrf_token(client)}
    assert client.post("/sign-in", data=form).location == lands


def test_a_form_sent_after_the_session_ended_says_how_to_go_on(client: FlaskClient) -> None:
    answer = client.post("/account", data={"name": "Ánh"}, follow_redirects=True)
    assert "what you typed is still there" in answer.text


def test_the_language_is_changed_by_a_press_and_kept(sign_in: SignIn) -> None:
    client = sign_in("agent")
    assert client.get("/language").status_code == 405
    answer = client.post("/language", data={"language": "vi", "next": "/account"})
    assert answer.location == "/account"
    assert '<html lang="vi">' in client.get("/account").text
    client.post("/language", data={"language": "xx"})
    assert '<html lang="vi">' in client.get("/account").text


@pytest.mark.parametrize(
    ("roles", "page"),
    [
        (["marketer"], "/surveys"),
        (["manager"], "/reports"),
        (["analyst"], "/reports"),
        (["agent"], "/cases"),
        (["admin"], "/surveys"),
        (["agent", "manager"], "/reports"),
    ],
)
def test_the_start_page_leads_to_what_the_person_works_with(sign_in: SignIn, roles: list[str], page: str) -> None:
    person = sign_in(*roles)
    assert person.get("/").location == page
    assert person.get(page).status_code == 200
