"""The forms of sign-in, of one's own account, of staff and of the organisation."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, PasswordField, SelectField, StringField

from survey_app.web.forms import Form, at_most, needed, options
from survey_app.web.languages import NAMES

EMAIL_LIMIT = 254
NAME_LIMIT = 200


class SignInForm(Form):
    """Who is there."""

    email = EmailField(
        _l("Email address"),
        [needed(_l("Enter your email address.")), at_most(EMAIL_LIMIT)],
        render_kw={"autocomplete": "username", "autofocus": True},
    )
    password = PasswordField(
        _l("Password"),
        [needed(_l("Enter your password.")), at_most(NAME_LIMIT)],
        render_kw={"autocomplete": "current-password"},
    )


class ProfileForm(Form):
    """One's own name and language."""

    name = StringField(
        _l("Name"), [needed(_l("Enter your name.")), at_most(NAME_LIMIT)], render_kw={"autocomplete": "name"}
    )
    language = SelectField(_l("Language"), choices=options(NAMES))
