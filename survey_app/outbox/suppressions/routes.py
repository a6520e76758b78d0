"""The pages of the suppression list."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from survey_app.extensions import db
from survey_app.outbox.models import Suppression
from survey_app.outbox.operations import ByStaff, lift_suppression, suppress
from survey_app.outbox.suppressions.files import FileError, bring_in, exported
from survey_app.outbox.suppressions.forms import AddForm, FileForm, LiftForm, SearchForm
from survey_app.outbox.suppressions.lists import (
    count_by_reason,
    find_suppressions,
    get_suppression,
    policy_refusals,
)
from survey_app.outbox.suppressions.rules import REASON_NAMES, may_lift
from survey_app.web.access import requires
from survey_app.web.storable import page_number

blueprint = Blueprint("suppressions", __name__)
Answer = Response | str | tuple[str, int]


@blueprint.get("/suppressions")
@requires("suppressions.view")
def index() -> str:
    """Show the list, newest first, and what servers hold against us."""
    return _page(AddForm(formdata=None), FileForm(formdata=None))


@blueprint.post("/suppressions")
@requires("suppressions.edit")
def add() -> Answer:
    """Add an address by hand."""
    form = AddForm()
    if not form.validate():
        return _page(form, FileForm(formdata=None)), 422
    suppress(form.address.data.strip(), "manual", "page", datetime.now(UTC), by=ByStaff(form.note.data.strip()))
    db.session.commit()
    flash(_("This address gets no more survey mail."), "success")
    return redirect(url_for("suppressions.index"), 303)


@blueprint.get("/suppressions/<int:suppression_id>/lift")
@requires("suppressions.edit")
def ask_to_lift(suppression_id: int) -> Answer:
    """Ask for the reason to lift an entry."""
    return render_template(
        "suppressions/lift.html", entry=_get(suppression_id), form=LiftForm(formdata=None), **_words()
    )


@blueprint.post("/suppressions/<int:suppression_id>/lift")
@requires("suppressions.edit")
def lift(suppression_id: int) -> Answer:
    """Lift an entry, with a reason; a person's own wish is not staff's to lift."""
    entry, form = _get(suppression_id), LiftForm()
    if not may_lift(entry.reason):
        flash(_("Only the person can take this back, by the link in a mail of ours."), "error")
        return redirect(url_for("suppressions.index"), 303)
    if not form.validate():
        return render_template("suppressions/lift.html", entry=entry, form=form, **_words()), 422
    lift_suppression(entry.address_key, entry.reason, by=ByStaff(form.note.data.strip()))
    db.session.commit()
    flash(_("Lifted. Other reasons, if there are any, go on to stand."), "success")
    return redirect(url_for("suppressions.index"), 303)


@blueprint.post("/suppressions/export")
@requires("suppressions.edit")
def download() -> Response:
    """Export the whole list."""
    written = exported()
    db.session.commit()
    headers = {
        "Content-Disposition": 'attachment; filename="suppressions.csv"',
        "Content-Type": "text/csv; charset=utf-8",
        "Cache-Control": "no-store",
    }
    return Response(written.encode(), headers=headers)


@blueprint.post("/suppressions/file")
@requires("suppressions.edit")
def bring_file() -> Answer:
    """Add every address of a file."""
    form = FileForm()
    if not form.validate():
        return _page(AddForm(formdata=None), form), 422
    try:
        added = bring_in(form.file.data.read(), datetime.now(UTC))
    except FileError as error:
        form.file.errors = [str(error)]
        return _page(AddForm(formdata=None), form), 422
    db.session.commit()
    told = ngettext("%(num)s address is new on the list.", "%(num)s addresses are new on the list.", added.n_added)
    known = ngettext("%(num)s stood there already.", "%(num)s stood there already.", added.n_known)
    flash(f"{told} {known}", "success")
    if added.n_faults:
        flash(" ".join(added.faults), "error")
    return redirect(url_for("suppressions.index"), 303)


def _page(form: AddForm, file_form: FileForm) -> str:
    search = SearchForm(request.args)
    found = (search.address.data or "", search.reason.data or "") if search.validate() else ("", "")
    n_policy, policy = policy_refusals(datetime.now(UTC))
    return render_template(
        "suppressions/index.html",
        pages=find_suppressions(found[0].strip(), found[1], request.args.get("page", 1, page_number)),
        search=search,
        is_filtered=any(found),
        counts=count_by_reason(),
        add_form=form,
        file_form=file_form,
        n_policy=n_policy,
        policy=policy,
        **_words(),
    )


def _words() -> dict[str, object]:
    return {"reason_names": REASON_NAMES, "may_lift": may_lift}


def _get(suppression_id: int) -> Suppression:
    return get_suppression(suppression_id) or abort(404)
