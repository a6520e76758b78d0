"""`survey-app backup`: the database's own online copy, checked; and the way back."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import AppGroup
from flask_migrate import upgrade
from sqlalchemy import URL

from survey_app.cli import postgres
from survey_app.extensions import db

PRECONDITION = 3
FAILURE = 1

backup = AppGroup("backup", help="Copies of the database that were checked.")


@backup.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def create(file: Path, *, as_json: bool) -> None:
    """Copy the database into FILE while it is in use, and check the copy."""
    if file.exists():
        _refuse(f"{file} exists already. Name a file that does not.")
    if not file.absolute().parent.is_dir():
        _refuse(f"There is no folder {file.absolute().parent}. Make it first.")
    url = db.engine.url
    counts = _copy_sqlite(url, file) if _is_sqlite(url) else _dump_postgres(url, file)
    _say(file, counts, "is a complete copy", as_json=as_json)


@backup.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Replace everything without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def restore(file: Path, *, yes: bool, as_json: bool) -> None:
    """Replace everything in the database by the copy in FILE, then bring it to this version's tables.

    Stop the web and worker processes first: they would go on with what they read before.
    """
    if not yes:
        if not sys.stdin.isatty():
            _refuse("This replaces everything in the database. Say --yes if that is meant.")
        click.confirm("This replaces everything in the database. Go on?", abort=True, err=True)
    url = db.engine.url
    if _is_sqlite(url):
        _restore_sqlite(url, file)
    else:
        _checked(postgres.restore(url, file))
    db.engine.dispose()
    upgrade()
    counts = _counts_of_sqlite(Path(str(url.database))) if _is_sqlite(url) else postgres.count_rows()
    _say(file, counts, "is in place", as_json=as_json)


def _copy_sqlite(url: URL, file: Path) -> dict[str, int]:
    """Copy page by page with SQLite's own backup, which waits for no writer and sees one state."""
    with closing(sqlite3.connect(str(url.database))) as source, closing(sqlite3.connect(file)) as copy:
        source.backup(copy)
        # One file that can be carried away, without a journal beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
    _check_sqlite(file)
    return _counts_of_sqlite(file)


def _restore_sqlite(url: URL, file: Path) -> None:
    _check_sqlite(file)
    if "alembic_version" not in _counts_of_sqlite(file):
        _refuse(f"{file} is no copy of this product's database.")
    db.engine.dispose()
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(str(url.database))) as target:
        source.backup(target)


def _check_sqlite(file: Path) -> None:
    """Refuse a copy in which SQLite finds anything wrong."""
    try:
        with closing(sqlite3.connect(file)) as copy:
            findings = [row[0] for row in copy.execute("PRAGMA integrity_check")]
            orphans = copy.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as error:
        _refuse(f"{file} cannot be read as a database: {error}.")
    if findings != ["ok"] or orphans:
        click.echo(f"The copy {file} is damaged: {'; '.join(findings)}; {len(orphans)} broken references.", err=True)
        sys.exit(FAILURE)


def _counts_of_sqlite(file: Path) -> dict[str, int]:
    with closing(sqlite3.connect(file)) as copy:
        names = [row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608 - names come from the database itself


def _dump_postgres(url: URL, file: Path) -> dict[str, int]:
    _checked(postgres.dump(url, file))
    return postgres.count_rows()


def _checked(problem: str) -> None:
    if problem:
        click.echo(problem, err=True)
        sys.exit(FAILURE)


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _say(file: Path, counts: dict[str, int], what: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"file": str(file), "bytes": file.stat().st_size, "rows": counts}, indent=2))
        return
    click.echo(f"{file} {what}: {sum(counts.values())} rows in {len(counts)} tables, integrity checked.")


def _refuse(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(PRECONDITION)
