"""`survey-app campaigns preview` and `survey-app contact-rules`: who would be asked, and how often anybody may be."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import click
from flask.cli import AppGroup

from survey_app.campaigns.audience.contact_rules import list_rules
from survey_app.campaigns.audience.rule_keeping import RuleError, RulePlan, delete_rule, save_rule
from survey_app.campaigns.audience.simulation import simulated
from survey_app.campaigns.commands import as_json_option, campaign_argument, campaign_numbered, group, refuse
from survey_app.campaigns.models import CONTACT_CHANNELS, ContactRule
from survey_app.customers.queries import find_segment
from survey_app.extensions import db, writing

rules_group = AppGroup("contact-rules", help="How often one person may be asked.")
_days = click.IntRange(1)


@group.command()
@campaign_argument
@as_json_option
def preview(campaign_id: int, *, as_json: bool) -> None:
    """Say who would be held back by which rule, who remains, and what that may bring; nothing is sent."""
    campaign = campaign_numbered(campaign_id)
    if campaign.mode != "mail":
        refuse("This campaign has no audience: its link is open to everybody who has it.")
    found = simulated(campaign, datetime.now(UTC))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    click.echo(f"{found['matched']} match, {found['sendable']} get a mail, {found['not_drawn']} not in the sample")
    for each in found["by_rule"]:
        click.echo(f"{each['n']:>9}  {each['reason']}{' by rule ' + str(each['rule']) if each['rule'] else ''}")
    for obstacle in found["obstacles"]:
        click.echo(obstacle, err=True)


@rules_group.command("list")
@as_json_option
def list_all(*, as_json: bool) -> None:
    """List the rules."""
    rules = [_told(rule) for rule in list_rules()]
    if as_json:
        click.echo(json.dumps(rules, ensure_ascii=False, indent=2))
        return
    for rule in rules:
        limits = ", ".join(f"{name} {value}" for name, value in rule.items() if name not in {"id", "name"} and value)
        click.echo(f"{rule['id']:>4}  {rule['name']}: {limits}")


@rules_group.command("set")
@click.argument("name")
@click.option("--min-gap-days", type=_days, help="Days between two requests, at least.")
@click.option("--most", type=_days, help="Requests, at most, in --period-days.")
@click.option("--period-days", type=_days, help="Days over which requests are counted.")
@click.option("--after-answer-days", type=_days, help="Days of rest after an answer.")
@click.option("--channel", type=click.Choice(CONTACT_CHANNELS), help="Count this way of asking only.")
@click.option("--segment", help="Protect the customers of this segment only.")
@click.option("--off", is_flag=True, help="Keep the rule, but let it not count.")
def set_rule(name: str, segment: str | None, *, off: bool, **limits: Any) -> None:
    """Make the rule of this name, or let it say something else."""
    chosen = find_segment(segment) if segment else None
    if segment and chosen is None:
        refuse(f"There is no segment {segment}.")
    plan = RulePlan(name=name, segment_id=chosen.id if chosen else None, is_active=not off, **limits)
    known = next((rule for rule in list_rules() if rule.name == name), None)
    db.session.rollback()
    with writing():
        try:
            save_rule(plan, datetime.now(UTC), known)
        except RuleError as error:
            refuse(str(error))
        db.session.commit()


@rules_group.command("delete")
@click.argument("name")
def delete(name: str) -> None:
    """End the rule of this name."""
    with writing():
        known = next((rule for rule in list_rules() if rule.name == name), None)
        if known is None:
            refuse(f"There is no rule {name}.")
        delete_rule(known)
        db.session.commit()


def _told(rule: ContactRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": rule.name,
        "is_active": rule.is_active,
        "min_gap_days": rule.min_gap_days,
        "most": rule.most,
        "period_days": rule.period_days,
        "after_answer_days": rule.after_answer_days,
        "channel": rule.channel,
        "segment": rule.segment.name if rule.segment else None,
    }
