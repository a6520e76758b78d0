"""Which words of a text went and which came, for marking them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

TOKEN = re.compile(r"\s*\w+|\s*[^\w\s]|\s+")
# Beyond it, texts are shown one after the other: comparing word by word would take long and tell nobody anything.
MOST_TOKENS = 3000


class Fate(StrEnum):
    """What became of a run of words."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Run:
    """Some words in a row that share a fate."""

    text: str
    fate: Fate


def word_runs(before: str, after: str) -> list[Run]:
    """Return both texts as one, in runs of words that stayed, went or came."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    if len(old) + len(new) > MOST_TOKENS:
        return _runs(before, after, same="")
    found: list[Run] = []
    for what, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = "".join(old[old_start:old_end]), "".join(new[new_start:new_end])
        found += _runs("", "", same=gone) if what == "equal" else _runs(gone, come, same="")
    return found


def _runs(gone: str, come: str, *, same: str) -> list[Run]:
    pairs = ((same, Fate.SAME), (gone, Fate.GONE), (come, Fate.NEW))
    return [Run(text, fate) for text, fate in pairs if text]
