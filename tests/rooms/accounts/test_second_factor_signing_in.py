"""Signing in with a second factor: codes, recovery codes, limits."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from survey_app.accounts.half_way import MARK
from survey_app.accounts.models import SecondFactor, StaffSession
from survey_app.accounts.second_factor import PURPOSE
from survey_app.extensions import db, writing
from survey_app.outbox.content import cipher
from tests.phones import (
    ELSEWHERE,
    EMAIL,
    PAGE,
    SET_UP,
    Phone,
    actions,
    give_code,
    give_password,
    is_in,
    number_of,
)
from tests.signing_in import SignIn
from tests.strict import PASSWORD, make_account, now, try_sign_in


def test_the_password_alone_opens_nothing(app: Flask, enrol: Callable[..., Phone]) -> None:
    enrol("admin")
    client = app.test_client()
    give_password(client)
    for path in ("/account", "/admin/staff", PAGE, SET_UP):
        answer = client.get(path)
        assert (answer.status_code, answer.location.startswith("/sign-in?")) == (303, True), path
    assert client.post(f"{PAGE}/remove", data={"remove-current": PASSWORD}).location == "/sign-in"
    with app.app_context():
        assert db.session.scalars(select(StaffSession)).all() == []
    assert "account.signed_in" not in actions(app)


def test_the_right_code_leads_on_to_our_own_pages_only(app: Flask, enrol: Callable[..., Phone]) -> None:
    phone = enrol()
    client = app.test_client()
    assert give_password(client, target="//evil.example") == "/sign-in/code?next=/"
    answer = client.post("/sign-in/code", data={"code": phone.code(), "next": "//evil.example"})
    assert answer.location == "/"


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "0" * 41, "000000\0", "-"])
def test_what_is_no_code_is_refused_in_words(app: Flask, enrol: Callable[..., Phone], code: str) -> None:
    enrol()
    client = app.test_client()
    give_password(client)
    answer = client.post("/sign-in/code", data={"code": code})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert not is_in(client)


def test_a_wrong_code_is_refused_and_written_down(app: Flask, enrol: Callable[..., Phone]) -> None:
    phone = enrol()
    client = app.test_client()
    give_password(client)
    assert give_code(client, phone.wrong()) == 422
    assert not is_in(client)
    assert actions(app)[-1] == "account.code_failed"
    assert give_code(client, f" {phone.code()[:3]} {phone.code()[3:]} ") == 303


def test_a_code_is_over_after_a_minute_and_does_not_count_early(app: Flask, enrol: Callable[..., Phone]) -> None:
    phone = enrol()
    client = app.test_client()
    give_password(client)
    assert [give_code(client, phone.code(steps)) for steps in (-3, 3)] == [422, 422]


def test_a_code_is_taken_once_and_an_older_one_never_after_it(app: Flask, enrol: Callable[..., Phone]) -> None:
    phone = enrol()
    code, earlier = phone.code(), phone.code(-1)
    first, second = app.test_client(), app.test_client()
    for client in (first, second):
        give_password(client)
    assert give_code(first, code) == 303
    assert [give_code(second, used) for used in (code, earlier)] == [422, 422]
    assert give_code(second, phone.code(1)) == 303


def test_a_recovery_code_signs_in_once_however_it_is_typed(app: Flask, enrol: Callable[..., Phone]) -> None:
    phone = enrol()
    client = app.test_client()
    give_password(client)
    assert give_code(client, phone.paper[0].upper().replace("-", " ")) == 303
    assert "<dd>9</dd>" in client.get(PAGE).text
    other = app.test_client()
    give_password(other)
    assert give_code(other, phone.paper[0]) == 422
    assert give_code(other, phone.paper[1]) == 303
    assert actions(app).count("account.recovery_code_used") == 2


def test_somebody_elses_codes_open_nothing(app: Flask, enrol: Callable[..., Phone]) -> None:
    enrol()
    other = enrol(email="b@example.org")
    client = app.test_client()
    give_password(client)
    assert [give_code(client, code) for code in (other.code(), other.paper[0])] == [422, 422]


def test_after_a_change_of_the_secret_key_recovery_codes_work_on(app: Flask, enrol: Callable[..., Phone]) -> None:
    phone = enrol()
    with app.app_context(), writing():
        db.session.execute(update(SecondFactor).values(secret=b"sealed under another key"))
        db.session.commit()
    client = app.test_client()
    give_password(client)
    assert [give_code(client, code) for code in (phone.code(), phone.paper[0])] == [422, 303]


def test_the_mark_between_password_and_code_is_short_lived(app: Flask, enrol: Callable[..., Phone]) -> None:
    phone = enrol()
    client = app.test_client()
    for age, status in ((601, "/sign-in"), (-5, "/sign-in"), (590, "/account")):
        give_password(client)
        with client.session_transaction() as cookie:
            cookie[MARK] = {**cookie[MARK], "since": now().timestamp() - age}
        assert client.post("/sign-in/code", data={"code": phone.code(), "next": "/account"}).location == status
    assert app.test_client().get("/sign-in/code").location == "/sign-in"


@pytest.mark.parametrize("change", ["password", "disable", "second-factor/remove"])
def test_the_mark_ends_with_a_new_password_disabling_and_removal(
    app: Flask, enrol: Callable[..., Phone], sign_in: SignIn, change: str
) -> None:
    phone = enrol()
    client = app.test_client()
    give_password(client)
    sign_in("admin").post(f"/admin/staff/{number_of(app)}/{change}")
    assert client.get("/sign-in/code").location == "/sign-in"
    assert client.post("/sign-in/code", data={"code": phone.code()}).location == "/sign-in"
    assert not is_in(client)


def test_a_forged_mark_is_no_mark(app: Flask, enrol: Callable[..., Phone]) -> None:
    enrol()
    client = app.test_client()
    give_password(client)
    held = client.get_cookie("session")
    assert held
    client.set_cookie("session", held.value[:-4] + ("AAAA" if held.value[-4:] != "AAAA" else "BBBB"))
    assert client.get("/sign-in/code").location == "/sign-in"


class TestOutsideTheLab:
    """Limits, where they hold."""

    @staticmethod
    def token(client: FlaskClient) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in/code").text)
        assert found
        return found.group(1)

    def give(self, client: FlaskClient, code: str, **options: object) -> tuple[int, str | None]:
        form = {"code": code, "csrf_token": self.token(client)}
        answer = client.post("/sign-in/code", data=form, **options)
        return answer.status_code, answer.headers.get("Retry-After")

    def test_the_sixth_code_is_refused_even_a_right_one_and_after_the_password_again(
        self, enrol: Callable[..., Phone], strict_app: Flask
    ) -> None:
        phone = self.moved(enrol, strict_app)
        client = strict_app.test_client()
        assert try_sign_in(client, EMAIL) == 303
        assert [self.give(client, phone.wrong()) for _try in range(5)] == [(422, None)] * 5
        assert self.give(client, phone.code()) == (429, "900")
        assert try_sign_in(client, EMAIL) == 303
        assert self.give(client, phone.paper[0]) == (429, "900")
        other = strict_app.test_client()
        assert try_sign_in(other, EMAIL, **ELSEWHERE) == 303
        assert self.give(other, phone.paper[0], **ELSEWHERE)[0] == 303

    def test_too_many_passwords_say_when_to_come_back(self, strict_app: Flask, known_hash: str) -> None:
        make_account(strict_app, known_hash, email=EMAIL)
        client = strict_app.test_client()
        assert [try_sign_in(client, EMAIL, "wrong") for _try in range(10)] == [422] * 10
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
        assert token
        form = {"email": EMAIL, "password": PASSWORD, "csrf_token": token.group(1)}
        answer = client.post("/sign-in", data=form)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")

    @staticmethod
    def moved(enrol: Callable[..., Phone], strict: Flask) -> Phone:
        """Enrol in the lab and seal the secret anew under the strict application's own key."""
        phone = enrol()
        with strict.app_context(), writing():
            db.session.execute(update(SecondFactor).values(secret=cipher(PURPOSE).encrypt(phone.secret.encode())))
            db.session.commit()
        return phone
