"""Hidden values: from the link or the customer's record, never drawn and never asked for."""

from __future__ import annotations

from survey_app.questionnaires.definition import Item
from survey_app.questionnaires.piping import cleaned
from survey_app.questionnaires.rendering.reading import Form, PageReading, Wording, clean_text

# What the addresses of respondents' pages say themselves: no hidden value can come under these names.
ADDRESS_NAMES = frozenset({"lang", "page", "score"})


def hidden_value(item: Item, raw: object) -> str | int | float | None:  # noqa: ARG001 - the item may come to say more
    """Return what a hidden item keeps of a value from the link or the record: numbers as they are, else one line."""
    if raw is None or isinstance(raw, bool):
        return None if raw is None else str(raw).lower()
    if isinstance(raw, int | float):
        return raw
    return cleaned(clean_text(str(raw))) or None


def read_nothing(item: Item, form: Form, reading: PageReading, words: Wording) -> None:
    """Read nothing: statements are only shown, hidden values not even that."""
