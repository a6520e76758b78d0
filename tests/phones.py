"""People with an authenticator app, and what they do over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from sqlalchemy import select, update

from survey_app.accounts.models import AuditEntry, Organisation, SecondFactor, User
from survey_app.accounts.second_factor import offer_second_factor, offered_secret, renew_recovery_codes
from survey_app.extensions import db, writing
from tests.pages.reading import check
from tests.strict import PASSWORD, make_account, now

EMAIL = "a@example.org"
PAGE = "/account/second-factor"
SET_UP = f"{PAGE}/set-up"
SECRET = re.compile(r'class="secret">([^<]+)<')
ELSEWHERE = {"environ_base": {"REMOTE_ADDR": "198.51.100.7"}}


@dataclass(frozen=True)
class Phone:
    """Somebody's authenticator app, and their recovery codes on paper."""

    secret: str
    paper: list[str]

    def code(self, steps: int = 0) -> str:
        """Return the code of this half minute, or of one so many after it."""
        return str(TOTP(key=self.secret.replace("-", "")).generate(time=now() + timedelta(seconds=30 * steps)).token)

    def wrong(self) -> str:
        """Return a code that does not count now."""
        right = {self.code(steps) for steps in range(-3, 4)}
        return next(
            code
            for code in ("000000", "111111", "222222", "333333", *map(str, range(444444, 444455)))
            if code not in right
        )


@pytest.fixture
def enrol(app: Flask, known_hash: str) -> Callable[..., Phone]:
    """Return a function that makes an account whose owner has a second factor."""

    def make(*roles: str, email: str = EMAIL) -> Phone:
        number = make_account(app, known_hash, *roles, email=email)
        with app.test_request_context(), writing():
            user = db.session.get_one(User, number)
            offer_second_factor(user, now())
            db.session.flush()
            secret = offered_secret(user, now())
            assert secret
            db.session.execute(update(SecondFactor).where(SecondFactor.user_id == number).values(confirmed_at=now()))
            paper = renew_recovery_codes(user)
            db.session.commit()
        return Phone(secret, paper)

    return make


def give_password(client: FlaskClient, email: str = EMAIL, target: str = "/account") -> str:
    answer = client.post("/sign-in", data={"email": email, "password": PASSWORD, "next": target})
    assert answer.status_code == 303
    return str(answer.location)


def give_code(client: FlaskClient, code: str, **options: object) -> int:
    return client.post("/sign-in/code", data={"code": code, "next": "/account"}, **options).status_code


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def set_up(client: FlaskClient) -> Phone:
    """Set a second factor up as a person does, and return their phone and their paper."""
    answer = client.post(PAGE, data={"current": PASSWORD})
    assert (answer.status_code, answer.location) == (303, SET_UP)
    secret = SECRET.findall(client.get(SET_UP).text)[0]
    answer = client.post(SET_UP, data={"code": Phone(secret, []).code()})
    assert answer.status_code == 200
    check(answer.text)
    return Phone(secret, SECRET.findall(answer.text))


def signed_in(app: Flask, email: str = EMAIL) -> FlaskClient:
    client = app.test_client()
    give_password(client, email)
    assert is_in(client)
    return client


def actions(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def number_of(app: Flask, email: str = EMAIL) -> int:
    with app.app_context():
        return db.session.scalars(select(User.id).where(User.email == email)).one()


def require_it(app: Flask) -> None:
    with app.app_context(), writing():
        db.session.execute(update(Organisation).values(admins_need_second_factor=True))
        db.session.commit()
