"""Whom to tell about a weakness."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from survey_app.accounts.models import Organisation
from survey_app.extensions import db, writing
from tests.signing_in import make_organisation
from tests.strict import now

PATH = "/.well-known/security.txt"


def lines(client: FlaskClient) -> dict[str, str]:
    answer = client.get(PATH)
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    return dict(line.split(": ", 1) for line in answer.text.splitlines())


def test_a_finder_is_told_whom_to_write_to_for_less_than_a_year(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), writing():
        make_organisation()
        db.session.commit()
    found = lines(client)
    assert found["Contact"] == "mailto:help@example.org"
    assert found["Canonical"] == f"http://127.0.0.1:8000{PATH}"
    assert found["Preferred-Languages"] == "en, vi, es"
    assert timedelta(days=30) < datetime.fromisoformat(found["Expires"]) - now() < timedelta(days=365)


def test_an_address_adds_no_line(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), writing():
        make_organisation()
        db.session.execute(update(Organisation).values(contact_address="a@example.org\nContact: evil"))
        db.session.commit()
    assert lines(client)["Contact"] == "mailto:a@example.org%0AContact%3A%20evil"


def test_before_the_first_start_there_is_nobody_to_name(client: FlaskClient) -> None:
    assert client.get(PATH).status_code == 404
