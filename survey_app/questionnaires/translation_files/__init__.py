"""Translations as files for translators: CSV for spreadsheets, XLIFF for translation tools."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from survey_app.questionnaires.translating import Unit
from survey_app.questionnaires.translation import Row
from survey_app.questionnaires.translation_files import spreadsheets, xliff
from survey_app.questionnaires.translation_files.reading import Languages, TranslationFileError

__all__ = ["KINDS", "LARGEST", "Kind", "Languages", "TranslationFileError", "kind_of_file", "read_units"]

LARGEST = 5_000_000


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: how rows become it, how its bytes become units, and how it writes one text."""

    suffix: str
    media_type: str
    write: Callable[[Sequence[Row], Languages], str]
    read: Callable[[bytes, Languages], list[Unit]]
    written: Callable[[str], str]


KINDS = {
    "csv": Kind("csv", "text/csv", spreadsheets.write, spreadsheets.read, spreadsheets.written),
    "xliff": Kind("xlf", "application/x-xliff+xml", xliff.write, xliff.read, xliff.written),
}


def kind_of_file(content: bytes) -> Kind:
    """Return the kind of file that some bytes are."""
    # Two bytes a letter, one of them empty: what tools write as UTF-16 begins the same without them.
    begin = content[:100].replace(b"\0", b"").lstrip(b"\xff\xfe\xef\xbb\xbf \t\r\n")
    return KINDS["xliff" if begin.startswith(b"<") else "csv"]


def read_units(content: bytes, languages: Languages) -> list[Unit]:
    """Return the texts of a file; raise TranslationFileError, in words, where it cannot be read."""
    if len(content) > LARGEST:
        raise TranslationFileError(_("This file is larger than 5 MB. Send the languages one by one."))
    if not content.strip():
        raise TranslationFileError(_("This file is empty."))
    return kind_of_file(content).read(content, languages)
