"""Which answers: one filter object drives every figure, chart, list and export, and lives in the address."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

PROFILE = "profile."
ANSWER = "answer."
# A code becomes part of a path into a stored document.
CODE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,80}")
MOST_PARTS = 100
# A day, and a period of equal length, may stand before and after every day that is taken.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
Part = TypeVar("Part", str, tuple[str, str])


@dataclass(frozen=True, slots=True)
class ResponseFilter:
    """A choice of completions; an empty part chooses all. `profile` and `answers` are (code, value) pairs."""

    from_on: date | None = None
    to_on: date | None = None
    waves: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    profile: tuple[tuple[str, str], ...] = ()
    answers: tuple[tuple[str, str], ...] = ()

    @property
    def from_at(self) -> datetime:
        """Return the first instant that counts."""
        return datetime.combine(self.from_on or date.min, time(), UTC)

    @property
    def to_at(self) -> datetime:
        """Return the first instant that counts no more: the end day is included."""
        return datetime.combine(self.to_on or LAST_DAY, time(), UTC) + timedelta(days=1)

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Return the filter as it stands in an address, in one canonical order."""
        pairs = [("from", self.from_on.isoformat())] if self.from_on else []
        pairs += [("to", self.to_on.isoformat())] if self.to_on else []
        pairs += [("wave", each) for each in self.waves]
        pairs += [("language", each) for each in self.languages]
        pairs += [("channel", each) for each in self.channels]
        pairs += [(PROFILE + code, value) for code, value in self.profile]
        pairs += [(ANSWER + code, value) for code, value in self.answers]
        return pairs

    @property
    def query_string(self) -> str:
        """Return the filter as the query part of an address."""
        return urlencode(self.parameters)

    def without(self, name: str, value: str) -> ResponseFilter:
        """Return this filter less one of its parts, as the small crosses on a page ask."""
        return read_filter(MultiDict([pair for pair in self.parameters if pair != (name, value)]))


def read_filter(values: MultiDict[str, str]) -> ResponseFilter:
    """Return the filter that an address describes; raise ValueError naming the part that is no date."""
    return ResponseFilter(
        from_on=_day(values.get("from", "")),
        to_on=_day(values.get("to", "")),
        waves=_chosen(values, "wave"),
        languages=_chosen(values, "language"),
        channels=_chosen(values, "channel"),
        profile=_pairs(values, PROFILE),
        answers=_pairs(values, ANSWER),
    )


def before(chosen: ResponseFilter) -> ResponseFilter | None:
    """Return the same filter over the period of equal length just before, where the filter has both ends."""
    if chosen.from_on is None or chosen.to_on is None:
        return None
    length = chosen.to_on - chosen.from_on + timedelta(days=1)
    return replace(chosen, from_on=chosen.from_on - length, to_on=chosen.from_on - timedelta(days=1))


def _day(text: str) -> date | None:
    day = date.fromisoformat(text) if text else None
    if day is not None and not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(text)
    return day


def _chosen(values: MultiDict[str, str], name: str) -> tuple[str, ...]:
    return _few({each for each in values.getlist(name) if each})


def _pairs(values: MultiDict[str, str], prefix: str) -> tuple[tuple[str, str], ...]:
    pairs = {(name.removeprefix(prefix), value) for name, value in values.items(multi=True) if name.startswith(prefix)}
    chosen = _few({(code, value) for code, value in pairs if value})
    for code, _value in chosen:
        if not CODE.fullmatch(code):
            raise ValueError(code)
    return chosen


def _few(chosen: set[Part]) -> tuple[Part, ...]:
    """Return the parts in order; raise ValueError for more of them than anybody chooses or a statement can hold."""
    if len(chosen) > MOST_PARTS:
        raise ValueError("too many parts")
    return tuple(sorted(chosen))
