"""PostgreSQL's own tools for copies: pg_dump and pg_restore."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL, func, inspect, select, table

from survey_app.extensions import db


def dump(url: URL, file: Path) -> str:
    """Copy the database into a file in PostgreSQL's custom format; return what went wrong, or nothing."""
    problem = _run(url, ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", str(file)])
    # The list of contents can be read only from a file that is complete.
    return problem or _run(url, ["pg_restore", "--list", str(file)])


def restore(url: URL, file: Path) -> str:
    """Replace the database by a file that `dump` wrote, all or nothing; return what went wrong, or nothing."""
    options = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    return _run(url, ["pg_restore", *options, "--dbname", str(url.database), str(file)])


def count_rows() -> dict[str, int]:
    """Return how many rows each table holds."""
    with db.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in sorted(names)}


def _run(url: URL, command: list[str]) -> str:
    tool = shutil.which(command[0])
    if tool is None:
        return f"{command[0]} is not installed. Install PostgreSQL's client tools of the server's version or newer."
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
    return done.stderr.strip() or "the copy failed" if done.returncode else ""
