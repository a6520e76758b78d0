"""SurveyJS surveys as they stand in scripts: bare keys, either quotation mark, comments, commas at the end.

Only literals are read. Whatever would have to be run (a function, a variable) counts as nothing said.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

DEEPEST = 60
# A script is read anew from every bracket that begins no literal: altogether so many times its length.
MOST_PASSES = 4
LEAST = 200
_SKIPPED = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_STRING = re.compile(r"""'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)"|`((?:\\.|[^`\\])*)`""", re.DOTALL)
_NUMBER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)(?![\w$])")
_WORD = re.compile(r"[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff.]*")
_ESCAPE = re.compile(r"\\(u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|\r\n|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_JOINED = {"\n": "", "\r\n": "", "\r": ""}
_WORDS = {"true": True, "false": False, "null": None, "undefined": None}
_START = re.compile(r"\{")
_CLOSING = {"(": ")", "[": "]", "{": "}"}


class LiteralError(ValueError):
    """Here stands no literal."""


def read_literals(text: str) -> Iterator[dict[str, Any]]:
    """Yield every group of properties that stands in a script, the outermost ones, in their order."""
    place, n_left = 0, MOST_PASSES * len(text)
    while n_left > 0 and (start := _START.search(text, place)):
        reader = _Reader(text, start.start())
        try:
            yield reader.group()
            place = reader.place
        except LiteralError:
            if reader.is_at_end:
                # Something was cut off: its parts are no survey of their own.
                return
            place = start.end()
        n_left -= max(LEAST, reader.place - start.start())


@dataclass(slots=True)
class _Reader:
    text: str
    place: int
    depth: int = 0
    # Bare keys of a group, to be told from words that stand for values.
    endings: frozenset[str] = field(default=frozenset(",]})"))

    @property
    def is_at_end(self) -> bool:
        """Return whether the text ended before the literal did."""
        return self._peek() == ""

    def group(self) -> dict[str, Any]:
        self._enter("{")
        found: dict[str, Any] = {}
        while not self._takes("}"):
            key = self._key()
            if not self._takes(":"):
                raise LiteralError
            found[key] = self.value()
            if not self._takes(",") and self._peek() != "}":
                raise LiteralError
        self.depth -= 1
        return found

    def value(self) -> Any:
        """Return a value; what is no literal is skipped to its end and counts as None."""
        start = self.place
        found = self._single()
        if isinstance(found, str):
            while self._peek() == "+":
                self.place += 1
                following = self._single()
                found += following if isinstance(following, str) else ""
        if self._peek() not in self.endings:
            self.place = start
            self._skip()
            return None
        return found

    def _single(self) -> Any:
        sign = self._peek()
        if sign == "{":
            return self.group()
        if sign == "[":
            return self._list()
        if sign in {"'", '"', "`"}:
            return self._string()
        number = _NUMBER.match(self.text, self.place)
        if number:
            self.place = number.end()
            return _number(number[0])
        word = _WORD.match(self.text, self.place)
        if word:
            self.place = word.end()
            return _WORDS.get(word[0])
        self._skip()
        return None

    def _list(self) -> list[Any]:
        self._enter("[")
        found: list[Any] = []
        while not self._takes("]"):
            found.append(self.value())
            if not self._takes(",") and self._peek() != "]":
                raise LiteralError
        self.depth -= 1
        return found

    def _key(self) -> str:
        if self._peek() in {"'", '"'}:
            return self._string()
        found = _WORD.match(self.text, self.place) or _NUMBER.match(self.text, self.place)
        if not found:
            raise LiteralError
        self.place = found.end()
        return found[0]

    def _string(self) -> str:
        found = _STRING.match(self.text, self.place)
        if not found:
            raise LiteralError
        self.place = found.end()
        whole = _ESCAPE.sub(_unescaped, next(part for part in found.groups() if part is not None))
        # Letters beyond the first 65,536 are written as two halves.
        return whole.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _skip(self) -> None:
        """Pass over what would have to be run, up to the comma or bracket that ends it."""
        waiting: list[str] = []
        while self.place < len(self.text):
            sign = self._peek()
            if not waiting and sign in self.endings:
                return
            if sign in {"'", '"', "`"}:
                self._string()
                continue
            if sign in _CLOSING:
                waiting.append(_CLOSING[sign])
            elif waiting and sign == waiting[-1]:
                waiting.pop()
            self.place += 1
        raise LiteralError

    def _enter(self, sign: str) -> None:
        self.depth += 1
        if self.depth > DEEPEST or not self._takes(sign):
            raise LiteralError

    def _peek(self) -> str:
        blank = _SKIPPED.match(self.text, self.place)
        if blank:
            self.place = blank.end()
        return self.text[self.place : self.place + 1]

    def _takes(self, sign: str) -> bool:
        is_it = self._peek() == sign
        self.place += is_it
        return is_it


def _number(text: str) -> int | float:
    bare = text.lower().lstrip("+-")
    found: int | float = int(bare, 16) if bare.startswith("0x") else float(bare)
    found = -found if text.startswith("-") else found
    return int(found) if abs(found) < 1e15 and found == int(found) else found  # noqa: PLR2004 - beyond it they are not exact


def _unescaped(found: re.Match[str]) -> str:
    code = found[2] or found[3] or found[4]
    if code:
        number = int(code, 16)
        return chr(number) if number <= sys.maxunicode else "\ufffd"
    return _ESCAPED.get(found[1], _JOINED.get(found[1], found[1]))
