"""A LimeSurvey file as tables of rows, read without trusting it: no entities, no endless nesting, no endless size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree as SafeTree
from defusedxml.common import DefusedXmlException
from flask_babel import gettext as _

from survey_app.questionnaires.document import tidy
from survey_app.questionnaires.findings import Finding, QuestionnaireError

LARGEST_FILE = 5_000_000
DEEPEST = 50
# Where rows stand: document / table / rows / row / field.
ROW_DEPTH = 4
_FORBIDDEN = bytes(code for code in range(0x20) if code not in b"\t\n\r")
Row = dict[str, str]


@dataclass(slots=True)
class Tables:
    """The rows of every table by its name, and what stands beside the tables."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    kind: str = ""
    version: str = ""
    languages: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    # How many characters that XML forbids were left out: pasted texts bring them, LimeSurvey writes them.
    n_forbidden: int = 0

    def of(self, name: str) -> list[Row]:
        """Return a table's rows."""
        return self.rows.get(name, [])


def read_tables(data: bytes) -> Tables:
    """Return the tables of a file; raise QuestionnaireError where it is no LimeSurvey file that can be read."""
    if len(data) > LARGEST_FILE:
        raise _refused(_("This file is larger than %(most)s MB.", most=LARGEST_FILE // 1_000_000))
    clean = data.translate(None, _FORBIDDEN)
    try:
        tables = _tables(clean)
    except QuestionnaireError:
        raise
    except DefusedXmlException as error:
        raise _refused(
            _("This file defines entities of its own, which LimeSurvey never writes. It is not read.")
        ) from error
    except ParseError as error:
        raise _refused(_what_is_broken(clean, error)) from error
    # Encodings that nobody knows, or that the text is not written in.
    except (ValueError, LookupError, OverflowError) as error:
        raise _refused(_unreadable()) from error
    tables.n_forbidden = len(data) - len(clean)
    return tables


def _what_is_broken(data: bytes, error: ParseError) -> str:
    """Return where a file breaks off, or that it is not written in the encoding that it claims."""
    head = data[:200].lower()
    try:
        if b"encoding" not in head or b"utf-8" in head:
            data.decode()
    except UnicodeDecodeError:
        return _unreadable()
    line, column = error.position
    return _("This is no whole XML file: look at line %(line)s, column %(column)s.", line=line, column=column)


def _unreadable() -> str:
    return _("This file's encoding cannot be read. Save it as UTF-8 and try again.")


def _refused(message: str) -> QuestionnaireError:
    return QuestionnaireError([Finding("", message)])


def _tables(data: bytes) -> Tables:
    tables, path = Tables(), []
    row: Row = {}
    root = None
    for event, element in SafeTree.iterparse(BytesIO(data), events=("start", "end"), forbid_dtd=True):
        if event == "start":
            root = element if root is None else root
            path.append(str(element.tag))
            if len(path) > DEEPEST:
                raise _refused(_("This file is nested too deeply."))
            continue
        row = _note(tables, path, element, row)
        path.pop()
        # What is read is let go, so that a large file never stands in memory whole.
        if len(path) <= ROW_DEPTH - 1:
            element.clear()
    if root is None or root.tag != "document":
        raise _refused(_("This is an XML file, but none of LimeSurvey's."))
    return tables


def _note(tables: Tables, path: list[str], element: Any, row: Row) -> Row:
    """Take in one element that ended; return the row that is being read."""
    depth, text = len(path), tidy(element.text or "")
    if depth == ROW_DEPTH + 1 and path[2] == "rows":
        return row | {path[4]: text}
    if depth == ROW_DEPTH and path[2] == "rows":
        tables.rows.setdefault(path[1], []).append(row)
        return {}
    _note_beside(tables, path, text)
    return row


def _note_beside(tables: Tables, path: list[str], text: str) -> None:
    name = path[-1]
    if path[1:] == ["LimeSurveyDocType"]:
        tables.kind = text
    elif path[1:] == ["DBVersion"]:
        tables.version = text
    elif path[1:] == ["languages", "language"]:
        tables.languages.append(text)
    elif len(path) == len(("document", "table")) and name not in tables.rows and name != "languages":
        tables.others.append(name)


def by_key(rows: list[Row], key: str) -> Iterator[tuple[str, list[Row]]]:
    """Yield the rows in groups that share a key, in the order in which keys first come."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.get(key, ""), []).append(row)
    yield from groups.items()
