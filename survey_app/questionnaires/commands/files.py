"""What every command that reads a questionnaire's file needs: the file, what it holds, and what is said of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NoReturn

import click
from flask_babel import gettext as _

from survey_app.questionnaires.findings import QuestionnaireError
from survey_app.questionnaires.importing import Candidate
from survey_app.questionnaires.interchange.detection import LARGEST_FILE, NATIVE, read_questionnaire
from survey_app.questionnaires.interchange.telling import report_text, totals

FAILED = 1
file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


def candidate_in(file: Path, kind: str | None = None) -> Candidate:
    """Return what a file holds; end the command with a sentence where that is no questionnaire."""
    with file.open("rb") as stream:
        content = stream.read(LARGEST_FILE + 1)
    try:
        found, imported = read_questionnaire(content, kind)
    except QuestionnaireError as error:
        end(str(error))
    return Candidate(found, file.name, imported.questionnaire, imported.report.as_data())


def say_counts(candidate: Candidate) -> None:
    """Say on the error stream what became of another tool's file."""
    if candidate.kind != NATIVE:
        counts = totals(candidate.report)
        say(_("%(kind)s: %(kept)s kept, %(changed)s changed, %(lost)s lost.", kind=candidate.kind, **counts))


def write_report(report: dict[str, Any], file: Path) -> None:
    """Write a report as text, CSV or JSON, as the ending of the file says."""
    ending = file.suffix.removeprefix(".").lower()
    form = ending if ending in {"csv", "json"} else "txt"
    file.write_text(report_text(report, form), encoding="utf-8")


def say(message: str) -> None:
    """Say something to whoever runs the command; data alone go to standard output."""
    click.echo(message, err=True)


def end(message: str, code: int = FAILED) -> NoReturn:
    """Say why the command cannot go on, and end it."""
    say(message)
    sys.exit(code)
