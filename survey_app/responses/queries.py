"""Reads of responses."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import bindparam, select

from survey_app.conditions.rules import fields_of
from survey_app.customers.models import AttributeDefinition, Customer
from survey_app.customers.segments import values_of
from survey_app.extensions import db
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.queries import get_version, questionnaire_of
from survey_app.questionnaires.rendering.course import Known
from survey_app.responses.links import Link
from survey_app.responses.models import Response

MOST_KEPT = 100
# What each response at hand answered, noted while it is completed, so that listeners need not read it again.
_answered: WeakKeyDictionary[Response, Questionnaire] = WeakKeyDictionary()
# Questionnaires by the digest of their content, which never changes.
_questionnaires: dict[str, Questionnaire] = {}
_definitions, _customers = AttributeDefinition.__table__, Customer.__table__
_PROFILE = (
    select(_definitions.c.code, _customers.c.attributes)
    .join_from(_definitions, _customers, _customers.c.id == bindparam("customer_id"))
    .where(_definitions.c.for_reporting)
)


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


def known_of_customer(link: Link, questionnaire: Questionnaire, now: datetime) -> Known:
    """Return what the questionnaire's conditions ask about the invited customer; most ask nothing and cost nothing."""
    invitation = link.invitation
    if invitation is None or invitation.customer_id is None:
        return {}
    asked_about = [page for page in questionnaire.pages if page.show_if] + [
        item for item in questionnaire.items if item.show_if
    ]
    fields = {field for each in asked_about for field in fields_of(each.show_if) if not field.startswith("answer.")}
    return values_of(invitation.customer_id, fields, now) if fields else {}


def get_response(response_id: int) -> Response:
    """Return a response; raise NoResultFound when there is none."""
    return db.session.get_one(Response, response_id)


def note_questionnaire(response: Response, questionnaire: Questionnaire) -> None:
    """Note which questionnaire a response answered, for whoever asks as long as the response is at hand."""
    _answered[response] = questionnaire


def questionnaire_answered(response: Response) -> Questionnaire:
    """Return the questionnaire of the version that a response answered."""
    return _answered.get(response) or questionnaire_of(get_version(response.version_id))


def profile_of(customer_id: int) -> dict[str, Any]:
    """Return a customer's values of the attributes marked for reporting, by code, in one light statement."""
    rows = db.session.connection().execute(_PROFILE, {"customer_id": customer_id})
    return {code: attributes[code] for code, attributes in rows if code in attributes}
