"""`survey-app`: the rooms' commands under one name; nouns, then verbs."""

from __future__ import annotations

import os
import sys

import click
from flask.cli import FlaskGroup

from survey_app import create_app
from survey_app.cli.backup import backup
from survey_app.cli.doctor import doctor
from survey_app.config import SettingError

PRECONDITION = 3


@click.group(cls=FlaskGroup, create_app=create_app, add_default_commands=False, add_version_option=False)
def group() -> None:
    """Measure customer satisfaction: surveys, honest statistics, follow-up."""


group.add_command(backup)
group.add_command(doctor)


def main() -> None:
    """Run the command line; a wrong setting ends with a sentence, not with a trace."""
    # Read when numpy loads, which only the worker and reports do: threads that wait spinning cost more than they gain.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        if sys.argv[1:] in ([], ["--help"]):
            # Click's list of commands would answer a wrong setting with a trace.
            create_app()
        group()
    except SettingError as error:
        click.echo(str(error), err=True)
        sys.exit(PRECONDITION)
