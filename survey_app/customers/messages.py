"""The mails about a customer's own address, as values."""

from __future__ import annotations

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from survey_app.accounts.models import Organisation
from survey_app.config import LANGUAGES
from survey_app.outbox.mail import Mail


def confirm_address(address: str, url: str, organisation: Organisation, language: str) -> Mail:
    """Return the mail to a new address with the link that confirms it."""
    return _compose("address_confirmation", address, language, organisation, url=url)


def address_changed(address: str, new: str, organisation: Organisation, language: str) -> Mail:
    """Return the notice to the old address; of the new one it shows as much as its owner recognises."""
    local, _at, domain = new.rpartition("@")
    return _compose("address_notice", address, language, organisation, new=f"{local[:1]}…@{domain}")


def _compose(kind: str, address: str, language: str, organisation: Organisation, **more: str) -> Mail:
    short = language.split("-", maxsplit=1)[0]
    spoken = short if short in LANGUAGES else LANGUAGES[0]
    with force_locale(spoken):
        subject = {
            "address_confirmation": _("Please confirm your new mail address"),
            "address_notice": _("Your mail address was changed"),
        }[kind]
        values = {"subject": subject, "organisation": organisation, "language": spoken, **more}
        # Straight from the environment: what pages need (the request, who is signed in) has no place in a mail.
        text, html = (current_app.jinja_env.get_template(f"emails/{kind}/mail.{end}") for end in ("txt", "html"))
        return Mail(
            to_address=address,
            to_name="",
            subject=subject,
            text=text.render(values),
            html=html.render(values),
            language=spoken,
            from_name=organisation.sender_name,
            from_address=organisation.sender_address,
            # A notice that its receiver asked for or must know of: no survey mail, so it passes the suppressions.
            for_staff=True,
        )
