"""The second half of signing in: the code, for those who have a second factor."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.accounts.attempts import begin_attempt, forget_attempts
from survey_app.accounts.forms import CodeForm
from survey_app.accounts.half_way import half_way_user
from survey_app.accounts.models import User
from survey_app.accounts.operations import record
from survey_app.accounts.routes import blueprint
from survey_app.accounts.routes.proving import REFUSED, TOO_MANY, refused, say_too_many
from survey_app.accounts.rules import safe_next
from survey_app.accounts.second_factor import use_code
from survey_app.accounts.sessions import start_session
from survey_app.extensions import db
from survey_app.web import access
from survey_app.web.languages import choose_language

KIND = "code"


@blueprint.get("/sign-in/code")
@access.public("who gave the right password a moment ago is not signed in before the code")
def ask_for_code() -> Response | str:
    """Ask for the code of the app."""
    user = half_way_user(datetime.now(UTC))
    if user is None:
        return _start_again()
    choose_language(user.language)
    return _page(CodeForm(), request.args.get("next"))


@blueprint.post("/sign-in/code")
@access.public("who gave the right password a moment ago is not signed in before the code")
def confirm_code() -> Response:
    """Sign in with the code, or say what is wrong with it."""
    now = datetime.now(UTC)
    user = half_way_user(now)
    if user is None:
        return _start_again()
    choose_language(user.language)
    form = CodeForm()
    code = _refusal(user, form, now)
    if code:
        return refused(_page(form, request.form.get("next")), code)
    forget_attempts(user.email, request.remote_addr, KIND)
    start_session(user, now)
    record("account.signed_in", "user", str(user.id), second_factor=True)
    db.session.commit()
    return redirect(safe_next(request.form.get("next")), 303)


def _refusal(user: User, form: CodeForm, now: datetime) -> int:
    """Return 0 for a right code, else the status of the refusal, said in the form."""
    if not form.validate():
        return REFUSED
    if begin_attempt(user.email, request.remote_addr, KIND, now) is None:
        say_too_many(form)
        return TOO_MANY
    if use_code(user, form.code.data, now):
        return 0
    record("account.code_failed", "user", str(user.id), email=user.email)
    db.session.commit()
    form.code.errors = [
        _("This code is wrong, over or already used. Wait for the next one in your app, or use another recovery code.")
    ]
    return REFUSED


def _page(form: CodeForm, target: str | None) -> str:
    return render_template("accounts/sign_in_code.html", form=form, next=safe_next(target))


def _start_again() -> Response:
    flash(_("Sign in again: the code has to follow the password within ten minutes."))
    return redirect(url_for("accounts.sign_in"), 303)
