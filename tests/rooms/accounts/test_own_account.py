"""One's own account: details and password."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from tests.signing_in import SignIn
from tests.strict import PASSWORD, csrf_token, make_account, try_sign_in

BETTER = "green lamps over quiet boats"


def change(client: FlaskClient, current: str, new: str, repeated: str | None = None) -> tuple[int, str]:
    form = {"current": current, "password": new, "repeated": new if repeated is None else repeated}
    answer = client.post("/account/password", data={**form, "csrf_token": csrf_token(client, "/account/password")})
    return answer.status_code, answer.text


def test_a_new_password_ends_every_other_session(strict_app: Flask, known_hash: str) -> None:
    make_account(strict_app, known_hash, email="a@example.org")
    here, there = strict_app.test_client(), strict_app.test_client()
    for client in (here, there):
        assert try_sign_in(client, "a@example.org") == 303
    assert change(here, PASSWORD, BETTER)[0] == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    assert try_sign_in(there, "a@example.org", PASSWORD) == 422
    assert try_sign_in(there, "a@example.org", BETTER) == 303


def test_a_new_password_needs_the_old_one_a_good_one_and_the_same_twice(strict_app: Flask, known_hash: str) -> None:
    make_account(strict_app, known_hash, email="a@example.org", name="Linh")
    client = strict_app.test_client()
    try_sign_in(client, "a@example.org")
    status, page = change(client, "wrong", BETTER)
    assert (status, "This is not your current password." in page) == (422, True)
    status, page = change(client, PASSWORD, "12345678")
    assert (status, "That is easy to guess." in page) == (422, True)
    status, page = change(client, PASSWORD, BETTER, "other")
    assert (status, "The two passwords differ." in page) == (422, True)
    assert BETTER not in page
    assert try_sign_in(strict_app.test_client(), "a@example.org", PASSWORD) == 303


def test_details_are_saved_and_wrong_ones_stay_on_the_page(sign_in: SignIn) -> None:
    client = sign_in("agent")
    assert client.post("/account", data={"name": "Đặng <b>", "language": "es"}).status_code == 303
    page = client.get("/account").text
    assert 'value="Đặng &lt;b&gt;"' in page
    assert '<html lang="es">' in page
    answer = client.post("/account", data={"name": "x" * 201, "language": "es"})
    assert answer.status_code == 422
    assert "x" * 201 in answer.text
    assert 'role="alert"' in answer.text
    assert 'href="#name"' in answer.text


def test_only_named_fields_are_read(sign_in: SignIn) -> None:
    client = sign_in("agent")
    client.post("/account", data={"name": "A", "language": "en", "roles": "admin", "email": "x@example.org"})
    assert client.get("/admin/staff").status_code == 404
