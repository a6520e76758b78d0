"""Workbooks as people and attackers send them."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pytest
from flask import Flask
from xlsxwriter import Workbook

from survey_app.customers.imports import workbooks
from survey_app.customers.imports.files import SHEET_OF_WORKBOOK, FileError, Line, open_sheet
from survey_app.web.archives import Bounds


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def a_workbook(*rows: list[object]) -> bytes:
    written = BytesIO()
    with Workbook(written, {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return written.getvalue()


def lines_of(content: bytes) -> list[Line]:
    with workbooks.as_csv(BytesIO(content)) as sheet:
        return list(open_sheet(sheet, SHEET_OF_WORKBOOK).lines())


def packed(**parts: bytes) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return written.getvalue()


def test_a_sheet_reads_as_its_table_and_counts_its_rows() -> None:
    content = a_workbook(
        ["Number", "Name", "Since", "Sum"],
        [1042, "Ánh\nNguyễn", date(2026, 1, 31), 12.5],
        [],
        ["0007", "=1+1", None, 3.0],
    )

    assert lines_of(content) == [
        Line(2, ["1042", "Ánh\nNguyễn", "2026-01-31", "12.5"]),
        Line(4, ["0007", "=1+1", "", "3"]),
    ]


def with_sizes_of(content: bytes, size: int) -> bytes:
    """Return the archive with another size in its directory for every part."""
    changed, at = bytearray(content), content.find(b"PK\x01\x02")
    while at >= 0:
        changed[at + 24 : at + 28] = struct.pack("<I", size)
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(changed)


BOMB = packed(xl__workbook_dot_xml=b"<workbook/>", xl__sheet=b"0" * 5_000_000)
GOOD = a_workbook(["Number", "Name"], [1, "Ánh"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (BOMB, "far larger unpacked"),
        (with_sizes_of(GOOD, 1), "damaged"),
        (with_sizes_of(GOOD, 2**31), "far larger unpacked"),
        (GOOD[: len(GOOD) // 2], "damaged or not complete"),
        (GOOD.replace(b"PK\x01\x02", b"PK\x01\x03"), "damaged or not complete"),
        (packed(readme=b"a,b"), "neither a CSV file nor an Excel workbook"),
        (packed(xl__workbook_dot_xml=b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x/>"), "document type"),
        (a_workbook(), "empty"),
    ],
)
def test_a_trap_is_not_opened(content: bytes, words: str) -> None:
    with pytest.raises(FileError, match=words):
        lines_of(content)


def test_a_wrong_checksum_is_refused() -> None:
    stored = BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook>one</workbook>")

    with pytest.raises(FileError, match="damaged"):
        lines_of(stored.getvalue().replace(b"one", b"two"))


def test_a_sheet_with_more_rows_or_columns_than_it_may_have_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_SHEET_ROWS", 3)

    with pytest.raises(FileError, match="at most 3 rows"):
        lines_of(a_workbook(["Number"], [1], [2], [3]))


def test_parts_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "BOUNDS", Bounds(parts=3, unpacked=10**9, ratio=1000))

    with pytest.raises(FileError, match="far larger"):
        lines_of(GOOD)
