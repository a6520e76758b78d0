"""What a condition on customers may look at: the record's own fields; higher rooms register theirs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, current_app
from flask_babel import gettext as _

from survey_app.conditions.rules import FieldKind
from survey_app.conditions.sql import Column, Gathered

EXTENSION = "survey_app.customers.fields"
# What a count or sum of happenings may be narrowed down by, besides the days that count back from now.
DAYS = "days"


@dataclass(frozen=True, slots=True)
class Look:
    """How a field is looked at: at which instant, and within which happenings (`days`, `product`, …)."""

    now: datetime
    within: Mapping[str, Any]

    @property
    def since(self) -> datetime | None:
        """Return the instant from which on happenings count, or None for all."""
        if DAYS not in self.within:
            return None
        try:
            return self.now - timedelta(days=int(self.within[DAYS]))
        except OverflowError:
            return None


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that conditions may compare: `column` is how the database has it; `values` what it may be, if known."""

    code: str
    label: str
    kind: FieldKind
    group: str
    column: Callable[[Look], Column | Gathered]
    values: tuple[tuple[str, str], ...] = ()
    # Whether other values than these are possible: they are only suggested.
    is_open: bool = False
    narrowed_by: tuple[str, ...] = ()


# Returns the fields it knows: those with these codes, or with None all of them.
Source = Callable[[Collection[str] | None], Iterable[Field]]


def register_fields(app: Flask, name: str, source: Source) -> None:
    """Make a room's fields known; raise ValueError when the name is taken.

    Nothing that people said under the promise of anonymity or confidentiality may become a field: a segment of few
    people would tell who they are.
    """
    sources: dict[str, Source] = app.extensions.setdefault(EXTENSION, {})
    if name in sources:
        message = f"two rooms bring fields named {name}"
        raise ValueError(message)
    sources[name] = source


def known_fields(wanted: Collection[str] | None = None) -> dict[str, Field]:
    """Return by code the fields there are now, in the order of a form; with `wanted`, only those of these codes."""
    sources: dict[str, Source] = current_app.extensions.get(EXTENSION, {})
    found = {field.code: field for source in sources.values() for field in source(wanted)}
    return found if wanted is None else {code: field for code, field in found.items() if code in wanted}


def narrowing_names() -> dict[str, str]:
    """Return what each way of narrowing down is called."""
    return {
        "days": _("in the last … days"),
        "product": _("Product"),
        "channel": _("Channel"),
        "location": _("Location"),
    }
