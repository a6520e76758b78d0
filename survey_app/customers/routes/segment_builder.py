"""Building a segment: rows and groups on a page that works without script; a module only spares the reloading."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.accounts.operations import record
from survey_app.conditions.rules import OPERATORS_OF, RELATIVE, VALUELESS
from survey_app.conditions.sentences import operator_labels, sentence
from survey_app.customers.builder import CHANGES, DEEPEST, Group, act_of, fitted, from_tree, read_form, to_tree
from survey_app.customers.fields import Field, known_fields, narrowing_names
from survey_app.customers.models import Segment
from survey_app.customers.operations import save_segment
from survey_app.customers.routes import segments_blueprint as blueprint
from survey_app.customers.routes.segments import get_or_404
from survey_app.customers.rules import CustomerError
from survey_app.customers.sampling import Found, find_examples
from survey_app.customers.segments import labels_of, problems_of
from survey_app.extensions import db
from survey_app.web import access

Answer = Response | str | tuple[str, int]


@blueprint.get("/new")
@access.requires("segments.edit")
def new() -> str:
    """Show the form for a new segment."""
    return _page(None, "", Group(), known_fields())


@blueprint.post("/new")
@access.requires("segments.edit")
def create() -> Answer:
    """Change the form's rows, preview whom they find, or save a new segment."""
    return _answer(None)


@blueprint.get("/<int:segment_id>/edit")
@access.requires("segments.edit")
def edit(segment_id: int) -> str:
    """Show the form for a segment."""
    segment, known = get_or_404(segment_id), known_fields()
    found = find_examples(segment.condition, datetime.now(UTC))
    return _page(segment, segment.name, from_tree(segment.condition), known, found=found, problems=found.problems)


@blueprint.post("/<int:segment_id>/edit")
@access.requires("segments.edit")
def save(segment_id: int) -> Answer:
    """Change the form's rows, preview whom they find, or save the segment."""
    return _answer(get_or_404(segment_id))


def _answer(segment: Segment | None) -> Answer:
    name, built, act = request.form.get("name", ""), read_form(request.form), act_of(request.form)
    known = known_fields()
    if act in CHANGES:
        built = fitted(built, known)
    tree = to_tree(built, known)
    problems = problems_of(tree, known)
    if problems and act not in CHANGES:
        return _page(segment, name, built, known, problems=problems), 200 if _is_fragment() else 422
    if act != "save":
        found = None if problems else find_examples(tree, datetime.now(UTC))
        return _page(segment, name, built, known, found=found, tree=tree)
    try:
        saved = save_segment(name, tree, datetime.now(UTC), segment=segment)
    except CustomerError as error:
        return _page(segment, name, built, known, problems=list(error.problems.values())), 422
    record("segments.saved", "segment", str(saved.id))
    db.session.commit()
    flash(_("The segment is saved."), "success")
    return redirect(url_for("segments.show", segment_id=saved.id), 303)


def _page(segment: Segment | None, name: str, built: Group, known: dict[str, Field], **more: Any) -> str:
    found: Found | None = more.get("found")
    groups: dict[str, list[Field]] = {}
    for each in known.values():
        groups.setdefault(each.group, []).append(each)
    tree = more.get("tree") or (segment.condition if segment and found else None)
    return render_template(
        "segments/builder.html" if _is_fragment() else "segments/edit.html",
        segment=segment,
        name=name,
        built=built,
        known=known,
        groups=groups,
        operators=operator_labels(),
        operators_of=OPERATORS_OF,
        relative=RELATIVE,
        valueless=VALUELESS,
        narrowings=narrowing_names(),
        deepest=DEEPEST,
        words=sentence(tree, labels_of(known)) if found and tree else "",
        **({"problems": [], "found": None} | {name: value for name, value in more.items() if name != "tree"}),
    )


def _is_fragment() -> bool:
    """Return whether only the form's changing parts are wanted, by our own script."""
    return request.form.get("only") == "builder"
