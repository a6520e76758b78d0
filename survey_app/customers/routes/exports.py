"""Customers and interactions downloaded as CSV or as a workbook."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import StringIO

from flask import Response as FileResponse
from flask import abort, render_template, request, stream_with_context
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey_app.accounts.operations import record
from survey_app.customers.exporting import customer_rows, interaction_rows
from survey_app.customers.queries import get_segment, list_segments
from survey_app.customers.routes import blueprint
from survey_app.extensions import db, mark_writing
from survey_app.web import access
from survey_app.web.csv_cells import guarded
from survey_app.web.storable import row_number
from survey_app.web.workbook_cells import XLSX, workbook_of

ROWS = {"customers": customer_rows, "interactions": interaction_rows}
# Lines are sent together, so that a million rows are not a million writes.
_TOGETHER = 200


@blueprint.get("/export")
@access.requires("customers.export")
def exports() -> str:
    """Ask what is downloaded, and of whom."""
    return render_template("customers/exports.html", segments=list_segments())


@blueprint.get("/export/<any(customers, interactions):subject>.csv")
@access.requires("customers.export")
def export_csv(subject: str) -> Response:
    """Download all customers or interactions, or those of a segment, as CSV; sent while it is read."""
    mark_writing()
    condition = _condition()
    _note(subject, "csv")
    answer = FileResponse(stream_with_context(_lines(ROWS[subject](condition))), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{subject}.csv"'
    return answer


@blueprint.get("/export/<any(customers, interactions):subject>.xlsx")
@access.requires("customers.export")
def export_workbook(subject: str) -> Response:
    """Download all customers or interactions, or those of a segment, as a workbook."""
    mark_writing()
    condition = _condition()
    _note(subject, "xlsx")
    with workbook_of(ROWS[subject](condition), _("Customers") if subject == "customers" else _("Interactions")) as file:
        answer = FileResponse(file.read(), mimetype=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{subject}.xlsx"'
    return answer


def _condition() -> dict[str, object] | None:
    """Return the condition of the segment that the address names, if it names one."""
    named = request.args.get("segment", "")
    if not named:
        return None
    try:
        return get_segment(row_number(named)).condition
    except ValueError:
        abort(404)


def _note(subject: str, form: str) -> None:
    record(f"{subject}.export", "customers", subject, format=form, segment=request.args.get("segment", ""))
    db.session.commit()


def _lines(rows: Iterator[Sequence[object]]) -> Iterator[str]:
    """Yield the rows as CSV for spreadsheets, with the mark by which Excel knows UTF-8."""
    written = StringIO()
    written.write("\ufeff")
    writer = csv.writer(written, lineterminator="\r\n")
    for number, row in enumerate(rows, 1):
        writer.writerow([guarded(cell) for cell in row])
        if number % _TOGETHER == 0:
            yield written.getvalue()
            written.seek(0)
            written.truncate()
    yield written.getvalue()
