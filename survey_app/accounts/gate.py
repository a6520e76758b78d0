"""The gate before every page: it reads what the route declares and lets through who may.

Public routes pass without a look at the session. A route that declares nothing is closed to everybody.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask, abort, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import update
from werkzeug.wrappers import Response

from survey_app.accounts.bearer import admit_token
from survey_app.accounts.models import StaffSession, User
from survey_app.accounts.operations import record
from survey_app.accounts.queries import get_organisation
from survey_app.accounts.rules import may
from survey_app.accounts.second_factor import find_second_factor
from survey_app.extensions import db, writing
from survey_app.web.access import Access, access_of
from survey_app.web.languages import choose_language
from survey_app.web.transactions import READING

OPEN_FILES = frozenset({"static", "bootstrap.static"})
TOUCH_EVERY = timedelta(minutes=5)
SETTING_UP = frozenset(
    f"accounts.{page}"
    for page in ("second_factor", "start_second_factor", "set_up_second_factor", "confirm_second_factor")
)


def bind(app: Flask) -> None:
    """Put the gate before every route."""
    app.before_request(_pass)


def current_may(operation: str) -> bool:
    """Return whether the person of this request may carry out the operation; nobody may on public pages."""
    user: User | None = g.get("staff_user")
    return user is not None and may([role.name for role in user.roles], operation)


def owes_second_factor(user: User) -> bool:
    """Return whether this person has to set up a second factor before anything else."""
    if not any(role.name == "admin" for role in user.roles) or not get_organisation().admins_need_second_factor:
        return False
    return find_second_factor(user) is None


def _pass() -> Response | None:
    if request.endpoint is None or request.endpoint in OPEN_FILES:
        return None
    access = access_of(current_app.view_functions[request.endpoint])
    if access is None:
        current_app.logger.error("the route %s declares no access, so nobody may use it", request.endpoint)
        abort(404)
    if access.is_by_token:
        admit_token(str(access.operation), datetime.now(UTC))
        return None
    return None if access.operation is None else _admit(access)


def _admit(access: Access) -> Response | None:
    if not current_user.is_authenticated:
        return _to_sign_in()
    user: User = current_user._get_current_object()  # noqa: SLF001 - Werkzeug's name for what a proxy stands for
    g.staff_user = user
    choose_language(user.language)
    if request.endpoint not in SETTING_UP and owes_second_factor(user):
        return _to_set_up()
    if not current_may(str(access.operation)):
        _refuse(str(access.operation))
    _touch(datetime.now(UTC))
    return None


def _to_sign_in() -> Response:
    if request.accept_mimetypes.best == "application/json":
        abort(401)
    if request.method in READING:
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)
    flash(_("You were signed out in the meantime. Sign in, then go back to the page: what you typed is still there."))
    return redirect(url_for("accounts.sign_in"), 303)


def _to_set_up() -> Response:
    if request.accept_mimetypes.best == "application/json":
        abort(403)
    return redirect(url_for("accounts.second_factor"), 303)


def _refuse(operation: str) -> None:
    """Answer as if nothing were there, and write the refusal down in a transaction of its own."""
    db.session.rollback()
    with writing():
        record("access.refused", "route", str(request.endpoint), operation=operation)
        db.session.commit()
    abort(404)


def _touch(now: datetime) -> None:
    """Keep a lively session alive; every few minutes is enough, and only while reading, when no lock is held."""
    held: StaffSession = g.staff_session
    if request.method in READING and held.last_seen_at < now - TOUCH_EVERY:
        with writing(), db.engine.begin() as connection:
            connection.execute(update(StaffSession).where(StaffSession.id == held.id).values(last_seen_at=now))
