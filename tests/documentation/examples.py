"""The worked examples of docs/statistics: every `pycon` block of a page, run in order in one namespace."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "statistics").glob("*.md"))
BLOCK = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def blocks(page: Path) -> list[tuple[int, str]]:
    """Return each example of a page with the number of its first line."""
    text = page.read_text(encoding="utf-8")
    return [(text.count("\n", 0, found.start(1)) + 1, found.group(1)) for found in BLOCK.finditer(text)]


def failures(page: Path) -> list[str]:
    """Return what went wrong on a page, one text per line that gave something else than the page says."""
    parser, said, names = doctest.DocTestParser(), [], {"__name__": "example"}
    runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
    for line, text in blocks(page):
        example = parser.get_doctest(text, names, page.name, str(page), line - 1)
        runner.run(example, out=said.append, clear_globs=False)
        names.update(example.globs)
    return said
