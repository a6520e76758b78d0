"""`survey-app outbox`: how mail stands, and how fast it may go."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from survey_app.extensions import db, writing
from survey_app.outbox.forms import MOST
from survey_app.outbox.operations import limit_sending, resend_uncertain
from survey_app.outbox.queries import count_by_kind, count_uncertain, list_limits, oldest_waiting, sends_to_nobody
from survey_app.outbox.rules import is_scope

outbox = AppGroup("outbox", help="Outgoing mail: how it stands, and how fast it may go.")
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_number = click.IntRange(1, MOST)


@outbox.command()
@as_json_option
def show(*, as_json: bool) -> None:
    """Show how many mails stand in each state, by kind."""
    oldest = oldest_waiting(datetime.now(UTC))
    found = {
        "sends_to_nobody": sends_to_nobody(),
        "oldest_due": oldest.isoformat() if oldest else None,
        "uncertain": sum(count_uncertain().values()),
        "kinds": count_by_kind(),
    }
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    click.echo("SURVEY_MAIL_MODE=hold: nothing is sent." if found["sends_to_nobody"] else "Mail is sent.")
    click.echo(f"Waiting since: {found['oldest_due'] or '-'}   perhaps sent twice or not at all: {found['uncertain']}")
    for kind, counts in count_by_kind().items():
        click.echo(f"{kind:<14}" + "".join(f"  {state} {n}" for state, n in counts.items() if n))


@outbox.command()
@click.argument("scope", required=False)
@click.option("--per-minute", type=_number)
@click.option("--per-hour", type=_number)
@click.option("--lift", is_flag=True, help="Let as many mails go as there are.")
@as_json_option
def limits(scope: str | None, per_minute: int | None, per_hour: int | None, *, lift: bool, as_json: bool) -> None:
    """Show the limits, or set that of SCOPE: * for all mail, a recipient domain, or sms."""
    if scope is not None:
        _set(scope.lower(), None if lift else per_minute, None if lift else per_hour, lift=lift)
    rows = [{"scope": row.scope, "per_minute": row.per_minute, "per_hour": row.per_hour} for row in list_limits()]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        click.echo(f"{row['scope']:<30}  {row['per_minute'] or '-'} per minute  {row['per_hour'] or '-'} per hour")
    if not rows:
        click.echo("No limits.")


@outbox.command(name="resend-uncertain")
def resend() -> None:
    """Send what was kept back because the server may have had it already; some of it goes twice."""
    with writing():
        n_mails = resend_uncertain(datetime.now(UTC))
        db.session.commit()
    click.echo(f"{n_mails} mails go out again.")
    sys.exit(0 if n_mails else 3)


def _set(scope: str, per_minute: int | None, per_hour: int | None, *, lift: bool) -> None:
    if not is_scope(scope):
        raise click.BadParameter("Write *, sms, or a domain such as example.com.", param_hint="SCOPE")
    if not lift and per_minute is None and per_hour is None:
        raise click.UsageError("Say --per-minute, --per-hour, or both; or --lift.")
    with writing():
        limit_sending(scope, per_minute, per_hour)
        db.session.commit()
