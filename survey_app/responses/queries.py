"""Reads of responses."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from survey_app.accounts.models import Organisation
from survey_app.extensions import db
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.queries import get_version, questionnaire_of
from survey_app.responses.links import Link
from survey_app.responses.models import Response

MOST_KEPT = 100
# Questionnaires by the digest of their content, which never changes.
_questionnaires: dict[str, Questionnaire] = {}


class Asker(NamedTuple):
    """Who asks: what the privacy line says."""

    name: str
    contact_address: str
    retention_months: int


_organisation = Organisation.__table__
_ASKER = select(_organisation.c.name, _organisation.c.contact_address, _organisation.c.retention_months).where(
    _organisation.c.id == 1
)


def find_asker() -> Asker | None:
    """Return who asks; None before the installation has an organisation."""
    row = db.session.connection().execute(_ASKER).first()
    return Asker(*row) if row else None


def questionnaire_behind(link: Link) -> Questionnaire:
    """Return the questionnaire that a link asks; one that was asked before costs no statement."""
    digest = link.row.version_digest
    found = _questionnaires.get(digest) if digest else None
    if found is None:
        found = questionnaire_of(get_version(link.row.version_id))
        if digest:
            if len(_questionnaires) >= MOST_KEPT:
                _questionnaires.clear()
            _questionnaires[digest] = found
    return found


def find_started(link: Link, submission: str | None) -> Response | None:
    """Return what was answered by a link: by invitation, or on the public form by the form's submission id."""
    if link.invitation is not None:
        wanted = Response.invitation_id == link.invitation.id
    elif submission is not None:
        wanted = (Response.submission_id == submission) & (Response.campaign_id == link.row.campaign_id)
    else:
        return None
    return db.session.scalar(select(Response).where(wanted))
