"""The mail that tells staff of a case; who the customer is stands on the case, behind the sign-in."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from survey_app.accounts.models import Organisation, User
from survey_app.followups.models import Case
from survey_app.outbox.mail import Mail


def case_opened(case: Case, person: User, organisation: Organisation) -> Mail:
    """Return the mail that tells a member of staff of a new case, in their language."""
    with force_locale(person.language):
        subject = _("A customer needs an answer: case %(number)s", number=case.id)
        facts: dict[str, Any] = {
            "subject": subject,
            "language": person.language,
            "organisation": organisation,
            "person": person,
            "case": case,
            "is_mine": case.assignee_id == person.id,
            "url": f"{current_app.config['SURVEY_SETTINGS'].public_url}/cases/{case.id}",
        }
        return Mail(
            to_address=person.email,
            to_name=person.name,
            subject=subject,
            text=_render("mail.txt", facts),
            html=_render("mail.html", facts),
            language=person.language,
            from_name=organisation.sender_name,
            from_address=organisation.sender_address,
            for_staff=True,
        )


def _render(name: str, facts: dict[str, Any]) -> str:
    # Straight from the environment: what pages need (the request, who is signed in) has no place in a mail.
    return current_app.jinja_env.get_template(f"emails/case_opened/{name}").render(facts)
