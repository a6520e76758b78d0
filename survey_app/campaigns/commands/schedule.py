"""`survey-app campaigns schedule`: when a campaign begins, and the exact instant of every send."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import click

from survey_app.campaigns import life
from survey_app.campaigns.commands import (
    as_json_option,
    campaign_argument,
    campaign_numbered,
    carry_out,
    group,
    refuse,
    tell,
)
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.timing.pace import PaceError
from survey_app.campaigns.timing.planned_sends import Plan, plan_sends
from survey_app.campaigns.timing.schedules import RECIPIENT, Schedule, ScheduleError
from survey_app.campaigns.timing.zones import wall_of


@group.command()
@campaign_argument
@click.option("--preview", "is_preview", is_flag=True, help="Say when each mail would go, and change nothing.")
@click.option("--on", help="The day, like 2026-12-01.")
@click.option("--at", default="09:00", show_default=True, help="The time of the day, as clocks there show it.")
@click.option("--zone", help="The time zone, like Asia/Ho_Chi_Minh.")
@click.option(
    "--in-recipients-zones", is_flag=True, help="That time wherever each recipient is; --zone for the others."
)
@as_json_option
def schedule(campaign_id: int, *, is_preview: bool, as_json: bool, **when: Any) -> None:
    """Say when a campaign begins; with --preview, the exact instant of every send."""
    campaign, typed = campaign_numbered(campaign_id), _typed(**when)
    if not is_preview:
        if typed is None:
            raise click.UsageError("Say when, by --on, --at and --zone; or look with --preview.")
        carry_out(campaign, lambda each: _schedule(each, typed))
        tell(f"The campaign begins at {campaign.starts_at:%Y-%m-%d %H:%M} UTC.")
        return
    try:
        plan = plan_sends(campaign if typed is None else _as_if(campaign, typed), datetime.now(UTC))
    except (ScheduleError, PaceError) as error:
        refuse(str(error))
    _show(plan, Schedule.from_data(campaign.schedule).zone or "UTC", as_json=as_json)


def _typed(*, on: str | None, at: str, zone: str | None, in_recipients_zones: bool) -> Schedule | None:
    if on is None:
        return None
    given = {"zone": RECIPIENT, "fallback": zone} if in_recipients_zones else {"zone": zone}
    try:
        return Schedule.from_data({"on": on, "at": at} | given)
    except ScheduleError as error:
        refuse(str(error))


def _schedule(campaign: Campaign, typed: Schedule) -> None:
    campaign.schedule = typed.to_data()
    life.schedule_campaign(campaign, datetime.now(UTC))


def _as_if(campaign: Campaign, typed: Schedule) -> Campaign:
    """Return the campaign with another schedule, for a look; the session forgets it at the end of the command."""
    campaign.schedule = typed.to_data()
    return campaign


def _show(plan: Plan, zone: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(plan.to_data(), indent=2))
        return
    click.echo(f"Begins {plan.starts_at:%Y-%m-%d %H:%M:%S} UTC; {len(plan.sends)} mails.")
    for hour, n in plan.per_hour.items():
        click.echo(f"{hour:%Y-%m-%d %H}:00 UTC ({wall_of(hour, zone):%Y-%m-%d %H:%M} {zone})  {n}")
    for send in plan.sends:
        click.echo(f"  {send.due_at:%Y-%m-%dT%H:%M:%SZ}  customer {send.customer_id}")
