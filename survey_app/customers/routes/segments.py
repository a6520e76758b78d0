"""Segments: the list, one with its customers, copied, renamed and deleted."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from survey_app.accounts.operations import record
from survey_app.conditions.rules import fields_of
from survey_app.conditions.sentences import sentence
from survey_app.customers.fields import known_fields
from survey_app.customers.models import Customer, Segment
from survey_app.customers.operations import save_segment
from survey_app.customers.queries import PAGE_SIZE, count_customers, find_segment, get_segment, list_segments
from survey_app.customers.registry import uses_of
from survey_app.customers.routes import segments_blueprint as blueprint
from survey_app.customers.sampling import count_where, find_examples
from survey_app.customers.segments import customers_where, labels_of, problems_of
from survey_app.extensions import db
from survey_app.web import access

# With more customers, the list counts a segment only when somebody opens it.
MOST_COUNTED = 100_000


@blueprint.get("")
@access.requires("segments.view")
def index() -> str:
    """List the segments with their meaning in words and their size now."""
    now, counts = datetime.now(UTC), count_customers() <= MOST_COUNTED
    rows = [
        (each, words_of(each), count_where(each.condition, now) if counts else None, problems_of(each.condition))
        for each in list_segments()
    ]
    return render_template("segments/index.html", rows=rows)


@blueprint.get("/<int:segment_id>")
@access.requires("segments.view")
def show(segment_id: int) -> str:
    """Show a segment's meaning, size, examples, and what uses it."""
    segment = get_or_404(segment_id)
    found = find_examples(segment.condition, datetime.now(UTC))
    return render_template(
        "segments/show.html", segment=segment, words=words_of(segment), found=found, uses=uses_of(segment)
    )


@blueprint.get("/<int:segment_id>/customers")
@access.requires("customers.view")
def list_customers(segment_id: int) -> str:
    """List the customers in a segment now, page by page."""
    segment = get_or_404(segment_id)
    query = customers_where(segment.condition).options(selectinload(Customer.company))
    page = request.args.get("page", 1, type=int)
    found = db.paginate(query, page=page, per_page=PAGE_SIZE, error_out=False)
    return render_template("segments/customers.html", segment=segment, found=found)


@blueprint.post("/<int:segment_id>/copy")
@access.requires("segments.edit")
def copy(segment_id: int) -> Response:
    """Make a second segment of the same condition, to be changed."""
    segment = get_or_404(segment_id)
    name, number = _("Copy of %(name)s", name=segment.name)[:190], 2
    free = name
    while find_segment(free) is not None:
        free, number = f"{name} {number}", number + 1
    if problems_of(segment.condition):
        flash(_("This segment names something that is gone. Mend it, then copy it."), "warning")
        return redirect(url_for("segments.show", segment_id=segment.id), 303)
    copied = save_segment(free, dict(segment.condition), datetime.now(UTC))
    record("segments.saved", "segment", str(copied.id))
    db.session.commit()
    flash(_("This is a copy. Change what it says, then save it."), "success")
    return redirect(url_for("segments.edit", segment_id=copied.id), 303)


@blueprint.post("/<int:segment_id>/delete")
@access.requires("segments.edit")
def delete(segment_id: int) -> Response:
    """Delete a segment that nothing uses; say what uses one that stays."""
    segment = get_or_404(segment_id)
    uses = uses_of(segment)
    if uses:
        names = ", ".join(use.name for use in uses)
        flash(_("This segment stays: it decides who is asked in %(names)s.", names=names), "warning")
        return redirect(url_for("segments.show", segment_id=segment_id), 303)
    db.session.delete(segment)
    record("segments.deleted", "segment", str(segment_id))
    db.session.commit()
    flash(_("The segment is deleted."), "success")
    return redirect(url_for("segments.index"), 303)


def words_of(segment: Segment) -> str:
    """Return a segment's condition in words."""
    return sentence(segment.condition, labels_of(known_fields(fields_of(segment.condition))))


def get_or_404(segment_id: int) -> Segment:
    """Return the segment an address names, or answer that there is none."""
    try:
        return get_segment(segment_id)
    except NoResultFound:
        abort(404)
