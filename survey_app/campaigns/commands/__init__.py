"""`survey-app campaigns`: created, looked at, sent and steered from the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup

from survey_app.accounts.queries import get_organisation
from survey_app.campaigns import life
from survey_app.campaigns.audience.deciding import Preview, preview
from survey_app.campaigns.figures.reading import account, summary
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.operations import CampaignPlan, create_campaign
from survey_app.campaigns.queries import find_campaign, list_campaigns
from survey_app.campaigns.rules import needs_typed_count
from survey_app.campaigns.sending.delivery import wait_until_done
from survey_app.campaigns.steps import CampaignError
from survey_app.customers.models import Segment
from survey_app.customers.queries import find_segment
from survey_app.extensions import db, writing
from survey_app.questionnaires.models import Survey
from survey_app.questionnaires.queries import find_survey
from survey_app.web.storable import HIGHEST_ID

FAILED, PRECONDITION = 1, 3
group = AppGroup("campaigns", help="Surveys on their way to people.")
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
yes_option = click.option("--yes", "is_confirmed", is_flag=True, help="Don't ask.")
campaign_argument = click.argument("campaign_id", type=click.IntRange(1, HIGHEST_ID), metavar="ID")


@group.command()
@click.option("--survey", "code", required=True, help="The survey's code.")
@click.option("--name", required=True, help="What the campaign is called.")
@click.option("--mode", type=click.Choice(["mail", "public"]), default="mail", show_default=True)
@click.option("--segment", help="The name of the segment to ask; everybody unless given.")
@click.option("--wave", default="", help="Its label in trends.")
@click.option("--wave-order", type=click.IntRange(0, HIGHEST_ID), default=0, help="Its place in the series.")
@click.option("--closes-on", type=click.DateTime(["%Y-%m-%d"]), help="The last day for answers.")
@as_json_option
def create(code: str, segment: str | None, closes_on: datetime | None, *, as_json: bool, **plan: Any) -> None:
    """Create a draft that asks the survey's newest published version."""
    with writing():
        # Read inside: what was read before another's commit could not be written upon.
        survey, chosen = _survey(code), _segment(segment)
        closes_at = _end_of(closes_on) if closes_on else None
        try:
            made = CampaignPlan(survey=survey, segment=chosen, closes_at=closes_at, **plan)
            campaign = create_campaign(made, datetime.now(UTC))
        except CampaignError as error:
            refuse(str(error))
        db.session.commit()
    _print(summary(campaign), as_json=as_json)


@group.command("list")
@as_json_option
def list_all(*, as_json: bool) -> None:
    """List the campaigns, the newest first."""
    campaigns = [summary(campaign) for campaign in list_campaigns()]
    if as_json:
        click.echo(json.dumps(campaigns, ensure_ascii=False, indent=2))
        return
    for each in campaigns:
        click.echo(f"{each['id']:>5}  {each['state']:<7} {each['mode']:<8} {each['survey']}  {each['name']}")


@group.command()
@campaign_argument
@as_json_option
def show(campaign_id: int, *, as_json: bool) -> None:
    """Show a campaign with its counts by state and by disposition."""
    _print(account(campaign_numbered(campaign_id)), as_json=as_json)


@group.command()
@campaign_argument
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")
@yes_option
@click.option("--wait", is_flag=True, help="Return when no mail waits any more.")
@as_json_option
def send(campaign_id: int, *, dry_run: bool, is_confirmed: bool, wait: bool, as_json: bool) -> None:
    """Send a campaign to its audience, or open its public link."""
    campaign = campaign_numbered(campaign_id)
    found = preview(campaign) if campaign.mode == "mail" else None
    if dry_run:
        _print(_plan_of(campaign, found), as_json=as_json)
        return
    if found is not None and campaign.state == "draft":
        _confirm(found, is_confirmed=is_confirmed)
    carry_out(campaign, lambda each: life.launch_campaign(each, datetime.now(UTC)))
    left = wait_until_done(campaign, tell) if wait else None
    _print(account(campaign), as_json=as_json)
    if left is not None and (left.n_waiting or (campaign.mode == "mail" and not campaign.audience_done)):
        tell("Not every mail is out. A worker goes on: survey-app campaigns show says how far it is.")
        sys.exit(FAILED)


@group.command()
@campaign_argument
@yes_option
def remind(campaign_id: int, *, is_confirmed: bool) -> None:
    """Remind, once, everybody who hasn't finished."""
    if not is_confirmed:
        _ask("Send the one reminder to everybody who hasn't finished?")
    carry_out(campaign_numbered(campaign_id), lambda each: life.remind_unfinished(each, datetime.now(UTC)))
    tell("The reminder is queued.")


@group.command()
@campaign_argument
def pause(campaign_id: int) -> None:
    """Let nothing more go out for now."""
    carry_out(campaign_numbered(campaign_id), lambda each: life.pause_campaign(each, datetime.now(UTC)))
    tell("Paused.")


@group.command()
@campaign_argument
def resume(campaign_id: int) -> None:
    """Go on after a pause."""
    carry_out(campaign_numbered(campaign_id), life.resume_campaign)
    tell("Resumed.")


@group.command()
@campaign_argument
@yes_option
def close(campaign_id: int, *, is_confirmed: bool) -> None:
    """Take no more answers and send nothing more."""
    if not is_confirmed:
        _ask("Close the campaign?")
    carry_out(campaign_numbered(campaign_id), life.close_campaign)
    tell("Closed.")


@group.command()
@campaign_argument
def reopen(campaign_id: int) -> None:
    """Take answers again."""
    carry_out(campaign_numbered(campaign_id), lambda each: life.reopen_campaign(each, datetime.now(UTC)))
    tell("Reopened.")


def carry_out(campaign: Campaign, step: Callable[[Campaign], None]) -> None:
    """Take a step with a campaign and commit, or say why it cannot be taken."""
    # The reading above ended; what changes begins with the write lock.
    db.session.rollback()
    with writing():
        try:
            step(campaign)
        except CampaignError as error:
            refuse(str(error))
        db.session.commit()


def campaign_numbered(campaign_id: int) -> Campaign:
    """Return a campaign, or say that there is none."""
    campaign = find_campaign(campaign_id)
    if campaign is None:
        refuse(f"There is no campaign {campaign_id}. See: survey-app campaigns list")
    return campaign


def _survey(code: str) -> Survey:
    survey = find_survey(code)
    if survey is None:
        refuse(f"There is no survey {code}. See: survey-app questionnaires list")
    return survey


def _segment(name: str | None) -> Segment | None:
    found = find_segment(name) if name else None
    if name and found is None:
        refuse(f"There is no segment {name}.")
    return found


def _end_of(day: datetime) -> datetime:
    """Return the end of a day, as the organisation's clocks show it."""
    zone = ZoneInfo(get_organisation().time_zone)
    return datetime.combine(day.date(), time(23, 59, 59), tzinfo=zone).astimezone(UTC)


def _plan_of(campaign: Campaign, found: Preview | None) -> dict[str, Any]:
    if found is None:
        return summary(campaign)
    held_back = {reason.value: n for reason, n in found.held_back.items()}
    return summary(campaign) | {"matched": found.n_matched, "mails": found.n_sendable, "held_back": held_back}


def _confirm(found: Preview, *, is_confirmed: bool) -> None:
    if not found.n_sendable:
        refuse("Nobody would get a mail. See why with: survey-app campaigns send ID --dry-run")
    if is_confirmed:
        return
    if not needs_typed_count(found.n_sendable):
        _ask(f"Send {found.n_sendable} mails?")
        return
    _need_terminal()
    typed = click.prompt(f"Type {found.n_sendable}, the number of mails, to confirm", err=True)
    if typed.strip() != str(found.n_sendable):
        refuse("That is another number, so nothing was sent.")


def _ask(question: str) -> None:
    _need_terminal()
    click.confirm(question, abort=True, err=True)


def _need_terminal() -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("Nobody is there to confirm this; add --yes.")


def refuse(text: str) -> NoReturn:
    """Say why something cannot be done, and end."""
    tell(text)
    sys.exit(PRECONDITION)


def tell(text: str) -> None:
    """Say something to the person, beside the output."""
    click.echo(text, err=True)


def _print(facts: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    for name, value in facts.items():
        if isinstance(value, dict):
            listed = ", ".join(f"{key} {n}" for key, n in value.items() if n)
            click.echo(f"{name}: {listed or '-'}")
        else:
            click.echo(f"{name}: {'-' if value in (None, '') else value}")
