"""PostgreSQL's own tools for copies: pg_dump and pg_restore."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, func, inspect, select, table

from survey_app.extensions import db

# Its presence tells a copy of this product from any other.
MIGRATIONS_TABLE = "TABLE DATA public alembic_version "
NEWER_TOOLS = "Install PostgreSQL's client tools of the server's version or newer, and let them come first in PATH."


@dataclass(frozen=True, slots=True)
class Done:
    """How a tool ended: what went wrong, or nothing, and what it printed."""

    problem: str
    output: str = ""


def dump(url: URL, file: Path) -> str:
    """Copy the database into a file in PostgreSQL's custom format; return what went wrong, or nothing."""
    done = _run(url, ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", str(file)])
    # The list of contents can be read only from a file that is complete.
    return done.problem or _contents(url, file).problem


def restore(url: URL, file: Path) -> str:
    """Replace the database by a file that `dump` wrote, all or nothing; return what went wrong, or nothing."""
    contents = _contents(url, file)
    if contents.problem:
        return contents.problem
    if MIGRATIONS_TABLE not in contents.output:
        return f"{file} is no copy of this product's database."
    options = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    return _run(url, ["pg_restore", *options, "--dbname", str(url.database), str(file)]).problem


def count_rows() -> dict[str, int]:
    """Return how many rows each table holds."""
    with db.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in sorted(names)}


def _contents(url: URL, file: Path) -> Done:
    return _run(url, ["pg_restore", "--list", str(file)])


def _run(url: URL, command: list[str]) -> Done:
    tool = shutil.which(command[0])
    if tool is None:
        return Done(f"{command[0]} is not installed. {NEWER_TOOLS}")
    # In the environment, so that the password stands in no list of processes.
    access = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    environment = {**os.environ, **{name: str(value) for name, value in access.items() if value}}
    done = subprocess.run([tool, *command[1:]], env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own list of words
    problem = done.stderr.strip() or "the copy failed"
    if "version mismatch" in problem:
        problem = f"{problem}\n{NEWER_TOOLS}"
    return Done(problem if done.returncode else "", done.stdout)
