"""A file on its way in, kept in compressed pieces: never whole in memory, and any host can go on with it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from io import RawIOBase
from typing import Any, BinaryIO

from sqlalchemy import delete, exists, select

from survey_app.customers.imports.files import SHEET_OF_WORKBOOK, Traits
from survey_app.customers.imports.workbooks import as_csv, is_workbook
from survey_app.customers.models import CustomerImport, ImportPart
from survey_app.extensions import db

PIECE = 1024 * 1024


def stage(taken: CustomerImport, stream: BinaryIO) -> Iterator[int]:
    """Keep a file piece by piece, yielding after each so that the caller can commit; then settle its encoding.

    Raise FileError, in words, where it cannot be read as a table.
    """
    if is_workbook(stream):
        with as_csv(stream) as sheet:
            yield from _keep(taken, sheet, Traits())
        taken.encoding, taken.separator = SHEET_OF_WORKBOOK, ","
        return
    traits = Traits()
    yield from _keep(taken, stream, traits)
    taken.encoding = traits.encoding()


def discard(import_id: int) -> None:
    """Delete what was kept of a file."""
    db.session.execute(delete(ImportPart).where(ImportPart.import_id == import_id))


def is_kept(import_id: int) -> bool:
    """Return whether a file is still there."""
    return bool(db.session.scalar(select(exists().where(ImportPart.import_id == import_id))))


def beginning(import_id: int) -> bytes:
    """Return the first piece of a file."""
    return _piece(import_id, 0) or b""


class Parts(RawIOBase):
    """The kept pieces of a file, read one after the other."""

    def __init__(self, import_id: int) -> None:
        """Begin with the first piece."""
        self._import_id = import_id
        self._piece: bytes | None = None
        self._number = self._at = 0

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def seekable(self) -> bool:
        """Say that this can go back to its beginning."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place, counted from the beginning."""
        if whence or offset < 0:
            raise ValueError("pieces are read from the beginning")
        self._number, self._at = divmod(offset, PIECE)
        self._piece = None
        return offset

    def tell(self) -> int:
        """Return the place, counted from the beginning."""
        return self._number * PIECE + self._at

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer from the piece at hand, or from the next one."""
        view = memoryview(buffer)
        if self._piece is None:
            self._piece = _piece(self._import_id, self._number)
        if self._piece is not None and self._at >= PIECE:
            self._number, self._at = self._number + 1, 0
            self._piece = _piece(self._import_id, self._number)
        found = (self._piece or b"")[self._at : self._at + len(view)]
        view[: len(found)] = found
        self._at += len(found)
        return len(found)


def _keep(taken: CustomerImport, stream: BinaryIO, traits: Traits) -> Iterator[int]:
    number = 0
    while piece := stream.read(PIECE):
        traits.add(piece)
        packed = zlib.compress(piece, 1)
        db.session.add(ImportPart(import_id=taken.id, number=number, data=packed))
        db.session.flush()
        number += 1
        yield number
    traits.encoding()


def _piece(import_id: int, number: int) -> bytes | None:
    kept = select(ImportPart.data).where(ImportPart.import_id == import_id, ImportPart.number == number)
    packed = db.session.scalar(kept)
    return zlib.decompress(packed) if packed is not None else None
