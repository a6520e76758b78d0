"""A workbook (.xlsx) as people send it: looked into before it is opened, then read apart and handed on as CSV."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import BinaryIO

from flask_babel import gettext as _

from survey_app.customers.imports.files import MOST_COLUMNS, FileError
from survey_app.web.archives import ArchiveError, Bounds, checked_names

ZIP = b"PK\x03\x04"
MEGABYTE = 1024 * 1024
LARGEST_WORKBOOK = 60 * MEGABYTE
# What the reader holds at once fits its memory; more rows come as CSV.
MOST_SHEET_ROWS = 300_000
BOUNDS = Bounds(parts=2000, unpacked=600 * MEGABYTE, ratio=200)
READER = Path(__file__).with_name("workbook_reader.py")
LONGEST_WAIT = 180


def is_workbook(stream: BinaryIO) -> bool:
    """Return whether a file begins as packed files do; its place is left at the start."""
    start = stream.read(len(ZIP))
    stream.seek(0)
    return start == ZIP


@contextmanager
def as_csv(stream: BinaryIO) -> Iterator[BinaryIO]:
    """Give the first sheet that holds anything as a CSV file in UTF-8; raise FileError, in words, for a trap."""
    size = stream.seek(0, 2)
    stream.seek(0)
    if size > LARGEST_WORKBOOK:
        raise FileError(
            _("A workbook has at most %(n)s MB. Save the sheet as CSV in UTF-8.", n=LARGEST_WORKBOOK // MEGABYTE)
        )
    _check(stream)
    with NamedTemporaryFile(suffix=".xlsx") as kept, TemporaryFile() as written:
        stream.seek(0)
        shutil.copyfileobj(stream, kept)
        kept.flush()
        _read_apart(kept.name, written)
        written.seek(0)
        yield written


def _check(stream: BinaryIO) -> None:
    try:
        names = checked_names(stream, BOUNDS)
    except ArchiveError as error:
        raise FileError(_reasons()[error.reason]) from error
    if "xl/workbook.xml" not in names:
        raise FileError(_("This is neither a CSV file nor an Excel workbook (.xlsx)."))


def _read_apart(path: str, written: object) -> None:
    command = [sys.executable, "-I", str(READER), path, str(MOST_SHEET_ROWS), str(MOST_COLUMNS)]
    try:
        done = subprocess.run(  # noqa: S603 - our own script; nothing of the file becomes an argument
            command,
            stdin=subprocess.DEVNULL,
            stdout=written,  # type: ignore[call-overload]  # a temporary file is one
            stderr=subprocess.DEVNULL,
            timeout=LONGEST_WAIT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FileError(_reasons()["damaged"]) from error
    if done.returncode:
        raise FileError({3: _too_many(), 4: _("The file is empty.")}.get(done.returncode, _reasons()["damaged"]))


def _too_many() -> str:
    return _(
        "A sheet has at most %(rows)s rows and %(columns)s columns. Save a larger one as CSV in UTF-8.",
        rows=MOST_SHEET_ROWS,
        columns=MOST_COLUMNS,
    )


def _reasons() -> dict[str, str]:
    return {
        "damaged": _("This Excel file is damaged or not complete. Save it once more and try again."),
        "locked": _("This file is locked with a password. Save it without one."),
        "large": _("This file is far larger unpacked than packed. It is not opened."),
        "declared": _("This Excel file declares a document type of its own, as none needs to. It is not opened."),
    }
