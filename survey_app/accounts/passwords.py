"""Which passwords are refused: short ones, and those that who knows the person or the place would try first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from enum import StrEnum
from itertools import pairwise

SHORTEST = 8
LONGEST = 200
SHORTEST_WORD = 4
FEWEST_LETTERS = 5
# What people of our three languages type first; digits and signs around them help nobody.
COMMON_WORDS = frozenset(
    (
        *("password", "passwort", "contrasena", "contrasenya", "clave", "matkhau"),
        *("welcome", "bienvenido", "bienvenidos", "xinchao", "letmein", "login", "secret", "secreto", "changeme"),
        *("admin", "administrator", "administrador", "quantri", "customer", "cliente", "khachhang"),
        *("qwerty", "qwertz", "azerty", "asdfgh", "iloveyou", "tequiero", "emyeuanh"),
        *("survey", "encuesta", "khaosat", "summer", "winter", "spring", "autumn"),
    ),
)
KEYBOARD = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop", "1qaz2wsx3edc4rfv")
LOOKALIKES = str.maketrans("01345@$!", "oleasasi")


class Weakness(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too short"
    TOO_LONG = "too long"
    TOO_KNOWN = "too known"
    TOO_PLAIN = "too plain"


def find_weakness(password: str, context: Iterable[str] = ()) -> Weakness | None:
    """Return why a password is refused, or None for a good one; `context` is what is known of person and place."""
    if len(password) < SHORTEST:
        return Weakness.TOO_SHORT
    if len(password) > LONGEST:
        return Weakness.TOO_LONG
    folded = _folded(password)
    if _is_plain(folded):
        return Weakness.TOO_PLAIN
    rest = _without(folded, COMMON_WORDS | words_of(context))
    return Weakness.TOO_KNOWN if rest != folded and (len(rest) < SHORTEST or _is_plain(rest)) else None


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """Return the words of names and addresses that are long enough to matter, and their plain spellings."""
    texts = tuple(texts)
    found = {word for text in texts for word in re.split(r"[^\w]+", _folded(text))}
    joined = {re.sub(r"[^\w]+", "", _folded(text)) for text in texts}
    return frozenset(word for word in found | joined if len(word) >= SHORTEST_WORD)


def _folded(text: str) -> str:
    """Return text without case and marks: Nguyễn and nguyen are one guess."""
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("đ", "d")
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _without(folded: str, words: Collection[str]) -> str:
    """Return what is left of a password without these words, lookalike signs included."""
    rest, looks = folded, folded.translate(LOOKALIKES)
    for word in sorted(words, key=len, reverse=True):
        for spelling in (rest, looks):
            at = spelling.find(word)
            if at >= 0:
                rest, looks = rest[:at] + rest[at + len(word) :], looks[:at] + looks[at + len(word) :]
                break
    return rest


def _is_plain(text: str) -> bool:
    """Return whether text is few letters over and over, a run of the alphabet, or a row of keys."""
    if len(set(text)) < FEWEST_LETTERS:
        return True
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    rows = (row + row[::-1] for row in KEYBOARD)
    return steps in ({1}, {-1}) or any(text in row * 2 for row in rows)
