"""`survey-app reports plan`: the planner on the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypedDict, Unpack

import click

from survey_app.extensions import db, writing
from survey_app.jobs.models import Job
from survey_app.jobs.operations import run_now
from survey_app.questionnaires.definition import Item
from survey_app.questionnaires.models import Survey
from survey_app.questionnaires.queries import current_version, find_survey, questionnaire_of
from survey_app.reports.commands import reports
from survey_app.reports.models import Plan
from survey_app.reports.planning.expectations import expectation_of
from survey_app.reports.planning.operations import request_plan
from survey_app.reports.planning.presenting import plan_sentences
from survey_app.reports.planning.requests import KINDS, PlanRequest, plannable

NOTHING = 3


class Wish(TypedDict):
    """What the options of `plan` say; None stands for what may be expected."""

    outcome: str | None
    expected: tuple[float, ...]
    audience: int | None
    invitations: int | None
    response_rate: float | None
    change: float | None


@reports.command("plan")
@click.argument("code", metavar="SURVEY")
@click.option("--outcome", help="The item to plan for; the primary outcome unless told otherwise.")
@click.option("--expected", multiple=True, type=float, help="Promoters and detractors; share satisfied; mean and SD.")
@click.option("--audience", type=click.IntRange(1), help="Customers in all.")
@click.option("--invitations", type=click.IntRange(1), help="Invitations per wave.")
@click.option("--response-rate", type=click.FloatRange(0, 1, min_open=True), help="Answers per invitation, 0 to 1.")
@click.option("--change", type=click.FloatRange(0, min_open=True), help="NPS points, share, or scale points to find.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole plan as JSON.")
def plan(code: str, *, as_json: bool, **wish: Unpack[Wish]) -> None:
    """Say what change SURVEY's base can show, and how many invitations a change takes."""
    survey = find_survey(code)
    if survey is None:
        click.echo(f"There is no survey {code}.", err=True)
        raise SystemExit(NOTHING)
    items = plannable(questionnaire_of(current_version(survey)).items)
    item = items.get(wish["outcome"]) if wish["outcome"] else next(iter(items.values()), None)
    if item is None:
        click.echo("There is no recommendation, satisfaction or effort score to plan for.", err=True)
        raise SystemExit(NOTHING)
    request = _request(survey, item, wish)
    made = _made(survey, request)
    if made.result is None:
        click.echo(f"This cannot be planned: {made.error or 'the worker gave up'}", err=True)
        raise SystemExit(1)
    if as_json:
        click.echo(json.dumps({"survey": code, "request": request.data, "result": made.result}, indent=2))
        return
    for sentence in plan_sentences(request, made.result):
        click.echo(sentence)


def _request(survey: Survey, item: Item, wish: Wish) -> PlanRequest:
    expected = expectation_of(survey, item)
    scale = item.scale
    made = PlanRequest(
        outcome=item.code,
        kind=KINDS[item.type],
        first=expected.first,
        second=expected.second,
        low=scale.low if scale else 0,
        high=scale.high if scale else 0,
        audience=wish["audience"] or expected.audience,
        invitations=wish["invitations"] or wish["audience"] or expected.audience,
        response_rate=wish["response_rate"] or expected.response_rate,
        change=wish["change"] or expected.change,
    )
    given: dict[str, Any] = dict(zip(("first", "second"), wish["expected"], strict=False))
    return replace(made, **given)


def _made(survey: Survey, request: PlanRequest) -> Plan:
    with writing():
        db.session.rollback()
        made = request_plan(survey, request, datetime.now(UTC))
        db.session.commit()
        job = db.session.get(Job, made.job_id) if made.state == "waiting" and made.job_id else None
        if job is not None:
            run_now(job)
        db.session.refresh(made)
    return made
