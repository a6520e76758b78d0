"""Translations as CSV: UTF-8 with its mark, a row per text, cells that no spreadsheet runs as a formula."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO

from flask_babel import gettext as _

from survey_app.questionnaires.translating import Unit
from survey_app.questionnaires.translation import Row
from survey_app.questionnaires.translation_files.reading import Languages, TranslationFileError
from survey_app.web.csv_cells import csv_text, guarded, unguarded

KEY, WHERE, STANDING = "key", "where", "standing"
# What spreadsheets put between cells, by the country they are set to.
DELIMITERS = (",", ";", "\t")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def write(rows: Sequence[Row], languages: Languages) -> str:
    """Return the rows as CSV."""
    head = (KEY, WHERE, languages.main, languages.target, STANDING)
    body = [(row.wording.key, row.wording.label, row.source, row.target, row.standing.value) for row in rows]
    return csv_text([head, *body])


def written(text: str) -> str:
    """Return a text as a cell holds it once its guard is taken off, which is not the same for texts like '=x."""
    return unguarded(guarded(text))


def read(content: bytes, languages: Languages) -> list[Unit]:
    """Return the texts of a CSV file; columns are found by their headings, in any order."""
    table = _table(_decoded(content))
    head = [cell.strip().casefold() for cell in table[0]] if table else []
    places = {
        name: head.index(name.casefold()) for name in (KEY, languages.main, languages.target) if name.casefold() in head
    }
    if KEY not in places or languages.target not in places:
        message = _(
            "The first line must name the columns, among them “%(key)s” and “%(language)s”. Download the file anew "
            "and write into it.",
            key=KEY,
            language=languages.target,
        )
        raise TranslationFileError(message)
    rows = [row for row in table[1:] if any(cell.strip() for cell in row)]
    return [_unit(row, places, languages) for row in rows]


def _unit(row: list[str], places: dict[str, int], languages: Languages) -> Unit:
    def cell(name: str) -> str | None:
        place = places.get(name)
        return unguarded(row[place]) if place is not None and place < len(row) else None

    return Unit((cell(KEY) or "").strip(), cell(languages.main), cell(languages.target) or "")


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-16" if content.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        message = _("This file is not written in UTF-8. Save it as “CSV UTF-8” and try again.")
        raise TranslationFileError(message) from error


def _table(text: str) -> list[list[str]]:
    # Excel is told the sign between cells by a line before the first.
    text = text.partition("\n")[2] if text[:4].casefold() == "sep=" else text
    first = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise TranslationFileError(_("This file is no CSV table. Download it anew and write into it.")) from error
