"""A forgotten password: ask for a link by mail, choose a new password with it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.accounts.attempts import begin_attempt
from survey_app.accounts.forms import ForgottenForm, NewPasswordForm
from survey_app.accounts.messages import password_reset
from survey_app.accounts.models import User
from survey_app.accounts.queries import find_user, get_organisation, password_context
from survey_app.accounts.resets import find_reset, open_reset, use_reset
from survey_app.accounts.routes import blueprint
from survey_app.accounts.routes.sign_in import speak_as_chosen
from survey_app.extensions import db
from survey_app.outbox.operations import queue_mail
from survey_app.web import access

Answer = Response | str | tuple[str, int]


@blueprint.get("/password/forgotten")
@access.public("who forgot the password cannot sign in")
def forgotten() -> str:
    """Ask whose password was forgotten."""
    speak_as_chosen()
    return render_template("accounts/forgotten.html", form=ForgottenForm())


@blueprint.post("/password/forgotten")
@access.public("who forgot the password cannot sign in")
def send_reset() -> Answer:
    """Send a link if there is such an account; the answer is the same if there is none."""
    speak_as_chosen()
    form = ForgottenForm()
    if not form.validate():
        return render_template("accounts/forgotten.html", form=form), 422
    now = datetime.now(UTC)
    attempt = begin_attempt(form.email.data, request.remote_addr, "reset", now)
    user = find_user(form.email.data)
    if attempt and user and user.active:
        _queue(user, now)
    db.session.commit()
    return render_template("accounts/reset_sent.html")


@blueprint.get("/password/new/<token>")
@access.public("the link itself is the proof")
def choose_password(token: str) -> Answer:
    """Show the form for a new password; looking at it uses nothing up."""
    speak_as_chosen()
    if find_reset(token, datetime.now(UTC)) is None:
        return render_template("accounts/reset_over.html"), 404
    return render_template("accounts/choose_password.html", form=NewPasswordForm(), token=token)


@blueprint.post("/password/new/<token>")
@access.public("the link itself is the proof")
def save_password(token: str) -> Answer:
    """Take the new password, once."""
    speak_as_chosen()
    now = datetime.now(UTC)
    user = find_reset(token, now)
    if user is None:
        return render_template("accounts/reset_over.html"), 404
    form = NewPasswordForm()
    form.context = password_context(user)
    if not form.validate():
        return render_template("accounts/choose_password.html", form=form, token=token), 422
    use_reset(user, form.password.data, now)
    db.session.commit()
    flash(_("Your new password is saved. Sign in with it."), "success")
    return redirect(url_for("accounts.sign_in"), 303)


def _queue(user: User, now: datetime) -> None:
    """Put the mail down; its link begins with the configured address, whatever host this request named."""
    token = open_reset(user, now)
    url = current_app.config["SURVEY_SETTINGS"].public_url + url_for("accounts.choose_password", token=token)
    mail = password_reset(user, get_organisation(), url)
    queue_mail(mail, key=f"reset:{user.id}:{now.isoformat()}", kind="password_reset", now=now)
