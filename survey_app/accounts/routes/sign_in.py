"""Signing in and out, and choosing the interface's language."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_security.utils import verify_password
from werkzeug.wrappers import Response

from survey_app.accounts.attempts import begin_attempt, forget_attempts
from survey_app.accounts.forms import SignInForm
from survey_app.accounts.half_way import go_half_way
from survey_app.accounts.models import User
from survey_app.accounts.operations import record
from survey_app.accounts.queries import find_user
from survey_app.accounts.routes import blueprint
from survey_app.accounts.routes.proving import REFUSED, TOO_MANY, refused, say_too_many
from survey_app.accounts.rules import account_name, home_of, safe_next
from survey_app.accounts.second_factor import find_second_factor
from survey_app.accounts.security import decoy_hash
from survey_app.accounts.sessions import end_session, start_session
from survey_app.config import LANGUAGES
from survey_app.extensions import db
from survey_app.web import access
from survey_app.web.languages import choose_language as speak

Answer = Response | str | tuple[str, int]


@blueprint.get("/")
@access.requires("home.view")
def home() -> Response:
    """Go on to the page that this person begins work on."""
    return redirect(home_of([role.name for role in current_user.roles]) or url_for("accounts.show"), 303)


@blueprint.get("/sign-in")
@access.public("nobody is signed in before signing in")
def sign_in() -> Answer:
    """Show the sign-in form."""
    speak_as_chosen()
    return render_template("accounts/sign_in.html", form=SignInForm(), next=safe_next(request.args.get("next")))


@blueprint.post("/sign-in")
@access.public("nobody is signed in before signing in")
def confirm_sign_in() -> Answer:
    """Sign in, or say that address and password do not belong together."""
    speak_as_chosen()
    form = SignInForm()
    if not form.validate():
        return _again(form, REFUSED)
    now = datetime.now(UTC)
    attempt = begin_attempt(form.email.data, request.remote_addr, "sign-in", now)
    # The try is on record before the slow check, and no lock is held during it.
    db.session.commit()
    if attempt is None:
        say_too_many(form)
        return _again(form, TOO_MANY)
    user = _checked(form.email.data, form.password.data)
    if user is None:
        record("account.sign_in_failed", "account", account_name(form.email.data))
        db.session.commit()
        form.form_errors.append(_("Email address and password do not belong together. Check both and try again."))
        return _again(form, REFUSED)
    forget_attempts(form.email.data, request.remote_addr)
    if find_second_factor(user):
        return _ask_for_code(user, now)
    start_session(user, now)
    record("account.signed_in", "user", str(user.id))
    db.session.commit()
    return redirect(safe_next(request.form.get("next")), 303)


@blueprint.post("/sign-out")
@access.public("signing out twice is no mistake")
def sign_out() -> Response:
    """End the session on the server and forget it in the browser."""
    if current_user.is_authenticated:
        g.staff_user = current_user._get_current_object()  # noqa: SLF001 - Werkzeug's name for it
        record("account.signed_out", "user", str(current_user.id))
    end_session(datetime.now(UTC))
    db.session.commit()
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.post("/language")
@access.public("everybody may read the product in their language")
def choose_language() -> Response:
    """Speak the chosen language from now on: kept with the account, before sign-in with the browser."""
    language = request.form.get("language", "")
    if language in LANGUAGES:
        session["language"] = language
        if current_user.is_authenticated:
            current_user.language = language
            db.session.commit()
    return redirect(safe_next(request.form.get("next")), 303)


def speak_as_chosen() -> None:
    """Let a page before sign-in speak the language this browser chose."""
    if session.get("language"):
        speak(session["language"])


def _checked(email: str, password: str) -> User | None:
    """Return the account that these belong to; an unknown one takes as long to refuse as a known one."""
    user = find_user(email)
    stored = decoy_hash()
    if user is not None and user.active and user.password:
        stored = user.password
    db.session.commit()
    is_right = verify_password(password, stored)
    return find_user(email) if is_right and stored != decoy_hash() else None


def _ask_for_code(user: User, now: datetime) -> Response:
    go_half_way(user, now)
    db.session.commit()
    return redirect(url_for("accounts.ask_for_code", next=safe_next(request.form.get("next"))), 303)


def _again(form: SignInForm, code: int) -> Response:
    page = render_template("accounts/sign_in.html", form=form, next=safe_next(request.form.get("next")))
    return refused(page, code)
