"""Reads one part of a document strictly: wrong types, unknown keys and lengths become findings, never exceptions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Texts
from survey_app.questionnaires.findings import Finding

LONGEST_TEXT = 4000
SHOWN = 60
# NUL and lone surrogates can be stored by no database and mean nothing to anybody.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Part:
    """A mapping inside a document, the place where it stands, and the findings shared by the whole reading."""

    data: Mapping[Any, Any]
    path: str
    languages: tuple[str, ...]
    findings: list[Finding]

    def complain(self, key: str, message: str) -> None:
        """Note a fault of one key (or of the part itself, when the key is empty)."""
        self.findings.append(Finding(path=self._place(key), message=message))

    def allow(self, keys: Collection[str]) -> None:
        """Note every key that means nothing here."""
        for key in self.data:
            if key not in keys:
                self.complain(
                    "", _("“%(key)s” is not known here. Known are: %(known)s.", key=shown(key), known=", ".join(keys))
                )

    def string(self, key: str, *, longest: int = LONGEST_TEXT) -> str:
        """Return a text, or nothing."""
        value = self.data.get(key)
        if value is None:
            return ""
        return self._clean(key, value, longest)

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return true or false."""
        value = self.data.get(key, default)
        if isinstance(value, bool):
            return value
        self.complain(key, _("Write true or false."))
        return default

    def number(self, key: str, default: int, allowed: range) -> int:
        """Return a whole number within a range."""
        value = self.data.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and value in allowed:
            return value
        low, high = allowed.start, allowed.stop - 1
        self.complain(key, _("Write a whole number from %(low)s to %(high)s.", low=low, high=high))
        return default

    def choice(self, key: str, allowed: Collection[str]) -> str | None:
        """Return one of the allowed words, or None when the key is absent or wrong."""
        value = self.data.get(key)
        if value is None or (isinstance(value, str) and value in allowed):
            return value
        choices = ", ".join(allowed) or _("nothing")
        self.complain(key, _("“%(value)s” cannot stand here. Choose: %(all)s.", value=shown(value), all=choices))
        return None

    def texts(self, key: str, *, longest: int = LONGEST_TEXT) -> Texts:
        """Return a text by language; a plain text counts for the first language."""
        value = self.data.get(key)
        if value is None:
            return {}
        if isinstance(value, str):
            value = {self.languages[0]: value} if self.languages else {}
        if not isinstance(value, Mapping):
            self.complain(key, _("Write a text, or texts by language such as {en: …, es: …}."))
            return {}
        found = {tag: self._text_of(key, tag, text, longest) for tag, text in value.items() if text is not None}
        return {tag: found[tag] for tag in self.languages if found.get(tag)}

    def part(self, key: str) -> Part:
        """Return the mapping under a key; an empty one where it is absent or wrong."""
        value = self.data.get(key)
        if value is not None and not isinstance(value, Mapping):
            self.complain(key, _("Write a group of named values here."))
        return self._inside(self._place(key), value)

    def parts(self, key: str, most: int) -> Iterator[Part]:
        """Yield the mappings of the list under a key."""
        value = self.data.get(key)
        if value is not None and not isinstance(value, list | tuple):
            self.complain(key, _("Write a list here."))
        entries = value if isinstance(value, list | tuple) else ()
        if len(entries) > most:
            self.complain(key, _("At most %(most)s entries may stand here.", most=most))
        for position, entry in enumerate(entries[:most], start=1):
            inside = self._inside(f"{self._place(key)}[{position}]", entry)
            if not isinstance(entry, Mapping):
                inside.complain("", _("Write a group of named values here."))
            yield inside

    def _inside(self, path: str, value: object) -> Part:
        data = value if isinstance(value, Mapping) else {}
        return Part(data=data, path=path, languages=self.languages, findings=self.findings)

    def _place(self, key: str) -> str:
        return ".".join(each for each in (self.path, key) if each)

    def _text_of(self, key: str, tag: object, value: object, longest: int) -> str:
        if not isinstance(tag, str) or tag not in self.languages:
            self.complain(key, _("“%(tag)s” is none of this questionnaire's languages.", tag=shown(tag)))
            return ""
        return self._clean(f"{key}.{tag}", value, longest)

    def _clean(self, key: str, value: object, longest: int) -> str:
        if not isinstance(value, str):
            self.complain(key, _("Write a text; put it in quotation marks if it looks like a number or yes/no."))
            return ""
        text = tidy(value)
        if len(text) > longest:
            self.complain(key, _("This text is longer than %(longest)s characters. Shorten it.", longest=longest))
            return ""
        return text


def tidy(text: str) -> str:
    """Return a text as it is stored: composed characters, one kind of line end, nothing unstorable, no outer blanks."""
    return unicodedata.normalize("NFC", UNSTORABLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")).strip()


def shown(value: object) -> str:
    """Return a wrong value briefly enough to quote it; groups and lists are named, not written out."""
    if isinstance(value, str):
        text = tidy(value[: SHOWN + 1])
        return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return _("nothing")
    return str(value) if isinstance(value, float) else _number_or_kind(value)


def _number_or_kind(value: object) -> str:
    is_small = isinstance(value, int) and abs(value) < 10**SHOWN
    return str(value) if is_small else type(value).__name__
