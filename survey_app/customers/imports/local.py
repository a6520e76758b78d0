"""A file on this machine, read where it lies: for trying it out without keeping anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from survey_app.customers.imports.files import MEGABYTE, SHEET_OF_WORKBOOK, FileError, Sheet, Traits, open_sheet
from survey_app.customers.imports.workbooks import as_csv, is_workbook

if TYPE_CHECKING:
    from survey_app.customers.importing import Upload


@contextmanager
def local_sheet(file: Path, upload: Upload) -> Iterator[Sheet]:
    """Give the opened file; raise FileError, in words, where it cannot be read as a table."""
    with file.open("rb") as stream:
        if is_workbook(stream):
            with as_csv(stream) as sheet:
                yield open_sheet(sheet, SHEET_OF_WORKBOOK)
            return
        traits = Traits()
        while piece := stream.read(MEGABYTE):
            traits.add(piece)
        encoding = traits.encoding() or upload.encoding
        if encoding is None:
            raise FileError(_("The file is not in UTF-8. Say which encoding it has by --encoding, such as cp1252."))
        stream.seek(0)
        yield open_sheet(stream, encoding, upload.separator)
