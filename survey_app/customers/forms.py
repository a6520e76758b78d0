"""The forms of the customer pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField

from survey_app.accounts.models import User
from survey_app.customers.models import AttributeDefinition, Customer
from survey_app.customers.rules import LIMITS, CustomerError, CustomerRecord
from survey_app.web.forms import Form, at_most, needed, options

BASES = {
    "legitimate-interest": _l("Yes: customers of ours (legitimate interest)"),
    "consent": _l("Yes: they agreed to be asked (consent)"),
    "": _l("Not settled: they are not invited"),
}
_ATTRIBUTE = "attribute_"


class CustomerForm(Form):
    """One customer's details; the attributes of the installation are added by `customer_form`."""

    name = StringField(_l("Name"), [needed(_l("Enter the customer's name.")), at_most(LIMITS["name"])])
    email = StringField(_l("Mail address"), [at_most(LIMITS["email"])])
    phone = StringField(_l("Telephone"), [at_most(LIMITS["phone"])])
    company = StringField(_l("Company"), [at_most(LIMITS["company"])])
    language = StringField(
        _l("Language"), [at_most(LIMITS["language"])], description=_l("A tag such as en, vi or pt-BR.")
    )
    time_zone = StringField(
        _l("Time zone"), [at_most(LIMITS["time_zone"])], description=_l("A name such as Asia/Ho_Chi_Minh.")
    )
    external_id = StringField(_l("Customer number"), [at_most(LIMITS["external_id"])])
    owner_id = SelectField(_l("Looked after by"))
    basis = SelectField(_l("May this customer be asked?"), choices=options(BASES))

    def take_errors(self, error: CustomerError) -> None:
        """Show what is wrong beside the control it belongs to."""
        for name, sentence in error.problems.items():
            field = self._fields.get(name.replace(".", "_"))
            if field is None:
                self.form_errors.append(sentence)
            else:
                field.errors = [*field.errors, sentence]


class ConsentForm(Form):
    """What a customer agreed or objected to."""

    is_given = SelectField(
        _l("The customer"),
        choices=options({"yes": _l("agrees to be asked"), "no": _l("does not want to be asked")}),
    )
    source = StringField(_l("Where was that said?"), [needed(_l("Say where, such as: by telephone.")), at_most(200)])
    wording = TextAreaField(_l("In which words?"), [at_most(2000)])


def customer_form(
    attributes: Iterable[AttributeDefinition], staff: Iterable[User], customer: Customer | None = None
) -> CustomerForm:
    """Return the form for one customer, with a control for each attribute."""
    names = {f"{_ATTRIBUTE}{each.code}": StringField(each.label, [at_most(1000)]) for each in attributes}
    form = type("CustomerForm", (CustomerForm,), names)(data=_stored(customer) if customer else None)
    form.owner_id.choices = options({"": _l("Nobody in particular")} | {str(each.id): each.name for each in staff})
    if customer is not None:
        del form.external_id
        del form.basis
    return form  # type: ignore[no-any-return]


def record_of(form: CustomerForm) -> CustomerRecord:
    """Return what the form says; an emptied control removes the detail."""
    texts = ("name", "email", "phone", "company", "language", "time_zone")
    attributes = {
        field.name.removeprefix(_ATTRIBUTE): field.data or "" for field in form if field.name.startswith(_ATTRIBUTE)
    }
    record = CustomerRecord(
        external_id=form.external_id.data or None if form.external_id else None,
        owner_id=int(form.owner_id.data) if form.owner_id.data else None,
        attributes=attributes,
    )
    details: dict[str, Any] = {name: form[name].data or "" for name in texts}
    return replace(record, **details)


def _stored(customer: Customer) -> dict[str, object]:
    names = ("name", "email", "phone", "language", "time_zone")
    attributes = {f"{_ATTRIBUTE}{code}": str(value) for code, value in customer.attributes.items()}
    return {
        **{name: getattr(customer, name) or "" for name in names},
        "company": customer.company.name if customer.company else "",
        "owner_id": str(customer.owner_id or ""),
        **attributes,
    }
