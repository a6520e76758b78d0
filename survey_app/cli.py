"""`survey-app`: the rooms' commands under one name; nouns, then verbs."""

from __future__ import annotations

import sys

import click
from flask.cli import FlaskGroup

from survey_app import create_app
from survey_app.config import SettingError


@click.group(cls=FlaskGroup, create_app=create_app, add_default_commands=False, add_version_option=False)
def group() -> None:
    """Customer satisfaction measurement for CRM."""


def main() -> None:
    """Run the command line; a wrong setting ends with a sentence, not with a trace."""
    try:
        group()
    except SettingError as error:
        click.echo(str(error), err=True)
        sys.exit(3)
