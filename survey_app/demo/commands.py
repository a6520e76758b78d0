"""`survey-app demo`: the demo story and the local mail sink."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import NoReturn

import click
from flask.cli import AppGroup

from survey_app.campaigns.tokens import public_url
from survey_app.demo.removal import remove_story
from survey_app.demo.sink import sink
from survey_app.demo.story import N_CUSTOMERS, SEED, DemoError, Loaded, Plan, has_real_organisation, load_story
from survey_app.extensions import db, writing

PRECONDITION = 3

demo = AppGroup("demo", help="A made-up company to try everything with.")
demo.add_command(sink)


@demo.command()
@click.option("--seed", default=SEED, show_default=True, type=int, help="The same seed tells the same story.")
@click.option("--customers", "n_customers", default=N_CUSTOMERS, show_default=True, type=click.IntRange(50, 20_000))
@click.option("--yes", is_flag=True, help="Load it although this installation belongs to a real organisation.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def load(seed: int, n_customers: int, *, yes: bool, as_json: bool) -> None:
    """Tell the demo story into the database, and print the passwords of its staff, this once."""
    if has_real_organisation() and not yes:
        _refuse(
            "This installation belongs to a real organisation. To load the demo story beside its data all the same, "
            "add --yes; `survey-app demo remove --yes` takes it out again."
        )
    loaded = load_and_commit(seed, n_customers)
    if as_json:
        click.echo(json.dumps(_shown(loaded), ensure_ascii=False))
        return
    show_credentials(loaded)
    click.echo(f"Anybody may answer at {public_url(loaded.public_code)}")


@demo.command()
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def remove(*, yes: bool, as_json: bool) -> None:
    """Take the demo story out again: staff, customers, surveys, answers, cases."""
    if not yes:
        if not sys.stdin.isatty():
            _refuse("This deletes the demo story and its staff accounts. Add --yes to do it.")
        click.confirm("Delete the demo story with its staff accounts and all its answers?", abort=True, err=True)
    try:
        with writing():
            counts = remove_story()
            db.session.commit()
    except DemoError as error:
        _refuse(str(error))
    total = sum(counts.values())
    click.echo(
        json.dumps(counts) if as_json else f"The demo story is gone: {total:,} rows. The audit log keeps its lines."
    )


def load_and_commit(seed: int = SEED, n_customers: int = N_CUSTOMERS) -> Loaded:
    """Load the story with progress on the error stream; end with a sentence where it stands already."""
    plan = Plan(datetime.now(UTC), seed, n_customers, tell=lambda line: click.echo(line, err=True))
    try:
        with writing():
            loaded = load_story(plan)
            db.session.commit()
    except DemoError as error:
        _refuse(str(error))
    return loaded


def show_credentials(loaded: Loaded) -> None:
    """Print who may sign in and how; nothing of it is kept."""
    click.echo("Staff of the demo. The passwords are shown only now:")
    for each in loaded.credentials:
        click.echo(f"  {each.account.role:<9} {each.account.email:<28} {each.password}   {each.account.name}")


def _shown(loaded: Loaded) -> dict[str, object]:
    staff = [
        {"role": each.account.role, "email": each.account.email, "password": each.password}
        for each in loaded.credentials
    ]
    return {"staff": staff, "public_url": public_url(loaded.public_code)}


def _refuse(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(PRECONDITION)
