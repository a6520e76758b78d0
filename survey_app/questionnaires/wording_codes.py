"""Codes made from wordings, so that nobody must invent them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

LONGEST = 60
LONGEST_MADE = 40


def code_from(text: str, fallback: str) -> str:
    """Return a code that reads like the text ("Value for money" → value_for_money), else the fallback."""
    plain = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D")).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")[:LONGEST_MADE].rstrip("_")
    return words if words[:1].isalpha() else fallback


def free_code(wanted: str, taken: Collection[str]) -> str:
    """Return the wanted code, with a number behind it where it is taken."""
    stem = re.sub(r"_\d+$", "", wanted)[: LONGEST - 5]
    number, code = 2, wanted
    while code in taken:
        code = f"{stem}_{number}"
        number += 1
    return code
