"""`survey-app campaigns status`, and the steps of a campaign on its way: continue, cancel, retry, unschedule."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import click

from survey_app.campaigns import life
from survey_app.campaigns.commands import (
    as_json_option,
    campaign_argument,
    campaign_numbered,
    carry_out,
    group,
    tell,
    yes_option,
)
from survey_app.campaigns.figures.reading import counts_by_state
from survey_app.campaigns.sending.phases import continue_rest


@group.command()
@campaign_argument
@as_json_option
def status(campaign_id: int, *, as_json: bool) -> None:
    """Count everybody in the audience once, by the state of their mail; the counts add up to the audience."""
    counts = counts_by_state(campaign_numbered(campaign_id))
    if as_json:
        click.echo(json.dumps(counts, ensure_ascii=False, indent=2))
        return
    for state, n in counts["states"].items():
        click.echo(f"{state:<10} {n:>9}")
    click.echo(f"{'audience':<10} {counts['audience']:>9}")


@group.command("continue")
@campaign_argument
@yes_option
def go_on(campaign_id: int, *, is_confirmed: bool) -> None:
    """Send the rest after a pilot or a test of two wordings."""
    _confirm("Send the rest?", is_confirmed=is_confirmed)
    carry_out(campaign_numbered(campaign_id), lambda each: _told(continue_rest(each, datetime.now(UTC))))


@group.command()
@campaign_argument
@yes_option
def cancel(campaign_id: int, *, is_confirmed: bool) -> None:
    """Send nothing more for good; whoever has the mail can still answer."""
    _confirm("Send nothing more for good?", is_confirmed=is_confirmed)
    carry_out(campaign_numbered(campaign_id), life.cancel_sending)
    tell("Cancelled.")


@group.command()
@campaign_argument
def retry(campaign_id: int) -> None:
    """Try again to write to those whose mail was refused or cancelled."""
    carry_out(campaign_numbered(campaign_id), lambda each: _told(life.retry_unsent(each)))


@group.command()
@campaign_argument
def unschedule(campaign_id: int) -> None:
    """Make a campaign that waits for its time a draft again."""
    carry_out(campaign_numbered(campaign_id), life.unschedule_campaign)
    tell("A draft again. Nothing was sent.")


def _confirm(question: str, *, is_confirmed: bool) -> None:
    if is_confirmed:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("Nobody is there to confirm this; add --yes.")
    click.confirm(question, abort=True, err=True)


def _told(n: int) -> None:
    tell(f"{n} people are written to.")
