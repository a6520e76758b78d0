"""Hearing that a response was completed, and opening a case where its score is urgent."""

from __future__ import annotations

import logging
from datetime import datetime

from survey_app.customers.queries import get_customer
from survey_app.extensions import db
from survey_app.followups.operations import Alarm, note_correction, open_case, tell_staff
from survey_app.followups.queries import Rule, rule_of
from survey_app.followups.rules import DUE_HOURS, threshold_of
from survey_app.responses.models import Response
from survey_app.responses.queries import questionnaire_answered

log = logging.getLogger(__name__)
IMPORTED = "import"


def hear(response: Response) -> None:
    """Follow a completed or corrected response up; a failure here never loses or delays the answer.

    Imported answers are old news and open no cases.
    """
    if response.is_test or response.customer_id is None or response.outcome is None or response.channel == IMPORTED:
        return
    try:
        if response.corrected_at is not None and note_correction(response, response.corrected_at):
            return
        rule = rule_of(response.survey_id)
        if is_urgent(response, rule):
            with db.session.begin_nested():
                follow_up(response, rule, response.completed_at or response.saved_at)
    except Exception:
        log.exception("The response %s could not be followed up.", response.public_id)


def follow_up(response: Response, rule: Rule, now: datetime) -> None:
    """Open a case for an urgent response, or attach it to the customer's open one; tell staff of a new one."""
    if response.customer_id is None or response.outcome is None:
        return
    customer = get_customer(response.customer_id)
    alarm = Alarm(response, customer, response.outcome, rule.due_hours or DUE_HOURS)
    case, is_new = open_case(alarm, now)
    if is_new and not response.is_demo:
        tell_staff(case, now)


def is_urgent(response: Response, rule: Rule) -> bool:
    """Return whether the primary outcome of the version that was answered is at or beyond the threshold.

    Only identified surveys are followed up: a case names who answered.
    """
    if rule.identification != "identified" or not rule.is_on or response.outcome is None:
        return False
    item = questionnaire_answered(response).primary_outcome
    threshold = threshold_of(item, rule.threshold) if item else None
    return threshold is not None and threshold.is_met_by(response.outcome)
