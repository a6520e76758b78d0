"""The forms of the suppression list."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from survey_app.outbox.rules import AddressError, checked_address
from survey_app.outbox.suppressions.rules import LONGEST_NOTE, REASON_NAMES
from survey_app.web.forms import Form, at_most, needed, options


class SearchForm(Form):
    """Which part of the list to show."""

    class Meta(Form.Meta):
        """Looking needs no token."""

        csrf = False

    # The same page has a field for an address to add.
    address = StringField(_l("Address"), [at_most(320)], id="searched-address")
    reason = SelectField(_l("Reason"), choices=options({"": _l("All reasons")} | REASON_NAMES), default="")


class AddForm(Form):
    """An address that is to get no more survey mail."""

    address = StringField(_l("Mail address"), [needed(), at_most(320)])
    note = StringField(_l("Why"), [needed(_l("Say why, for whoever looks at this later.")), at_most(LONGEST_NOTE)])

    def validate_address(self, field: StringField) -> None:
        """Refuse what is no address."""
        try:
            checked_address(str(field.data).strip())
        except AddressError as error:
            raise ValidationError(_l("This is not a mail address. Write it as name@example.com.")) from error


class LiftForm(Form):
    """Why an address may get survey mail again."""

    note = TextAreaField(
        _l("Why may it get survey mail again?"),
        [needed(_l("Say why: it stands in the audit log.")), at_most(LONGEST_NOTE)],
        description=_l("For example: the customer told us that the mailbox works again."),
    )


class FileForm(Form):
    """A file of addresses to add."""

    file = FileField(
        _l("CSV file"),
        [FileRequired(_l("Choose a file."))],
        description=_l("With a column named address; reason and note are optional. A file only ever adds."),
    )
