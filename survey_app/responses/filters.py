"""Which responses a list shows: read from the address, so that a view can be bookmarked and shared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from survey_app.responses.models import CHANNELS

MOST_CHARACTERS = 60
Read = TypeVar("Read", int, float, date)


@dataclass(frozen=True, slots=True)
class ListFilter:
    """A choice of completed responses; None chooses all."""

    survey: str | None = None
    campaign: int | None = None
    channel: str | None = None
    language: str | None = None
    lowest: float | None = None
    highest: float | None = None
    from_on: date | None = None
    to_on: date | None = None

    @property
    def from_at(self) -> datetime | None:
        """Return the first instant that counts."""
        return datetime.combine(self.from_on, time(), UTC) if self.from_on else None

    @property
    def before_at(self) -> datetime | None:
        """Return the first instant that counts no more: the last day is included."""
        if self.to_on is None or self.to_on == date.max:
            return None
        return datetime.combine(self.to_on + timedelta(days=1), time(), UTC)


def read_list_filter(values: MultiDict[str, str]) -> tuple[ListFilter, list[str]]:
    """Return the filter that an address describes, and what of it could not be read, in words."""
    problems: list[str] = []

    def read(name: str, kind: type[Read], sentence: str) -> Read | None:
        text = values.get(name, "").strip()
        try:
            return _read(kind, text) if text else None
        except (ValueError, OverflowError):
            problems.append(sentence)
            return None

    number, day = _("Write the score as a number."), _("Write the date as year-month-day, for example 2026-03-31.")
    found = ListFilter(
        survey=_text(values, "survey"),
        campaign=read("campaign", int, _("Choose a campaign from the list.")),
        channel=channel if (channel := _text(values, "channel")) in CHANNELS else None,
        language=_text(values, "language"),
        lowest=read("lowest", float, number),
        highest=read("highest", float, number),
        from_on=read("from", date, day),
        to_on=read("to", date, day),
    )
    return found, list(dict.fromkeys(problems))


def _text(values: MultiDict[str, str], name: str) -> str | None:
    text = values.get(name, "").replace("\0", "").strip()
    return text[:MOST_CHARACTERS] or None


def _read(kind: type[Read], text: str) -> Read:
    """Return the text as the kind of value asked for; raise ValueError where it is none."""
    if kind is date:
        return date.fromisoformat(text)  # type: ignore[return-value]
    value = kind(text[:MOST_CHARACTERS])  # type: ignore[call-arg, arg-type]
    # Databases hold smaller numbers than Python; no score or campaign is beyond this.
    if not abs(value) < 2**31:  # type: ignore[arg-type]
        raise ValueError(text)
    return value
