"""A forgotten password: by mail, once, within an hour, told to nobody else."""

from __future__ import annotations

import re
from datetime import timedelta
from time import process_time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from survey_app.accounts.models import PasswordReset
from survey_app.extensions import db, writing
from survey_app.outbox.content import unseal
from survey_app.outbox.models import OutboxMail
from tests.signing_in import SignIn
from tests.strict import csrf_token, make_account, now, try_sign_in

BETTER = "green lamps over quiet boats"
FORGERIES = [
    {},
    {"headers": {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "444"}},
    {"headers": {"Forwarded": "host=evil.example", "X-Host": "evil.example", "X-Original-URL": "//evil.example/"}},
    {"headers": {"Origin": "http://127.0.0.1", "Referer": "http://evil.example/"}, "base_url": "http://127.0.0.1"},
    {"base_url": "http://127.0.0.1:4444"},
]


def ask(client: FlaskClient, email: str, **options: object) -> str:
    form = {"email": email, "csrf_token": csrf_token(client, "/password/forgotten")}
    answer = client.post("/password/forgotten", data=form, **options)
    assert answer.status_code == 200, answer.text
    return answer.text


def mails(app: Flask) -> list[str]:
    with app.app_context():
        return [unseal(row.content).text for row in db.session.scalars(select(OutboxMail).order_by(OutboxMail.id))]


def link(text: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/password/new/[\w-]+)", text)
    assert found, text
    return found.group(1)


def use(client: FlaskClient, path: str, password: str = BETTER) -> int:
    form = {"password": password, "repeated": password, "csrf_token": csrf_token(client, "/sign-in")}
    return client.post(path, data=form).status_code


def test_the_link_in_the_mail_sets_a_new_password_once(strict_app: Flask, known_hash: str) -> None:
    make_account(strict_app, known_hash, email="anh@example.org", language="vi")
    client = strict_app.test_client()
    ask(client, " Anh@EXAMPLE.org")
    path = link(mails(strict_app)[0])
    for _scan in range(3):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    assert use(client, path, "12345678") == 422
    assert use(client, path) == 303
    assert use(client, path, "another good one, entirely") == 404
    assert client.get(path).status_code == 404
    assert try_sign_in(client, "anh@example.org", BETTER) == 303


def test_a_used_link_ends_every_session(app: Flask, sign_in: SignIn) -> None:
    signed_in = sign_in("agent", email="a@example.org")
    client = app.test_client()
    client.post("/password/forgotten", data={"email": "a@example.org"})
    path = link(mails(app)[0])
    assert client.post(path, data={"password": BETTER, "repeated": BETTER}).status_code == 303
    assert signed_in.get("/account").status_code == 303


def test_a_newer_link_kills_the_older(strict_app: Flask, known_hash: str) -> None:
    make_account(strict_app, known_hash, email="a@example.org")
    client = strict_app.test_client()
    ask(client, "a@example.org")
    ask(client, "a@example.org")
    older, newer = (link(text) for text in mails(strict_app))
    assert use(client, older) == 404
    assert use(client, newer) == 303


def test_a_link_is_over_after_an_hour_and_a_made_up_one_never_worked(strict_app: Flask, known_hash: str) -> None:
    make_account(strict_app, known_hash, email="a@example.org")
    client = strict_app.test_client()
    ask(client, "a@example.org")
    path = link(mails(strict_app)[0])
    with strict_app.app_context(), writing():
        db.session.execute(update(PasswordReset).values(created_at=now() - timedelta(minutes=60, seconds=1)))
        db.session.commit()
    over, made_up = client.get(path), client.get("/password/new/made-up")
    assert over.status_code == made_up.status_code == 404
    assert over.text.replace(path, "") == made_up.text.replace("/password/new/made-up", "")


def test_the_database_never_holds_the_link(strict_app: Flask, known_hash: str) -> None:
    make_account(strict_app, known_hash, email="a@example.org")
    ask(strict_app.test_client(), "a@example.org")
    token = link(mails(strict_app)[0]).rpartition("/")[2]
    assert len(token) * 6 >= 128
    with strict_app.app_context():
        assert token not in str(db.session.scalars(select(PasswordReset.token_hash)).all())
        row = db.session.scalars(select(OutboxMail)).one()
        assert token.encode() not in bytes(row.content or b"")


@pytest.mark.parametrize("forgery", FORGERIES)
def test_no_request_can_forge_the_address_of_the_link(
    strict_app: Flask, known_hash: str, forgery: dict[str, object]
) -> None:
    make_account(strict_app, known_hash, email="a@example.org")
    client = strict_app.test_client()
    form = {"email": "a@example.org", "csrf_token": csrf_token(client, "/password/forgotten")}
    client.post("/password/forgotten", data=form, **forgery)
    for text in mails(strict_app):
        assert "evil" not in text
        assert "4444" not in text
        link(text)


def test_the_answer_is_the_same_and_nothing_is_sent_where_there_is_no_account(
    strict_app: Flask, known_hash: str
) -> None:
    make_account(strict_app, known_hash, email="a@example.org")
    make_account(strict_app, known_hash, email="gone@example.org", active=False)
    client = strict_app.test_client()
    pages = {ask(client, email) for email in ("a@example.org", "nobody@example.org", "gone@example.org")}
    assert len(pages) == 1
    assert len(mails(strict_app)) == 1


def test_mail_to_one_account_is_limited_but_the_answer_stays_the_same(strict_app: Flask, known_hash: str) -> None:
    make_account(strict_app, known_hash, email="a@example.org")
    client = strict_app.test_client()
    assert len({ask(client, "a@example.org") for _try in range(8)}) == 1
    assert len(mails(strict_app)) == 5


def test_refusing_takes_as_long_for_an_unknown_account(strict_app: Flask, known_hash: str) -> None:
    make_account(strict_app, known_hash, email="a@example.org")
    client = strict_app.test_client()

    def effort(email: str) -> float:
        # Computing time: what else this machine does at the moment is no difference between accounts.
        begun = process_time()
        assert try_sign_in(client, email, "wrong") == 422
        return process_time() - begun

    effort("warm@example.org")
    pairs = [(effort("a@example.org"), effort("nobody@example.org")) for _try in range(4)]
    known, unknown = (min(column) for column in zip(*pairs, strict=True))
    assert abs(known - unknown) < max(0.025, 0.3 * max(known, unknown))
