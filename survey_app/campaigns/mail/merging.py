"""Merge fields: a closed list of names in braces, replaced by our own function for the place where each lands.

People's text never reaches a template engine, str.format or %-formatting; whatever is not on the list stays as typed.
`{first_name|friend}` says what stands there where nothing is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from survey_app.questionnaires.piping import CODE, cleaned

FIELDS = (
    "first_name",
    "name",
    "company",
    "organisation",
    "interaction.product",
    "interaction.location",
    "interaction.day",
)
ORGANISATION = "organisation"

_NAMES = rf"{'|'.join(map(re.escape, FIELDS))}|attribute\.{CODE}"
_KNOWN = re.compile(rf"\{{({_NAMES})(?:\|([^{{}}]*))?\}}")
# The names that the first question of the questionnaire has for the same things.
_PIPED = re.compile(rf"\{{(customer\.(?:name|first_name|company)|attribute\.{CODE}|organisation)(?:\|([^{{}}]*))?\}}")
# Short and without nesting, so that the search is linear in the length of the text.
_LOOKS_MEANT = re.compile(r"\{([A-Za-z_][A-Za-z0-9_. ]{0,80})(?:\|[^{}]*)?\}")

# Languages that write the given name last.
_GIVEN_NAME_LAST = ("vi",)

# Takes a field's name and its fallback, returns what stands there until the mail is built.
Put = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Recipient:
    """What a mail may say about the person it goes to, about who asks, and about what happened."""

    name: str
    organisation: str
    language: str
    company: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    # What the mail asks about: product, location and day in words; empty in a wave.
    interaction: Mapping[str, str] = field(default_factory=dict)

    @property
    def first_name(self) -> str:
        """Return the given name as the mail's language would call it."""
        words = self.name.split()
        if not words:
            return ""
        return words[-1] if self.language.split("-", maxsplit=1)[0] in _GIVEN_NAME_LAST else words[0]

    def value(self, name: str) -> str:
        """Return what a field of the list stands for, as one clean line; empty where it is not known."""
        room, _dot, code = name.partition(".")
        if room == "attribute":
            known = self.attributes.get(code)
        elif room == "interaction":
            known = self.interaction.get(code)
        else:
            known = getattr(self, name)
        text = "" if known is None else str(known)
        # Nearly every name is plain; only the others are looked at letter by letter.
        return text if text.isprintable() and len(text) <= _SHORT else cleaned(text)


_SHORT = 100


def merged(text: str, recipient: Recipient) -> str:
    """Return a text with its merge fields replaced; what is put in is not searched again."""
    return with_fields(text, lambda name, fallback: recipient.value(name) or fallback)


def with_fields(text: str, put: Put) -> str:
    """Return a text in which `put` stands for every merge field."""
    return _KNOWN.sub(lambda match: put(match.group(1), match.group(2) or ""), text)


def with_piped_fields(text: str, put: Put) -> str:
    """Return a question's text in which `put` stands for what is known of the customer; answers are not known yet."""
    return _PIPED.sub(lambda match: put(match.group(1).removeprefix("customer."), match.group(2) or ""), text)


def fields_in(texts: Iterable[str]) -> frozenset[str]:
    """Return the names of the merge fields that these texts use."""
    return frozenset(match.group(1) for text in texts for match in _KNOWN.finditer(text))


def unknown_fields(texts: Iterable[str]) -> tuple[str, ...]:
    """Return names in braces that look like merge fields but are none; they would be sent as typed."""
    found = (match for text in texts for match in _LOOKS_MEANT.finditer(text))
    return tuple(dict.fromkeys(match.group(1) for match in found if not _KNOWN.fullmatch(match.group())))
