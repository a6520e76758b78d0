"""What a row says of something that happened: kind, time, money, and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

DEFAULT_KIND = "purchase"
# As the columns of the table hold them.
LIMITS = {"kind": 40, "channel": 40, "product": 200, "location": 200, "campaign": 200, "note": 10_000}
LONGEST_NUMBER = 200
_LARGEST = Decimal(10) ** 12
Reader = Callable[[str, str], Any]
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class HappeningRow:
    """Something that happened, as its row states it; None leaves a detail as it is."""

    happened_at: datetime
    kind: str
    external_id: str | None = None
    details: Mapping[str, Any] | None = None

    def values(self) -> dict[str, Any]:
        """Return the columns that the row says something about."""
        return {"kind": self.kind, "happened_at": self.happened_at, **(self.details or {})}


def to_happening(texts: Mapping[str, str], source: str, zone: str) -> tuple[HappeningRow | None, list[str]]:
    """Return what a row describes, and what is wrong with it in words."""
    problems: list[str] = []
    found: dict[str, Any] = {}
    for target, text in texts.items():
        try:
            if target in _READERS:
                found[target] = _READERS[target](text, zone)
        except ValueError as error:
            problems.append(str(error))
    number = _number(texts, source)
    if "happened_at" not in texts:
        problems.append(_("This row has no time."))
    if number and len(number) > LONGEST_NUMBER:
        problems.append(_("This has more than %(n)s characters.", n=LONGEST_NUMBER))
    if problems:
        return None, problems
    return HappeningRow(found.pop("happened_at"), found.pop("kind", DEFAULT_KIND), number, found), []


def instant_of(text: str, zone: str) -> datetime:
    """Return the instant that a text means; without a zone of its own it is wall time in this zone.

    Raise ValueError, in words, for what is no time, or an hour that the clocks of that zone left out.
    """
    stated = _stated(text)
    if stated.tzinfo is not None:
        return stated.astimezone(UTC)
    local = stated.replace(tzinfo=_zone(zone))
    at = local.astimezone(UTC)
    if at.astimezone(local.tzinfo).replace(tzinfo=None) != stated:
        raise ValueError(_("%(text)s was left out by the clocks of %(zone)s.", text=text[:40], zone=zone))
    return at


def _stated(text: str) -> datetime:
    try:
        stated = datetime.fromisoformat(text)
        # Far ends of the calendar have no instant in every zone.
        is_near = MINYEAR + 1 < stated.year < MAXYEAR
    except ValueError as error:
        raise ValueError(_no_time(text)) from error
    if not is_near:
        raise ValueError(_no_time(text))
    return stated


def amount_of(text: str) -> Decimal:
    """Return a sum of money; raise ValueError, in words, for what is none."""
    try:
        amount = Decimal(text) if text.isascii() and "_" not in text else Decimal("nan")
    except InvalidOperation:
        amount = Decimal("nan")
    if not amount.is_finite() or abs(amount) >= _LARGEST:
        raise ValueError(_("%(text)s is not a number. Write it as 1234.5.", text=text[:40]))
    if amount != amount.quantize(_CENT):
        raise ValueError(_("%(text)s has more than two decimals.", text=text[:40]))
    return amount.quantize(_CENT)


def _number(texts: Mapping[str, str], source: str) -> str | None:
    if "full_external_id" in texts:
        return texts["full_external_id"]
    return f"{source}:{texts['external_id']}" if "external_id" in texts else None


def _within(limit: int) -> Reader:
    def read(text: str, _zone: str) -> str:
        if len(text) > limit:
            raise ValueError(_("This has more than %(n)s characters.", n=limit))
        return text

    return read


def _no_time(text: str) -> str:
    return _("%(text)s is not a time. Write it as 2026-01-31 14:30 or 2026-01-31T14:30+07:00.", text=text[:40])


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


_READERS: dict[str, Reader] = {
    "happened_at": instant_of,
    "value": lambda text, _zone: amount_of(text),
    "cost": lambda text, _zone: amount_of(text),
    **{name: _within(limit) for name, limit in LIMITS.items()},
}
