"""Reads a workbook in a process of its own, with little memory and little time: a script, never imported by ours.

It takes the file's bytes and gives JSON: the names of all sheets, and as texts the rows of those that make a form.
Whatever a file does to its reader (memory without end, a crash) ends this process only.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import date, datetime, time
from io import BytesIO

from python_calamine import CalamineWorkbook

MEMORY = 600_000_000
SECONDS = 15
SHEETS = ("survey", "choices", "settings")
MOST_ROWS = 20_000
MOST_COLUMNS = 200
LONGEST_CELL = 20_000
MOST_CHARACTERS = 20_000_000


def main() -> None:
    """Read the workbook on standard input, write its sheets to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    workbook = CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read()))
    names = workbook.sheet_names
    wanted = [name for name in names if name.strip().lower() in SHEETS]
    left = MOST_CHARACTERS
    sheets: dict[str, list[list[str]]] = {}
    for name in wanted:
        sheets[name.strip().lower()] = rows = []
        for number, cells in enumerate(workbook.get_sheet_by_name(name).iter_rows()):
            row = [text_of(cell) for cell in cells[:MOST_COLUMNS]]
            left -= sum(len(cell) for cell in row)
            if number >= MOST_ROWS or left < 0:
                break
            rows.append(row)
    json.dump({"names": names, "sheets": sheets}, sys.stdout)


def text_of(cell: object) -> str:
    """Return a cell as text: whole numbers without a fraction, days as ISO writes them."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell == cell // 1:
        return str(int(cell))
    if isinstance(cell, date | datetime | time):
        return cell.isoformat()
    return str(cell)[:LONGEST_CELL]


if __name__ == "__main__":
    main()
