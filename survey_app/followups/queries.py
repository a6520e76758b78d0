"""Reads of cases, of alert rules, and of what a customer said before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from survey_app.accounts.models import User
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.customers.models import Customer
from survey_app.extensions import db
from survey_app.followups.models import AlertRule, Case, CaseEvent
from survey_app.questionnaires.models import Survey
from survey_app.responses.models import Response

PAGE_SIZE = 50
_surveys, _rules = Survey.__table__, AlertRule.__table__
# Built once: it stands in the way of every answer.
_RULE = (
    select(_surveys.c.identification, _rules.c.is_on, _rules.c.threshold, _rules.c.due_hours)
    .join_from(_surveys, _rules, _rules.c.survey_id == _surveys.c.id, isouter=True)
    .where(_surveys.c.id == bindparam("survey_id"))
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for a survey's answers, as far as its alert rule says."""

    identification: str
    is_on: bool
    threshold: float | None
    due_hours: int | None


@dataclass(frozen=True, slots=True)
class Inbox:
    """Which cases a page shows: whose, in which state."""

    owner: str = "all"
    state: str = "open"
    viewer_id: int | None = None


def rule_of(survey_id: int) -> Rule:
    """Return what holds for a survey's answers, in one light statement."""
    found = db.session.connection().execute(_RULE, {"survey_id": survey_id}).one()
    identification, is_on, threshold, due_hours = found
    return Rule(identification, is_on is not False, threshold, due_hours)


def find_rule(survey: Survey) -> AlertRule | None:
    """Return the alert rule made for a survey, if one was."""
    return db.session.scalar(select(AlertRule).where(AlertRule.survey_id == survey.id))


def find_case(case_id: int) -> Case | None:
    """Return a case, or None."""
    query = select(Case).where(Case.id == case_id).options(joinedload(Case.customer).joinedload(Customer.company))
    return db.session.scalar(query)


def lock_case(case_id: int) -> Case | None:
    """Return a case as it stands now, kept from others until the transaction ends."""
    query = select(Case).where(Case.id == case_id).with_for_update()
    return db.session.scalars(query, execution_options={"populate_existing": True}).one_or_none()


def find_open_case(customer_id: int) -> Case | None:
    """Return the customer's open case, if there is one."""
    return db.session.scalar(select(Case).where(Case.customer_id == customer_id, Case.state == "open"))


def cases_in(inbox: Inbox) -> Select[Case]:
    """Return the query for an inbox: open cases by due time, closed ones the newest first."""
    query = select(Case).options(joinedload(Case.customer).joinedload(Customer.company))
    if inbox.state == "open":
        query = query.where(Case.state == "open").order_by(Case.due_at, Case.id)
    else:
        query = query.where(Case.state == "closed").order_by(Case.closed_at.desc(), Case.id.desc())
    if inbox.owner == "mine":
        return query.where(Case.assignee_id == inbox.viewer_id)
    return query.where(Case.assignee_id.is_(None)) if inbox.owner == "unassigned" else query


def page_of_cases(inbox: Inbox, page: int) -> Pagination:
    """Return one page of an inbox."""
    return db.paginate(cases_in(inbox), page=page, per_page=PAGE_SIZE, error_out=False)


def count_open(viewer_id: int) -> dict[str, int]:
    """Return how many open cases there are for the viewer, for nobody, and in all."""
    mine = func.count().filter(Case.assignee_id == viewer_id)
    unassigned = func.count().filter(Case.assignee_id.is_(None))
    row = db.session.execute(select(mine, unassigned, func.count()).where(Case.state == "open")).one()
    return {"mine": row[0], "unassigned": row[1], "all": row[2]}


def names_of_staff(ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of staff by their number."""
    wanted = sorted({each for each in ids if each is not None})
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(wanted))) if wanted else ()
    return {row[0]: row[1] for row in rows}


def list_events(case: Case) -> list[CaseEvent]:
    """Return what happened with a case, the newest first."""
    return list(db.session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id.desc())))


def responses_of_case(case: Case) -> list[Response]:
    """Return the answers that opened a case or were attached to it, the newest first."""
    ids = select(CaseEvent.response_id).where(CaseEvent.case_id == case.id, CaseEvent.response_id.is_not(None))
    return list(db.session.scalars(_answers().where(Response.id.in_(ids))))


def responses_of_customer(customer: Customer, most: int = 20) -> list[Response]:
    """Return a customer's newest completed answers, as far as staff may see who gave them."""
    return list(db.session.scalars(_answers().where(Response.customer_id == customer.id).limit(most)))


def cases_of_customer(customer: Customer) -> list[Case]:
    """Return a customer's cases, the newest first."""
    return list(db.session.scalars(select(Case).where(Case.customer_id == customer.id).order_by(Case.id.desc())))


def invitations_of_customer(customer: Customer, most: int = 20) -> list[Invitation]:
    """Return a customer's newest invitations, test sends left out."""
    query = select(Invitation).options(joinedload(Invitation.campaign).joinedload(Campaign.survey))
    mine = and_(Invitation.customer_id == customer.id, ~Invitation.is_test)
    return list(db.session.scalars(query.where(mine).order_by(Invitation.id.desc()).limit(most)))


def is_overdue(case: Case, now: datetime) -> bool:
    """Return whether an open case should have been closed by now."""
    return case.state == "open" and case.due_at < now


def _answers() -> Select[Response]:
    """Return the query for completed answers whose giver staff may know; confidential ones stay hidden."""
    return (
        select(Response)
        .join(Survey, Survey.id == Response.survey_id)
        .where(Response.state == "completed", ~Response.is_test, Survey.identification == "identified")
        .options(selectinload(Response.campaign).joinedload(Campaign.survey))
        .order_by(Response.completed_at.desc(), Response.id.desc())
    )
