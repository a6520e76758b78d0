"""Reads a workbook in a process of its own, with little memory and little time: a script, never imported by ours.

It takes a path and writes the first sheet that holds anything as CSV in UTF-8, one record for each row of the sheet,
blank ones too. Whatever a file does to its reader (memory without end, a crash) ends this process only.
"""

from __future__ import annotations

import csv
import resource
import sys
from datetime import date, datetime, time

from python_calamine import CalamineWorkbook

MEMORY = 1_200_000_000
SECONDS = 120
TOO_MANY = 3
EMPTY = 4


def main(path: str, most_rows: int, most_columns: int) -> int:
    """Write the sheet to standard output; return 0, or what is too much."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    workbook = CalamineWorkbook.from_path(path)
    # Nothing tells the rows of a sheet before it is read; its memory is limited above.
    sheets = (workbook.get_sheet_by_index(n) for n in range(len(workbook.sheet_names)))
    sheet = next((each for each in sheets if each.height), None)
    if sheet is None:
        return EMPTY
    last_row, _last_column = sheet.end or (0, 0)
    if last_row >= most_rows or sheet.width > most_columns:
        return TOO_MANY
    written = csv.writer(sys.stdout, lineterminator="\n")
    for cells in sheet.iter_rows():
        written.writerow([text_of(cell) for cell in cells])
    return 0


def text_of(cell: object) -> str:
    """Return a cell as text: whole numbers without a fraction, days as ISO writes them."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        midnight = (cell.hour, cell.minute, cell.second, cell.microsecond) == (0, 0, 0, 0)
        return cell.date().isoformat() if midnight else cell.isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
