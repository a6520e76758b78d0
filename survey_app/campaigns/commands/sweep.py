"""`survey-app campaigns sweep`: what should have happened and did not."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from survey_app.campaigns.commands import as_json_option, group
from survey_app.campaigns.sending.sweeping import sweep
from survey_app.extensions import db, writing


@group.command("sweep")
@click.option("--dry-run", is_flag=True, help="Only look.")
@as_json_option
def sweep_now(*, dry_run: bool, as_json: bool) -> None:
    """Look for what should have happened and did not, and put the work down that makes up for it."""
    with writing():
        findings = [each.to_data() for each in sweep(datetime.now(UTC), is_dry=dry_run)]
        db.session.commit()
    if as_json:
        click.echo(json.dumps({"n": sum(each["n"] for each in findings), "findings": findings}, indent=2))
        return
    for each in findings:
        click.echo(f"{each['what']}: {each['n']}  {each['name']}  {each['action']}")
    if not findings:
        click.echo("Everything that should have happened has happened.")
