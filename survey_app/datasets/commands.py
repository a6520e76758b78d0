"""`survey-app responses …`: answers from files, and answers as files."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from werkzeug.datastructures import MultiDict

from survey_app.accounts.operations import record
from survey_app.datasets.codebooks import codebook_of
from survey_app.datasets.exports import csv_lines, is_withheld
from survey_app.datasets.filters import read_filter
from survey_app.datasets.mapping import MappingError, ResponseMapping, parse_mapping
from survey_app.datasets.operations import ImportPlan, begin_import, chunks, finish_import, plan_import, store_chunk
from survey_app.datasets.queries import iterate_completions
from survey_app.datasets.tables import FileRefusedError, read_table
from survey_app.extensions import db, writing
from survey_app.questionnaires.models import QuestionnaireVersion, Survey
from survey_app.questionnaires.queries import find_survey, newest_published
from survey_app.web.documents import DocumentError, read_document

CHUNK = 250
SHOWN_REFUSALS = 10

responses = AppGroup("responses", help="Answers: bring them in, take them out.")


@responses.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--survey", "code", required=True, help="The survey's code.")
@click.option("--mapping", "mapping_file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Read and check everything, store nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def import_answers(file: Path, code: str, mapping_file: Path, *, dry_run: bool, as_json: bool) -> None:
    """Bring the answers of FILE into a survey, as the mapping says."""
    content = file.read_bytes()
    try:
        mapping = _mapping(mapping_file)
        plan = plan_import(read_table(content, mapping.encoding), mapping, _version(_survey(code)))
    except (MappingError, FileRefusedError) as error:
        for finding in getattr(error, "findings", [str(error)]):
            click.echo(finding, err=True)
        raise SystemExit(1) from error
    outcome = _outcome(plan) if dry_run else _store(plan, file.name, content)
    _report(outcome, as_json=as_json)


@responses.command("export")
@click.option("--survey", "code", required=True, help="The survey's code.")
@click.option("--filter", "filters", multiple=True, metavar="NAME=VALUE", help="As in a report's address: wave=2017.")
def export_answers(code: str, filters: tuple[str, ...]) -> None:
    """Print a survey's completions as CSV."""
    survey = _survey(code)
    pairs = [(name, value) for name, _, value in (each.partition("=") for each in filters)]
    try:
        chosen = read_filter(MultiDict(pairs))
    except ValueError as error:
        raise click.UsageError(f"A date must be written as 2026-01-31: {error}.") from error
    _version(survey)
    rows = list(iterate_completions(survey.id, chosen))
    if is_withheld(survey, len(rows)):
        click.echo("So few people stand behind this filter that a file would tell who said what. Widen it.", err=True)
        raise SystemExit(3)
    named = survey.identification == "identified"
    for line in csv_lines(rows, codebook_of(survey), names_customers=named, shows_contacts=True):
        click.echo(line, nl=False)


def _mapping(path: Path) -> ResponseMapping:
    try:
        return parse_mapping(read_document(path.read_bytes()))
    except DocumentError as error:
        raise MappingError([f"{path.name}: {error}"]) from error


def _survey(code: str) -> Survey:
    survey = find_survey(code)
    if survey is None:
        click.echo(f"There is no survey {code}: import its questionnaire first.", err=True)
        raise SystemExit(3)
    return survey


def _version(survey: Survey) -> QuestionnaireVersion:
    version = newest_published(survey)
    if version is None:
        click.echo(f"Survey {survey.code} has no published version: survey-app questionnaires publish.", err=True)
        raise SystemExit(3)
    return version


def _store(plan: ImportPlan, file_name: str, content: bytes) -> dict[str, Any]:
    rows = [row for _, row in plan.rows]
    with writing():
        batch = begin_import(plan, file_name, content, datetime.now(UTC))
        db.session.commit()
        for chunk in chunks(rows, CHUNK):
            store_chunk(plan, batch, chunk)
            db.session.commit()
        finish_import(batch)
        record("responses.import", "survey", str(batch.survey_id), file=file_name, stored=batch.n_stored)
        db.session.commit()
    return _outcome(plan) | {"stored": batch.n_stored, "unchanged": batch.n_unchanged}


def _outcome(plan: ImportPlan) -> dict[str, Any]:
    return {
        "rows": len(plan.rows) + len(plan.refused),
        "taken": len(plan.rows),
        "refused": sorted(plan.refused, key=lambda each: int(each["line"])),
    }


def _report(outcome: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(outcome, ensure_ascii=False, indent=2))
        return
    refused = outcome["refused"]
    click.echo(f"{outcome['rows']} rows read, {outcome['taken']} taken, {len(refused)} refused.")
    if "stored" in outcome:
        click.echo(f"{outcome['stored']} responses stored, {outcome['unchanged']} stood already and are unchanged.")
    for each in refused[:SHOWN_REFUSALS]:
        click.echo(f"  line {each['line']}: {each['reason']}")
    if len(refused) > SHOWN_REFUSALS:
        click.echo(f"  … and {len(refused) - SHOWN_REFUSALS} more: use --json for all of them.")
