"""What a person may do with completed answers: correct them or take them back, for a time. The caller commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from survey_app.accounts.operations import record
from survey_app.campaigns.operations import mark_withdrawn
from survey_app.extensions import db
from survey_app.responses.contact_details import apply_contact_details
from survey_app.responses.links import Link
from survey_app.responses.models import Response
from survey_app.responses.operations import COMPLETED, Fielding, limits_of, screen_out, settle
from survey_app.responses.quotas import count_in, give_back
from survey_app.responses.signals import response_completed
from survey_app.responses.turns import Saved, Turn

# How a correction can end that was not taken: its new answers belong where enough people answered.
NO_PLACE = "no-place"


@dataclass(frozen=True, slots=True)
class Window:
    """Until when a person may change their mind; `is_open` says whether it is still time."""

    until: datetime
    is_open: bool


def window_of(link: Link, now: datetime) -> Window | None:
    """Return how long completed answers may be changed by a link; None where there are none to be found by it."""
    started = link.started
    if link.invitation is None or started is None or started.state != COMPLETED or started.completed_at is None:
        return None
    until = started.completed_at + timedelta(days=link.row.correction_days)
    return Window(until, now < until)


def keep_correction(response: Response, turn: Turn, fielding: Fielding, now: datetime) -> str | None:
    """Keep a correction under way beside the answers that stand, or let it take their place; return how it ended."""
    if turn.next_index is not None:
        saved = turn.saved
        response.correction = {
            "answers": dict(saved.answers),
            "missing": dict(saved.missing),
            "typed": dict(saved.typed),
        }
        db.session.flush()
        return None
    return correct_response(response, turn.saved, fielding, now)


def correct_response(response: Response, saved: Saved, fielding: Fielding, now: datetime) -> str:
    """Put corrected answers in the place of the completed ones; return the state that follows.

    A correction that meets a full quota is not taken: the first answers stand, and every limit stays exact. Listeners
    are told again only of another primary outcome.
    """
    before = response.outcome
    with db.session.no_autoflush:
        first = (response.answers, response.missing)
        response.answers, response.missing = dict(saved.answers), dict(saved.missing)
        course = settle(response, fielding)
        if not course.is_screened_out and not _counted_anew(response, fielding):
            response.answers, response.missing = first
            response.outcome = before
            return NO_PLACE
    response.correction = {}
    response.corrected_at = response.saved_at = now
    if course.is_screened_out:
        return screen_out(response, fielding, now)
    db.session.flush()
    apply_contact_details(response, fielding.questionnaire)
    if response.outcome != before:
        response_completed.send(response)
    return COMPLETED


def drop_correction(response: Response) -> None:
    """Forget a correction that was begun: the answers that were sent stand."""
    response.correction = {}


def withdraw_response(response: Response, link: Link) -> None:
    """Delete what a person answered; their place is free again, and the invitation counts as refused."""
    give_back(response.campaign_id, response.shown.get("quotas", ()))
    # Nothing of the answers is written down here.
    record("responses.withdrawn", "response", response.public_id)
    db.session.delete(response)
    db.session.flush()
    if link.invitation is not None:
        mark_withdrawn(link.invitation)


def _counted_anew(response: Response, fielding: Fielding) -> bool:
    """Count a response where its new answers belong and free the places it held; False where one is full."""
    held = set(response.shown.get("quotas", ()))
    limits = limits_of(response, fielding)
    if not count_in(response.campaign_id, {name: limit for name, limit in limits.items() if name not in held}):
        return False
    give_back(response.campaign_id, held - limits.keys())
    shown = {name: value for name, value in response.shown.items() if name != "quotas"}
    response.shown = shown | ({"quotas": sorted(limits)} if limits else {})
    return True
