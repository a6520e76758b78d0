"""`survey-app library`: the ready instruments on the command line, and as pages of docs/."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from survey_app.questionnaires.library.instruments import instrument_of, instruments
from survey_app.questionnaires.library.pages import index_page, instrument_page
from survey_app.questionnaires.library.plans import NAMES

library_commands = AppGroup("library", help="Ready questionnaires: list, show a plan, write the pages of docs/.")


@library_commands.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_all(*, as_json: bool) -> None:
    """List the ready questionnaires with their purpose."""
    rows = [
        {"name": each.plan.name, "minutes": each.minutes, "purpose": each.says(each.plan.purpose)}
        for each in instruments()
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row['name']}\t{row['minutes']}\t{row['purpose']}")


@library_commands.command("show")
@click.argument("name", type=click.Choice(NAMES))
def show(name: str) -> None:
    """Show the plan of one instrument, as Markdown."""
    click.echo(instrument_page(instrument_of(name)), nl=False)


@library_commands.command("pages")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def write_pages(folder: Path) -> None:
    """Write the plan of every instrument, and their list, into FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(index_page(instruments()), encoding="utf-8")
    for each in instruments():
        (folder / f"{each.plan.name}.md").write_text(instrument_page(each), encoding="utf-8")
        click.echo(f"{each.plan.name}.md")
