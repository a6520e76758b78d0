"""Writing cases: opened by a low answer, attached to, assigned, noted, closed, reopened; every act is an event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, text

from survey_app.accounts.models import User
from survey_app.accounts.operations import record
from survey_app.accounts.queries import find_organisation, find_staff, list_staff
from survey_app.accounts.rules import may
from survey_app.customers.models import Customer
from survey_app.extensions import db
from survey_app.followups.messages import case_opened
from survey_app.followups.models import AlertRule, Case, CaseEvent
from survey_app.followups.queries import find_open_case, find_rule
from survey_app.followups.rules import DUE_HOURS, LONGEST_NOTE, RESOLUTIONS, CaseError, needs_note
from survey_app.jobs.upserts import insert
from survey_app.outbox.operations import queue_mail
from survey_app.questionnaires.models import Survey
from survey_app.responses.models import Response

# A case may be closed by somebody between our two looks; more than a few times it cannot.
MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Alarm:
    """A low answer: whose, with which score, and by when somebody should have cared."""

    response: Response
    customer: Customer
    score: float
    due_hours: int = DUE_HOURS


def open_case(alarm: Alarm, now: datetime) -> tuple[Case, bool]:
    """Open a case for a low answer, or attach the answer to the customer's open case; return it and whether it is new.

    The database lets one open case per customer in, so two answers at once meet in one case.
    """
    for _try in range(MOST_TRIES):
        case = _insert(alarm, now)
        if case is not None:
            _write(case, CaseEvent(kind="opened", response_id=alarm.response.id, at=now))
            return case, True
        case = find_open_case(alarm.customer.id)
        if case is not None:
            attach(case, alarm.response, now)
            return case, False
    raise LookupError("cases of this customer are opened and closed too quickly")


def attach(case: Case, response: Response, now: datetime) -> CaseEvent:
    """Put a further low answer on a customer's open case."""
    return _write(case, CaseEvent(kind="answer", response_id=response.id, at=now))


def note_correction(response: Response, now: datetime) -> bool:
    """Write on the open case about a response that its answer was corrected; return whether there is such a case.

    However good the new score is: only whoever works on the case closes it.
    """
    about = select(CaseEvent.case_id).where(CaseEvent.response_id == response.id)
    case = db.session.scalar(select(Case).where(Case.id.in_(about), Case.state == "open"))
    if case is not None:
        _write(case, CaseEvent(kind="corrected", response_id=response.id, at=now))
    return case is not None


def tell_staff(case: Case, now: datetime) -> int:
    """Queue a mail to the assignee, or to every agent where there is none; return to how many."""
    organisation = find_organisation()
    assignee = find_staff(case.assignee_id) if case.assignee_id else None
    people = [assignee] if assignee else list_staff("agent") or list_staff("manager")
    if organisation is None:
        return 0
    for person in people:
        key = f"case:{case.id}:opened:{person.id}"
        queue_mail(case_opened(case, person, organisation), key=key, kind="case", group_key=f"case:{case.id}", now=now)
    return len(people)


def assign_case(case: Case, assignee: User | None, by: User | None, now: datetime) -> None:
    """Give a case to a member of staff, or back to everybody."""
    _refuse_closed(case)
    if assignee is not None and not _may_work(assignee):
        raise CaseError(_("%(name)s cannot work on cases. Choose somebody else.", name=assignee.name))
    case.assignee_id = assignee.id if assignee else None
    _write(case, CaseEvent(kind="assigned", by_user_id=_id(by), text=assignee.name if assignee else "", at=now))
    record("cases.assigned", "case", str(case.id), assignee=assignee.id if assignee else None)


def note(case: Case, words: str, by: User | None, now: datetime) -> CaseEvent:
    """Write down what was done or learnt."""
    if not words.strip():
        raise CaseError(_("Write what was done or learnt."))
    if len(words) > LONGEST_NOTE:
        raise CaseError(_("A note has at most %(n)s characters.", n=LONGEST_NOTE))
    record("cases.noted", "case", str(case.id))
    return _write(case, CaseEvent(kind="note", by_user_id=_id(by), text=words.strip(), at=now))


def close_case(case: Case, resolution: str, words: str, by: User | None, now: datetime) -> None:
    """Close a case with the way it ended."""
    _refuse_closed(case)
    if resolution not in RESOLUTIONS:
        raise CaseError(_("Say how the case ended."))
    if needs_note(resolution) and not words.strip():
        raise CaseError(_("Say in the note how the case ended."))
    if len(words) > LONGEST_NOTE:
        raise CaseError(_("A note has at most %(n)s characters.", n=LONGEST_NOTE))
    case.state, case.resolution, case.closed_at = "closed", resolution, now
    _write(case, CaseEvent(kind="closed", by_user_id=_id(by), text=words.strip(), at=now))
    record("cases.closed", "case", str(case.id), resolution=resolution)


def reopen_case(case: Case, by: User | None, now: datetime, due_hours: int = DUE_HOURS) -> None:
    """Take a closed case up again, due anew."""
    if case.state == "open":
        raise CaseError(_("This case is open already."))
    other = find_open_case(case.customer_id)
    if other is not None:
        raise CaseError(_("This customer has another open case, number %(number)s. Work on that one.", number=other.id))
    case.state, case.resolution, case.closed_at = "open", None, None
    case.due_at = now + timedelta(hours=due_hours)
    _write(case, CaseEvent(kind="reopened", by_user_id=_id(by), at=now))
    record("cases.reopened", "case", str(case.id))


def save_rule(survey: Survey, *, is_on: bool, threshold: float | None, due_hours: int) -> AlertRule:
    """Say what makes this survey's answers urgent; without a threshold the default holds."""
    rule = find_rule(survey) or AlertRule(survey_id=survey.id)
    rule.is_on, rule.threshold, rule.due_hours = is_on, threshold, due_hours
    db.session.add(rule)
    db.session.flush()
    record("alerts.changed", "survey", survey.code, is_on=is_on, threshold=threshold, due_hours=due_hours)
    return rule


def _insert(alarm: Alarm, now: datetime) -> Case | None:
    owner = find_staff(alarm.customer.owner_id) if alarm.customer.owner_id else None
    values = {
        "customer_id": alarm.customer.id,
        "survey_id": alarm.response.survey_id,
        "state": "open",
        "score": alarm.score,
        "assignee_id": owner.id if owner and _may_work(owner) else None,
        "opened_at": now,
        "due_at": now + timedelta(hours=alarm.due_hours),
        "is_demo": alarm.response.is_demo,
    }
    statement = insert(Case).values(values)
    statement = statement.on_conflict_do_nothing(index_elements=["customer_id"], index_where=text("state = 'open'"))
    return db.session.scalars(statement.returning(Case)).one_or_none()


def _may_work(person: User) -> bool:
    return person.active and may([role.name for role in person.roles], "cases.work")


def _refuse_closed(case: Case) -> None:
    if case.state == "closed":
        raise CaseError(_("This case was closed in the meantime. Reopen it to go on."))


def _write(case: Case, event: CaseEvent) -> CaseEvent:
    event.case_id = case.id
    db.session.add(event)
    db.session.flush()
    return event


def _id(person: User | None) -> int | None:
    return person.id if person else None
