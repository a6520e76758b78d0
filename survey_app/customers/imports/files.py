"""A CSV file as people send them: which encoding, which separator, and its lines, none of them shifted."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from flask_babel import gettext as _

from survey_app.customers.rules import clean_text

MEGABYTE = 1024 * 1024
LARGEST_FILE = 10 * MEGABYTE
LONGEST_CELL = 10_000
MOST_COLUMNS = 200
SEPARATORS = (",", ";", "\t")
# What is offered where a file is not in Unicode.
OLD_ENCODINGS = {"cp1252": "Windows-1252", "cp1258": "Windows-1258"}
ENCODINGS = ("utf-8-sig", "utf-16", *OLD_ENCODINGS)

_FOREIGN = (
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
    b"\x1f\x8b",
    b"\x89PNG",
    b"{\\rtf",
    b"\xff\xfe\0\0",
    b"\0\0\xfe\xff",
)


class FileError(ValueError):
    """A file cannot be read as a table of customers; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file with the line it begins on; `problem` says why its cells cannot be trusted."""

    number: int
    cells: list[str]
    problem: str | None = None


class Sheet:
    """An opened file: its column names, and its lines to be read once."""

    def __init__(self, text: str) -> None:
        """Read the column names; raise FileError where there are none to rely on."""
        csv.field_size_limit(LARGEST_FILE)
        self._reader = csv.reader(StringIO(text, newline=""), delimiter=_separator(text), strict=True)
        self.headers = self._headers()

    def lines(self) -> Iterator[Line]:
        """Yield every line that is not blank, in the order of the file."""
        while True:
            number = self._reader.line_num + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error:
                yield Line(number, [], _("A quotation mark in this line opens or closes where it should not."))
                continue
            if any(cell.strip() for cell in cells):
                yield Line(number, cells, self._problem(cells))

    def _headers(self) -> list[str]:
        try:
            row = next((row for row in self._reader if any(cell.strip() for cell in row)), [])
        except csv.Error as error:
            raise FileError(_("A quotation mark among the column names is never closed.")) from error
        names = [clean_text(cell) or _("Column %(number)s", number=n) for n, cell in enumerate(row, 1)]
        problem = _headers_problem(names)
        if problem:
            raise FileError(problem)
        return names

    def _problem(self, cells: list[str]) -> str | None:
        if len(cells) != len(self.headers):
            return _(
                "This row has %(cells)s cells, but there are %(columns)s columns.",
                cells=len(cells),
                columns=len(self.headers),
            )
        for name, cell in zip(self.headers, cells, strict=True):
            if len(cell) > LONGEST_CELL:
                return _("The cell %(name)s has more than %(n)s characters.", name=name, n=LONGEST_CELL)
            if "\0" in cell:
                return _("The cell %(name)s has a NUL character, so it was damaged on its way.", name=name)
        return None


def encoding_of(content: bytes) -> str | None:
    """Return the encoding that the bytes themselves prove, or None where somebody has to choose one.

    Raise FileError where the file is no text at all or too large.
    """
    _refuse_foreign(content)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8-sig"


def open_sheet(content: bytes, encoding: str) -> Sheet:
    """Return the opened file; raise FileError, in words, where it cannot be read in this encoding."""
    return Sheet(decoded(content, encoding))


def decoded(content: bytes, encoding: str) -> str:
    """Return the file's text; raise FileError where it is not in this encoding."""
    _refuse_foreign(content)
    if encoding not in ENCODINGS:
        raise FileError(_("Choose one of these encodings: %(names)s.", names=", ".join(ENCODINGS)))
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileError(_("The file is not in the encoding %(name)s.", name=encoding)) from error
    if text.count("\0") > len(text) / 10:
        raise FileError(_("This is not a text file. Save it as CSV in UTF-8 and upload that."))
    return text


def samples(content: bytes) -> dict[str, str]:
    """Return the file's beginning as each old encoding would read it, with a line that shows the difference."""
    cut = next((at for at, byte in enumerate(content) if byte > 127), 0)  # noqa: PLR2004 - the end of ASCII
    start = content.rfind(b"\n", 0, cut) + 1
    shown = content[start : start + 300].split(b"\n")[0]
    return {name: shown.decode(name, "replace").strip() for name in OLD_ENCODINGS}


def _refuse_foreign(content: bytes) -> None:
    if len(content) > LARGEST_FILE:
        raise FileError(_("A file has at most %(n)s MB. Split it and upload the parts.", n=LARGEST_FILE // MEGABYTE))
    if not content.strip():
        raise FileError(_("The file is empty."))
    if content.startswith(_FOREIGN):
        raise FileError(_("This is not a CSV file. Open it in your spreadsheet and save it as CSV in UTF-8."))


def _separator(text: str) -> str:
    """Return the separator that the line of column names has most of, outside quotation marks."""
    first = next((line for line in StringIO(text[:MEGABYTE]) if line.strip()), "")
    bare = "".join(first.split('"')[::2])
    return max(SEPARATORS, key=bare.count)


def _headers_problem(names: list[str]) -> str | None:
    if not names:
        return _("The file is empty.")
    if len(names) > MOST_COLUMNS:
        return _("A file has at most %(n)s columns.", n=MOST_COLUMNS)
    if any(len(name) > LONGEST_CELL / 50 or "\0" in name for name in names):
        return _("The first line must hold the column names, each at most %(n)s characters long.", n=LONGEST_CELL // 50)
    twice = next((name for name in names if names.count(name) > 1), None)
    return _("Two columns are named %(name)s. Give each its own name.", name=twice) if twice else None
