"""Flask-Security wired to our tables and our server-side sessions, with nothing running on public pages.

It brings the datastore, Argon2id and the user of a request. Its own pages stay off: ours keep sessions on the server,
count guesses in the database and answer the same whether or not an account exists.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from flask import Flask, g
from flask_login.utils import _user_context_processor
from flask_security import Security, SQLAlchemyUserDatastore
from flask_security.utils import hash_password

from survey_app.accounts.models import Role, User
from survey_app.accounts.queries import find_live_session
from survey_app.extensions import db

datastore = SQLAlchemyUserDatastore(db, User, Role)
SETTINGS = {
    "SECURITY_REGISTER_BLUEPRINT": False,
    "SECURITY_PASSWORD_HASH": "argon2",
    # Without a second secret: passwords survive a change of SECRET_KEY.
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    "SECURITY_PASSWORD_SALT": None,
    "SECURITY_CLI_USERS_NAME": False,
    "SECURITY_CLI_ROLES_NAME": False,
    "SECURITY_CACHE_CONTROL": None,
}


def bind(app: Flask) -> None:
    """Wire Flask-Security, then take away what it would do on every request."""
    for name, value in SETTINGS.items():
        app.config.setdefault(name, value)
    security = Security(app, datastore, register_blueprint=False)
    login = security.login_manager
    login.session_protection = None
    login.user_loader(_user_of)
    # No tokens in headers or addresses, and no cookie that outlives the server's record.
    login.request_loader(_nobody)
    # A respondent's page must not look for a signed-in person: the gate does, where a page asks for one.
    app.before_request_funcs[None].remove(security.principal._on_before_request)  # noqa: SLF001 - it has no switch
    app.after_request_funcs[None].remove(login._update_remember_cookie)  # noqa: SLF001 - it has no switch
    app.template_context_processors[None].remove(_user_context_processor)


@cache
def decoy_hash() -> str:
    """Return the hash of a password nobody has, so that unknown accounts take as long to refuse as known ones."""
    return str(hash_password("nobody's password, hashed once per process"))


def _user_of(token: str) -> User | None:
    """Return whose session this is, if the server still counts it."""
    found = find_live_session(token, datetime.now(UTC))
    if found is None:
        return None
    g.staff_session, user = found
    return user


def _nobody(_request: Any) -> None:
    return None
