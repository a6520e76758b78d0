"""`survey-app customers export` and `survey-app interactions export`: what leaves, and in which form."""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click
from flask.cli import AppGroup, with_appcontext

from survey_app.accounts.operations import record
from survey_app.customers import queries
from survey_app.customers.commands import NOTHING_DONE, end, print_json, whole
from survey_app.customers.exporting import customer_rows, interaction_rows
from survey_app.extensions import db, writing
from survey_app.web.csv_cells import guarded
from survey_app.web.workbook_cells import workbook_of

Rows = Callable[[dict[str, Any] | None], Iterator[Sequence[object]]]
_OPTIONS = (
    click.option("--segment", help="Only the customers in this segment."),
    click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this .csv or .xlsx file."),
)


def add_commands(customers: AppGroup, interactions: AppGroup) -> None:
    """Add the exports to both groups."""
    customers.add_command(export_customers)
    interactions.add_command(export_interactions)


@click.command(name="export")
@_OPTIONS[0]
@_OPTIONS[1]
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with consents and interactions.")
@with_appcontext
def export_customers(segment: str | None, output: Path | None, *, as_json: bool) -> None:
    """Print all customers as CSV or JSON, or write them to a CSV or Excel file."""
    condition = _condition(segment)
    _note("customers", segment)
    if as_json:
        found = queries.customers_in(queries.find_segment(segment) if segment else None)
        print_json([whole(each) for each in db.session.scalars(found)])
        return
    _write(customer_rows(condition), output, "Customers")


@click.command(name="export")
@_OPTIONS[0]
@_OPTIONS[1]
@with_appcontext
def export_interactions(segment: str | None, output: Path | None) -> None:
    """Print all interactions as CSV, or write them to a CSV or Excel file."""
    condition = _condition(segment)
    _note("interactions", segment)
    _write(interaction_rows(condition), output, "Interactions")


def _condition(segment: str | None) -> dict[str, Any] | None:
    found = queries.find_segment(segment) if segment else None
    if segment and found is None:
        end(f"There is no segment named {segment}.", NOTHING_DONE)
    return found.condition if found else None


def _note(subject: str, segment: str | None) -> None:
    with writing():
        record(f"{subject}.export", "customers", subject, format="command", segment=segment or "")
        db.session.commit()


def _write(rows: Iterator[Sequence[object]], output: Path | None, name: str) -> None:
    if output is not None and output.suffix == ".xlsx":
        with workbook_of(rows, name) as written, output.open("wb") as target:
            shutil.copyfileobj(written, target)
        return
    with _opened(output) as target:
        target.write("\ufeff" if output else "")
        csv.writer(target, lineterminator="\r\n").writerows([guarded(cell) for cell in row] for row in rows)


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        return
    with output.open("w", encoding="utf-8", newline="") as target:
        yield target
