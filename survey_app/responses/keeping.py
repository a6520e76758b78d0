"""What a turn of the conversation leaves behind: a draft that goes on, or the end. Nothing here commits."""

from __future__ import annotations

from datetime import datetime

from survey_app.extensions import db
from survey_app.responses.corrections import keep_correction
from survey_app.responses.operations import (
    Fielding,
    complete_response,
    note_start,
    save_answers,
    start_response,
    store,
    turn_away,
)
from survey_app.responses.queries import get_response
from survey_app.responses.quotas import is_any_full, limits_met_for_sure
from survey_app.responses.rows import take_up
from survey_app.responses.standing import Visit
from survey_app.responses.turns import Turn


def keep(visit: Visit, turn: Turn, now: datetime, *, goes_on: bool) -> str | None:
    """Write down what a person said, and return how answering ended; None while it goes on."""
    link = visit.link
    fielding = fielding_of_visit(visit)
    if link.started is None:
        response = start_response(link, visit.submission, visit.shown, now)
    else:
        # A correction stands in for the answers that were sent: those are read as they are.
        response = get_response(link.started.id) if link.is_correction else take_up(link.started)
    if link.entered_by_id is not None:
        # Begun by the customer, perhaps; ended by somebody who typed it in.
        response.channel, response.entered_by_id = link.channel, link.entered_by_id
    if link.is_correction:
        return keep_correction(response, turn, fielding, now)
    save_answers(response, turn.saved, visit.language, now)
    if turn.next_index is None:
        return complete_response(response, now, fielding)
    if goes_on and _comes_too_late(visit, turn):
        return turn_away(response, now, fielding)
    store(response)
    note_start(link, response, visit.questionnaire)
    return None


def fielding_of_visit(visit: Visit) -> Fielding:
    """Return what completing a response must know, as this visit knows it already."""
    row = visit.link.row
    customer = visit.link.customer
    return Fielding(
        visit.questionnaire,
        row.identification,
        visit.link.invitation,
        visit.others,
        row.most_responses,
        customer.profile if customer else None,
    )


def _comes_too_late(visit: Visit, turn: Turn) -> bool:
    """Return whether the answers so far meet a limit that is reached already."""
    row = visit.link.row
    if visit.link.is_test:
        return False
    limits = limits_met_for_sure(visit.questionnaire, row.most_responses, turn.course, visit.others)
    return is_any_full(row.campaign_id, limits, db.session.connection())
