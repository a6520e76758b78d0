"""The forms of an import: the file, how it is read, and what was chosen for its rows."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, Field, RadioField, SelectField, StringField, TextAreaField, ValidationError

from survey_app.customers.forms import BASES
from survey_app.customers.imports.choices import Choices
from survey_app.customers.imports.files import OLD_ENCODINGS
from survey_app.web.forms import Form, at_most, chosen, needed, options

SUBJECTS = {
    "customers": _l("Customers, one in each row"),
    "interactions": _l("Interactions: purchases, visits, calls, one in each row"),
}
ENCODING_NAMES = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", **OLD_ENCODINGS}
SEPARATOR_NAMES = {",": _l("commas"), ";": _l("semicolons"), "\t": _l("tabs"), "|": _l("vertical bars")}


class UploadForm(Form):
    """A file of customers or interactions."""

    subject = RadioField(_l("What is in the file?"), choices=options(SUBJECTS), default="customers")
    file = FileField(
        _l("CSV or Excel file"),
        [FileRequired(_l("Choose a file."))],
        description=_l(
            "CSV up to 300 MB and a million rows, or Excel (.xlsx) up to 60 MB and 300,000 rows, with the column names "
            "in the first line."
        ),
    )
    source = StringField(
        _l("Where it comes from"),
        [needed(_l("Name the system the customer numbers come from.")), at_most(40)],
        default="crm",
        description=_l("The system the customer numbers belong to, in small letters, such as crm or shop."),
    )


class ReadingForm(Form):
    """How the bytes of a file become cells."""

    encoding = SelectField(_l("Read the file as"), [chosen()], choices=options(ENCODING_NAMES))
    separator = SelectField(
        _l("Its cells are separated by"), choices=options({"": _l("what its first line shows"), **SEPARATOR_NAMES})
    )


class ChoicesForm(Form):
    """What was settled for the rows of a file; each subject has its part of it."""

    basis = SelectField(_l("May these customers be asked?"), choices=options(BASES))
    wording = TextAreaField(
        _l("In which words was that settled?"),
        [at_most(2000)],
        description=_l("Kept with each new customer, with today's date and the file's name."),
    )
    adds_choices = BooleanField(_l("Add values that a choice does not have yet; without this, such rows are refused"))
    adds_customers = BooleanField(_l("Add customers who are not known yet; without this, their rows are refused"))
    time_zone = StringField(
        _l("Times without a zone are in"),
        [at_most(64)],
        description=_l("A name such as Asia/Ho_Chi_Minh."),
    )

    def validate_time_zone(self, field: Field) -> None:
        """Refuse a zone that nobody knows."""
        if field.data and field.data not in available_timezones():
            zone = field.data[:64]
            raise ValidationError(_("%(zone)s is not a time zone. Use a name such as Asia/Ho_Chi_Minh.", zone=zone))


_UNUSED = {"customers": ("adds_customers", "time_zone"), "interactions": ("adds_choices",)}


def choices_form(subject: str, **details: Any) -> ChoicesForm:
    """Return the form of what can be chosen for files of this subject."""
    form = ChoicesForm(**details)
    for name in _UNUSED[subject]:
        del form[name]
    return form


def choices_in(form: ChoicesForm) -> Choices:
    """Return what the form says."""
    return Choices(
        adds_choices=bool(form.adds_choices and form.adds_choices.data),
        adds_customers=bool(form.adds_customers and form.adds_customers.data),
        time_zone=(form.time_zone and form.time_zone.data) or "UTC",
    )
