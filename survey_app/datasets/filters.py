"""Which answers: one filter object drives every figure, chart, list and export, and lives in the address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

PROFILE = "profile."
ANSWER = "answer."


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
        return datetime.combine(self.to_on or date.max, time(), UTC) + timedelta(days=1)

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
    return date.fromisoformat(text) if text else None


def _chosen(values: MultiDict[str, str], name: str) -> tuple[str, ...]:
    return tuple(sorted({each for each in values.getlist(name) if each}))


def _pairs(values: MultiDict[str, str], prefix: str) -> tuple[tuple[str, str], ...]:
    pairs = {(name.removeprefix(prefix), value) for name, value in values.items(multi=True) if name.startswith(prefix)}
    return tuple(sorted((code, value) for code, value in pairs if value))
