"""Headings of an XLSForm's columns, in all their spellings, and the languages that they name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from survey_app.questionnaires.interchange.tongues import language_tag
from survey_app.questionnaires.interchange.xlsform.workbook import Rows

# How older versions and other tools call columns, with today's name.
ALIASES = {
    "caption": "label",
    "list name": "list_name",
    "relevance": "relevant",
    "read_only": "readonly",
    "read only": "readonly",
    "constraint message": "constraint_message",
    "constraint_msg": "constraint_message",
    "jr:constraintmsg": "constraint_message",
    "required message": "required_message",
    "requiredmsg": "required_message",
    "jr:requiredmsg": "required_message",
    "calculate": "calculation",
    "value": "name",
    "title": "form_title",
    "set form title": "form_title",
    "set form id": "form_id",
    "repeat count": "repeat_count",
    "jr:count": "repeat_count",
    "choice filter": "choice_filter",
    "image": "media::image",
    "audio": "media::audio",
    "video": "media::video",
    "big-image": "media::big-image",
}
TRANSLATED = ("label", "hint", "guidance_hint", "constraint_message", "required_message")
MEDIA = ("image", "audio", "video", "big-image")
PREFIXES = ("bind", "body", "control", "instance")
_IN_BRACKETS = re.compile(r"\(([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)\)\s*$")
_SPLIT = re.compile(r"\s*::?\s*")
MOST_COLUMNS = 200
YES = frozenset({"yes", "true", "true()", "1", "y", "t"})


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: what it holds, and in which language where it has one."""

    name: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet by its columns, with its number in the file."""

    number: int
    cells: dict[Heading, str]

    def get(self, name: str) -> str:
        """Return what stands in a column without a language."""
        return self.cells.get(Heading(name), "")

    def texts(self, name: str) -> dict[str, str]:
        """Return a text by the language names of its columns."""
        return {heading.language: text for heading, text in self.cells.items() if heading.name == name and text}


def lines_of(rows: Rows) -> list[Line]:
    """Return the rows below the headings that hold anything."""
    start = next((number for number, row in enumerate(rows) if any(cell.strip() for cell in row)), None)
    if start is None:
        return []
    headings = [heading(cell) for cell in rows[start][:MOST_COLUMNS]]
    found = []
    for number, row in enumerate(rows[start + 1 :], start=start + 2):
        cells = {head: cell.strip() for head, cell in zip(headings, row, strict=False) if cell.strip() and head.name}
        if cells:
            found.append(Line(number, cells))
    return found


def heading(cell: str) -> Heading:
    """Return what a heading means: `label::Deutsch (de)`, `bind::relevant`, `List Name`, `media::image::English`."""
    parts = [each for each in _SPLIT.split(cell.strip()[:200]) if each]
    if not parts:
        return Heading("")
    if parts[0].lower() in PREFIXES and len(parts) > 1:
        parts = [":".join(parts[1:])] if parts[1].lower() == "jr" else parts[1:]
    first = parts[0].lower()
    if first == "media" and len(parts) > 1:
        return Heading(f"media::{parts[1].lower()}", parts[2] if len(parts) > 2 else "")  # noqa: PLR2004 - its language stands third
    name = ALIASES.get(first, first.replace(" ", "_"))
    is_translated = name in TRANSLATED or name.startswith("media::")
    return Heading(name, parts[1] if is_translated and len(parts) > 1 else "")


def only_read(line: Line) -> bool:
    """Return whether a row shows a text that nobody can answer."""
    return line.get("readonly").lower() in YES and not line.get("calculation") and not line.get("default")


def languages_in(lines: Iterable[Line]) -> list[str]:
    """Return the language names of all columns that hold texts, in their order."""
    heads = (head for line in lines for head in line.cells if head.name in TRANSLATED)
    return list(dict.fromkeys(head.language for head in heads if head.language))


def tag_of(name: str) -> str | None:
    """Return the tag of a language as a form names it: `Deutsch (de)`, `English`, `fr`; None where nobody knows it."""
    bracketed = _IN_BRACKETS.search(name)
    if bracketed:
        return language_tag(bracketed[1])
    known = _known_names().get(name.strip().casefold())
    return known or (language_tag(name) if len(name.strip()) <= len("zh-Hant") else None)


@lru_cache(maxsize=1)
def _known_names() -> dict[str, str]:
    """Return language tags by what languages are called in English and by themselves."""
    found = {name.casefold(): tag for tag, name in Locale("en").languages.items() if language_tag(tag) == tag}
    for tag in list(found.values()):
        try:
            own = Locale.parse(tag).get_language_name(tag) if len(tag) == 2 else None  # noqa: PLR2004 - the common ones
        except (UnknownLocaleError, ValueError):
            continue
        if own:
            found.setdefault(own.casefold(), tag)
    return found
