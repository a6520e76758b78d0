"""What languages call themselves."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError


def language_name(tag: str) -> str:
    """Return a language's own name, or its tag where nobody knows it."""
    try:
        name = Locale.parse(tag, sep="-").get_display_name()
    except (UnknownLocaleError, ValueError):
        return tag
    return name[:1].upper() + name[1:] if name else tag
