"""Guessing passwords comes to an end, and stops nobody but who guesses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask, request
from sqlalchemy import update

from survey_app import create_app
from survey_app.accounts import attempts
from survey_app.accounts.models import SignInAttempt
from survey_app.accounts.operations import record
from survey_app.extensions import db, writing
from tests.conftest import environment
from tests.strict import make_account, now, try_sign_in

HERE = {"environ_base": {"REMOTE_ADDR": "192.0.2.1"}}
ELSEWHERE = {"environ_base": {"REMOTE_ADDR": "198.51.100.7"}}


def guess(app: Flask, email: str, address: str, times: int) -> list[bool]:
    """Make tries without the cost of a password, and return which were let through."""
    with app.test_request_context(), writing():
        found = []
        for _try in range(times):
            found.append(attempts.begin_attempt(email, address, "sign-in", now()) is not None)
            db.session.flush()
        db.session.commit()
    return found


def test_the_eleventh_try_on_an_account_from_an_address_is_refused(strict_app: Flask, known_hash: str) -> None:
    make_account(strict_app, known_hash, email="a@example.org")
    client = strict_app.test_client()
    assert [try_sign_in(client, "a@example.org", "wrong", **HERE) for _try in range(10)] == [422] * 10
    assert try_sign_in(client, "A@example.org ", **HERE) == 429
    assert try_sign_in(strict_app.test_client(), "a@example.org", **ELSEWHERE) == 303


def test_forged_forwarding_headers_are_no_new_addresses(strict_app: Flask, known_hash: str) -> None:
    make_account(strict_app, known_hash, email="a@example.org")
    guess(strict_app, "a@example.org", "192.0.2.1", 10)
    forged = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Real-IP": "203.0.113.9"}
    assert try_sign_in(strict_app.test_client(), "a@example.org", headers=forged, **HERE) == 429


def test_the_stated_number_of_proxies_is_believed_and_no_more() -> None:
    app = create_app({**environment("sqlite://"), "SURVEY_PROXIES": "1"})
    app.before_request_funcs[None].insert(0, lambda: request.remote_addr)
    answer = app.test_client().get("/healthz", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.4"})
    assert answer.text == "198.51.100.4"


def test_guessing_one_account_stops_nobody_else_at_that_address(strict_app: Flask) -> None:
    assert guess(strict_app, "a@example.org", "192.0.2.1", 60) == [True] * 10 + [False] * 50
    assert guess(strict_app, "b@example.org", "192.0.2.1", 1) == [True]


def test_one_address_cannot_try_account_after_account(strict_app: Flask) -> None:
    found = [guess(strict_app, f"{number}@example.org", "192.0.2.1", 1)[0] for number in range(40)]
    assert found == [True] * 30 + [False] * 10


def test_a_household_of_addresses_counts_as_one(strict_app: Flask) -> None:
    found = [guess(strict_app, "a@example.org", f"2001:db8::{number}", 1)[0] for number in range(1, 15)]
    assert found == [True] * 10 + [False] * 4


def test_an_account_guessed_from_everywhere_stays_open_where_its_owner_signed_in(
    strict_app: Flask, known_hash: str
) -> None:
    number = make_account(strict_app, known_hash, email="a@example.org")
    with strict_app.test_request_context(environ_base={"REMOTE_ADDR": "198.51.100.7"}), writing():
        record("account.signed_in", "user", str(number)).user_id = number
        db.session.commit()
    for network in range(10):
        guess(strict_app, "a@example.org", f"203.0.113.{network}", 10)
    assert guess(strict_app, "a@example.org", "192.0.2.200", 1) == [False]
    assert guess(strict_app, "a@example.org", "198.51.100.7", 1) == [True]


def test_after_a_quarter_of_an_hour_one_may_try_again(strict_app: Flask) -> None:
    guess(strict_app, "a@example.org", "192.0.2.1", 10)
    with strict_app.app_context(), writing():
        db.session.execute(update(SignInAttempt).values(attempted_at=now() - timedelta(minutes=15, seconds=1)))
        db.session.commit()
    assert guess(strict_app, "a@example.org", "192.0.2.1", 1) == [True]


def test_a_right_password_forgives_the_tries_before_it(strict_app: Flask, known_hash: str) -> None:
    make_account(strict_app, known_hash, email="a@example.org")
    guess(strict_app, "a@example.org", "192.0.2.1", 9)
    assert try_sign_in(strict_app.test_client(), "a@example.org", **HERE) == 303
    assert guess(strict_app, "a@example.org", "192.0.2.1", 10) == [True] * 10


def test_the_lab_lifts_the_limits(app: Flask) -> None:
    assert all(guess(app, "a@example.org", "192.0.2.1", 20))


@pytest.mark.parametrize("address", [None, "", "unix:"])
def test_a_missing_address_is_one_address(strict_app: Flask, address: str | None) -> None:
    assert guess(strict_app, "a@example.org", address or "", 11) == [True] * 10 + [False]
