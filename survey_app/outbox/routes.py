"""The page of outgoing mail: how much waits and since when, what failed and why, and how fast it may go."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from survey_app.extensions import db
from survey_app.outbox.forms import LimitForm
from survey_app.outbox.operations import limit_sending, resend_uncertain
from survey_app.outbox.queries import (
    count_by_kind,
    count_uncertain,
    list_failed,
    list_limits,
    oldest_waiting,
    sends_to_nobody,
)
from survey_app.outbox.rules import is_scope
from survey_app.web.access import requires

blueprint = Blueprint("outbox", __name__)
Answer = Response | str | tuple[str, int]


@blueprint.get("/admin/outbox")
@requires("jobs.view")
def index() -> str:
    """Show the mails of each kind by state, the last that failed, and the limits."""
    return _page(LimitForm(formdata=None))


@blueprint.post("/admin/outbox/limits")
@requires("settings.edit")
def limit() -> Answer:
    """Let no more mails go than this, in all or to one domain."""
    form = LimitForm()
    if not form.validate():
        return _page(form), 422
    limit_sending(form.scope.data.strip().lower(), form.per_minute.data, form.per_hour.data)
    db.session.commit()
    flash(_("The limit holds from the next mail on."), "success")
    return redirect(url_for("outbox.index"), 303)


@blueprint.post("/admin/outbox/limits/lift")
@requires("settings.edit")
def lift() -> Response:
    """Let as many mails go as there are."""
    scope = request.form.get("scope", "")
    if not is_scope(scope):
        abort(404)
    limit_sending(scope, None, None)
    db.session.commit()
    flash(_("The limit is lifted."), "success")
    return redirect(url_for("outbox.index"), 303)


@blueprint.post("/admin/outbox/resend")
@requires("settings.edit")
def resend() -> Response:
    """Send what was kept back because the server may have had it."""
    n_mails = resend_uncertain(datetime.now(UTC))
    db.session.commit()
    flash(ngettext("%(num)s mail goes out again.", "%(num)s mails go out again.", n_mails), "success")
    return redirect(url_for("outbox.index"), 303)


def _page(form: LimitForm) -> str:
    return render_template(
        "outbox/index.html",
        kinds=count_by_kind(),
        failed=list_failed(),
        oldest_at=oldest_waiting(datetime.now(UTC)),
        uncertain=count_uncertain(),
        limits=list_limits(),
        is_trial=sends_to_nobody(),
        form=form,
    )
