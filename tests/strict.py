"""The product as strangers meet it: CSRF tokens required, guesses limited."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security.utils import hash_password

from survey_app import create_app
from survey_app.extensions import db, writing
from tests.signing_in import make_organisation, make_user

PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="session")
def session_strict_app(session_app: Flask) -> Flask:
    """Return a second application on the tests' database, outside the lab."""
    environ = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SURVEY_PUBLIC_URL": "http://127.0.0.1:8000",
        "SURVEY_MAIL_FROM": "surveys@example.org",
        "DATABASE_URL": session_app.config["SQLALCHEMY_DATABASE_URI"],
    }
    return create_app(environ, TESTING=True)


@pytest.fixture
def strict_app(app: Flask, session_strict_app: Flask) -> Iterator[Flask]:
    """Return the strict application on an empty database."""
    yield session_strict_app
    with session_strict_app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def known_hash(session_app: Flask) -> str:
    """Return the hash of PASSWORD, computed once."""
    with session_app.app_context():
        return str(hash_password(PASSWORD))


def make_account(app: Flask, known_hash: str, *roles: str, **values: object) -> int:
    """Return the number of a new member of staff who signs in with PASSWORD."""
    with app.app_context(), writing():
        make_organisation()
        user = make_user(*(roles or ("agent",)), **{"password": known_hash, **values})
        number = user.id
        db.session.commit()
    return number


def csrf_token(client: FlaskClient, path: str = "/sign-in") -> str:
    """Return the token that a page's form carries."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found, f"{path} has no form with a token"
    return found.group(1)


def try_sign_in(client: FlaskClient, email: str, password: str = PASSWORD, **options: object) -> int:
    """Fill in the sign-in form and return the status of the answer."""
    form = {"email": email, "password": password, "csrf_token": csrf_token(client)}
    return client.post("/sign-in", data=form, **options).status_code


def now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)
