"""SPSS's syntax: quoted texts, names and commands that keep to its limits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

# Limits of SPSS, all in bytes of UTF-8.
LONGEST_LINE = 251
LONGEST_NAME = 64
LONGEST_LABEL = 256
LONGEST_VALUE_LABEL = 120
# A piece of a text on a line of its own: every quotation mark may be doubled, and the command stands beside it.
PIECE = 80
_NAME = re.compile(r"[a-z@][a-z0-9_.@#$]*(?<![._])", re.IGNORECASE)
RESERVED = frozenset({"ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"})


def is_name(name: str) -> bool:
    """Return whether SPSS takes a name for a variable as it is."""
    return bool(_NAME.fullmatch(name)) and len(name.encode()) <= LONGEST_NAME and name.upper() not in RESERVED


def quoted(text: str, longest: int = LONGEST_LABEL) -> str:
    """Return a text between quotation marks, cut to what SPSS keeps, long ones in pieces on lines of their own."""
    whole = shortened(" ".join(text.split()), longest)
    pieces = ['"' + each.replace('"', '""') + '"' for each in _pieces(whole)]
    return " +\n  ".join(pieces) or '""'


def shortened(text: str, longest: int) -> str:
    """Return a text of at most so many bytes, no letter of it cut in two."""
    if len(text.encode()) <= longest:
        return text
    mark = "…"
    return text.encode()[: longest - len(mark.encode())].decode("utf-8", "ignore").rstrip() + mark


def command(head: str, *parts: str) -> str:
    """Return a command: every part on a line of its own, begun by a blank, so that only commands begin a line."""
    return "\n".join([head, *(f" {part}" for part in parts)]) + "."


def value_labels(name: str, labels: Mapping[str | int, str]) -> Iterator[str]:
    """Yield the command that names a variable's values; nothing where there are none."""
    if labels:
        yield command(f"VALUE LABELS {name}", *(f"{_value(value)} {_label(text)}" for value, text in labels.items()))


def comment(text: str) -> str:
    """Return lines that SPSS does not read; a comment ends where a line ends with a full stop."""
    return "\n".join(f"* {line}" for line in _wrapped(text)) + "."


def _label(text: str) -> str:
    return quoted(text, LONGEST_VALUE_LABEL)


def _value(value: str | int) -> str:
    return str(value) if isinstance(value, int) else quoted(value)


def _pieces(text: str) -> Iterator[str]:
    piece, size = "", 0
    for letter in text:
        n = len(letter.encode())
        if size + n > PIECE:
            yield piece
            piece, size = "", 0
        piece, size = piece + letter, size + n
    if piece:
        yield piece


def _wrapped(text: str) -> Iterable[str]:
    """Return a text as short lines; a full stop inside it never ends one, since that would end the comment."""
    lines: list[str] = [""]
    for word in text.rstrip(".").split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer.encode()) > PIECE and not lines[-1].endswith("."):
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
