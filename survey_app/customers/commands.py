"""`survey-app customers`: bring customers in, list, show and export them."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from sqlalchemy.exc import NoResultFound

from survey_app.customers import importing, queries
from survey_app.customers.imports.files import ENCODINGS, FileError
from survey_app.customers.models import Customer, CustomerImport
from survey_app.customers.rules import CustomerError
from survey_app.extensions import db, writing
from survey_app.jobs.operations import run_now
from survey_app.jobs.queries import find_job
from survey_app.web.documents import DocumentError, read_document
from survey_app.web.storable import HIGHEST_ID

WRONG_USE = 2
NOTHING_DONE = 3

customers = AppGroup("customers", help="The people whose satisfaction is measured.")


@customers.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="YAML: target by column.")
@click.option("--source", default="crm", show_default=True, help="The system the customer numbers come from.")
@click.option("--encoding", type=click.Choice(ENCODINGS), help="Only where the file is not in Unicode.")
@click.option("--basis", type=click.Choice(importing.BASES), default="legitimate-interest", show_default=True)
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_(file: Path, *, dry_run: bool, as_json: bool, **options: Any) -> None:
    """Bring customers in from a CSV file."""
    with writing():
        try:
            taken = _take(file, **options)
            report = _tried(taken) if dry_run else _imported(taken)
        except (FileError, CustomerError) as error:
            db.session.rollback()
            _end(str(error), WRONG_USE)
    _print_report(report, as_json=as_json)
    if report["n_refused"] and not report["n_created"] + report["n_changed"] + report["n_unchanged"]:
        sys.exit(1)


@customers.command(name="list")
@click.option("--search", default="", help="Words of the name, address, company or number.")
@click.option("--segment", help="Only the customers in this segment.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(search: str, segment: str | None, limit: int, *, as_json: bool) -> None:
    """List customers."""
    found = queries.find_segment(segment) if segment else None
    if segment and found is None:
        _end(f"There is no segment named {segment}.", NOTHING_DONE)
    query = queries.customers_in(found) if found else queries.search_customers(search)
    rows = [_brief(each) for each in db.session.scalars(query.limit(limit))]
    if as_json:
        _print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['id']:>6}  {row['name']}  {row['email'] or '-'}  {row['number'] or ''}".rstrip())


@customers.command()
@click.argument("customer_id", type=click.IntRange(1, HIGHEST_ID))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(customer_id: int, *, as_json: bool) -> None:
    """Show one customer."""
    try:
        row = _whole(queries.get_customer(customer_id))
    except NoResultFound:
        _end(f"There is no customer {customer_id}.", NOTHING_DONE)
    if as_json:
        _print_json(row)
        return
    for name, value in row.items():
        click.echo(f"{name}: {value}")


@customers.command()
@click.option("--json", "as_json", is_flag=True, required=True, help="Print JSON (the only form).")
def export(*, as_json: bool) -> None:  # noqa: ARG001 - the form is named so that others may follow
    """Print all customers with their attributes, consents and interactions."""
    _print_json([_whole(each) for each in db.session.scalars(queries.customers_in(None))])


def _take(file: Path, *, mapping: Path | None, source: str, encoding: str | None, basis: str) -> CustomerImport:
    upload = importing.Upload(file.name, file.read_bytes(), source, encoding)
    taken = importing.take_file(upload, datetime.now(UTC))
    if taken.encoding is None:
        raise FileError(_("The file is not in UTF-8. Say which encoding it has by --encoding, such as cp1252."))
    importing.map_columns(taken, _mapping(mapping) if mapping else taken.mapping)
    taken.basis = basis
    return taken


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


def _tried(taken: CustomerImport) -> dict[str, Any]:
    trial = importing.try_out(taken)
    refused = [{"line": each.line, "reason": each.reason} for each in trial.refused]
    db.session.rollback()
    return {
        "n_rows": trial.n_rows,
        "n_created": trial.n_created,
        "n_changed": trial.n_changed,
        "n_unchanged": trial.n_unchanged,
        "n_refused": len(refused),
        "refused": refused,
        "dry_run": True,
    }


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
    refused = [{"line": each.line, "reason": each.reason} for each in queries.list_refused(done)]
    return {
        "id": done.id,
        "n_rows": done.n_rows,
        "n_created": done.n_created,
        "n_changed": done.n_changed,
        "n_unchanged": done.n_unchanged,
        "n_refused": done.n_refused,
        "refused": refused,
        "dry_run": False,
    }


def _print_report(report: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        _print_json(report)
        return
    click.echo(
        _(
            "%(rows)s rows: %(created)s new, %(changed)s changed, %(unchanged)s as they were, %(refused)s refused.",
            rows=report["n_rows"],
            created=report["n_created"],
            changed=report["n_changed"],
            unchanged=report["n_unchanged"],
            refused=report["n_refused"],
        )
    )
    for each in report["refused"]:
        click.echo(_("Line %(line)s: %(reason)s", line=each["line"], reason=each["reason"]))


def _brief(customer: Customer) -> dict[str, Any]:
    return {
        "id": customer.id,
        "number": customer.external_id,
        "name": customer.name,
        "email": customer.email,
        "company": customer.company.name if customer.company else None,
        "language": customer.language,
    }


def _whole(customer: Customer) -> dict[str, Any]:
    history = queries.interaction_history(customer, most=10_000)
    return _brief(customer) | {
        "phone": customer.phone,
        "time_zone": customer.time_zone,
        "attributes": customer.attributes,
        "consents": [
            {
                "purpose": each.purpose,
                "is_given": each.is_given,
                "basis": each.basis,
                "source": each.source,
                "wording": each.wording,
                "recorded_at": each.recorded_at.isoformat(),
            }
            for each in queries.list_consents(customer)
        ],
        "interactions": [
            {
                "kind": each.kind,
                "happened_at": each.happened_at.isoformat(),
                "value": float(each.value) if each.value is not None else None,
                "location": each.location,
                "note": each.note,
            }
            for each in history.newest
        ],
        "created_at": customer.created_at.isoformat(),
        "updated_at": customer.updated_at.isoformat(),
    }


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def _end(sentence: str, code: int) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(code)
