"""One's own account: name, language, password."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.accounts.forms import ProfileForm
from survey_app.accounts.models import User
from survey_app.accounts.operations import rename_staff
from survey_app.accounts.routes import blueprint
from survey_app.extensions import db
from survey_app.web import access


@blueprint.get("/account")
@access.requires("account.edit")
def show() -> str:
    """Show one's own account."""
    return render_template("accounts/show.html", form=ProfileForm(obj=g.staff_user))


@blueprint.post("/account")
@access.requires("account.edit")
def save() -> Response | tuple[str, int]:
    """Change one's own name and language."""
    form = ProfileForm()
    user: User = g.staff_user
    if not form.validate():
        return render_template("accounts/show.html", form=form), 422
    rename_staff(user, form.name.data, form.language.data)
    db.session.commit()
    flash(_("Your details are saved."), "success")
    return redirect(url_for("accounts.show"), 303)
