"""`survey-app`: the rooms' commands under one name; nouns, then verbs."""

from __future__ import annotations

import os
import sys

import click
import psycopg
from flask import Flask
from flask.cli import FlaskGroup
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from survey_app import create_app
from survey_app.cli.backup import backup
from survey_app.cli.doctor import doctor
from survey_app.config import SettingError, stand_ins

PRECONDITION = 3
# How SQLite and PostgreSQL say that a table or a column is not there.
NO_TABLES = ("no such table", "no such column", "does not exist")
# What works on files alone, or only tells: it needs no installation, hence no settings.
ALONE = (["questionnaires", "check"], ["questionnaires", "convert"], ["questionnaires", "schema"])


def _application() -> Flask:
    """Return the application; without settings one that can help, and read and write files."""
    try:
        return create_app()
    except SettingError:
        if sys.argv[1:3] in ALONE or sys.argv[1:] == [] or "--help" in sys.argv[1:]:
            return create_app(stand_ins())
        raise


@click.group(cls=FlaskGroup, create_app=_application, add_default_commands=False, add_version_option=False)
def group() -> None:
    """Measure customer satisfaction: surveys, honest statistics, follow-up."""


group.add_command(backup)
group.add_command(doctor)


def main() -> None:
    """Run the command line; a wrong setting ends with a sentence, not with a trace."""
    # Read when numpy loads, which only the worker and reports do: threads that wait spinning cost more than they gain.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        group()
    except SettingError as error:
        click.echo(str(error), err=True)
        sys.exit(PRECONDITION)
    except (OperationalError, ProgrammingError) as error:
        problem = _database_problem(error)
        if problem is None:
            raise
        click.echo(problem, err=True)
        sys.exit(PRECONDITION)
    # The queue beside the database knows no SQLAlchemy.
    except psycopg.OperationalError as error:
        click.echo(_unreachable(error), err=True)
        sys.exit(PRECONDITION)


def _database_problem(error: DBAPIError) -> str | None:
    """Return what to do about a database that is not there or has no tables; None where the fault is ours."""
    if error.connection_invalidated or error.statement is None:
        return _unreachable(error.orig)
    if any(words in str(error.orig) for words in NO_TABLES):
        return (
            "The database has no tables, or not those of this version. Run: survey-app init (or: survey-app db upgrade)"
        )
    return None


def _unreachable(error: BaseException | None) -> str:
    reason = str(error).strip().split("\n", maxsplit=1)[0]
    return f"The database cannot be used: {reason}. Look at DATABASE_URL, and whether the server runs."
