"""People who are signed in, without the cost of a password."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app.accounts.models import Organisation, Role, User
from survey_app.accounts.sessions import COOKIE_ENTRY, open_session
from survey_app.extensions import db, writing

SignIn = Callable[..., FlaskClient]


def make_organisation() -> Organisation:
    """Return the organisation, made when it is missing."""
    found = db.session.get(Organisation, 1)
    if found is None:
        found = Organisation(
            id=1,
            name="Harbour Lane Stores",
            sender_name="Harbour Lane Stores",
            sender_address="surveys@example.org",
            contact_address="help@example.org",
        )
        db.session.add(found)
        db.session.flush()
    return found


def make_user(*roles: str, **values: object) -> User:
    """Return a new member of staff who has no password."""
    now = datetime.now(UTC)
    known = {role.name: role for role in db.session.scalars(select(Role).where(Role.name.in_(roles)))}
    defaults = {
        "email": f"{roles[0] if roles else 'nobody'}-{secrets.token_hex(4)}@example.org",
        "name": "Nguyễn O'Brien",
        "fs_uniquifier": secrets.token_hex(16),
        "created_at": now,
        "roles": [known.get(role) or Role(name=role) for role in roles],
    }
    user = User(**{**defaults, **values})
    db.session.add(user)
    db.session.flush()
    return user


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """Return a function: `sign_in("agent")` is the client of a new person with these roles, signed in.

    Keyword arguments are columns of the person (`email=`, `name=`, `language=`).
    """

    def signed_in(*roles: str, **values: object) -> FlaskClient:
        with app.app_context(), writing():
            make_organisation()
            token = open_session(make_user(*roles, **values), datetime.now(UTC))
            db.session.commit()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie[COOKIE_ENTRY] = token
        return client

    return signed_in
