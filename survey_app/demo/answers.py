"""The demo's answers: what each person thinks, written down as the respondent's pages would have stored it."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from analysis.values import MissingReason
from analysis.values.fieldwork import Disposition
from survey_app.demo.fieldwork import Asked
from survey_app.demo.model import LEVELS, OUTCOMES, Opinion, draw_opinion
from survey_app.demo.verbatims import draw_comment, draw_wish
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.rendering.course import follow
from survey_app.responses.rules import outcome_value
from survey_app.responses.submissions import new_submission

FREQUENCIES = {"monthly": 0.18, "yearly": 0.52, "rarely": 0.24, "": 0.06}
CHANNELS = {"branch": 0.7, "web": 0.55, "app": 0.3}
SHARE_WITHOUT_CHANNELS = 0.04
SECONDS = (55, 260)
FIRST_PAGE = ("nps", "csat", "effort")
REPORTED = ("country", "branch", "tier")


@dataclass(frozen=True, slots=True)
class Fielded:
    """What the responses of one wave share."""

    survey_id: int
    campaign_id: int
    version_id: int
    questionnaire: Questionnaire


@dataclass(slots=True)
class Sheet:
    """Answers and reasons as they are collected, measure by measure."""

    answers: dict[str, Any]
    missing: dict[str, str]

    def put(self, code: str, value: Any, reason: MissingReason = MissingReason.SKIPPED) -> None:
        """Write an answer down, or the reason why there is none."""
        if value is None:
            self.missing[code] = reason.value
        else:
            self.answers[code] = value


def response_row(chance: random.Random, fielded: Fielded, asked: Asked, invitation_id: int) -> dict[str, Any]:
    """Return the response of somebody who began to answer, as a row; complete unless they gave up."""
    opinion = draw_opinion(chance, asked.person.country.code, asked.wave.number)
    began_at = asked.began_at or asked.wave.sent_at
    saved_at = began_at + timedelta(seconds=chance.randint(*SECONDS))
    row = _frame(fielded, asked, invitation_id) | {"started_at": began_at, "saved_at": saved_at}
    if asked.disposition is not Disposition.COMPLETED:
        return row | _begun(opinion, asked)
    return row | _completed(chance, fielded, asked, opinion) | {"completed_at": saved_at}


def _frame(fielded: Fielded, asked: Asked, invitation_id: int) -> dict[str, Any]:
    return {
        "public_id": secrets.token_hex(16),
        "survey_id": fielded.survey_id,
        "campaign_id": fielded.campaign_id,
        "version_id": fielded.version_id,
        "invitation_id": invitation_id,
        "customer_id": asked.person.customer.id,
        "submission_id": new_submission(),
        "language": asked.language,
        "channel": "personal-link",
        "state": "draft",
        "typed": {},
        "outcome": None,
        "profile": {},
        "completed_at": None,
        "is_demo": True,
    }


def _begun(opinion: Opinion, asked: Asked) -> dict[str, Any]:
    """Return what stands after a first page: complete for a partial, without the primary outcome for a break-off."""
    if asked.disposition is Disposition.BREAK_OFF:
        return {"answers": {"csat": opinion.outcomes["csat"]}, "missing": {}}
    sheet = Sheet({}, {})
    for code in FIRST_PAGE:
        sheet.put(code, None if code in opinion.left_out else opinion.outcomes[code])
    return {"answers": sheet.answers, "missing": sheet.missing}


def _completed(chance: random.Random, fielded: Fielded, asked: Asked, opinion: Opinion) -> dict[str, Any]:
    sheet = _filled_in(chance, opinion, asked.language)
    # The same walk that settles every response decides which page was not asked.
    course = follow(fielded.questionnaire, sheet.answers, sheet.missing)
    attributes = asked.person.customer.attributes
    return {
        "state": "completed",
        "answers": course.values,
        "missing": course.missing,
        "outcome": outcome_value(fielded.questionnaire.primary_outcome, course.values),
        "profile": {code: attributes[code] for code in REPORTED},
    }


def _filled_in(chance: random.Random, opinion: Opinion, language: str) -> Sheet:
    sheet = Sheet({}, {})
    for code in OUTCOMES:
        sheet.put(code, None if code in opinion.left_out else opinion.outcomes[code])
    for driver in LEVELS:
        rating = opinion.ratings[driver]
        if driver in opinion.left_out:
            sheet.put(driver, None)
        else:
            sheet.put(driver, rating, MissingReason.NOT_APPLICABLE)
    frequency = chance.choices(list(FREQUENCIES), list(FREQUENCIES.values()))[0]
    sheet.put("frequency", frequency or None, MissingReason.DONT_KNOW)
    sheet.put("channels", _channels(chance))
    sheet.put("comment", draw_comment(chance, opinion, language))
    sheet.put("repair_wish", draw_wish(chance, opinion, language))
    return sheet


def _channels(chance: random.Random) -> list[str] | None:
    if chance.random() < SHARE_WITHOUT_CHANNELS:
        return None
    return [code for code, share in CHANNELS.items() if chance.random() < share] or ["branch"]


def completion_times(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return when which invitation was completed, as parameters of an update."""
    found: list[tuple[int, datetime | None]] = [(row["invitation_id"], row["completed_at"]) for row in rows]
    return [{"id": number, "completed_at": at} for number, at in found if at is not None]
