"""Segments: the list, and making one of rows on a page that works without script."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError, NoResultFound
from werkzeug.wrappers import Response

from survey_app.accounts.operations import record
from survey_app.conditions.rules import OPERATORS_OF, check
from survey_app.conditions.sentences import operator_labels, sentence
from survey_app.customers.builder import Built, from_tree, read_form, to_tree
from survey_app.customers.models import Segment
from survey_app.customers.operations import save_segment
from survey_app.customers.queries import count_in, get_segment, list_segments, sample_of
from survey_app.customers.routes import segments_blueprint as blueprint
from survey_app.customers.rules import CustomerError
from survey_app.customers.segments import field_labels, fields
from survey_app.extensions import db
from survey_app.web import access

Answer = Response | str | tuple[str, int]


@blueprint.get("")
@access.requires("segments.view")
def index() -> str:
    """List the segments with their meaning in words and their size now."""
    labels = field_labels()
    rows = [(each, sentence(each.condition, labels), count_in(each)) for each in list_segments()]
    return render_template("segments/index.html", rows=rows)


@blueprint.get("/new")
@access.requires("segments.edit")
def new() -> str:
    """Show the form for a new segment."""
    return _page(None, "", Built())


@blueprint.post("/new")
@access.requires("segments.edit")
def create() -> Answer:
    """Change the form's rows, preview whom they find, or save a new segment."""
    return _answer(None)


@blueprint.get("/<int:segment_id>")
@access.requires("segments.view")
def show(segment_id: int) -> str:
    """Show a segment's meaning, size and examples."""
    segment = _get(segment_id)
    words = sentence(segment.condition, field_labels())
    found = sample_of(segment.condition)
    return render_template("segments/show.html", segment=segment, words=words, found=found)


@blueprint.get("/<int:segment_id>/edit")
@access.requires("segments.edit")
def edit(segment_id: int) -> str:
    """Show the form for a segment."""
    segment = _get(segment_id)
    built = from_tree(segment.condition)
    return _page(segment, segment.name, built or Built(), is_nested=built is None)


@blueprint.post("/<int:segment_id>/edit")
@access.requires("segments.edit")
def save(segment_id: int) -> Answer:
    """Change the form's rows, preview whom they find, or save the segment."""
    return _answer(_get(segment_id))


@blueprint.post("/<int:segment_id>/delete")
@access.requires("segments.edit")
def delete(segment_id: int) -> Response:
    """Delete a segment that nothing uses."""
    segment = _get(segment_id)
    try:
        db.session.delete(segment)
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        flash(_("A campaign uses this segment, so it stays."), "warning")
        return redirect(url_for("segments.show", segment_id=segment_id), 303)
    record("segments.deleted", "segment", str(segment_id))
    db.session.commit()
    flash(_("The segment is deleted."), "success")
    return redirect(url_for("segments.index"), 303)


def _answer(segment: Segment | None) -> Answer:
    name, built = request.form.get("name", ""), read_form(request.form)
    act = request.form.get("act", "preview")
    if act.startswith(("add", "remove")):
        return _page(segment, name, built)
    tree = to_tree(built, fields())
    problems = [str(each) for each in check(tree, fields())]
    if problems:
        return _page(segment, name, built, problems=problems), 422
    if act != "save":
        return _page(segment, name, built, found=sample_of(tree))
    try:
        saved = save_segment(name, tree, datetime.now(UTC), segment=segment)
    except CustomerError as error:
        return _page(segment, name, built, problems=list(error.problems.values())), 422
    record("segments.saved", "segment", str(saved.id))
    db.session.commit()
    flash(_("The segment is saved."), "success")
    return redirect(url_for("segments.show", segment_id=saved.id), 303)


def _page(segment: Segment | None, name: str, built: Built, **more: object) -> str:
    given = {"problems": [], "found": None, "is_nested": False} | more
    labels, kinds = field_labels(), fields()
    return render_template(
        "segments/edit.html",
        segment=segment,
        name=name,
        built=built,
        field_labels=labels,
        operators=operator_labels(),
        operators_of={kind.value: names for kind, names in OPERATORS_OF.items()},
        kinds=kinds,
        **given,
    )


def _get(segment_id: int) -> Segment:
    try:
        return get_segment(segment_id)
    except NoResultFound:
        abort(404)
