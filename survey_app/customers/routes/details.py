"""What is added to a customer's page by hand: further addresses and numbers, and what happened."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response

from survey_app.accounts.operations import record
from survey_app.customers import queries
from survey_app.customers.contact_points import Given, add_checked_point, judge_point, make_main, remove_point
from survey_app.customers.detail_forms import InteractionForm, PointForm
from survey_app.customers.happenings import HappeningError, checked_happening
from survey_app.customers.models import ContactPoint, Customer
from survey_app.customers.operations import record_interaction
from survey_app.customers.routes import blueprint
from survey_app.customers.rules import CustomerError
from survey_app.extensions import db
from survey_app.web import access
from survey_app.web.storable import page_number

Answer = Response | str | tuple[str, int]


@blueprint.get("/<int:customer_id>/contact")
@access.requires("customers.edit")
def contact(customer_id: int) -> str:
    """Show the form for a further address or number."""
    return render_template("customers/contact.html", customer=_get(customer_id), form=PointForm())


@blueprint.post("/<int:customer_id>/contact")
@access.requires("customers.edit")
def add_contact(customer_id: int) -> Answer:
    """Add a further address or telephone number."""
    customer, form = _get(customer_id), PointForm()
    if form.validate():
        source = form.source.data or _("entered by %(name)s", name=g.staff_user.name)
        try:
            add_checked_point(customer, Given(form.kind.data, form.value.data, source), datetime.now(UTC))
        except CustomerError as error:
            form.value.errors = [*form.value.errors, str(error)]
    if form.errors:
        db.session.rollback()
        return render_template("customers/contact.html", customer=_get(customer_id), form=form), 422
    return _noted(customer_id, "customers.contact_added")


@blueprint.post("/<int:customer_id>/contact/<int:point_id>/<any(main, valid, invalid, remove):act>")
@access.requires("customers.edit")
def change_contact(customer_id: int, point_id: int, act: str) -> Response:
    """Make an address or number the main one, write down whether it works, or forget it."""
    customer, now = _get(customer_id), datetime.now(UTC)
    point = db.session.get(ContactPoint, point_id)
    if point is None or point.customer_id != customer.id:
        abort(404)
    if act == "main":
        make_main(customer, point, now)
    elif act == "remove":
        remove_point(point)
    else:
        judge_point(point, act, now)
    return _noted(customer_id, f"customers.contact_{act}")


@blueprint.get("/<int:customer_id>/interactions")
@access.requires("customers.view")
def interactions(customer_id: int) -> str:
    """List what happened with a customer, all or of one kind."""
    return _listing(_get(customer_id), InteractionForm())


@blueprint.post("/<int:customer_id>/interactions")
@access.requires("customers.edit")
def add_interaction(customer_id: int) -> Answer:
    """Record something that happened with a customer."""
    customer, form = _get(customer_id), InteractionForm()
    if form.validate():
        said = {name: value for name, value in form.data.items() if name != "csrf_token"}
        try:
            record_interaction(customer, checked_happening(said, datetime.now(UTC)))
        except HappeningError as error:
            form.form_errors.append(str(error))
    if form.errors:
        db.session.rollback()
        return _listing(_get(customer_id), form), 422
    return _noted(customer_id, "customers.interaction_added")


def _listing(customer: Customer, form: InteractionForm) -> str:
    kind = request.args.get("kind", "")[:40]
    pages = queries.find_interactions(customer, kind, request.args.get("page", 1, type=page_number))
    kinds = queries.list_kinds_of(customer)
    return render_template(
        "customers/interactions.html", customer=customer, pages=pages, kind=kind, kinds=kinds, form=form
    )


def _noted(customer_id: int, action: str) -> Response:
    record(action, "customer", str(customer_id))
    db.session.commit()
    flash(_("That is written down."), "success")
    return redirect(url_for("customers.show", customer_id=customer_id), 303)


def _get(customer_id: int) -> Customer:
    try:
        return queries.standing_of(queries.get_customer(customer_id))
    except NoResultFound:
        abort(404)
