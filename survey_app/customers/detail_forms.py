"""The small forms of a customer's page, of companies and of attributes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DecimalField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from survey_app.accounts.models import User
from survey_app.customers.happenings import LIMITS
from survey_app.customers.labels import CONSENT_BASES, CONSENT_PURPOSES
from survey_app.customers.models import STATE_OF_PURPOSE, AttributeDefinition, Company
from survey_app.customers.rules import LIMITS as RECORD_LIMITS
from survey_app.web.forms import Form, at_most, needed, options

KINDS = {
    "text": _l("Text"),
    "number": _l("Number"),
    "date": _l("Date"),
    "choice": _l("Choice"),
    "yes_no": _l("Yes or no"),
}
SUBJECTS = {"customer": _l("customers"), "company": _l("companies")}
ATTRIBUTE = "attribute_"


class ConsentForm(Form):
    """What a customer agreed or objected to: about what, on which basis, where it was said and in which words."""

    is_given = SelectField(
        _l("The customer"),
        choices=options({"yes": _l("agrees to be asked"), "no": _l("does not want to be asked")}),
    )
    purpose = SelectField(
        _l("About"), default="surveys", choices=options({name: CONSENT_PURPOSES[name] for name in STATE_OF_PURPOSE})
    )
    basis = SelectField(
        _l("On which basis?"),
        default="consent",
        choices=options({name: CONSENT_BASES[name] for name in ("consent", "legitimate-interest")}),
        description=_l("For an agreement; an objection needs none."),
    )
    source = StringField(_l("Where was that said?"), [needed(_l("Say where, such as: by telephone.")), at_most(200)])
    wording = TextAreaField(_l("In which words?"), [at_most(2000)])


class PointForm(Form):
    """A further address or telephone number."""

    kind = SelectField(_l("Kind"), choices=options({"mail": _l("Mail address"), "phone": _l("Telephone")}))
    value = StringField(_l("Address or number"), [needed(), at_most(320)])
    source = StringField(_l("Where is it from?"), [at_most(200)])


class InteractionForm(Form):
    """Something that happened with a customer."""

    kind = StringField(
        _l("What happened?"), [needed(), at_most(LIMITS["kind"])], description=_l("Such as purchase, visit, call.")
    )
    happened_at = StringField(_l("When (UTC)?"), [at_most(40)], description=_l("As 2026-01-31T14:30; now if empty."))
    value = DecimalField(_l("Value"), [Optional()])
    cost = DecimalField(_l("Cost"), [Optional()])
    channel = StringField(_l("Channel"), [at_most(LIMITS["channel"])])
    product = StringField(_l("Product"), [at_most(LIMITS["product"])])
    location = StringField(_l("Where"), [at_most(LIMITS["location"])])
    campaign = StringField(_l("Marketing campaign"), [at_most(LIMITS["campaign"])])
    note = TextAreaField(_l("Note"), [at_most(2000)])


class AttributeForm(Form):
    """An attribute of customers or companies; its code and kind stay once it is there."""

    code = StringField(
        _l("Code"), [needed(), at_most(60)], description=_l("Small letters, digits and _, such as branch.")
    )
    label = StringField(_l("Name"), [needed(), at_most(200)])
    subject = SelectField(_l("Of"), choices=options(SUBJECTS))
    kind = SelectField(_l("Kind"), choices=options(KINDS))
    choices = TextAreaField(
        _l("Choices"), [at_most(4000)], description=_l("One a line, for a choice; without any, everything is taken.")
    )
    for_reporting = BooleanField(_l("Copy it to each answer, for filters of reports"))


class CompanyForm(Form):
    """A company; its attributes are added by `company_form`."""

    name = StringField(_l("Name"), [needed(), at_most(RECORD_LIMITS["company"])])
    external_id = StringField(
        _l("Company number"), [at_most(200)], description=_l("With its system before it, such as crm:77.")
    )
    owner_id = SelectField(_l("Looked after by"))


def company_form(attributes: Iterable[AttributeDefinition], staff: Iterable[User], company: Company) -> CompanyForm:
    """Return the form for a company, with a control for each attribute."""
    names = {f"{ATTRIBUTE}{each.code}": StringField(each.label, [at_most(1000)]) for each in attributes}
    stored: dict[str, Any] = {f"{ATTRIBUTE}{code}": str(value) for code, value in company.attributes.items()}
    stored |= {"name": company.name, "external_id": company.external_id or "", "owner_id": str(company.owner_id or "")}
    form = type("CompanyForm", (CompanyForm,), names)(data=stored)
    form.owner_id.choices = options({"": _l("Nobody in particular")} | {str(each.id): each.name for each in staff})
    return form  # type: ignore[no-any-return]
