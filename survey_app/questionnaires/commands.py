"""`survey-app questionnaires`: bring questionnaires in and out, check and publish them.

Exit codes: 0 done, 1 the file or survey is wrong, 2 wrong use, 3 nothing to do.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn, TypedDict, Unpack

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from survey_app.extensions import db, writing
from survey_app.questionnaires.checks import CheckFinding, check_questionnaire
from survey_app.questionnaires.definition import Questionnaire, text_in
from survey_app.questionnaires.findings import QuestionnaireError
from survey_app.questionnaires.interchange import FORMATS, LARGEST_TEXT, read_text, write_text
from survey_app.questionnaires.item_parsing import CODE
from survey_app.questionnaires.models import IDENTIFICATIONS, Survey
from survey_app.questionnaires.operations import (
    NothingToPublishError,
    NotPublishableError,
    SurveyError,
    choose_identification,
    create_survey,
    publish_version,
    save_draft,
)
from survey_app.questionnaires.queries import (
    current_version,
    find_draft,
    find_survey,
    find_version,
    list_states,
    newest_published,
    questionnaire_of,
)
from survey_app.questionnaires.schema import questionnaire_schema
from survey_app.questionnaires.wording_codes import code_from
from survey_app.web.storable import HIGHEST_ID

FAILED = 1
NOTHING = 3


class ImportWish(TypedDict):
    """What the options of `import` say."""

    code: str | None
    publish: bool
    note: str
    identification: str | None
    dry_run: bool


questionnaires = AppGroup("questionnaires", help="Questionnaires of surveys: import, check, publish, export, list.")
file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@questionnaires.command("import")
@file_argument
@click.option("--code", help="Code of the survey; made from the title when left out.")
@click.option("--publish", is_flag=True, help="Publish the draft at once.")
@click.option("--note", default="", help="What is new in this version.")
@click.option("--identification", type=click.Choice(IDENTIFICATIONS), help="Who may know whose answers these are.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, store nothing.")
def import_file(file: Path, **wish: Unpack[ImportWish]) -> None:
    """Create a survey from FILE, or make FILE the next draft of the survey with this code."""
    questionnaire = _read(file)
    code = wish["code"] or code_from(text_in(questionnaire.title, "en", questionnaire.languages), "survey")
    if not CODE.fullmatch(code):
        raise click.BadParameter(_("Use small letters, digits and underscores, beginning with a letter."))
    with writing():
        _bring_in(questionnaire, code, wish)
        if wish["dry_run"]:
            db.session.rollback()
            _say(_("Nothing was stored: this was a dry run for the survey %(code)s.", code=code))
            return
        db.session.commit()
    click.echo(code)


@questionnaires.command("publish")
@click.argument("code")
@click.option("--note", default="", help="What is new in this version.")
def publish_survey(code: str, note: str) -> None:
    """Publish the draft of the survey CODE as its next version."""
    with writing():
        number = _publish(_survey(code), note)
        db.session.commit()
    click.echo(number)


@questionnaires.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--archived", is_flag=True, help="The archived ones instead.")
def list_all(*, as_json: bool, archived: bool) -> None:
    """List surveys with their newest version and whether they have a draft."""
    rows = [
        {
            "code": state.survey.code,
            "title": state.survey.title,
            "identification": state.survey.identification,
            "version": state.number,
            "published_at": state.published_at.isoformat() if state.published_at else None,
            "has_draft": state.has_draft,
        }
        for state in list_states(is_archived=archived)
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        version = _("version %(number)s", number=row["version"]) if row["version"] else _("not published")
        draft = _("draft") if row["has_draft"] else ""
        click.echo("\t".join([str(row["code"]), version, draft, str(row["title"])]))


@questionnaires.command("export")
@click.argument("code")
@click.option(
    "--version",
    "number",
    type=click.IntRange(1, HIGHEST_ID),
    help="A published version; the draft or the newest when left out.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default=FORMATS[0], show_default=True)
def export_survey(code: str, number: int | None, form: str) -> None:
    """Write the questionnaire of the survey CODE to standard output."""
    survey = _survey(code)
    version = find_version(survey, number) if number else current_version(survey)
    if version is None:
        _end(_("The survey %(code)s has no version %(number)s.", code=code, number=number))
    click.echo(write_text(questionnaire_of(version), form), nl=False)


@questionnaires.command("check")
@file_argument
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def check_file(file: Path, *, as_json: bool) -> None:
    """Say what is wrong with FILE, and what to consider before it is published."""
    findings = check_questionnaire(_read(file))
    if as_json:
        click.echo(json.dumps([_as_data(each) for each in findings], ensure_ascii=False, indent=2))
    else:
        for each in findings:
            click.echo(f"{each.level.value}\t{each.message}")
        if not findings:
            click.echo(_("Nothing to mend: this questionnaire can be published."), err=True)
    if any(each.level.value == "error" for each in findings):
        sys.exit(FAILED)


@questionnaires.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of the format (docs/questionnaire.schema.json)."""
    click.echo(json.dumps(questionnaire_schema(), indent=2))


def _read(file: Path) -> Questionnaire:
    with file.open("rb") as stream:
        content = stream.read(LARGEST_TEXT + 1)
    try:
        return read_text(content)
    except QuestionnaireError as error:
        _end(str(error))


def _bring_in(questionnaire: Questionnaire, code: str, wish: ImportWish) -> None:
    try:
        survey = _put(questionnaire, code)
        choose_identification(survey, wish["identification"] or survey.identification)
    except SurveyError as error:
        db.session.rollback()
        _end(str(error))
    _say_findings(check_questionnaire(questionnaire, _previous(survey)))
    if wish["publish"]:
        _publish(survey, wish["note"])


def _put(questionnaire: Questionnaire, code: str) -> Survey:
    """Make the questionnaire the draft of the survey with this code, which is created when there is none."""
    now = datetime.now(UTC)
    survey = find_survey(code)
    if survey is None:
        return create_survey(code, "", questionnaire, now)
    draft = find_draft(survey)
    save_draft(survey, questionnaire, draft.revision if draft else 0, _("imported a file"), now)
    return survey


def _previous(survey: Survey) -> Questionnaire | None:
    published = newest_published(survey)
    return questionnaire_of(published) if published else None


def _publish(survey: Survey, note: str) -> int:
    try:
        version = publish_version(survey, note, datetime.now(UTC))
    except NothingToPublishError as error:
        db.session.rollback()
        _end(str(error), NOTHING)
    except NotPublishableError as error:
        db.session.rollback()
        _end(str(error))
    _say(_("Version %(number)s of %(code)s is published.", number=version.number, code=survey.code))
    return version.number or 0


def _survey(code: str) -> Survey:
    survey = find_survey(code)
    if survey is None:
        _end(_("There is no survey with the code %(code)s.", code=code))
    return survey


def _as_data(finding: CheckFinding) -> dict[str, str]:
    return {
        "level": finding.level.value,
        "message": finding.message,
        "page": finding.spot.page,
        "item": finding.spot.item,
    }


def _say_findings(findings: Iterable[CheckFinding]) -> None:
    for each in findings:
        _say(f"{each.level.value}: {each.message}")


def _say(message: str) -> None:
    click.echo(message, err=True)


def _end(message: str, code: int = FAILED) -> NoReturn:
    _say(message)
    sys.exit(code)
