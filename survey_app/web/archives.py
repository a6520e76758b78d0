"""Packed files from outside (workbooks): what they would become is looked at before anything in them is opened."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import BinaryIO

_PIECE = 1 << 16
_OVERLAP = 16
# Entities grow without end and name files elsewhere; no spreadsheet needs them.
_DECLARATIONS = (b"<!doctype", b"<!entity")


class ArchiveError(ValueError):
    """A packed file that is not opened; `reason` is one of damaged, locked, large, declared."""

    def __init__(self, reason: str) -> None:
        """Keep the reason for whoever puts it in words."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a packed file may have: parts, bytes once unpacked, and how many bytes each packed byte may become."""

    parts: int
    unpacked: int
    ratio: int


def checked_names(packed: BinaryIO, bounds: Bounds) -> list[str]:
    """Return the names of the parts; raise ArchiveError for a trap, whatever its directory says of itself."""
    size = packed.seek(0, 2)
    packed.seek(0)
    try:
        with zipfile.ZipFile(packed) as archive:
            parts = archive.infolist()
            declared = sum(part.file_size for part in parts)
            if len(parts) > bounds.parts or declared > min(bounds.unpacked, bounds.ratio * size):
                raise ArchiveError("large")
            _unpack(archive, min(bounds.unpacked, bounds.ratio * size))
            return [part.filename for part in parts]
    # Everything that a damaged directory, a wrong checksum or a wrong size makes of itself.
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, EOFError) as error:
        raise ArchiveError("damaged") from error
    except ValueError as error:
        if isinstance(error, ArchiveError):
            raise
        raise ArchiveError("damaged") from error


def _unpack(archive: zipfile.ZipFile, most: int) -> None:
    """Unpack every part piece by piece, keeping none: sizes and checksums in the directory are only what it says."""
    left = most
    for part in archive.infolist():
        if part.flag_bits & 1:
            raise ArchiveError("locked")
        is_markup = part.filename.endswith((".xml", ".rels"))
        with archive.open(part) as stream:
            before = b""
            while piece := stream.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise ArchiveError("large")
                if is_markup and any(each in (before + piece).lower() for each in _DECLARATIONS):
                    raise ArchiveError("declared")
                before = piece[-_OVERLAP:]
