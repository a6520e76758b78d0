"""Text that a spreadsheet would run is kept as text."""

from __future__ import annotations

import unicodedata

# Signs that begin a formula, and the full-width forms that some programs read as the same.
LIVE = frozenset("=+-@\t\r＝＋－＠")  # noqa: RUF001 - the look-alikes are meant
INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def live_cell_made_text(text: str) -> str:
    """Return the text, led by an apostrophe where a spreadsheet would take it for a formula."""
    for sign in text:
        if sign in LIVE:
            return "'" + text
        if unicodedata.category(sign) not in INVISIBLE:
            return text
    return text
