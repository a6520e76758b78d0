"""A delimited text file as rows by column name; short, long and oversized rows are named, never shifted."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

LARGEST_FILE = 100 * 1024 * 1024
LARGEST_CELL = 100_000
DELIMITERS = (",", ";", "\t")


class FileRefusedError(ValueError):
    """The file as a whole cannot be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file's header and its rows with their line numbers; `problems` are rows that could not be read."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    problems: tuple[tuple[int, str], ...]


def read_table(content: bytes, encoding: str = "utf-8") -> Table:
    """Return the file as a table; raise FileRefusedError with a sentence that says what to do."""
    text = _text(content, encoding)
    csv.field_size_limit(LARGEST_FILE)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = tuple(name.strip() for name in next(reader, []))
        _check_header(header)
        rows, problems = _sorted_out(reader, header)
    except csv.Error as error:
        raise FileRefusedError(f"Line {reader.line_num} is not readable as CSV: {error}.") from error
    return Table(header, tuple(rows), tuple(problems))


def _text(content: bytes, encoding: str) -> str:
    if len(content) > LARGEST_FILE:
        raise FileRefusedError("The file is larger than 100 MB: split it.")
    try:
        return content.decode("utf-8-sig" if encoding.lower() in {"utf-8", "utf8"} else encoding)
    except UnicodeDecodeError as error:
        raise FileRefusedError(
            f"The file is not written in {encoding} (byte {error.start}). Save it as UTF-8, "
            "or name its encoding in the mapping, for example `encoding: windows-1252`.",
        ) from error
    # Codecs that Python knows under such names but that hold no text refuse in their own ways.
    except (LookupError, ValueError) as error:
        raise FileRefusedError(f"There is no encoding named {encoding[:40]!r} for text.") from error


def _delimiter(text: str) -> str:
    first = text.split("\n", maxsplit=1)[0]
    return max(DELIMITERS, key=first.count)


def _check_header(header: tuple[str, ...]) -> None:
    if not any(header):
        raise FileRefusedError("The file is empty: its first line must name the columns.")
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise FileRefusedError(f"Two columns have the same name: {', '.join(twice)}. Rename one.")


def _sorted_out(
    reader: Iterator[list[str]], header: tuple[str, ...]
) -> tuple[list[tuple[int, dict[str, str]]], list[tuple[int, str]]]:
    rows: list[tuple[int, dict[str, str]]] = []
    problems: list[tuple[int, str]] = []
    for number, cells in enumerate(reader, start=2):
        if not any(cells):
            continue
        problem = _problem(cells, len(header))
        if problem:
            problems.append((number, problem))
        else:
            rows.append((number, dict(zip(header, cells, strict=True))))
    return rows, problems


def _problem(cells: list[str], n_columns: int) -> str | None:
    if len(cells) != n_columns:
        return f"The row has {len(cells)} cells, the header {n_columns}."
    longest = max(len(cell) for cell in cells)
    return f"A cell holds {longest} characters; at most {LARGEST_CELL} are taken." if longest > LARGEST_CELL else None
