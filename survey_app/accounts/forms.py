"""The forms of sign-in, of one's own account, of staff and of the organisation."""

from __future__ import annotations

from collections.abc import Collection
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, IntegerField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, EqualTo, NumberRange, ValidationError

from survey_app.accounts.labels import ROLE_NAMES, SCOPE_NAMES
from survey_app.accounts.passwords import LONGEST, SHORTEST, Weakness, find_weakness
from survey_app.web.forms import CheckboxesField, Form, at_most, chosen, needed, options
from survey_app.web.languages import NAMES

EMAIL_LIMIT = 254
NAME_LIMIT = 200
CODE_LIMIT = 40
WEAKNESSES = {
    Weakness.TOO_SHORT: _l("Use at least %(n)s characters.", n=SHORTEST),
    Weakness.TOO_LONG: _l("Use at most %(n)s characters.", n=LONGEST),
    Weakness.TOO_KNOWN: _l(
        "Names and common words are guessed first. Add words that have nothing to do with you or this place."
    ),
    Weakness.TOO_PLAIN: _l("That is easy to guess. Use different words or signs instead of a row or a repetition."),
}


def address() -> Email:
    """Require a complete email address."""
    return Email(_l("Enter an email address like name@example.com."), allow_smtputf8=False)


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


class ForgottenForm(Form):
    """Whose password was forgotten."""

    email = EmailField(
        _l("Email address"),
        [needed(_l("Enter your email address.")), at_most(EMAIL_LIMIT)],
        render_kw={"autocomplete": "username"},
    )


class ChangePasswordForm(Form):
    """A new password for oneself, which needs the old one; `context` is what is known of person and place."""

    context: Collection[str] = ()

    current = PasswordField(
        _l("Current password"),
        [needed(_l("Enter your current password.")), at_most(NAME_LIMIT)],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        _l("New password"),
        [needed(_l("Enter a new password."))],
        description=_l("At least 8 characters; 15 or more are better. A few words in a row are good and easy to keep."),
        render_kw={"autocomplete": "new-password"},
    )
    repeated = PasswordField(
        _l("New password again"),
        [
            needed(_l("Enter the new password again.")),
            EqualTo("password", _l("The two passwords differ. Enter the same one twice.")),
        ],
        render_kw={"autocomplete": "new-password"},
    )

    def validate_password(self, field: PasswordField) -> None:
        """Refuse what somebody who knows the person or the place would try first."""
        weakness = find_weakness(field.data or "", self.context)
        if weakness:
            raise ValidationError(WEAKNESSES[weakness])


class ProofForm(Form):
    """The password once more, before something that a borrowed browser must not do."""

    current = PasswordField(
        _l("Current password"),
        [needed(_l("Enter your current password.")), at_most(NAME_LIMIT)],
        render_kw={"autocomplete": "current-password"},
    )


class CodeForm(Form):
    """A code of an authenticator app; at sign-in also a recovery code."""

    code = StringField(
        _l("Code"),
        [needed(_l("Enter the code.")), at_most(CODE_LIMIT)],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "autofocus": True},
    )


class NewPasswordForm(ChangePasswordForm):
    """A new password by a link from a mail, for who forgot the old one."""

    current = None


class NewStaffForm(Form):
    """A new colleague."""

    name = StringField(_l("Name"), [needed(_l("Enter a name.")), at_most(NAME_LIMIT)])
    email = EmailField(_l("Email address"), [needed(_l("Enter an email address.")), at_most(EMAIL_LIMIT), address()])
    roles = CheckboxesField(_l("Roles"), [chosen(_l("Choose at least one role."))], choices=options(ROLE_NAMES))
    language = SelectField(_l("Language"), choices=options(NAMES))


class StaffForm(NewStaffForm):
    """A colleague's name, roles and language; the address is what they sign in with and stays."""

    email = None


class OrganisationForm(Form):
    """Who asks, and whom to ask."""

    name = StringField(_l("Name"), [needed(_l("Enter the organisation's name.")), at_most(NAME_LIMIT)])
    sender_name = StringField(
        _l("Sender's name"),
        [needed(_l("Enter a sender's name.")), at_most(NAME_LIMIT)],
        description=_l("What people see as the sender of your survey mails."),
    )
    sender_address = EmailField(
        _l("Sender's address"),
        [needed(_l("Enter a sender's address.")), at_most(EMAIL_LIMIT), address()],
        description=_l("An address in a domain that you control."),
    )
    contact_address = EmailField(
        _l("Contact address"),
        [needed(_l("Enter a contact address.")), at_most(EMAIL_LIMIT), address()],
        description=_l("Where people who answer can ask about the survey and their data."),
    )
    time_zone = SelectField(
        _l("Time zone"), choices=[SelectChoice(zone, zone) for zone in sorted(available_timezones())]
    )
    default_language = SelectField(_l("Language"), choices=options(NAMES))
    retention_months = IntegerField(
        _l("Keep answers for (months)"),
        [chosen(_l("Enter a number of months.")), NumberRange(1, 120, _l("Enter a number from 1 to 120."))],
        render_kw={"inputmode": "numeric"},
    )
    admins_need_second_factor = BooleanField(
        _l("Administrators must use a second factor"),
        description=_l("Who has none is asked to set one up after signing in and can do nothing else until then."),
    )


class ApiKeyForm(ProofForm):
    """A new key of the API; the password is asked for again."""

    name = StringField(
        _l("Name"),
        [needed(_l("Enter a name.")), at_most(100)],
        description=_l("The system that gets the key, such as: web shop."),
    )
    scopes = CheckboxesField(_l("What it may do"), [chosen(_l("Choose at least one."))], choices=options(SCOPE_NAMES))
    days = IntegerField(
        _l("Days until it ends"),
        [chosen(_l("Enter a number of days.")), NumberRange(1, 3650, _l("Enter a number from 1 to 3650."))],
        default=365,
        render_kw={"inputmode": "numeric"},
    )


class AuditFilterForm(Form):
    """What to look for in the audit log."""

    class Meta(Form.Meta):
        """A filter changes nothing."""

        csrf = False

    action = SelectField(_l("Act"), default="")
    actor = StringField(_l("Who"), [at_most(EMAIL_LIMIT)])
