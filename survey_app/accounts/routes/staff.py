"""Staff: the list, new colleagues, their roles, shutting out, new passwords."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.accounts import operations
from survey_app.accounts.forms import NewStaffForm, StaffForm
from survey_app.accounts.models import User
from survey_app.accounts.queries import find_staff, find_user, list_staff
from survey_app.accounts.routes import blueprint
from survey_app.accounts.second_factor import find_second_factor, remove_second_factor
from survey_app.extensions import db
from survey_app.web import access

Answer = Response | str | tuple[str, int]


@blueprint.get("/admin/staff")
@access.requires("staff.manage")
def staff() -> str:
    """List everybody who has an account."""
    return render_template("accounts/staff.html", staff=list_staff())


@blueprint.get("/admin/staff/new")
@access.requires("staff.manage")
def new_staff() -> str:
    """Show the form for a new colleague."""
    return render_template("accounts/new_staff.html", form=NewStaffForm())


@blueprint.post("/admin/staff")
@access.requires("staff.manage")
def create_staff() -> Answer:
    """Create an account and show its random password, this once."""
    form = NewStaffForm()
    is_valid = form.validate()
    if is_valid and find_user(form.email.data):
        form.email.errors = [_("There is already an account with this address.")]
        is_valid = False
    if not is_valid:
        return render_template("accounts/new_staff.html", form=form), 422
    values = (form.email.data, form.name.data, form.roles.data)
    user, password = operations.create_staff(*values, language=form.language.data)
    db.session.commit()
    return render_template("accounts/password_once.html", person=user, password=password)


@blueprint.get("/admin/staff/<int:user_id>")
@access.requires("staff.manage")
def show_staff(user_id: int) -> str:
    """Show one colleague's account."""
    person = _get(user_id)
    known = {"name": person.name, "language": person.language, "roles": [role.name for role in person.roles]}
    form = StaffForm(data=known)
    return _shown(person, form)


@blueprint.post("/admin/staff/<int:user_id>")
@access.requires("staff.manage")
def save_staff(user_id: int) -> Answer:
    """Change a colleague's name, language and roles."""
    person = _get(user_id)
    form = StaffForm()
    is_valid = form.validate()
    if is_valid and "admin" not in form.roles.data and not operations.stays_governed(without=person):
        form.roles.errors = [_("Somebody must stay administrator. Make somebody else one first.")]
        is_valid = False
    if not is_valid:
        return _shown(person, form), 422
    operations.rename_staff(person, form.name.data, form.language.data)
    operations.change_roles(person, form.roles.data, datetime.now(UTC))
    return _done(person, _("Saved. After a change of roles, the person signs in again."))


@blueprint.post("/admin/staff/<int:user_id>/disable")
@access.requires("staff.manage")
def disable_staff(user_id: int) -> Response:
    """Shut a colleague out at once."""
    person = _get(user_id)
    if not operations.stays_governed(without=person):
        flash(_("Somebody must stay administrator. Make somebody else one first."), "error")
        return redirect(url_for("accounts.show_staff", user_id=person.id), 303)
    operations.disable_staff(person, datetime.now(UTC))
    return _done(person, _("The account is disabled; the person is signed out everywhere."))


@blueprint.post("/admin/staff/<int:user_id>/enable")
@access.requires("staff.manage")
def enable_staff(user_id: int) -> Response:
    """Let a colleague in again."""
    person = _get(user_id)
    operations.enable_staff(person)
    return _done(person, _("The account is enabled."))


@blueprint.post("/admin/staff/<int:user_id>/password")
@access.requires("staff.manage")
def give_password(user_id: int) -> str | Response:
    """Give a colleague a random password and show it, this once; one's own asks for the old one, on its own page."""
    person = _get(user_id)
    if person.id == g.staff_user.id:
        return redirect(url_for("accounts.show"), 303)
    password = operations.give_random_password(person, datetime.now(UTC))
    db.session.commit()
    return render_template("accounts/password_once.html", person=person, password=password)


@blueprint.post("/admin/staff/<int:user_id>/second-factor/remove")
@access.requires("staff.manage")
def remove_staff_second_factor(user_id: int) -> Response:
    """Take away the second factor of a colleague who lost it; one's own asks for the password, on its own page."""
    person = _get(user_id)
    if person.id == g.staff_user.id:
        return redirect(url_for("accounts.second_factor"), 303)
    remove_second_factor(person, datetime.now(UTC))
    return _done(person, _("The second factor is removed; the person is signed out everywhere."))


def _shown(person: User, form: StaffForm) -> str:
    return render_template("accounts/show_staff.html", person=person, form=form, factor=find_second_factor(person))


def _get(user_id: int) -> User:
    return find_staff(user_id) or abort(404)


def _done(person: User, message: str) -> Response:
    db.session.commit()
    flash(message, "success")
    return redirect(url_for("accounts.show_staff", user_id=person.id), 303)
