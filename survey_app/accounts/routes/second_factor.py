"""One's own second factor: set it up, make new recovery codes, remove it."""

from __future__ import annotations

from datetime import UTC, datetime

import segno
from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.accounts import codes
from survey_app.accounts import second_factor as factors
from survey_app.accounts.forms import CodeForm, ProofForm
from survey_app.accounts.gate import owes_second_factor
from survey_app.accounts.models import User
from survey_app.accounts.queries import get_organisation
from survey_app.accounts.routes import blueprint
from survey_app.accounts.routes.proving import REFUSED, prove_password, refused
from survey_app.accounts.sessions import start_session
from survey_app.extensions import db
from survey_app.web import access

Answer = Response | str | tuple[str, int]


@blueprint.get("/account/second-factor")
@access.requires("account.edit")
def second_factor() -> str:
    """Show whether one has a second factor, and what can be done about it."""
    return _page()


@blueprint.post("/account/second-factor")
@access.requires("account.edit")
def start_second_factor() -> Response:
    """Make a secret for somebody who proves to know the password, and go on to show it."""
    user, now = _who()
    form = ProofForm()
    if factors.find_second_factor(user):
        return _back(_("You have a second factor already. Remove it before you set up another one."), "warning")
    code = _refusal(user, form, now)
    if code:
        return refused(_page(start=form), code)
    factors.offer_second_factor(user, now)
    db.session.commit()
    return redirect(url_for("accounts.set_up_second_factor"), 303)


@blueprint.get("/account/second-factor/set-up")
@access.requires("account.edit")
def set_up_second_factor() -> Answer:
    """Show the secret for the app, and ask for the first code."""
    user, now = _who()
    secret = factors.offered_secret(user, now)
    return _took_too_long() if secret is None else _set_up_page(user, secret, CodeForm())


@blueprint.post("/account/second-factor/set-up")
@access.requires("account.edit")
def confirm_second_factor() -> Answer:
    """Switch the second factor on by a first code, and show the recovery codes, this once."""
    user, now = _who()
    secret = factors.offered_secret(user, now)
    if secret is None:
        return _took_too_long()
    form = CodeForm()
    if not form.validate():
        return _set_up_page(user, secret, form), REFUSED
    recovery_codes = factors.confirm_second_factor(user, form.code.data, now)
    if not recovery_codes:
        form.code.errors = [_("This code does not fit. Look whether your phone's clock is right, and enter the next.")]
        return _set_up_page(user, secret, form), REFUSED
    start_session(user, now)
    db.session.commit()
    return render_template("accounts/recovery_codes.html", recovery_codes=recovery_codes)


@blueprint.post("/account/second-factor/recovery-codes")
@access.requires("account.edit")
def renew_recovery_codes() -> Answer:
    """Make new recovery codes for somebody who proves to know the password, and show them, this once."""
    user, now = _who()
    form = ProofForm(prefix="codes-")
    if not factors.find_second_factor(user):
        return redirect(url_for("accounts.second_factor"), 303)
    code = _refusal(user, form, now)
    if code:
        return refused(_page(renew=form), code)
    recovery_codes = factors.renew_recovery_codes(user)
    db.session.commit()
    return render_template("accounts/recovery_codes.html", recovery_codes=recovery_codes)


@blueprint.post("/account/second-factor/remove")
@access.requires("account.edit")
def remove_second_factor() -> Response:
    """Remove the second factor of somebody who proves to know the password; every other session of theirs ends."""
    user, now = _who()
    form = ProofForm(prefix="remove-")
    code = _refusal(user, form, now)
    if code:
        return refused(_page(remove=form), code)
    factors.remove_second_factor(user, now)
    start_session(user, now)
    db.session.commit()
    return _back(_("Your second factor is removed. Everywhere else you are signed out."), "success")


def _who() -> tuple[User, datetime]:
    return g.staff_user, datetime.now(UTC)


def _refusal(user: User, form: ProofForm, now: datetime) -> int:
    return prove_password(user, form, form.current, now) if form.validate() else REFUSED


def _page(**used: ProofForm) -> str:
    """Return the page; `used` is the form that was sent."""
    user: User = g.staff_user
    forms = {"start": "", "renew": "codes-", "remove": "remove-"}
    empty = {name: ProofForm(formdata=None, prefix=prefix) for name, prefix in forms.items()}
    return render_template(
        "accounts/second_factor.html",
        factor=factors.find_second_factor(user),
        n_codes=factors.count_recovery_codes(user),
        is_owed=owes_second_factor(user),
        used=next(iter(used.values()), None),
        **{**empty, **used},
    )


def _set_up_page(user: User, secret: str, form: CodeForm) -> str:
    address = codes.set_up_address(secret, user.email, get_organisation().name)
    picture = segno.make(address, error="m", micro=False)
    return render_template(
        "accounts/set_up_second_factor.html",
        form=form,
        secret=codes.in_groups(secret),
        picture=picture.svg_data_uri(scale=5, light="#fff", svgclass=None, lineclass=None),
    )


def _took_too_long() -> Response:
    return _back(_("That took too long, or was not begun. Enter your password to get a new QR code."), "warning")


def _back(message: str, kind: str) -> Response:
    flash(message, kind)
    return redirect(url_for("accounts.second_factor"), 303)
