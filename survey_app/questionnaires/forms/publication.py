"""The form by which a draft becomes a version."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from survey_app.web.forms import Form, at_most


class PublicationForm(Form):
    """The note of a version, the draft as it was seen, and whether languages may have gaps."""

    revision = IntegerField(
        widget=HiddenInput(),
        validators=[InputRequired(_l("This page is out of date. Look at the draft again, then publish."))],
    )
    note = TextAreaField(
        _l("What is new in this version?"),
        [at_most(2000)],
        description=_l("Your colleagues see this in the list of versions."),
    )
    accepts_gaps = BooleanField(_l("Publish although translations are incomplete"))
