"""Keys of the API: the list, a new one (shown once, and only to who proves to know their password), revoking."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.accounts.forms import ApiKeyForm
from survey_app.accounts.routes import blueprint
from survey_app.accounts.routes.proving import REFUSED, prove_password, refused
from survey_app.accounts.tokens import create_token, find_token, list_tokens, revoke_token
from survey_app.extensions import db
from survey_app.web import access


@blueprint.get("/admin/api-keys")
@access.requires("settings.edit")
def tokens() -> str:
    """List all keys, and offer a new one."""
    return _page(ApiKeyForm())


@blueprint.post("/admin/api-keys")
@access.requires("settings.edit")
def create_api_key() -> Response | str:
    """Make a key and show it, this once."""
    form, now = ApiKeyForm(), datetime.now(UTC)
    code = prove_password(g.staff_user, form, form.current, now) if form.validate() else REFUSED
    if code:
        return refused(_page(form), code)
    expires_at = now + timedelta(days=form.days.data)
    scopes = form.scopes.data
    token, text = create_token(form.name.data, scopes, created_by_id=g.staff_user.id, expires_at=expires_at, now=now)
    db.session.commit()
    return render_template("accounts/token_once.html", token=token, text=text)


@blueprint.post("/admin/api-keys/<int:token_id>/revoke")
@access.requires("settings.edit")
def revoke_api_key(token_id: int) -> Response:
    """Let a key open nothing any more."""
    token = find_token(token_id) or abort(404)
    revoke_token(token, datetime.now(UTC))
    db.session.commit()
    flash(_("The key “%(name)s” opens nothing any more.", name=token.name), "success")
    return redirect(url_for("accounts.tokens"), 303)


def _page(form: Any) -> str:
    return render_template("accounts/tokens.html", tokens=list_tokens(), form=form, now=datetime.now(UTC))
