"""Signing in and out over HTTP."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.signing_in import SignIn


def test_a_page_for_staff_sends_everybody_else_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/account?tab=1")
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/account?tab%3D1"


def test_somebody_signed_in_sees_their_page(sign_in: SignIn) -> None:
    answer = sign_in("agent", name="Ngọc Ánh").get("/account")
    assert answer.status_code == 200
    assert "Ngọc Ánh" in answer.text
