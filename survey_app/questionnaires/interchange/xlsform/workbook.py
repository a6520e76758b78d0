"""The sheets of an XLSForm file (.xlsx, .xls, .csv), read without trusting it."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path

from flask_babel import gettext as _

from survey_app.questionnaires.findings import Finding, QuestionnaireError

LARGEST_FILE = 10_000_000
# What a workbook may become once it is unpacked, and how many parts it may have.
LARGEST_UNPACKED = 60_000_000
LARGEST_RATIO = 300
MOST_PARTS = 2000
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEETS = ("survey", "choices", "settings")
READER = Path(__file__).with_name("sheet_reader.py")
LONGEST_WAIT = 30
MOST_CSV_ROWS = 20_000
Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Workbook:
    """The names of all sheets, and the rows of those that a form is made of."""

    names: tuple[str, ...]
    sheets: dict[str, Rows]


def read_workbook(data: bytes) -> Workbook:
    """Return a file's sheets; raise QuestionnaireError where it is no workbook or a trap."""
    if len(data) > LARGEST_FILE:
        raise refused(_("This file is larger than %(most)s MB.", most=LARGEST_FILE // 1_000_000))
    if data.startswith(ZIP):
        _check_directory(data)
        return _read_apart(data)
    return _read_apart(data) if data.startswith(OLE) else _read_csv(data)


def refused(message: str) -> QuestionnaireError:
    """Return the refusal of a whole file."""
    return QuestionnaireError([Finding("", message)])


def is_workbook(data: bytes) -> bool:
    """Return whether bytes begin as a workbook does."""
    return data.startswith((ZIP, OLE))


def _check_directory(data: bytes) -> None:
    """Look into the directory of the packed file before anything is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            parts = packed.infolist()
            size = sum(part.file_size for part in parts)
            is_small = size <= LARGEST_UNPACKED and size <= LARGEST_RATIO * max(len(data), 1)
            if len(parts) > MOST_PARTS or not is_small or not _keeps_its_word(packed):
                raise refused(_("This file is far larger unpacked than packed. It is not opened."))
            if not any(part.filename.startswith("xl/") for part in parts):
                raise refused(_("This is no Excel workbook."))
    # Everything that a damaged directory makes of itself.
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RuntimeError, EOFError) as error:
        if isinstance(error, QuestionnaireError):
            raise
        raise refused(_("This Excel file is damaged. Save it once more and try again.")) from error


def _keeps_its_word(packed: zipfile.ZipFile) -> bool:
    """Return whether no part is larger than the directory says: what it says is only what somebody wrote."""
    left = LARGEST_UNPACKED
    for part in packed.infolist():
        if part.flag_bits & 1:
            raise refused(_("This file is locked with a password. Save it without one."))
        with packed.open(part) as stream:
            while piece := stream.read(1 << 16):
                left -= len(piece)
                if left < 0:
                    return False
    return True


def _read_apart(data: bytes) -> Workbook:
    try:
        done = subprocess.run(  # noqa: S603 - our own script, nothing of the file becomes an argument
            [sys.executable, "-I", str(READER)], input=data, capture_output=True, timeout=LONGEST_WAIT, check=True
        )
        found = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise refused(_("This Excel file cannot be read. Save it once more as .xlsx and try again.")) from error
    return Workbook(tuple(found["names"]), found["sheets"])


def _read_csv(data: bytes) -> Workbook:
    """Read the one-file spelling: a sheet's name in the first column, its rows below it from the second on."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(_("This is neither an Excel workbook nor a CSV file in UTF-8.")) from error
    sheets: dict[str, Rows] = {}
    current: Rows | None = None
    try:
        for number, cells in enumerate(csv.reader(StringIO(text.replace("\0", "")))):
            if number > MOST_CSV_ROWS:
                break
            if cells and cells[0].strip():
                name = cells[0].strip().lower()
                current = sheets.setdefault(name, []) if name in SHEETS else None
            elif current is not None:
                current.append(cells[1:])
    except csv.Error as error:
        raise refused(_("This CSV file is damaged: a field is too long or a quotation mark is missing.")) from error
    return Workbook(tuple(sheets), sheets)
