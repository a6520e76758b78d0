"""Cells of CSV files for spreadsheets: text that would run as a formula is kept from it, and nothing is lost."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from io import StringIO

# NFKC turns the full-width forms into these.
_LIVE = frozenset("=+-@\t\r")
# Control and format characters, marks that have nothing to stand on, and letters that are drawn as nothing.
_UNSEEN = frozenset({"Cc", "Cf", "Mn", "Me"})
_BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
GUARD = "'"


def guarded(cell: object) -> str:
    """Return a cell's text; one that a spreadsheet would take for a formula gets a leading apostrophe.

    Numbers given as numbers stay as they are.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return str(cell)
    text = "" if cell is None else str(cell)
    return f"{GUARD}{text}" if _is_live(text) else text


def unguarded(text: str) -> str:
    """Return the text that `guarded` wrote."""
    return text[1:] if text.startswith(GUARD) and _is_live(text[1:]) else text


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV for spreadsheets: commas, CRLF, guarded cells, and the mark by which Excel knows UTF-8."""
    written = StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return f"\ufeff{written.getvalue()}"


def _is_live(text: str) -> bool:
    if text[:1] in _LIVE:
        return True
    visible = (letter for letter in text if not _is_unseen(letter))
    return unicodedata.normalize("NFKC", next(visible, ""))[:1] in _LIVE


def _is_unseen(letter: str) -> bool:
    return letter.isspace() or letter in _BLANK or unicodedata.category(letter) in _UNSEEN
