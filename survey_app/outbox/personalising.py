"""A letter as ready bytes: encoded once for all its readers, and for each of them only what fills its slots.

What comes out reads, header by header and part by part, as `build(filled(letter, …))` would.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from html import escape

from survey_app.outbox.building import (
    address_header,
    boundary_of,
    further_headers,
    subject_header,
    unsubscribe_headers,
)
from survey_app.outbox.letters import UNSUBSCRIBE, Letter, filled, pieces_of
from survey_app.outbox.quoted import between_slots, quoted
from survey_app.outbox.rules import body_text, clean_header

_PART = (
    '--{boundary}\r\nContent-Type: text/{kind}; charset="utf-8"\r\nMIME-Version: 1.0\r\n'
    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom one mail goes to, what fills the slots for them, and what makes the mail this one."""

    to_address: str
    to_name: str
    values: Mapping[str, str]
    message_id: str
    date: datetime


class ReadyLetter:
    """A letter of which everything that is the same for all is encoded already."""

    def __init__(self, letter: Letter) -> None:
        """Encode what needs no reader; raise ValueError where a header of the letter is not allowed."""
        self.letter = letter
        self.from_address = letter.from_address
        common = filled(letter, "", "", {})
        self._from = _line("From", address_header(letter.from_name, letter.from_address))
        self._subject = None if len(pieces_of(letter.subject)) > 1 else _subject_line(common.subject)
        self._language = _line("Content-Language", clean_header(letter.language, 35))
        self._further = "".join(_line(name, value) for name, value in further_headers(common).items())
        self._text = _ReadyBody(letter.text, body_text)
        self._html = _ReadyBody(letter.html, lambda value: escape(body_text(value)))

    def bytes_for(self, reader: Reader) -> bytes:
        """Return one reader's mail as the server gets it; raise ValueError for a link to unsubscribe that is none."""
        boundary, values = boundary_of(reader.message_id), self.letter.values_for(reader.values)
        return b"".join(
            (
                self._headers(reader, values, boundary).encode("ascii"),
                _PART.format(boundary=boundary, kind="plain").encode("ascii"),
                self._text.filled(values),
                b"\r\n",
                _PART.format(boundary=boundary, kind="html").encode("ascii"),
                self._html.filled(values),
                f"\r\n--{boundary}--\r\n".encode("ascii"),
            )
        )

    def _headers(self, reader: Reader, values: Mapping[str, str], boundary: str) -> str:
        unsubscribe = values.get(UNSUBSCRIBE) if self.letter.has_unsubscribe else None
        subject = self._subject
        if subject is None:
            subject = _subject_line(filled_subject(self.letter, values))
        return "".join(
            (
                f'Content-Type: multipart/alternative; boundary="{boundary}"\r\nMIME-Version: 1.0\r\n',
                self._from,
                _line("To", address_header(reader.to_name, reader.to_address)),
                subject,
                f"Date: {_date(reader.date)}\r\nMessage-ID: {reader.message_id}\r\n",
                self._language,
                *([_line(*each) for each in unsubscribe_headers(unsubscribe).items()] if unsubscribe else []),
                self._further,
                "\r\n",
            )
        )


def filled_subject(letter: Letter, values: Mapping[str, str]) -> str:
    """Return the subject for one reader, not yet cleaned."""
    pieces = pieces_of(letter.subject)
    pieces[1::2] = [values.get(name, "") for name in pieces[1::2]]
    return "".join(pieces)


class _ReadyBody:
    """A part in quoted-printable pieces, with a gap for each slot."""

    def __init__(self, text: str, escaping: Callable[[str], str]) -> None:
        pieces = pieces_of(body_text(text))
        last = len(pieces) - 1
        self._pieces: list[bytes] = [b""] * len(pieces)
        for at in range(0, len(pieces), 2):
            self._pieces[at] = between_slots(pieces[at], after_slot=at > 0, before_slot=at < last)
        self._names = pieces[1::2]
        self._escaping = escaping

    def filled(self, values: Mapping[str, str]) -> bytes:
        """Return the part for one reader; a slot used often is encoded once."""
        escaping = self._escaping
        ready = {name: quoted(escaping(values.get(name, ""))) for name in set(self._names)}
        pieces = self._pieces.copy()
        pieces[1::2] = [ready[name] for name in self._names]
        return b"".join(pieces)


def _subject_line(subject: str) -> str:
    return _line("Subject", subject_header(subject))


def _line(name: str, value: str) -> str:
    folded = value.replace("\n", "\r\n")
    return f"{name}: {folded}\r\n"


def _date(date: datetime) -> str:
    return _date_of_second(date.replace(microsecond=0))


@lru_cache(maxsize=4)
def _date_of_second(second: datetime) -> str:
    return format_datetime(second)
