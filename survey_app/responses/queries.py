"""Reads of responses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import bindparam, select

from survey_app.conditions.rules import fields_of
from survey_app.customers.models import AttributeDefinition, Customer
from survey_app.customers.segments import values_of
from survey_app.extensions import db
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.piping import (
    ANSWER,
    ORGANISATION,
    Values,
    answer_values,
    customer_values,
    fields_in,
)
from survey_app.questionnaires.queries import get_version, questionnaire_of
from survey_app.questionnaires.rendering.course import Known
from survey_app.questionnaires.texts import wordings
from survey_app.responses.links import Link
from survey_app.responses.models import Response

MOST_KEPT = 100


class Needs(NamedTuple):
    """What a questionnaire needs besides answers: fields of the customer's record, and its texts' merge fields."""

    of_record: frozenset[str]
    piped: frozenset[str]


@dataclass(frozen=True, slots=True)
class Piping:
    """What fills merge fields: the link, what it asks, what was answered, and what else is known."""

    link: Link
    questionnaire: Questionnaire
    language: str
    answers: Mapping[str, Any]
    others: Known


_needs: dict[str, Needs] = {}
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
    """Return what the questionnaire asks of the invited customer's record; most ask nothing and cost nothing."""
    invitation, customer = link.invitation, link.customer
    if customer is None or invitation is None or invitation.customer_id is None:
        return {}
    wanted = needs_of(questionnaire, link.row.version_digest).of_record
    if not wanted:
        return {}
    known = customer.values | customer_values(customer.name, customer.company, customer.language or "")
    counted = {field for field in wanted if field.startswith("interaction.")}
    happened = values_of(invitation.customer_id, counted, now) if counted else {}
    return {field: known[field] for field in wanted if field in known} | happened


def piped_values(view: Piping) -> Values:
    """Return what the merge fields of the questionnaire's texts are filled with; most texts have none."""
    link, questionnaire = view.link, view.questionnaire
    fields = needs_of(questionnaire, link.row.version_digest).piped
    if not fields:
        return {}
    organisation = {ORGANISATION: link.asker.name} if link.asker else {}
    has_answers = any(field.startswith(ANSWER) for field in fields)
    answers = answer_values(questionnaire, view.answers, view.language) if has_answers else {}
    return {**view.others, **answers, **organisation}


def needs_of(questionnaire: Questionnaire, digest: str | None) -> Needs:
    """Return what a questionnaire needs besides answers; worked out once per published version."""
    found = _needs.get(digest) if digest else None
    if found is None:
        found = _needs_of(questionnaire)
        if digest:
            if len(_needs) >= MOST_KEPT:
                _needs.clear()
            _needs[digest] = found
    return found


def _needs_of(questionnaire: Questionnaire) -> Needs:
    trees = [page.show_if for page in questionnaire.pages]
    trees += [item.show_if for item in questionnaire.items]
    trees += [jump.when for page in questionnaire.pages for jump in page.jumps]
    trees += [quota.when for quota in questionnaire.quotas]
    asked = {field for tree in trees for field in fields_of(tree)}
    asked |= {item.source for item in questionnaire.items if item.source and not item.is_by_chance}
    texts = [text for wording in wordings(questionnaire) for text in wording.texts.values()]
    piped = frozenset(field for text in texts for field in fields_in(text))
    of_record = {field for field in asked | piped if not field.startswith(ANSWER) and field != ORGANISATION}
    return Needs(frozenset(of_record), piped)


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
