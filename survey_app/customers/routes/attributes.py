"""Attributes of customers and companies: defined, renamed, deleted with a word on what names them."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from survey_app.accounts.operations import record
from survey_app.customers.attributes import count_values, delete_attribute, uses_of_attribute
from survey_app.customers.detail_forms import KINDS, SUBJECTS, AttributeForm
from survey_app.customers.models import AttributeDefinition
from survey_app.customers.operations import define_attribute
from survey_app.customers.routes import blueprint
from survey_app.customers.rules import CustomerError
from survey_app.customers.vocabulary import list_attributes
from survey_app.extensions import db
from survey_app.web import access

Answer = Response | str | tuple[str, int]


@blueprint.get("/attributes")
@access.requires("customers.import")
def attributes() -> str:
    """List the attributes, with a form for a new one."""
    return _listing(AttributeForm())


@blueprint.post("/attributes")
@access.requires("customers.import")
def define() -> Answer:
    """Define an attribute."""
    form = AttributeForm()
    if form.validate() and _find_code(form.code.data) is not None:
        form.code.errors = [_("There is already an attribute %(code)s.", code=form.code.data)]
    if form.errors or not _define(form):
        db.session.rollback()
        return _listing(form), 422
    record("customers.attribute_defined", "attribute", form.code.data)
    db.session.commit()
    flash(_("The attribute is there. Customers' pages and files can hold it now."), "success")
    return redirect(url_for("customers.attributes"), 303)


@blueprint.get("/attributes/<int:attribute_id>")
@access.requires("customers.import")
def attribute(attribute_id: int) -> str:
    """Show an attribute, what names it, and how many have it."""
    found = _get(attribute_id)
    form = AttributeForm(data=_stored(found))
    return _one(found, form)


@blueprint.post("/attributes/<int:attribute_id>")
@access.requires("customers.import")
def rename(attribute_id: int) -> Answer:
    """Save an attribute's name, choices and whether reports filter by it; its code and kind stay."""
    found = _get(attribute_id)
    form = AttributeForm(data=_stored(found))
    form.code.data, form.kind.data, form.subject.data = found.code, found.kind, found.subject
    if not form.validate() or not _define(form):
        db.session.rollback()
        return _one(_get(attribute_id), form), 422
    record("customers.attribute_changed", "attribute", found.code)
    db.session.commit()
    flash(_("The attribute is saved."), "success")
    return redirect(url_for("customers.attributes"), 303)


@blueprint.post("/attributes/<int:attribute_id>/delete")
@access.requires("customers.import")
def delete(attribute_id: int) -> Response:
    """Delete an attribute; what named it says so from then on."""
    delete_attribute(_get(attribute_id))
    db.session.commit()
    flash(_("The attribute is deleted."), "success")
    return redirect(url_for("customers.attributes"), 303)


def _define(form: AttributeForm) -> bool:
    try:
        made = define_attribute(
            form.code.data,
            form.label.data,
            form.kind.data,
            for_reporting=form.for_reporting.data,
            subject=form.subject.data,
            choices=(form.choices.data or "").splitlines(),
        )
    except CustomerError as error:
        for name, sentence in error.problems.items():
            form[name].errors = [*form[name].errors, sentence]
        return False
    if not (form.choices.data or "").strip():
        made.choices = []
    return True


def _listing(form: AttributeForm) -> str:
    known = {subject: list_attributes(subject) for subject in SUBJECTS}
    return render_template("customers/attributes.html", known=known, form=form, kinds=KINDS, subjects=SUBJECTS)


def _one(found: AttributeDefinition, form: AttributeForm) -> str:
    uses, n_values = uses_of_attribute(found), count_values(found)
    return render_template("customers/attribute.html", attribute=found, form=form, uses=uses, n_values=n_values)


def _stored(found: AttributeDefinition) -> dict[str, object]:
    return {
        "code": found.code,
        "label": found.label,
        "kind": found.kind,
        "subject": found.subject,
        "choices": "\n".join(found.choices),
        "for_reporting": found.for_reporting,
    }


def _find_code(code: str) -> AttributeDefinition | None:
    return db.session.scalar(select(AttributeDefinition).where(AttributeDefinition.code == code))


def _get(attribute_id: int) -> AttributeDefinition:
    found = db.session.get(AttributeDefinition, attribute_id)
    if found is None:
        abort(404)
    return found
