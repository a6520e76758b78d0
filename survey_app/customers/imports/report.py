"""The report of refused rows: line, reason, and the cells as they came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask_babel import gettext as _

from survey_app.customers.models import CustomerImport, RefusedRow
from survey_app.customers.queries import list_refused
from survey_app.web.csv_cells import csv_text
from survey_app.web.workbook_cells import workbook_of


def report_rows(taken: CustomerImport, refused: Iterable[RefusedRow]) -> Iterator[list[object]]:
    """Yield the report's heading, with the names of the file's columns, and one line per refused row."""
    yield [_("Line"), _("Reason"), *taken.mapping]
    for each in refused:
        yield [each.line, each.reason, *each.row.get("cells", [])]


def report_csv(taken: CustomerImport) -> str:
    """Return the report as CSV for spreadsheets."""
    return csv_text(report_rows(taken, list_refused(taken)))


def report_xlsx(taken: CustomerImport) -> bytes:
    """Return the report as a workbook."""
    with workbook_of(report_rows(taken, list_refused(taken)), _("Refused rows")) as written:
        return written.read()
