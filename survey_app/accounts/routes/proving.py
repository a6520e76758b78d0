"""Asking again for the password before something that a borrowed browser must not do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, make_response, request
from flask_babel import gettext as _
from flask_security.utils import verify_password
from wtforms import PasswordField

from survey_app.accounts.attempts import WINDOW, begin_attempt, forget_attempts
from survey_app.accounts.models import User
from survey_app.extensions import db
from survey_app.web.forms import Form

REFUSED = 422
TOO_MANY = 429


def prove_password(user: User, form: Form, field: PasswordField, now: datetime) -> int:
    """Return 0 when the person knows their password, else the status of the refusal, said in the form.

    Guesses count like those at sign-in.
    """
    stored, attempt = user.password or "", begin_attempt(user.email, request.remote_addr, "sign-in", now)
    # No lock is held during the slow check.
    db.session.commit()
    if attempt is None:
        say_too_many(form)
        return TOO_MANY
    if not stored or not verify_password(field.data, stored):
        field.errors = [_("This is not your current password.")]
        return REFUSED
    forget_attempts(user.email, request.remote_addr)
    return 0


def say_too_many(form: Form) -> None:
    """Say in the form that it was tried too often."""
    form.form_errors.append(_("Too many tries. Wait a quarter of an hour, then try again."))


def refused(page: str, code: int) -> Response:
    """Return a refused form; after too many tries also when to come back."""
    answer: Any = make_response(page, code)
    if code == TOO_MANY:
        answer.headers["Retry-After"] = str(int(WINDOW.total_seconds()))
    found: Response = answer
    return found
