"""Writes of answers: begin, save, complete. Nothing here commits."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import Table, delete, insert, inspect, select
from sqlalchemy.orm import make_transient, make_transient_to_detached
from sqlalchemy.orm.attributes import flag_modified

from survey_app.campaigns.models import Invitation
from survey_app.campaigns.operations import mark_completed, mark_over_quota, mark_screened_out, mark_started
from survey_app.campaigns.queries import InvitationRow
from survey_app.extensions import db, wait_turn
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.queries import get_version, questionnaire_of
from survey_app.questionnaires.rendering.course import Course, Known, follow, known_values
from survey_app.questionnaires.rendering.ordering import Shown
from survey_app.responses.contact_details import apply_contact_details
from survey_app.responses.links import Link
from survey_app.responses.models import Response
from survey_app.responses.queries import note_questionnaire, profile_of
from survey_app.responses.quotas import count_in, give_back, limits_met
from survey_app.responses.rules import outcome_value, personal_codes, without_personal
from survey_app.responses.signals import response_completed
from survey_app.responses.submissions import new_submission
from survey_app.responses.turns import Saved
from survey_app.web.storable import HIGHEST_ID

ID_BYTES = 16
_table = cast("Table", Response.__table__)
# Built once: every answer's request executes it.
_INSERT = insert(_table)
# Of what was shown, this stays with anonymous answers.
_SHARED = ("variants", "quotas")
COMPLETED, OVER_QUOTA, SCREENED_OUT = "completed", "over-quota", "screened-out"
_COLUMNS = [column.name for column in _table.columns if not column.primary_key]


@dataclass(frozen=True, slots=True)
class Fielding:
    """What completing a response must know of its survey."""

    questionnaire: Questionnaire
    identification: str
    invitation: InvitationRow | Invitation | None = None
    # Values that conditions know beside the answers.
    others: Known = field(default_factory=dict)
    # At most so many completions are taken.
    most_responses: int | None = None
    # What responses keep of the customer; None where it is yet to be read.
    profile: dict[str, Any] | None = None


def serialise(key: str) -> None:
    """Let equal submissions pass one after another where the database would let them pass side by side."""
    digest = sha256(key.encode("utf-8", "surrogatepass")).digest()[:8]
    wait_turn(int.from_bytes(digest, signed=True))


def start_response(link: Link, submission: str, shown: Shown, now: datetime) -> Response:
    """Begin a person's response as a draft; it stands in the database once it is stored."""
    invitation = link.invitation
    return Response(
        public_id=secrets.token_hex(ID_BYTES),
        survey_id=link.row.survey_id,
        campaign_id=link.row.campaign_id,
        version_id=link.row.version_id,
        invitation_id=invitation.id if invitation else None,
        customer_id=invitation.customer_id if invitation else None,
        submission_id=submission,
        state="draft",
        channel=link.channel,
        is_test=link.is_test,
        answers={},
        missing={},
        typed={},
        shown=shown.to_data(),
        correction={},
        weight=1.0,
        is_demo=False,
        profile={},
        outcome=None,
        entered_by_id=None,
        import_id=None,
        started_at=now,
        saved_at=now,
        completed_at=None,
        corrected_at=None,
    )


def store(response: Response) -> None:
    """Write a response; a new one goes in by one prepared statement, since every answer's request does this."""
    if not inspect(response).transient:
        db.session.flush()
        return
    values = {name: response.__dict__.get(name) for name in _COLUMNS}
    if response.id is not None:
        values["id"] = response.id
    stored = db.session.connection().execute(_INSERT, values)
    response.id = cast("Any", stored.inserted_primary_key)[0]
    make_transient_to_detached(response)
    db.session.add(response)


def save_answers(response: Response, saved: Saved, language: str, now: datetime) -> None:
    """Keep what a person has said so far; who comes back to a broken off draft goes on with it."""
    response.state = "draft"
    if response.id is not None:
        # Written even where it seems to be one already: the sweep may break it off at this moment.
        flag_modified(response, "state")
    response.answers = dict(saved.answers)
    response.missing = dict(saved.missing)
    response.typed = dict(saved.typed)
    response.language = language
    response.saved_at = now


def note_start(link: Link, response: Response, questionnaire: Questionnaire) -> None:
    """Let the invitation know that somebody began, and whether the primary outcome is answered already."""
    if link.invitation is not None:
        outcome = outcome_value(questionnaire.primary_outcome, response.answers)
        mark_started(link.invitation, has_outcome=outcome is not None)


def complete_response(response: Response, now: datetime, fielding: Fielding | None = None) -> str:
    """Finish a draft, and return the state in which it ends: completed unless it leads out or comes after a full quota.

    What was not asked is dropped, every missing answer has its reason, and listeners are told of completions. An
    anonymous response loses its customer, its invitation and its times of day before anybody is told.
    """
    fielding = fielding or fielding_of(response)
    course = settle(response, fielding)
    state = SCREENED_OUT if course.is_screened_out else _counted(response, fielding)
    _end(response, state, now, fielding)
    if state == COMPLETED:
        apply_contact_details(response, fielding.questionnaire)
        response_completed.send(response)
    return state


def turn_away(response: Response, now: datetime, fielding: Fielding) -> str:
    """End a draft whose answers so far already meet a full quota; return the state in which it ends."""
    settle(response, fielding)
    _end(response, OVER_QUOTA, now, fielding)
    return OVER_QUOTA


def screen_out(response: Response, fielding: Fielding, now: datetime) -> str:
    """End a response that a correction led out; the places it held are free again."""
    give_back(response.campaign_id, response.shown.get("quotas", ()))
    response.shown = {name: value for name, value in response.shown.items() if name != "quotas"}
    _end(response, SCREENED_OUT, now, fielding)
    return SCREENED_OUT


def break_off_anonymously(response: Response) -> None:
    """Cut a broken off draft of an anonymous survey from its invitation: whoever comes back begins anew."""
    gone = personal_codes(questionnaire_of(get_version(response.version_id)))
    response.answers = {code: value for code, value in response.answers.items() if code not in gone}
    response.typed = {}
    _make_anonymous(response)
    response.completed_at = None
    store(response)


def settle(response: Response, fielding: Fielding) -> Course:
    """Leave in a response only what counts on the way that its answers lead; return that way."""
    course = follow(fielding.questionnaire, response.answers, response.missing, fielding.others)
    if fielding.identification == "anonymous":
        course = without_personal(fielding.questionnaire, course)
    response.answers = course.values
    response.missing = course.missing
    response.typed = {}
    response.outcome = outcome_value(fielding.questionnaire.primary_outcome, course.values)
    return course


def limits_of(response: Response, fielding: Fielding) -> dict[str, int]:
    """Return the limits that a response's answers count against; answers given on trial count nowhere."""
    if response.is_test:
        return {}
    known = known_values(response.answers, fielding.others)
    return limits_met(fielding.questionnaire, fielding.most_responses, known)


def fielding_of(response: Response) -> Fielding:
    """Return what completing a response must know, read anew."""
    campaign = response.campaign
    questionnaire = questionnaire_of(get_version(response.version_id))
    return Fielding(
        questionnaire,
        campaign.survey.identification,
        response.invitation,
        most_responses=campaign.most_responses,
    )


def _counted(response: Response, fielding: Fielding) -> str:
    """Count a completion, and note what it counted against; over quota where a limit is reached."""
    limits = limits_of(response, fielding)
    if not count_in(response.campaign_id, limits):
        return OVER_QUOTA
    if limits:
        response.shown = {**response.shown, "quotas": sorted(limits)}
    return COMPLETED


def _end(response: Response, state: str, now: datetime, fielding: Fielding) -> None:
    response.state = state
    response.saved_at = response.completed_at = now
    if fielding.identification == "anonymous":
        _make_anonymous(response)
    elif response.customer_id is not None and state == COMPLETED:
        known = fielding.profile
        response.profile = profile_of(response.customer_id) if known is None else known
    store(response)
    note_questionnaire(response, fielding.questionnaire)
    if fielding.invitation is not None:
        _note_end(fielding.invitation, state, now)


def _note_end(invitation: InvitationRow | Invitation, state: str, now: datetime) -> None:
    if state == COMPLETED:
        mark_completed(invitation, now)
    elif state == OVER_QUOTA:
        mark_over_quota(invitation)
    else:
        mark_screened_out(invitation)


def _make_anonymous(response: Response) -> None:
    """Cut every tie: new ids stand where old ones could be known, and of the times only the date."""
    if response.invitation_id is not None:
        response.submission_id = new_submission()
    response.invitation_id = response.customer_id = response.entered_by_id = response.corrected_at = None
    response.public_id = secrets.token_hex(ID_BYTES)
    _move_to_random_id(response)
    response.profile = response.correction = {}
    # An order of many options is as good as a name; which wording somebody read is shared with many.
    response.shown = {name: value for name, value in response.shown.items() if name in _SHARED}
    response.started_at = _day(response.started_at)
    response.saved_at = response.completed_at = _day(response.saved_at)


def _move_to_random_id(response: Response) -> None:
    """Take a response out of the order of arrival, and from under the id that its draft had in yesterday's backup.

    Ids below zero: those that the database gives out are above.
    """
    if not inspect(response).transient:
        db.session.flush()
        db.session.connection().execute(delete(_table).where(_table.c.id == response.id))
        db.session.expunge(response)
        make_transient(response)
    response.id = _free_id()


def _free_id() -> int:
    while True:
        chosen = -1 - secrets.randbelow(HIGHEST_ID)
        if db.session.connection().scalar(select(_table.c.id).where(_table.c.id == chosen)) is None:
            return chosen


def _day(instant: datetime) -> datetime:
    return instant.replace(hour=0, minute=0, second=0, microsecond=0)
