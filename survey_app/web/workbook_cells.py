"""Workbooks written for download: every text is a text, never a formula or a link."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryDirectory, TemporaryFile
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_576
# What a cell takes at most, and what no XML document can hold.
LONGEST_CELL = 32_767
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@contextmanager
def workbook_of(rows: Iterable[Sequence[object]], name: str) -> Iterator[BinaryIO]:
    """Give the rows as one sheet of a workbook, written row by row to disk: memory does not grow with them."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - 5 MB of each web process, most of which never write one

    with TemporaryDirectory(prefix="workbook-") as folder, TemporaryFile() as written:
        settings = {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False, "strings_to_urls": False}
        with Workbook(written, settings) as book:
            sheet = book.add_worksheet(name[:31])
            for number, row in zip(range(MOST_ROWS), rows, strict=False):
                _write(sheet, number, row)
        written.seek(0)
        yield written


def _write(sheet: Worksheet, number: int, row: Sequence[object]) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            sheet.write_number(number, column, cell)
        elif cell is not None and cell != "":
            sheet.write_string(number, column, _UNWRITABLE.sub("", str(cell))[:LONGEST_CELL])
