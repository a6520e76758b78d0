"""Codes of ours for the names that other tools give to things: small letters, digits, underscores, each once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 60
# Names of ours: the control of every form, and where jumps lead.
TAKEN = ("csrf_token", "end", "screen_out")
_OTHER = re.compile("[^a-z0-9]+")
# Letters that no decomposition brings to A to Z.
_LETTERS = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})


def code_from(name: object, fallback: str = "item", *, may_begin_with_digit: bool = False) -> str:
    """Return the code nearest to a foreign name; the fallback where nothing of the name can stand in a code."""
    letters = unicodedata.normalize("NFKD", str(name)[:500].casefold().translate(_LETTERS))
    code = _OTHER.sub("_", "".join(each for each in letters if not unicodedata.combining(each))).strip("_")
    if not code:
        return fallback
    if code[0].isdigit() and not may_begin_with_digit:
        code = f"{fallback[0]}{code}"
    return code[:LONGEST].rstrip("_")


class Codes:
    """One name space: every name that is taken gets a code that nothing else has."""

    def __init__(self, taken: Iterable[str] = TAKEN, *, may_begin_with_digit: bool = False) -> None:
        """Begin with the codes that are taken already."""
        self._taken = set(taken)
        self._numbers: dict[str, int] = {}
        self._may_begin_with_digit = may_begin_with_digit

    def take(self, name: object, fallback: str = "item") -> str:
        """Return a new code for a name; names that would share one are numbered."""
        wanted = code_from(name, fallback, may_begin_with_digit=self._may_begin_with_digit)
        code, number = wanted, self._numbers.get(wanted, 1)
        while code in self._taken:
            number += 1
            ending = f"_{number}"
            code = wanted[: LONGEST - len(ending)] + ending
        self._numbers[wanted] = number
        self._taken.add(code)
        return code


def option_codes() -> Codes:
    """Return the name space of one item's options, which may begin with a digit."""
    return Codes((), may_begin_with_digit=True)
