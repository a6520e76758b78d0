"""The demo's follow-up: a case for every unhappy customer, most of them closed, the newest still open."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import insert

from survey_app.demo.customers import Person
from survey_app.demo.staff import ACCOUNTS
from survey_app.demo.verbatims import draw_note
from survey_app.extensions import db
from survey_app.followups.models import Case, CaseEvent
from survey_app.followups.rules import DUE_HOURS, NPS_DETRACTOR

DUE_AFTER = timedelta(hours=DUE_HOURS)
# How long agents take, in days on average; Vietnam has more to do than it can manage.
USUAL_DAYS = {"US": 1.6, "VN": 4.0, "ES": 1.8}
SHORTEST = timedelta(hours=3)
# What came in this recently is still open.
STILL_OPEN = timedelta(days=9)
RESOLUTIONS = {"solved": 0.5, "compensated": 0.2, "apologised": 0.2, "not_reached": 0.1}
MOST_NOTES = 2
LANGUAGES = {account.country: account.language for account in ACCOUNTS}


class LowScore(NamedTuple):
    """A completed response that calls for a case."""

    response_id: int
    person: Person
    score: float
    at: datetime


@dataclass(slots=True)
class Told:
    """A case as it is told: its row, its events, when it is closed, and the language its agent writes."""

    row: dict[str, Any]
    closes_at: datetime
    language: str
    events: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, kind: str, at: datetime, **details: Any) -> None:
        """Add a line to the case's history."""
        self.events.append({"kind": kind, "at": at, "response_id": None, "by_user_id": None, "text": ""} | details)


def is_low(score: float | None) -> bool:
    """Return whether a score opens a case."""
    return score is not None and score <= NPS_DETRACTOR


def add_cases(chance: random.Random, survey_id: int, scores: Iterable[LowScore], now: datetime) -> int:
    """Store the cases of these responses, oldest first, and return how many."""
    told = tell_cases(chance, survey_id, sorted(scores, key=lambda each: each.at), now)
    statement = insert(Case).returning(Case.id, sort_by_parameter_order=True)
    ids = db.session.scalars(statement, [each.row for each in told]).all()
    events = [event | {"case_id": number} for number, case in zip(ids, told, strict=True) for event in case.events]
    db.session.execute(insert(CaseEvent), events)
    return len(told)


def tell_cases(chance: random.Random, survey_id: int, scores: Sequence[LowScore], now: datetime) -> list[Told]:
    """Return the cases in the order of their opening; a low answer while one is open is attached to it."""
    latest: dict[int, Told] = {}
    told: list[Told] = []
    for low in scores:
        before = latest.get(low.person.customer.id)
        if before is not None and before.closes_at > low.at:
            before.tell("answer", low.at, response_id=low.response_id)
            continue
        case = _opened(chance, survey_id, low, now)
        latest[low.person.customer.id] = case
        told.append(case)
    for case in told:
        _finish(chance, case, now)
    return told


def _opened(chance: random.Random, survey_id: int, low: LowScore, now: datetime) -> Told:
    customer = low.person.customer
    days = chance.expovariate(1 / USUAL_DAYS[low.person.country.code])
    closes_at = low.at + SHORTEST + timedelta(days=days)
    if low.at > now - STILL_OPEN:
        closes_at = now + timedelta(days=1)
    row = {
        "customer_id": customer.id,
        "survey_id": survey_id,
        "state": "open",
        "score": low.score,
        "assignee_id": customer.owner_id,
        "resolution": None,
        "opened_at": low.at,
        "due_at": low.at + DUE_AFTER,
        "closed_at": None,
        "is_demo": True,
    }
    case = Told(row, closes_at, LANGUAGES[low.person.country.code])
    case.tell("opened", low.at, response_id=low.response_id)
    return case


def _finish(chance: random.Random, case: Told, now: datetime) -> None:
    """Write the notes, and the closing where it lies before now."""
    opened_at, assignee = case.row["opened_at"], case.row["assignee_id"]
    is_closed = case.closes_at < now
    until = case.closes_at if is_closed else now
    n_notes = chance.randint(0, MOST_NOTES) if is_closed or until - opened_at > timedelta(days=1) else 0
    if assignee is not None:
        for at in sorted(opened_at + (until - opened_at) * chance.uniform(0.2, 0.9) for _note in range(n_notes)):
            case.tell("note", at, by_user_id=assignee, text=draw_note(chance, case.language))
    if is_closed:
        resolution = chance.choices(list(RESOLUTIONS), list(RESOLUTIONS.values()))[0]
        case.row |= {"state": "closed", "closed_at": case.closes_at, "resolution": resolution}
        case.tell("closed", case.closes_at, by_user_id=assignee, text=draw_note(chance, case.language))
    case.events.sort(key=lambda event: event["at"])
