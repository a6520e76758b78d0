"""A company's page: who belongs to it, its attributes and owner, what happened with its customers."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.accounts.operations import record
from survey_app.accounts.queries import find_staff, list_staff
from survey_app.customers.companies import change_company, find_members, summed_interactions
from survey_app.customers.detail_forms import ATTRIBUTE, CompanyForm, company_form
from survey_app.customers.models import Company
from survey_app.customers.routes import blueprint
from survey_app.customers.rules import CustomerError
from survey_app.customers.vocabulary import list_attributes
from survey_app.extensions import db
from survey_app.web import access
from survey_app.web.storable import page_number


@blueprint.get("/companies/<int:company_id>")
@access.requires("customers.view")
def company(company_id: int) -> str:
    """Show a company."""
    found = _get(company_id)
    return render_template(
        "customers/company.html",
        company=found,
        owner=find_staff(found.owner_id) if found.owner_id else None,
        attributes=[each for each in list_attributes("company") if each.code in found.attributes],
        members=find_members(found, request.args.get("page", 1, type=page_number)),
        happened=summed_interactions(found),
    )


@blueprint.get("/companies/<int:company_id>/edit")
@access.requires("customers.edit")
def edit_company(company_id: int) -> str:
    """Show the form for a company's details."""
    found = _get(company_id)
    return render_template("customers/edit_company.html", company=found, form=_form(found))


@blueprint.post("/companies/<int:company_id>/edit")
@access.requires("customers.edit")
def save_company(company_id: int) -> Response | tuple[str, int]:
    """Save a company's details."""
    found = _get(company_id)
    form = _form(found)
    if form.validate():
        _change(found, form)
    if form.errors:
        db.session.rollback()
        return render_template("customers/edit_company.html", company=_get(company_id), form=form), 422
    record("customers.company_changed", "company", str(company_id))
    db.session.commit()
    flash(_("The company's details are saved."), "success")
    return redirect(url_for("customers.company", company_id=company_id), 303)


def _change(found: Company, form: CompanyForm) -> None:
    said = {name: form[name].data or "" for name in ("name", "external_id", "owner_id")}
    attributes = {
        each.name.removeprefix(ATTRIBUTE): each.data or "" for each in form if each.name.startswith(ATTRIBUTE)
    }
    try:
        change_company(found, said, attributes)
    except CustomerError as error:
        for name, sentence in error.problems.items():
            form[name.replace(".", "_")].errors = [sentence]


def _form(found: Company) -> CompanyForm:
    return company_form(list_attributes("company"), [each for each in list_staff() if each.active], found)


def _get(company_id: int) -> Company:
    found = db.session.get(Company, company_id)
    if found is None:
        abort(404)
    return found
