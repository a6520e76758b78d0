"""Elements of a SurveyJS file as values that can be asked safely, old spellings included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from survey_app.questionnaires.interchange.accounting import Ledger

MOST_ELEMENTS = 5000
DEEPEST = 30
# How older versions call things, with today's name.
OLD_KEYS = {
    "hasOther": "showOtherItem",
    "hasNone": "showNoneItem",
    "hasSelectAll": "showSelectAllItem",
    "hasComment": "showCommentArea",
    "mininumRateDescription": "minRateDescription",
    "minimumRateDescription": "minRateDescription",
    "maximumRateDescription": "maxRateDescription",
    "isAllRowRequired": "eachRowRequired",
    "choicesEnableIf": "choicesEnableIf",
    "panelCount": "panelCount",
}
QUESTIONS = ("elements", "questions")


@dataclass(frozen=True, slots=True)
class Element:
    """One page, panel, question, column or validator: its properties under today's names."""

    native: dict[str, Any]
    _fallback: str = field(default="")

    @property
    def name(self) -> str:
        """Return how the file calls it."""
        found = self.native.get("name", self.native.get("value", ""))
        return as_text(found) or self._fallback

    @property
    def type(self) -> str:
        """Return its type."""
        return as_text(self.native.get("type")) or "text"

    @property
    def label(self) -> str:
        """Return how a report calls it."""
        return f"{self.name} ({self.type})"

    def get(self, key: str) -> Any:
        """Return a property."""
        return self.native.get(key)

    def flag(self, key: str) -> bool:
        """Return whether a property is set."""
        return self.native.get(key) in (True, "true")

    def word(self, key: str) -> str:
        """Return a property that is a word or an expression."""
        value = self.native.get(key)
        return value.strip() if isinstance(value, str) else ""

    def number(self, key: str) -> float | None:
        """Return a property that is a number."""
        return as_number(self.native.get(key))

    def whole(self, key: str) -> int | None:
        """Return a property that is a whole number."""
        value = self.number(key)
        return int(value) if value is not None and abs(value) < 1e9 else None  # noqa: PLR2004 - beyond it no count is meant

    def listed(self, key: str) -> list[Any]:
        """Return a property that is a list."""
        value = self.native.get(key)
        return value if isinstance(value, list) else []


def element_of(native: dict[str, Any], fallback: str, ledger: Ledger) -> Element:
    """Return an element; old spellings are entered and translated."""
    return Element(_spelled_today(native, ledger), fallback)


def inner_elements(native: list[Any], stem: str, ledger: Ledger) -> list[Element]:
    """Return named things inside a question (columns, lines, questions of an entry); a bare word is a name."""
    named = (each if isinstance(each, dict) else {"name": each, "title": each} for each in native)
    return [element_of(each, f"{stem}{number}", ledger) for number, each in enumerate(named, start=1)]


def _spelled_today(native: dict[str, Any], ledger: Ledger) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in native.items():
        if key in OLD_KEYS and OLD_KEYS[key] != key:
            ledger.kept("old key", key)
            found.setdefault(OLD_KEYS[key], value)
        else:
            found[str(key)] = value
    return found


def children(native: dict[str, Any], ledger: Ledger) -> Iterator[dict[str, Any]]:
    """Yield what stands on a page or in a panel; anything else than a group of properties is lost."""
    for key in QUESTIONS:
        value = native.get(key)
        if isinstance(value, list):
            if key == "questions":
                ledger.kept("old key", key)
            yield from (each for each in value if isinstance(each, dict))
            for each in value:
                if not isinstance(each, dict):
                    ledger.lost("question", as_text(each))


def single_names(data: dict[str, Any]) -> frozenset[str]:
    """Return the names of questions and rows that stand once in a file."""
    found: Counter[str] = Counter()
    waiting: list[Any] = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            found[as_text(value.get("name"))] += 1
            rows = value.get("rows")
            found.update(_value_of(row) for row in (rows if isinstance(rows, list) else ()))
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return frozenset(name for name, n in found.items() if n == 1 and name[:1].isalpha())


def elements_by_name(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the first element of every name in a file."""
    found: dict[str, dict[str, Any]] = {}
    waiting: list[Any] = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "type" in value:
                found.setdefault(as_text(value.get("name")), value)
            waiting.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            waiting.extend(reversed(value))
    return found


def _value_of(row: Any) -> str:
    return as_text(row.get("value")) if isinstance(row, dict) else as_text(row).partition("|")[0]


def as_text(value: object) -> str:
    """Return a name or value as text: numbers without a needless fraction, truth in small letters."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and isfinite(value) and value == int(value):
        return str(int(value))
    if isinstance(value, int) and abs(value) < 10**30:
        return str(value)
    return str(value)[:500] if isinstance(value, str | float) else ""


def as_number(value: object) -> float | None:
    """Return a number, or None where there is none."""
    try:
        found = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else float("nan")
    except (ValueError, OverflowError):
        return None
    return found if isfinite(found) else None
