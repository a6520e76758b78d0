"""`python -m survey_app.demo`: live through a survey's whole life, with real parts, until Ctrl-C."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from flask_migrate import upgrade

from survey_app import create_app
from survey_app.config import SettingError
from survey_app.demo.commands import load_and_commit, show_credentials
from survey_app.demo.environment import FILE, Ports, StartError, choose_ports, settle_environment
from survey_app.demo.processes import LOOPBACK, run_together, survey_programs
from survey_app.demo.staff import ACCOUNTS
from survey_app.demo.story import find_public_code, is_loaded
from survey_app.extensions import db

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("SURVEY_DEMO_FOLDER") or ROOT / "instance" / "demo")
FAILED, PRECONDITION = 1, 3


def main() -> int:
    """Prepare the demo where that was not done yet, run it, and return the exit code."""
    try:
        ports = choose_ports(os.environ.get("PORT", ""))
        environment = settle_environment(FOLDER, ports)
        public_code = _prepare(environment)
    except (StartError, SettingError) as error:
        click.echo(str(error), err=True)
        return PRECONDITION
    except KeyboardInterrupt:
        click.echo("\nStopped before everything was there; the next start begins anew.", err=True)
        return FAILED
    programs = survey_programs((ports.web, ports.smtp, ports.viewer), FOLDER / "mails")
    os.chdir(ROOT)
    return run_together(programs, environment, lambda: _say_where(ports, public_code))


def _prepare(environment: dict[str, str]) -> str | None:
    """Bring the database up to date, load the story the first time, and return the public form's code."""
    app = create_app({**os.environ, **environment})
    with app.app_context():
        upgrade()
        if is_loaded():
            click.echo("The data of the last start is still here; `make demo-reset` starts over.")
            click.echo(f"A new password: . {_shown(FOLDER / FILE)} && survey-app staff reset {ACCOUNTS[0].email}")
        else:
            show_credentials(load_and_commit())
        code = find_public_code()
        db.session.remove()
        db.engine.dispose()
    return code


def _say_where(ports: Ports, public_code: str | None) -> None:
    here = f"http://{LOOPBACK}"
    click.echo(f"\n  Sign in        {here}:{ports.web}/")
    click.echo(f"  Mails          {here}:{ports.viewer}/")
    if public_code is not None:
        click.echo(f"  Public form    {here}:{ports.web}/w/{public_code}")
    click.echo(f"  Command line   . {_shown(FOLDER / FILE)} && survey-app --help")
    click.echo("\nCtrl-C ends everything and keeps the data.\n")


def _shown(path: Path) -> str:
    """Return a path as short as it can be typed here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


if __name__ == "__main__":
    sys.exit(main())
