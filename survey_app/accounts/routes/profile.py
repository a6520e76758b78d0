"""One's own account: name, language, password."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.accounts.forms import ChangePasswordForm, ProfileForm
from survey_app.accounts.models import User
from survey_app.accounts.operations import rename_staff, set_password
from survey_app.accounts.queries import password_context
from survey_app.accounts.routes import blueprint
from survey_app.accounts.routes.proving import REFUSED, prove_password, refused
from survey_app.accounts.second_factor import find_second_factor
from survey_app.accounts.sessions import start_session
from survey_app.extensions import db
from survey_app.web import access

Answer = Response | str | tuple[str, int]


@blueprint.get("/account")
@access.requires("account.edit")
def show() -> str:
    """Show one's own account."""
    return render_template(
        "accounts/show.html", form=ProfileForm(obj=g.staff_user), factor=find_second_factor(g.staff_user)
    )


@blueprint.post("/account")
@access.requires("account.edit")
def save() -> Answer:
    """Change one's own name and language."""
    form = ProfileForm()
    user: User = g.staff_user
    if not form.validate():
        return render_template("accounts/show.html", form=form, factor=find_second_factor(user)), REFUSED
    rename_staff(user, form.name.data, form.language.data)
    db.session.commit()
    flash(_("Your details are saved."), "success")
    return redirect(url_for("accounts.show"), 303)


@blueprint.get("/account/password")
@access.requires("account.edit")
def edit_password() -> str:
    """Show the form for a new password."""
    return render_template("accounts/edit_password.html", form=ChangePasswordForm())


@blueprint.post("/account/password")
@access.requires("account.edit")
def change_password() -> Answer:
    """Take a new password from somebody who knows the old one; every other session of theirs ends."""
    user: User = g.staff_user
    now = datetime.now(UTC)
    form = ChangePasswordForm()
    form.context = password_context(user)
    code = prove_password(user, form, form.current, now) if form.validate() else REFUSED
    if code:
        return refused(render_template("accounts/edit_password.html", form=form), code)
    set_password(user, form.password.data, now)
    start_session(user, now)
    db.session.commit()
    flash(_("Your new password is saved. Everywhere else you are signed out."), "success")
    return redirect(url_for("accounts.show"), 303)
