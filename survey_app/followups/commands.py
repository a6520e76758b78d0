"""`survey-app cases`: look at the cases."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from flask.cli import AppGroup

from survey_app.extensions import db
from survey_app.followups.answers import read_response
from survey_app.followups.models import Case
from survey_app.followups.queries import (
    Inbox,
    cases_in,
    find_case,
    list_events,
    names_of_staff,
    responses_of_case,
)
from survey_app.web.storable import HIGHEST_ID

NOTHING_THERE = 3

cases = AppGroup("cases", help="The follow-up of unhappy customers.")


@cases.command(name="list")
@click.option("--state", type=click.Choice(["open", "closed"]), default="open", show_default=True)
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(state: str, limit: int, *, as_json: bool) -> None:
    """List cases: open ones by due time, closed ones the newest first."""
    found = list(db.session.scalars(cases_in(Inbox(state=state)).limit(limit)))
    names = names_of_staff(case.assignee_id for case in found)
    rows = [_brief(case, names) for case in found]
    if as_json:
        _print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['id']:>6}  {row['due_at']}  {row['customer']}  {row['score']}  {row['assignee'] or '-'}")


@cases.command()
@click.argument("case_id", type=click.IntRange(1, HIGHEST_ID))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(case_id: int, *, as_json: bool) -> None:
    """Show one case with its answers and its history."""
    case = find_case(case_id)
    if case is None:
        click.echo(f"There is no case {case_id}.", err=True)
        sys.exit(NOTHING_THERE)
    row = _whole(case)
    if as_json:
        _print_json(row)
        return
    for name, value in row.items():
        click.echo(f"{name}: {value}")


def _brief(case: Case, names: dict[int, str]) -> dict[str, Any]:
    return {
        "id": case.id,
        "state": case.state,
        "customer_id": case.customer_id,
        "customer": case.customer.name,
        "score": case.score,
        "assignee": names.get(case.assignee_id or 0),
        "resolution": case.resolution,
        "opened_at": case.opened_at.isoformat(),
        "due_at": case.due_at.isoformat(),
        "closed_at": case.closed_at.isoformat() if case.closed_at else None,
    }


def _whole(case: Case) -> dict[str, Any]:
    events = list_events(case)
    names = names_of_staff([case.assignee_id, *(each.by_user_id for each in events)])
    readings = [read_response(each, "en") for each in responses_of_case(case)]
    return _brief(case, names) | {
        "answers": [
            {
                "response": each.response.public_id,
                "score": each.response.outcome,
                "completed_at": each.response.completed_at.isoformat() if each.response.completed_at else None,
                "answers": [{"question": line.question, "answer": line.answer} for line in each.lines],
            }
            for each in readings
        ],
        "events": [
            {
                "kind": each.kind,
                "at": each.at.isoformat(),
                "by": names.get(each.by_user_id or 0),
                "text": each.text,
            }
            for each in events
        ],
    }


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
