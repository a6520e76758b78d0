"""Every text of the interface exists in every language, with the same placeholders."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.conftest import ROOT

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "lazy_ngettext": (1, 2)}
FOLDERS = (ROOT / "survey_app", ROOT / "templates")
LANGUAGES = ("vi", "es")


@cache
def texts() -> frozenset[str]:
    """Return every text that code and templates ask to be translated (of plurals the singular)."""
    found: set[str] = set()
    for folder in FOLDERS:
        options = {pattern: {"trimmed": "true"} for pattern, _ in METHODS}
        rows = extract_from_dir(str(folder), METHODS, options, KEYWORDS)
        found |= {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in rows}
    return frozenset(text for text in found if text)


@cache
def catalogue(language: str) -> Catalog:
    path = Path(ROOT, "survey_app", "translations", language, "LC_MESSAGES", "messages.po")
    with path.open("rb") as file:
        return read_po(file)


def test_texts_are_found_at_all() -> None:
    assert len(texts()) > 1000


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    known = catalogue(language)
    missing = sorted(text for text in texts() if not (known.get(text) and known.get(text).string))
    assert not missing, f"run `make translations` and fill in: {missing[:20]}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_the_placeholders(language: str) -> None:
    wrong = []
    for message in catalogue(language):
        if not message.id or isinstance(message.id, tuple):
            continue
        if sorted(PLACEHOLDER.findall(message.id)) != sorted(PLACEHOLDER.findall(str(message.string))):
            wrong.append(message.id)
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_marked_as_doubtful(language: str) -> None:
    assert not [message.id for message in catalogue(language) if message.id and message.fuzzy]
