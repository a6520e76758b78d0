"""Merge fields: a closed list of names in braces, replaced in one pass by our own function.

People's text never reaches a template engine, str.format or %-formatting; whatever is not on the list stays as typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

FIELDS = ("first_name", "name", "company", "organisation")

_KNOWN = re.compile(r"\{(" + "|".join(FIELDS) + r")\}")
# Short and without nesting, so that the search is linear in the length of the text.
_LOOKS_MEANT = re.compile(r"\{([A-Za-z_][A-Za-z0-9_ ]{0,40})\}")

# Languages that write the given name last.
_GIVEN_NAME_LAST = ("vi",)


@dataclass(frozen=True, slots=True)
class Recipient:
    """What a mail may say about the person it goes to and about who asks."""

    name: str
    organisation: str
    language: str
    company: str = ""

    @property
    def first_name(self) -> str:
        """Return the given name as the mail's language would call it."""
        words = self.name.split()
        if not words:
            return ""
        return words[-1] if self.language.split("-")[0] in _GIVEN_NAME_LAST else words[0]


def merged(text: str, recipient: Recipient) -> str:
    """Return a text with its merge fields replaced; what is put in is not searched again."""
    return _KNOWN.sub(lambda match: str(getattr(recipient, match.group(1))), text)


def unknown_fields(texts: Iterable[str]) -> tuple[str, ...]:
    """Return names in braces that look like merge fields but are none; they would be sent as typed."""
    found = (match.group(1) for text in texts for match in _LOOKS_MEANT.finditer(text))
    return tuple(dict.fromkeys(name for name in found if name not in FIELDS))
