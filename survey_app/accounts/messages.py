"""The mails that accounts write, as values."""

from __future__ import annotations

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from survey_app.accounts.models import Organisation, User
from survey_app.outbox.mail import Mail


def password_reset(user: User, organisation: Organisation, url: str) -> Mail:
    """Return the mail with the link to choose a new password, in the person's language."""
    with force_locale(user.language):
        return _compose("password_reset", _("Choose a new password"), user, organisation, url=url)


def trial_mail(user: User, organisation: Organisation) -> Mail:
    """Return a short mail that shows how mail of this organisation arrives."""
    with force_locale(user.language):
        subject = _("Test mail from %(organisation)s", organisation=organisation.name)
        return _compose("trial", subject, user, organisation)


def _compose(kind: str, subject: str, user: User, organisation: Organisation, **more: str) -> Mail:
    values = {"subject": subject, "user": user, "organisation": organisation, "language": user.language, **more}
    return Mail(
        to_address=user.email,
        to_name=user.name,
        subject=subject,
        text=render_template(f"emails/{kind}/mail.txt", **values),
        html=render_template(f"emails/{kind}/mail.html", **values),
        language=user.language,
        from_name=organisation.sender_name,
        from_address=organisation.sender_address,
        for_staff=True,
    )
