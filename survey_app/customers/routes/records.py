"""Customers: the list with its search, one customer's page, adding and editing."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response

from survey_app.accounts.gate import current_may
from survey_app.accounts.operations import record
from survey_app.accounts.queries import find_staff, list_staff
from survey_app.customers import queries
from survey_app.customers.contact_points import list_points
from survey_app.customers.detail_forms import ConsentForm
from survey_app.customers.duplicates import alike_with
from survey_app.customers.forms import CustomerForm, customer_form, record_of
from survey_app.customers.matching import match
from survey_app.customers.models import Customer
from survey_app.customers.operations import (
    ConsentEntry,
    change_customer,
    find_known,
    record_consent,
    save_customer,
)
from survey_app.customers.registry import panels
from survey_app.customers.routes import blueprint
from survey_app.customers.rules import CustomerError
from survey_app.customers.standing import standing_of_mail
from survey_app.customers.telling import told_merges
from survey_app.customers.vocabulary import list_attributes
from survey_app.extensions import db
from survey_app.web import access
from survey_app.web.storable import page_number

Answer = Response | str | tuple[str, int]


@blueprint.get("")
@access.requires("customers.view")
def index() -> str:
    """List customers, or those that the search finds."""
    text = request.args.get("q", "")[:200]
    pages = queries.find_customers(text, request.args.get("page", 1, type=page_number))
    return render_template("customers/index.html", pages=pages, text=text, n_all=queries.count_customers())


@blueprint.get("/<int:customer_id>")
@access.requires("customers.view")
def show(customer_id: int) -> Answer:
    """Show all that is known of one customer; a merged record leads to the customer it was merged into."""
    customer = _get(customer_id)
    if customer.merged_into_id is not None:
        return redirect(url_for("customers.show", customer_id=customer.merged_into_id), 303)
    return _page(customer, ConsentForm())


@blueprint.get("/add")
@access.requires("customers.edit")
def add() -> str:
    """Show the form for a new customer."""
    return render_template("customers/add.html", form=_form())


@blueprint.post("/add")
@access.requires("customers.edit")
def create() -> Answer:
    """Add one customer, unless there is one with this number or address."""
    form = _form()
    try:
        customer = _create(form) if form.validate() else None
    except CustomerError as error:
        form.take_errors(error)
        customer = None
    if customer is None:
        db.session.rollback()
        return render_template("customers/add.html", form=form), 422
    db.session.commit()
    flash(_("The customer is added."), "success")
    return redirect(url_for("customers.show", customer_id=customer.id), 303)


@blueprint.get("/<int:customer_id>/edit")
@access.requires("customers.edit")
def edit(customer_id: int) -> str:
    """Show the form for a customer's details."""
    customer = _get(customer_id)
    return render_template("customers/edit.html", form=_form(customer), customer=customer)


@blueprint.post("/<int:customer_id>/edit")
@access.requires("customers.edit")
def save(customer_id: int) -> Answer:
    """Save a customer's details."""
    customer = _get(customer_id)
    form = _form(customer)
    if form.validate():
        try:
            change_customer(customer, record_of(form), datetime.now(UTC))
            customer.owner_id = int(form.owner_id.data) if form.owner_id.data else None
        except CustomerError as error:
            form.take_errors(error)
    if form.errors:
        db.session.rollback()
        return render_template("customers/edit.html", form=form, customer=_get(customer_id)), 422
    record("customers.changed", "customer", str(customer_id))
    db.session.commit()
    flash(_("The customer's details are saved."), "success")
    return redirect(url_for("customers.show", customer_id=customer_id), 303)


@blueprint.post("/<int:customer_id>/consent")
@access.requires("customers.edit")
def note_consent(customer_id: int) -> Answer:
    """Write down what a customer agreed or objected to."""
    customer, form = _get(customer_id), ConsentForm()
    if not form.validate():
        return _page(customer, form), 422
    is_given = form.is_given.data == "yes"
    basis = form.basis.data if is_given else "objection"
    entry = ConsentEntry(is_given, basis, form.source.data, form.wording.data or "", form.purpose.data)
    record_consent(customer, entry, datetime.now(UTC))
    record("customers.consent", "customer", str(customer_id), purpose=form.purpose.data, is_given=is_given)
    db.session.commit()
    flash(_("That is written down."), "success")
    return redirect(url_for("customers.show", customer_id=customer_id), 303)


def _create(form: CustomerForm) -> Customer:
    described, now = record_of(form), datetime.now(UTC)
    known = match(described, find_known(described))
    if known is not None:
        field = "external_id" if described.number and known.external_id == described.number else "email"
        raise CustomerError({field: _("There is already a customer with this: %(name)s.", name=known.name)})
    customer, _outcome = save_customer(described, now)
    if form.basis.data:
        source = _("entered by %(name)s", name=g.staff_user.name)
        record_consent(customer, ConsentEntry(is_given=True, basis=form.basis.data, source=source), now)
    record("customers.added", "customer", str(customer.id))
    return customer


def _page(customer: Customer, form: ConsentForm) -> str:
    shown = [(panel, panel.load(customer)) for panel in panels() if current_may(panel.operation)]
    return render_template(
        "customers/show.html",
        customer=customer,
        owner=find_staff(customer.owner_id) if customer.owner_id else None,
        attributes=[each for each in list_attributes() if each.code in customer.attributes],
        consents=queries.list_consents(customer),
        standing=standing_of_mail(customer, datetime.now(UTC)),
        numbers=queries.numbers_of(customer),
        points=list_points(customer),
        merges=told_merges(customer),
        doubles=alike_with(customer) if current_may("customers.edit") else [],
        history=queries.interaction_history(customer),
        panels=shown,
        form=form,
    )


def _form(customer: Customer | None = None) -> CustomerForm:
    return customer_form(list_attributes(), [each for each in list_staff() if each.active], customer)


def _get(customer_id: int) -> Customer:
    try:
        return queries.get_customer(customer_id)
    except NoResultFound:
        abort(404)
