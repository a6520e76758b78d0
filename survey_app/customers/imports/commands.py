"""`survey-app customers import` and `survey-app interactions import`: bring files in, stop them, let them go on."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import AppGroup, with_appcontext
from flask_babel import gettext as _

from survey_app.customers import importing
from survey_app.customers.imports.choices import Choices
from survey_app.customers.imports.files import ENCODINGS, FileError
from survey_app.customers.imports.local import local_sheet
from survey_app.customers.imports.stopping import stop
from survey_app.customers.models import CustomerImport
from survey_app.customers.queries import find_import, list_imports, list_refused
from survey_app.customers.rules import CustomerError
from survey_app.extensions import db, writing
from survey_app.jobs.operations import run_now
from survey_app.jobs.queries import find_job
from survey_app.web.documents import DocumentError, read_document
from survey_app.web.storable import HIGHEST_ID

WRONG_USE = 2
NOTHING_DONE = 3
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OPTIONS = (
    click.argument("file", type=_FILE),
    click.option("--mapping", type=_FILE, help="YAML: target by column."),
    click.option("--source", default="crm", show_default=True, help="The system the customer numbers come from."),
    click.option("--encoding", type=click.Choice(ENCODINGS), help="Only where the file is not in Unicode."),
    click.option("--separator", type=click.Choice(list(SEPARATORS)), help="Only where the first line misleads."),
    click.option("--basis", type=click.Choice(importing.BASES), default="legitimate-interest", show_default=True),
    click.option("--add-choices", "adds_choices", is_flag=True, help="Add values that a choice does not have yet."),
    click.option("--add-customers", "adds_customers", is_flag=True, help="Add customers who are not known yet."),
    click.option("--time-zone", default="UTC", show_default=True, help="The zone of times that state none."),
    click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing."),
    click.option("--json", "as_json", is_flag=True, help="Print JSON."),
)
Command = Callable[..., None]


def add_commands(customers: AppGroup, interactions: AppGroup) -> None:
    """Add the commands of imports to both groups."""
    for group, subject in ((customers, "customers"), (interactions, "interactions")):
        group.command(name="import", help=f"Bring {subject} in from a CSV or Excel file.")(_with_options(subject))
    for command in (imports_, stop_import, resume_import):
        customers.add_command(command)


def _with_options(subject: str) -> Command:
    def command(file: Path, **options: Any) -> None:
        _import(subject, file, **options)

    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command(name="imports")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def imports_(*, as_json: bool) -> None:
    """List the newest imports with their state and counts."""
    rows = [_counts(each) | {"state": each.state, "file": each.file_name} for each in list_imports()]
    if as_json:
        _print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['id']:>6}  {row['state']:<9} {row['n_applied']} / {row['n_rows']}  {row['file']}")


@click.command(name="stop-import")
@click.argument("import_id", type=click.IntRange(1, HIGHEST_ID))
@with_appcontext
def stop_import(import_id: int) -> None:
    """Stop an import after the rows under way; what is applied stays."""
    with writing():
        if not stop(_import_named(import_id), datetime.now(UTC)):
            _end(_("The import had already ended."), NOTHING_DONE)
        db.session.commit()
    click.echo(_("The import is stopped. It can go on later."))


@click.command(name="resume-import")
@click.argument("import_id", type=click.IntRange(1, HIGHEST_ID))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def resume_import(import_id: int, *, as_json: bool) -> None:
    """Let a stopped import go on where it stood."""
    with writing():
        taken = _import_named(import_id)
        if taken.state in {"done", "refused"}:
            _end(_("The import had already ended."), NOTHING_DONE)
        report = _imported(taken)
    _print_report(report, as_json=as_json)


def _import(subject: str, file: Path, *, dry_run: bool, as_json: bool, **options: Any) -> None:
    upload = importing.Upload(
        file.name, options["source"], subject, options["encoding"], SEPARATORS.get(options["separator"] or "")
    )
    try:
        if dry_run:
            report = _tried(file, upload, options)
        else:
            with writing():
                report = _imported(_taken(file, upload, options))
    except (FileError, CustomerError) as error:
        db.session.rollback()
        _end(str(error), WRONG_USE)
    _print_report(report, as_json=as_json)
    if report["n_refused"] and not report["n_created"] + report["n_changed"] + report["n_unchanged"]:
        sys.exit(1)


def _tried(file: Path, upload: importing.Upload, options: dict[str, Any]) -> dict[str, Any]:
    """Say what the whole file would do; it is read where it lies, and nothing is kept."""
    taken, now = importing.blank_import(upload, datetime.now(UTC)), datetime.now(UTC)
    with local_sheet(file, upload) as sheet:
        importing.suggest_mapping(taken, sheet)
    _settle(taken, options, list(taken.mapping))
    with local_sheet(file, upload) as sheet:
        trial = importing.try_out(taken, now, sheet=sheet)
    db.session.rollback()
    counts = {name: getattr(trial, name) for name in ("n_rows", "n_created", "n_changed", "n_unchanged")}
    refused = [{"line": each.line, "reason": each.reason} for each in trial.refused]
    return counts | {"n_refused": len(refused), "refused": refused, "dry_run": True}


def _taken(file: Path, upload: importing.Upload, options: dict[str, Any]) -> CustomerImport:
    with file.open("rb") as stream:
        taken = importing.kept_file(upload, stream, datetime.now(UTC), commit=db.session.commit)
    try:
        if taken.encoding is None:
            raise _unreadable()
        _settle(taken, options, list(taken.mapping))
    except (FileError, CustomerError):
        importing.give_up(taken)
        db.session.commit()
        raise
    return taken


def _unreadable() -> FileError:
    return FileError(_("The file is not in UTF-8. Say which encoding it has by --encoding, such as cp1252."))


def _settle(taken: CustomerImport, options: dict[str, Any], headers: list[str]) -> None:
    mapping = _mapping(options["mapping"]) if options["mapping"] else taken.mapping
    importing.map_columns(taken, mapping, headers)
    taken.basis, taken.wording = options["basis"], ""
    taken.options = Choices(options["adds_choices"], options["adds_customers"], _zone(options["time_zone"])).stored()


def _zone(name: str) -> str:
    if not importing.is_zone(name):
        raise FileError(_("%(zone)s is not a time zone. Use a name such as Asia/Ho_Chi_Minh.", zone=name[:64]))
    return name


def _mapping(path: Path) -> dict[str, str]:
    """Return the targets by column that a YAML file states under `columns`."""
    try:
        stated = read_document(path.read_bytes())
    except DocumentError as error:
        raise FileError(f"{path.name}: {error}") from error
    columns = stated.get("columns") if isinstance(stated, dict) else None
    if not isinstance(columns, dict):
        raise FileError(_("The mapping %(file)s must name its columns under: columns.", file=path.name))
    return {str(name): "" if target in (None, "ignore") else str(target) for name, target in columns.items()}


def _import_named(import_id: int) -> CustomerImport:
    taken = find_import(import_id)
    if taken is None:
        _end(f"There is no import {import_id}.", NOTHING_DONE)
    return taken


def _imported(taken: CustomerImport) -> dict[str, Any]:
    importing.start_import(taken)
    db.session.commit()
    import_id, job = taken.id, find_job(taken.job_id or 0)
    if job is None:
        raise LookupError("the work of this import vanished")
    ended = run_now(job)
    done = db.session.get_one(CustomerImport, import_id, populate_existing=True)
    if done.state != "done":
        _end(done.error or ended.last_error or f"The import is {done.state}.", 1)
    refused = [{"line": each.line, "reason": each.reason} for each in list_refused(done)]
    return _counts(done) | {"refused": refused, "dry_run": False}


def _counts(taken: CustomerImport) -> dict[str, Any]:
    names = ("id", "n_rows", "n_applied", "n_created", "n_changed", "n_unchanged", "n_refused")
    return {name: getattr(taken, name) for name in names}


def _print_report(report: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        _print_json(report)
        return
    counts = {name.removeprefix("n_"): report[name] for name in report if name.startswith("n_")}
    click.echo(
        _(
            "%(rows)s rows: %(created)s new, %(changed)s changed, %(unchanged)s as they were, %(refused)s refused.",
            **counts,
        )
    )
    for each in report["refused"]:
        click.echo(_("Line %(line)s: %(reason)s", line=each["line"], reason=each["reason"]))


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def _end(sentence: str, code: int) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(code)
