"""Quoted-printable in pieces: what many mails say alike is encoded once, what differs is put between.

Each piece begins on a line of its own: a soft break, which readers drop, stands before and after every slot.
"""

from __future__ import annotations

import re
from binascii import b2a_qp

SOFT_BREAK = b"=\r\n"
# One column is kept for the soft break: no line is longer than 76 characters.
_LONGEST_END = 75
_CUT = 70
_PLAIN = re.compile(r"[!-<>-~]{1,74}\Z")


def quoted(text: str) -> bytes:
    """Return text without carriage returns as quoted-printable lines; the last has room for a soft break."""
    if _PLAIN.match(text) and text != ".":
        return text.encode("ascii")
    lines = b2a_qp(text.encode("utf-8"), istext=True).replace(b"\n", b"\r\n")
    start = lines.rfind(b"\n") + 1
    if len(lines) - start <= _LONGEST_END:
        return lines
    # Not within an escape of three characters.
    cut = start + _CUT
    escape = lines.rfind(b"=", cut - 2, cut)
    cut = escape if escape >= 0 else cut
    return lines[:cut] + SOFT_BREAK + lines[cut:]


def between_slots(text: str, *, after_slot: bool, before_slot: bool) -> bytes:
    """Return a piece of a letter with the soft breaks towards the slots beside it."""
    begins_line = not after_slot or text.startswith("\n")
    ends_line = not before_slot or text.endswith("\n") or (not text and not after_slot)
    if not text:
        return SOFT_BREAK if after_slot and before_slot else b""
    return (b"" if begins_line else SOFT_BREAK) + quoted(text) + (b"" if ends_line else SOFT_BREAK)
