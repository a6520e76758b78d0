"""Taking the demo story out again: everything of it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, or_, select
from sqlalchemy.orm import DeclarativeBase

from survey_app.accounts.models import Organisation, Role, User, user_roles
from survey_app.accounts.operations import record
from survey_app.campaigns.models import Campaign, ContactRule, Invitation, Series
from survey_app.customers.models import AttributeDefinition, Company, Customer, Segment
from survey_app.demo.programme import LIMIT, RULE
from survey_app.demo.story import DemoError, is_loaded
from survey_app.extensions import db
from survey_app.followups.models import Case
from survey_app.jobs.models import Job
from survey_app.outbox.models import MailEvent, OutboxMail, PausedGroup, SendingLimit, Suppression
from survey_app.outbox.rules import address_key
from survey_app.questionnaires.models import QuestionnaireVersion, Survey
from survey_app.reports.models import Report
from survey_app.responses.models import Response

MANY = 500
Doomed = Iterator[tuple[type[DeclarativeBase], ColumnElement[bool]]]


def remove_story() -> dict[str, int]:
    """Delete everything that belongs to the story, and return how much of what; the caller commits.

    What visitors of the demo did with it goes too: their answers, mails, cases and reports. Surveys and customers that
    they made themselves stay. Raise DemoError where no story is loaded.
    """
    if not is_loaded():
        raise DemoError("No demo story is loaded, so there is nothing to remove.")
    counts: dict[str, int] = {}
    _delete_traces(counts)
    for model, condition in _of_the_story():
        _delete(model, condition, counts)
    record("demo.remove", rows=sum(counts.values()))
    return counts


def _of_the_story() -> Doomed:
    """Yield what to delete, each before what it points to."""
    surveys = select(Survey.id).where(Survey.is_demo)
    yield Response, Response.survey_id.in_(surveys)
    yield Invitation, Invitation.campaign_id.in_(select(Campaign.id).where(Campaign.survey_id.in_(surveys)))
    yield Series, Series.template_id.in_(select(Campaign.id).where(Campaign.survey_id.in_(surveys)))
    yield Campaign, Campaign.survey_id.in_(surveys)
    yield ContactRule, ContactRule.name == RULE
    yield SendingLimit, SendingLimit.scope == LIMIT
    yield Report, Report.survey_id.in_(surveys)
    yield QuestionnaireVersion, QuestionnaireVersion.survey_id.in_(surveys)
    yield Survey, Survey.is_demo.is_(True)
    yield Segment, Segment.is_demo & Segment.id.not_in(_used(Campaign.segment_id))
    yield Customer, Customer.is_demo.is_(True)
    yield Company, Company.is_demo & Company.id.not_in(_used(Customer.company_id))
    yield AttributeDefinition, AttributeDefinition.is_demo.is_(True)
    yield User, User.is_demo.is_(True)
    yield Role, Role.id.not_in(select(user_roles.c.role_id))
    yield Organisation, Organisation.is_demo.is_(True)


def _used(column: Any) -> Select[Any]:
    return select(column).where(column.is_not(None))


def _delete_traces(counts: dict[str, int]) -> None:
    """Delete what carries no mark of its own: mails, suppressions and work for what is about to go."""
    keys = {address_key(each) for each in _addresses()}
    for some in _chunks(sorted(keys)):
        _delete(OutboxMail, OutboxMail.address_key.in_(some), counts)
        _delete(Suppression, Suppression.address_key.in_(some), counts)
        _delete(MailEvent, MailEvent.address_key.in_(some), counts)
    surveys = select(Survey.id).where(Survey.is_demo)
    campaigns, cases = _ids(Campaign, Campaign.survey_id.in_(surveys)), _ids(Case, Case.survey_id.in_(surveys))
    groups = [f"campaign:{number}{part}" for number in campaigns for part in ("", ":reminders")]
    for some in _chunks([*groups, *(f"case:{number}" for number in cases)]):
        _delete(OutboxMail, OutboxMail.group_key.in_(some), counts)
    _delete(PausedGroup, PausedGroup.group_key.in_(groups), counts)
    subjects = {
        "campaigns.": campaigns,
        "reports.": _ids(Report, Report.survey_id.in_(surveys)),
        "followups.": cases,
    }
    wanted = [Job.name.startswith(room) & Job.subject_id.in_(ids) for room, ids in subjects.items() if ids]
    _delete(Job, or_(*wanted), counts)


def _addresses() -> set[str]:
    found = db.session.scalars(select(Customer.email).where(Customer.is_demo, Customer.email.is_not(None)))
    staff = db.session.scalars(select(User.email).where(User.is_demo))
    return {each for each in (*found, *staff) if each}


def _ids(model: Any, condition: ColumnElement[bool]) -> list[int]:
    return list(db.session.scalars(select(model.id).where(condition)))


def _chunks(values: list[str]) -> Iterable[list[str]]:
    return (values[start : start + MANY] for start in range(0, len(values), MANY))


def _delete(model: Any, condition: ColumnElement[bool], counts: dict[str, int]) -> None:
    result = db.session.execute(delete(model).where(condition).execution_options(synchronize_session=False))
    name = model.__tablename__
    counts[name] = counts.get(name, 0) + int(getattr(result, "rowcount", 0))
