"""`survey-app series` and `survey-app triggers`: campaigns that make themselves."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click
from flask.cli import AppGroup

from survey_app.campaigns.commands import as_json_option, campaign_numbered, refuse, tell
from survey_app.campaigns.models import Series
from survey_app.campaigns.series.operations import SeriesPlan, create_series, resume_series, stop_series
from survey_app.campaigns.series.queries import find_series, list_series
from survey_app.campaigns.series.reading import MOST_EVERY, MOST_PARTS, SeriesError
from survey_app.campaigns.series.rules import PERIODS, UNITS
from survey_app.campaigns.series.telling import account_of, summary_of
from survey_app.campaigns.timing.schedules import RECIPIENT
from survey_app.extensions import db, writing
from survey_app.web.storable import HIGHEST_ID

series_group = AppGroup("series", help="Waves of a survey that come again by themselves.")
triggers_group = AppGroup("triggers", help="Surveys sent after something happened with a customer.")
series_argument = click.argument("series_id", type=click.IntRange(1, HIGHEST_ID), metavar="ID")
name_option = click.option("--name", required=True, help="What it is called.")
template_option = click.option(
    "--template", "template_id", required=True, type=click.IntRange(1, HIGHEST_ID), help="The draft campaign to copy."
)
open_days_option = click.option("--open-days", default=30, show_default=True, help="How long answers are taken.")


@series_group.command("create")
@name_option
@template_option
@click.option("--first-on", "on", required=True, help="The day of the first wave, like 2027-01-15.")
@click.option("--at", default="09:00", show_default=True, help="The time of the day.")
@click.option("--zone", required=True, help="The time zone, like Asia/Ho_Chi_Minh.")
@click.option(
    "--in-recipients-zones", is_flag=True, help="That time wherever each recipient is; --zone for the others."
)
@click.option("--every", type=click.IntRange(1, MOST_EVERY), default=1, show_default=True)
@click.option("--unit", type=click.Choice(UNITS), default="quarters", show_default=True)
@click.option("--parts", type=click.IntRange(1, MOST_PARTS), default=1, show_default=True, help="Ask in so many parts.")
@open_days_option
@as_json_option
def create_recurring(
    name: str, template_id: int, zone: str, *, in_recipients_zones: bool, as_json: bool, **rule: Any
) -> None:
    """Let waves of a draft come again by themselves."""
    where = {"zone": RECIPIENT, "fallback": zone} if in_recipients_zones else {"zone": zone}
    _create(("recurring", name, template_id), rule | where, as_json=as_json)


@triggers_group.command("create")
@name_option
@template_option
@click.option("--kind", required=True, help="The kind of interaction, such as purchase.")
@click.option("--delay-minutes", type=int, default=24 * 60, show_default=True)
@click.option("--period", type=click.Choice(PERIODS), default="month", show_default=True, help="How long a wave is.")
@click.option("--max-age-days", type=int, default=7, show_default=True, help="Older news asks nobody.")
@click.option("--condition", help="A condition tree on customer and interaction, as JSON.")
@open_days_option
@as_json_option
def create_triggered(name: str, template_id: int, condition: str | None, *, as_json: bool, **rule: Any) -> None:
    """Send a survey after something happened."""
    _create(("triggered", name, template_id), rule | {"condition": _tree(condition)}, as_json=as_json)


@series_group.command("list")
@as_json_option
def list_recurring(*, as_json: bool) -> None:
    """List the recurring series."""
    _list("recurring", as_json=as_json)


@triggers_group.command("list")
@as_json_option
def list_triggered(*, as_json: bool) -> None:
    """List the triggers."""
    _list("triggered", as_json=as_json)


@series_group.command()
@series_argument
@as_json_option
def show(series_id: int, *, as_json: bool) -> None:
    """Show a series: its next runs with their instants, and those there were."""
    _print(account_of(_series(series_id), datetime.now(UTC)), as_json=as_json)


@series_group.command()
@series_argument
def stop(series_id: int) -> None:
    """Let nothing of it run until it is resumed."""
    _change(series_id, stop_series)
    tell("Stopped.")


@series_group.command()
@series_argument
def resume(series_id: int) -> None:
    """Let it run again, from now on."""
    _change(series_id, lambda series: resume_series(series, datetime.now(UTC)))
    tell("Resumed.")


for _command in (show, stop, resume):
    triggers_group.add_command(_command)


def _create(what: tuple[str, str, int], rule: dict[str, Any], *, as_json: bool) -> None:
    kind, name, template_id = what
    with writing():
        plan = SeriesPlan(name, kind, campaign_numbered(template_id), rule)
        try:
            series = create_series(plan, datetime.now(UTC))
        except SeriesError as error:
            refuse(str(error))
        db.session.commit()
    _print(account_of(series, datetime.now(UTC)), as_json=as_json)


def _list(kind: str, *, as_json: bool) -> None:
    found = [summary_of(series) for series in list_series(kind)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for each in found:
        click.echo(f"{each['id']:>5}  {each['state']:<8} {each['name']}")


def _change(series_id: int, change: Callable[[Series], None]) -> None:
    with writing():
        change(_series(series_id))
        db.session.commit()


def _series(series_id: int) -> Series:
    series = find_series(series_id)
    if series is None:
        refuse(f"There is no series {series_id}. See: survey-app series list")
    return series


def _tree(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        refuse("The condition is no JSON.")


def _print(facts: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    for name, value in facts.items():
        if isinstance(value, list):
            click.echo(f"{name}:")
            for each in value:
                click.echo("  " + "  ".join(str(part) for part in each.values() if part not in (None, "")))
        else:
            click.echo(f"{name}: {'-' if value in (None, '') else value}")
