"""`survey-app questionnaires`: bring questionnaires in and out, check and publish them.

Exit codes: 0 done, 1 the file or survey is wrong, 2 wrong use, 3 nothing to do.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict, Unpack

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from survey_app.extensions import db, writing
from survey_app.questionnaires.checks import CheckFinding, check_questionnaire
from survey_app.questionnaires.commands.converting import convert_file
from survey_app.questionnaires.commands.exporting import ExportError, write_format
from survey_app.questionnaires.commands.files import (
    FAILED,
    candidate_in,
    end,
    file_argument,
    say,
    say_counts,
    write_report,
)
from survey_app.questionnaires.definition import Questionnaire, text_in
from survey_app.questionnaires.importing import Candidate, keep_report
from survey_app.questionnaires.interchange.detection import KINDS, NATIVE
from survey_app.questionnaires.interchange.formats import FORMATS, PAPER
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

NOTHING = 3


class ImportWish(TypedDict):
    """What the options of `import` say."""

    code: str | None
    publish: bool
    note: str
    identification: str | None
    dry_run: bool
    kind: str | None
    report: Path | None
    as_json: bool


class ExportWish(TypedDict):
    """What the options of `export` say."""

    language: str | None
    output: Path | None
    report: Path | None


questionnaires = AppGroup("questionnaires", help="Questionnaires of surveys: import, check, publish, export, list.")
questionnaires.add_command(convert_file)


@questionnaires.command("import")
@file_argument
@click.option("--code", help="Code of the survey; made from the title when left out.")
@click.option("--publish", is_flag=True, help="Publish the draft at once.")
@click.option("--note", default="", help="What is new in this version.")
@click.option("--identification", type=click.Choice(IDENTIFICATIONS), help="Who may know whose answers these are.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, store nothing.")
@click.option("--from", "kind", type=click.Choice(list(KINDS)), help="What wrote FILE; its content tells if left out.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the report to a file.")
@click.option("--json", "as_json", is_flag=True, help="Print the code and the whole report as JSON.")
def import_file(file: Path, **wish: Unpack[ImportWish]) -> None:
    """Create a survey from FILE, or make FILE the next draft of the survey with this code."""
    candidate = candidate_in(file, wish["kind"])
    questionnaire = candidate.questionnaire
    _tell(candidate, wish)
    code = wish["code"] or code_from(text_in(questionnaire.title, "en", questionnaire.languages), "survey")
    if not CODE.fullmatch(code):
        raise click.BadParameter(_("Use small letters, digits and underscores, beginning with a letter."))
    with writing():
        _bring_in(candidate, code, wish)
        if wish["dry_run"]:
            db.session.rollback()
            say(_("Nothing was stored: this was a dry run for the survey %(code)s.", code=code))
        else:
            db.session.commit()
    if wish["as_json"]:
        result = {"code": None if wish["dry_run"] else code, "kind": candidate.kind, "report": candidate.report}
        click.echo(json.dumps(result, ensure_ascii=False, indent=2))
    elif not wish["dry_run"]:
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
@click.option("--format", "form", type=click.Choice([*FORMATS, PAPER]), default="yaml", show_default=True)
@click.option("--language", help="Language of the paper copy or the SPSS labels; the main one if left out.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file instead.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write what the format cannot say.")
def export_survey(code: str, number: int | None, form: str, **wish: Unpack[ExportWish]) -> None:
    """Write the questionnaire of the survey CODE to standard output, or to a file."""
    survey = _survey(code)
    version = find_version(survey, number) if number else current_version(survey)
    if version is None:
        end(_("The survey %(code)s has no version %(number)s.", code=code, number=number))
    try:
        exported = write_format(survey, version, form, wish["language"])
    except ExportError as error:
        end(str(error))
    if wish["report"]:
        write_report(exported.report.as_data(), wish["report"])
    if wish["output"]:
        wish["output"].write_bytes(exported.content)
    else:
        click.echo(exported.content, nl=False)


@questionnaires.command("check")
@file_argument
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def check_file(file: Path, *, as_json: bool) -> None:
    """Say what is wrong with FILE, and what to consider before it is published."""
    findings = check_questionnaire(candidate_in(file).questionnaire)
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


def _tell(candidate: Candidate, wish: ImportWish) -> None:
    """Write the report where it was asked for; say on the error stream what became of another tool's file."""
    if wish["report"]:
        write_report(candidate.report, wish["report"])
    say_counts(candidate)


def _bring_in(candidate: Candidate, code: str, wish: ImportWish) -> None:
    questionnaire = candidate.questionnaire
    try:
        survey = _put(questionnaire, code)
        if candidate.kind != NATIVE:
            keep_report(survey, candidate, datetime.now(UTC))
        choose_identification(survey, wish["identification"] or survey.identification)
    except SurveyError as error:
        db.session.rollback()
        end(str(error))
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
        end(str(error), NOTHING)
    except NotPublishableError as error:
        db.session.rollback()
        end(str(error))
    say(_("Version %(number)s of %(code)s is published.", number=version.number, code=survey.code))
    return version.number or 0


def _survey(code: str) -> Survey:
    survey = find_survey(code)
    if survey is None:
        end(_("There is no survey with the code %(code)s.", code=code))
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
        say(f"{each.level.value}: {each.message}")
