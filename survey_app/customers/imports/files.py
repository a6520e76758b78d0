"""A CSV file as people send them: which encoding, which separator, and its lines, none of them shifted."""

from __future__ import annotations

import csv
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader, BytesIO, RawIOBase, StringIO, TextIOWrapper
from typing import Any, BinaryIO, TextIO

from flask_babel import gettext as _

from survey_app.customers.rules import clean_text

MEGABYTE = 1024 * 1024
LARGEST_FILE = 300 * MEGABYTE
MOST_ROWS = 1_048_575
LONGEST_CELL = 10_000
MOST_COLUMNS = 200
LONGEST_NAME = 200
# A quotation mark that is never closed swallows no more than this before its line alone is refused.
_FARTHEST_QUOTE = 131_072
_LONGEST_LINE = 4 * MEGABYTE
SEPARATORS = (",", ";", "\t", "|")
# What is offered where a file is not in Unicode.
OLD_ENCODINGS = {
    "cp1252": "Windows-1252",
    "cp1258": "Windows-1258",
    "cp1250": "Windows-1250",
    "mac-roman": "Mac Roman",
}
ENCODINGS = ("utf-8-sig", "utf-16", *OLD_ENCODINGS)
# A sheet of a workbook, kept as CSV in UTF-8: its rows are counted, not the lines of their cells.
SHEET_OF_WORKBOOK = "xlsx"

_FOREIGN = (
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"{\\rtf",
    b"<!DOCTYPE",
    b"<html",
    b"\xff\xfe\0\0",
    b"\0\0\xfe\xff",
)


class FileError(ValueError):
    """A file cannot be read as a table; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file with the line it begins on; `problem` says why its cells cannot be trusted."""

    number: int
    cells: list[str]
    problem: str | None = None


class _PhysicalLines:
    """The lines of a text, which can be given back; `taken` are those since the last record began."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._back: deque[str] = deque()
        self.taken: list[str] = []
        self.n_done = 0

    def __iter__(self) -> _PhysicalLines:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else self._text.readline(_LONGEST_LINE)
        if not line:
            raise StopIteration
        if len(line) == _LONGEST_LINE:
            raise FileError(_("A line of this file is longer than any row can be. It is no table."))
        self.taken.append(line)
        return line

    def next_record(self) -> int:
        """Begin a record and return the number of its first line."""
        self.n_done += len(self.taken)
        self.taken.clear()
        return self.n_done + 1

    def keep_first(self) -> str:
        """Give all lines but the first back, and return that one."""
        first, *others = self.taken
        self._back.extendleft(reversed(others))
        self.taken[1:] = []
        return first


class Sheet:
    """An opened file: its column names, and its lines to be read once."""

    def __init__(self, text: TextIO, separator: str, *, counts_records: bool = False) -> None:
        """Read the column names; raise FileError where there are none to rely on."""
        csv.field_size_limit(_FARTHEST_QUOTE)
        self._lines = _PhysicalLines(text)
        self._reader = csv.reader(self._lines, delimiter=separator, strict=True)
        self._counts_records = counts_records
        self._n_records = 0
        self.separator = separator
        self.headers = self._headers()

    def lines(self) -> Iterator[Line]:
        """Yield every line that is not blank, in the order of the file."""
        n_columns = len(self.headers)
        for number, cells in self._records():
            if cells is None:
                yield self._misquoted(number)
            elif len(cells) == n_columns and max(map(len, cells)) <= LONGEST_CELL and "\0" not in "".join(cells):
                if any(cells) and not "".join(cells).isspace():
                    yield Line(number, cells)
            elif "".join(cells).strip():
                yield Line(number, cells, self._problem(cells))

    def _records(self) -> Iterator[tuple[int, list[str] | None]]:
        """Yield each record with its number; None where a quotation mark makes its line unreadable."""
        while True:
            line = self._lines.next_record()
            self._n_records += 1
            number = self._n_records if self._counts_records else line
            try:
                yield number, next(self._reader)
            except StopIteration:
                return
            except csv.Error:
                yield number, None
            except UnicodeError as error:
                raise FileError(_("From line %(n)s on the file is not in this encoding.", n=number)) from error

    def _misquoted(self, number: int) -> Line:
        # The rows behind it are as good as any: only the line with the fault is left out.
        first = self._lines.keep_first()
        if len(first) > _FARTHEST_QUOTE:
            return Line(number, [], _("A cell in this line has more than %(n)s characters.", n=LONGEST_CELL))
        problem = _("A quotation mark in this line opens or closes where it should not.")
        return Line(number, [first.rstrip("\r\n")], problem)

    def _headers(self) -> list[str]:
        row: list[str] = []
        for _number, cells in self._records():
            if cells is None:
                raise FileError(_("A quotation mark among the column names is never closed."))
            if any(cell.strip() for cell in cells):
                row = cells
                break
        while row and not row[-1].strip():
            row.pop()
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


class _Borrowed(RawIOBase):
    """A file that somebody else opened and closes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def readinto(self, buffer: Any) -> int:
        piece = self._stream.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


class Traits:
    """What the bytes of a file prove while they go by: whether it is text, and in which encoding."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._decoder = getincrementaldecoder("utf-8")()
        self._is_utf8, self._is_utf16 = True, False
        self._n_bytes, self._n_zero = 0, 0
        self._has_text = False

    def add(self, piece: bytes) -> None:
        """Look at the next piece; raise FileError where the file cannot be read at all."""
        if not self._n_bytes:
            self._is_utf16 = piece.startswith((b"\xff\xfe", b"\xfe\xff"))
            if piece.startswith(_FOREIGN):
                raise FileError(_("This is not a CSV file. Open it in your spreadsheet and save it as CSV in UTF-8."))
        self._n_bytes += len(piece)
        self._n_zero += piece.count(0)
        self._has_text = self._has_text or bool(piece.strip(b" \t\r\n\0\xff\xfe\xef\xbb\xbf"))
        if self._n_bytes > LARGEST_FILE:
            n = LARGEST_FILE // MEGABYTE
            raise FileError(_("A file has at most %(n)s MB. Split it and upload the parts.", n=n))
        if self._is_utf8 and not self._is_utf16:
            try:
                self._decoder.decode(piece)
            except UnicodeDecodeError:
                self._is_utf8 = False

    def encoding(self) -> str | None:
        """Return the encoding that the bytes prove, or None where somebody has to choose one."""
        if not self._has_text:
            raise FileError(_("The file is empty."))
        if self._is_utf16:
            return "utf-16"
        if self._n_zero > self._n_bytes / 10:
            raise FileError(_("This is not a text file. Save it as CSV in UTF-8 and upload that."))
        # A file that ends in the middle of a letter was cut off; its last row says so by itself.
        return "utf-8-sig" if self._is_utf8 else None


def encoding_of(content: bytes) -> str | None:
    """Return the encoding that the bytes themselves prove, or None where somebody has to choose one."""
    traits = Traits()
    traits.add(content)
    return traits.encoding()


def open_sheet(content: bytes | BinaryIO | RawIOBase, encoding: str, separator: str | None = None) -> Sheet:
    """Return the opened file; raise FileError, in words, where it cannot be read in this encoding."""
    if encoding not in (*ENCODINGS, SHEET_OF_WORKBOOK):
        raise FileError(_("Choose one of these encodings: %(names)s.", names=", ".join(ENCODINGS)))
    stream = BytesIO(content) if isinstance(content, bytes) else content
    buffered = BufferedReader(stream if isinstance(stream, RawIOBase) else _Borrowed(stream))
    is_workbook = encoding == SHEET_OF_WORKBOOK
    codec = "utf-8" if is_workbook else encoding
    # What is UTF-8 was proven when it came; only a last letter may be cut off.
    errors = "replace" if codec.startswith("utf-8") else "strict"
    text = TextIOWrapper(buffered, encoding=codec, errors=errors, newline="")
    try:
        if not separator:
            separator = "," if is_workbook else separator_of(text.read(MEGABYTE // 4))
            text.seek(0)
        return Sheet(text, separator, counts_records=is_workbook)
    except UnicodeError as error:
        raise FileError(_("The file is not in the encoding %(name)s.", name=encoding)) from error


def separator_of(text: str) -> str:
    """Return the separator that the line of column names has most of, outside quotation marks."""
    first = next((line for line in StringIO(text) if line.strip()), "")
    bare = "".join(first.split('"')[::2])
    return max(SEPARATORS, key=bare.count)


def samples(content: bytes) -> dict[str, str]:
    """Return the file's beginning as each old encoding would read it, with a line that shows the difference."""
    cut = next((at for at, byte in enumerate(content) if byte > 127), 0)  # noqa: PLR2004 - the end of ASCII
    start = content.rfind(b"\n", 0, cut) + 1
    shown = content[start : start + 300].split(b"\n")[0]
    return {name: shown.decode(name, "replace").strip() for name in OLD_ENCODINGS}


def _headers_problem(names: list[str]) -> str | None:
    if not names:
        return _("The file is empty.")
    if len(names) > MOST_COLUMNS:
        return _("A file has at most %(n)s columns.", n=MOST_COLUMNS)
    if any(len(name) > LONGEST_NAME or "\0" in name for name in names):
        return _("The first line must hold the column names, each at most %(n)s characters long.", n=LONGEST_NAME)
    twice = next((name for name in names if names.count(name) > 1), None)
    return _("Two columns are named %(name)s. Give each its own name.", name=twice) if twice else None
