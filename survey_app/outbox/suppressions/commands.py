"""`survey-app suppressions`: addresses that get no survey mail."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

import click
from flask.cli import AppGroup

from survey_app.extensions import db, writing
from survey_app.outbox.models import REASONS, Suppression
from survey_app.outbox.operations import ByStaff, lift_suppression, suppress
from survey_app.outbox.rules import AddressError, checked_address
from survey_app.outbox.suppressions.lists import list_suppressions
from survey_app.outbox.suppressions.rules import LIFTED_BY_STAFF, may_lift

NOTHING_TO_DO = 3

suppressions = AppGroup("suppressions", help="Addresses that get no survey mail.")
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@suppressions.command(name="list")
@click.option("--address", default="", help="Only addresses that have this in them.")
@click.option("--reason", type=click.Choice(REASONS), default=None)
@click.option("--limit", default=1000, show_default=True, type=click.IntRange(1))
@as_json_option
def list_(address: str, reason: str | None, limit: int, *, as_json: bool) -> None:
    """List them, newest first."""
    rows = [_shown(entry) for entry in list_suppressions(address, reason or "", limit)]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['since']}  {row['reason']:<12}  {row['address']}  {row['source']}")


@suppressions.command()
@click.argument("address")
@click.option("--reason", type=click.Choice(REASONS), default="manual", show_default=True)
@click.option("--note", required=True, help="Why, for whoever looks at this later.")
@as_json_option
def add(address: str, reason: str, note: str, *, as_json: bool) -> None:
    """Send no more survey mail to this address."""
    try:
        checked = checked_address(address)
    except AddressError as error:
        raise click.BadParameter(str(error), param_hint="ADDRESS") from error
    with writing():
        entry = suppress(checked, reason, "command line", datetime.now(UTC), by=ByStaff(note[:500]))
        db.session.commit()
    _tell(_shown(entry), as_json=as_json)


@suppressions.command()
@click.argument("address")
@click.option("--reason", type=click.Choice(REASONS), default="bounced", show_default=True)
@click.option("--note", required=True, help="Why it may get survey mail again.")
@as_json_option
def lift(address: str, reason: str, note: str, *, as_json: bool) -> None:
    """Lift one reason; what a person wished or complained about is theirs alone to take back."""
    if not may_lift(reason):
        kinds = " and ".join(sorted(LIFTED_BY_STAFF))
        click.echo(f"Only {kinds} can be lifted here; {reason} is the person's to take back, by their link.", err=True)
        sys.exit(NOTHING_TO_DO)
    with writing():
        was_there = lift_suppression(address, reason, by=ByStaff(note[:500]))
        db.session.commit()
    if not was_there:
        click.echo("This address does not stand on the list for this reason.", err=True)
        sys.exit(NOTHING_TO_DO)
    _tell({"address": address, "reason": reason, "lifted": True}, as_json=as_json)


def _tell(row: dict[str, Any], *, as_json: bool) -> None:
    click.echo(json.dumps(row, ensure_ascii=False) if as_json else "  ".join(str(value) for value in row.values()))


def _shown(entry: Suppression) -> dict[str, Any]:
    return {
        "address": entry.address_key,
        "reason": entry.reason,
        "source": entry.source,
        "since": entry.created_at.isoformat(timespec="seconds"),
        "note": entry.note,
    }
