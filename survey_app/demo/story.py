"""The demo story as a whole: staff, customers, a survey, nine months of answers, and what was done about them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import yaml
from sqlalchemy import func, insert, select, update

from survey_app.accounts.operations import record
from survey_app.accounts.queries import find_organisation
from survey_app.campaigns.life import start_campaign
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.operations import CampaignPlan, create_campaign
from survey_app.customers.models import Segment
from survey_app.customers.operations import save_segment
from survey_app.demo.answers import Fielded, completion_times, response_row
from survey_app.demo.calendar import waves
from survey_app.demo.cases import LowScore, add_cases, is_low
from survey_app.demo.customers import Person, add_customers, define_attributes
from survey_app.demo.fieldwork import (
    Asked,
    Fieldwork,
    add_campaign,
    add_groups,
    add_invitations,
    group_of,
    suppress_gone,
)
from survey_app.demo.happenings import add_happenings
from survey_app.demo.places import COMPANY
from survey_app.demo.programme import add_loose_ends, add_programme, add_reports_of
from survey_app.demo.staff import Credentials, add_organisation, add_staff, agents_by_country, id_of
from survey_app.extensions import db
from survey_app.questionnaires.models import Survey
from survey_app.questionnaires.operations import SurveyOptions, create_survey, publish_version
from survey_app.questionnaires.parsing import parse
from survey_app.questionnaires.queries import questionnaire_of
from survey_app.reports.operations import request_report
from survey_app.reports.rules import ReportRequest
from survey_app.responses.models import Response

SURVEY = "satisfaction"
SEED = 20_261_122
N_CUSTOMERS = 1200
CUSTOMERS_ALONE_BEFORE = timedelta(days=300)

Tell = Callable[[str], None]


class DemoError(RuntimeError):
    """The story cannot be loaded or removed here; the message says why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How large the story is to be, and by which chance; the same seed tells the same story, moved to today."""

    now: datetime
    seed: int = SEED
    n_customers: int = N_CUSTOMERS
    tell: Tell = field(default=lambda _line: None)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the load has to say: who may sign in, and where anybody may answer."""

    credentials: list[Credentials]
    public_code: str


def is_loaded() -> bool:
    """Return whether the story stands in this database."""
    return db.session.scalar(select(func.count()).select_from(Survey).where(Survey.is_demo)) != 0


def has_real_organisation() -> bool:
    """Return whether this installation belongs to somebody already."""
    organisation = find_organisation()
    return organisation is not None and not organisation.is_demo


def load_story(plan: Plan) -> Loaded:
    """Tell the whole story into the database; raise DemoError where it stands already. The caller commits."""
    if is_loaded():
        raise DemoError("The demo story is loaded already. To start over: survey-app demo remove --yes")
    chance = random.Random(plan.seed)  # noqa: S311 - a story that can be told again, not a secret
    plan.tell("Creating staff accounts …")
    add_organisation()
    credentials = add_staff()
    plan.tell(f"Inventing {plan.n_customers:,} customers and what happened with them …")
    define_attributes()
    people = add_customers(chance, plan.n_customers, agents_by_country(), plan.now)
    add_happenings(chance, people, plan.now)
    survey = _add_survey(plan.now)
    _add_waves(chance, survey, people, plan)
    add_loose_ends(people, plan.now)
    public = _add_next_steps(survey, plan.now)
    add_programme(survey, plan.now)
    request_report(survey, ReportRequest(), plan.now)
    record("demo.load", "survey", survey.code, seed=plan.seed)
    db.session.flush()
    return Loaded(credentials, public.public_code or "")


def find_public_code() -> str | None:
    """Return the code of the story's public form, if it stands in this database."""
    query = select(Campaign.public_code).where(Campaign.is_demo, Campaign.mode == "public", Campaign.state == "open")
    return db.session.scalar(query.order_by(Campaign.id).limit(1))


def _add_survey(now: datetime) -> Survey:
    path = Path(__file__).with_name("questionnaire.yaml")
    questionnaire = parse(yaml.safe_load(path.read_text(encoding="utf-8")))
    made_at = now - CUSTOMERS_ALONE_BEFORE
    options = SurveyOptions(owner_id=id_of("marketer"), is_demo=True)
    survey = create_survey(SURVEY, f"{COMPANY} customer satisfaction", questionnaire, made_at, options)
    publish_version(survey, "The first version, asked every month", made_at + timedelta(days=1), id_of("marketer"))
    return survey


def _add_waves(chance: random.Random, survey: Survey, people: Sequence[Person], plan: Plan) -> None:
    segments, fieldwork, marketer = add_groups(plan.now), Fieldwork(chance), id_of("marketer")
    low: list[LowScore] = []
    for wave in waves(plan.now):
        plan.tell(f"Asking and answering in {wave.label} …")
        group = group_of(wave)
        campaign = add_campaign(survey, wave, segments[group], marketer)
        asked = [fieldwork.ask(person, wave) for person in people if person.group == group]
        suppress_gone(asked)
        add_reports_of(asked)
        low += _add_responses(chance, campaign, asked)
    plan.tell("Following up on unhappy customers …")
    add_cases(chance, survey.id, low, plan.now)


def _add_responses(chance: random.Random, campaign: Campaign, asked: Sequence[Asked]) -> list[LowScore]:
    """Store a wave's invitations and responses, and return which of these call for a case."""
    invitations = add_invitations(campaign, asked)
    fielded = Fielded(campaign.survey_id, campaign.id, campaign.version_id, questionnaire_of(campaign.version))
    begun = [pair for pair in zip(asked, invitations, strict=True) if pair[0].began_at is not None]
    rows = [response_row(chance, fielded, each, number) for each, number in begun]
    statement = insert(Response).returning(Response.id, sort_by_parameter_order=True)
    ids = db.session.scalars(statement, rows).all()
    db.session.execute(update(Invitation), completion_times(rows))
    return [
        LowScore(number, each.person, row["outcome"], row["completed_at"])
        for number, row, (each, _invitation) in zip(ids, rows, begun, strict=True)
        if is_low(row["outcome"])
    ]


def _add_next_steps(survey: Survey, now: datetime) -> Campaign:
    """Leave a mail campaign ready to be sent to a few, and open a public form; return the form's campaign."""
    marketer = id_of("marketer")
    mail = CampaignPlan(
        survey,
        "Ask our gold customers in Đà Nẵng",
        segment=_small_segment(now),
        created_by_id=marketer,
        is_demo=True,
    )
    create_campaign(mail, now)
    form = CampaignPlan(survey, "Form on the website", mode="public", created_by_id=marketer, is_demo=True)
    public = create_campaign(form, now)
    start_campaign(public)
    return public


def _small_segment(now: datetime) -> Segment:
    conditions = [
        {"field": "attribute.branch", "op": "is", "value": "Đà Nẵng"},
        {"field": "attribute.tier", "op": "is", "value": "gold"},
    ]
    return save_segment("Gold customers in Đà Nẵng", {"all": conditions}, now, is_demo=True)
