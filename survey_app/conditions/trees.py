"""Condition trees on plain values: is one well formed, which fields does it name, does it hold.

A tree is plain JSON: `{"all": [...]}`, `{"any": [...]}`, `{"not": {...}}` or a comparison
`{"field": "answer.nps", "op": "at_most", "value": 6}`. Logic is two-valued: a comparison with an unknown
value is false, whatever its operator, so that memory (`evaluate`) and database (`to_sql`) agree.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from string import ascii_lowercase, ascii_uppercase
from typing import Any

Tree = Mapping[str, Any]

MOST_LEVELS = 6
MOST_COMPARISONS = 60
MOST_VALUES = 200
LONGEST_VALUE = 300

ORDERED = frozenset({"at_least", "at_most", "more_than", "less_than"})
VALUELESS = frozenset({"is_known", "is_unknown"})
OPERATORS = ("is", "is_not", "at_least", "at_most", "more_than", "less_than", "contains", "one_of", *sorted(VALUELESS))
GROUPS = ("all", "any")

# The database's `lower` is sure of these letters only, so comparison ignores the case of no others.
_ASCII_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


class FieldKind(StrEnum):
    """What sort of values a field has, which decides the operators it takes."""

    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    # Values of several parts: only whether there is one can be asked.
    PRESENCE = "presence"


OPERATORS_OF: dict[FieldKind, tuple[str, ...]] = {
    FieldKind.NUMBER: (
        "is",
        "is_not",
        "at_least",
        "at_most",
        "more_than",
        "less_than",
        "one_of",
        "is_known",
        "is_unknown",
    ),
    FieldKind.TEXT: ("is", "is_not", "contains", "one_of", "is_known", "is_unknown"),
    FieldKind.DATE: ("is", "is_not", "at_least", "at_most", "more_than", "less_than", "is_known", "is_unknown"),
    FieldKind.CHOICE: ("is", "is_not", "one_of", "is_known", "is_unknown"),
    FieldKind.CHOICES: ("contains", "one_of", "is_known", "is_unknown"),
    FieldKind.PRESENCE: ("is_known", "is_unknown"),
}


def evaluate(tree: Tree | None, values: Mapping[str, object]) -> bool:
    """Return whether the condition holds for these values by field; no condition always holds."""
    if tree is None:
        return True
    if "all" in tree:
        return all(evaluate(each, values) for each in tree["all"])
    if "any" in tree:
        return any(evaluate(each, values) for each in tree["any"])
    if "not" in tree:
        return not evaluate(tree["not"], values)
    return _holds(tree["op"], values.get(tree["field"]), tree.get("value"))


def comparisons(tree: Tree | None) -> Iterator[Tree]:
    """Yield the comparisons of a well-formed tree, in the order in which they are written."""
    if tree is None:
        return
    if "not" in tree:
        yield from comparisons(tree["not"])
    elif "all" in tree or "any" in tree:
        for each in tree["all"] if "all" in tree else tree["any"]:
            yield from comparisons(each)
    else:
        yield tree


def fields_of(tree: Tree | None) -> frozenset[str]:
    """Return the names of all fields that a well-formed tree asks about."""
    return frozenset(each["field"] for each in comparisons(tree))


def kind_of(field: str, fields: Collection[str]) -> FieldKind | None:
    """Return the kind of a field where the list of fields says it."""
    return FieldKind(fields[field]) if isinstance(fields, Mapping) and field in fields else None


def lowered(text: str) -> str:
    """Return the text with A to Z in lower case, as both databases do it."""
    return text.translate(_ASCII_LOWER)


def _holds(op: str, known: object, wanted: object) -> bool:
    known = _plain(known)
    if op in VALUELESS:
        return (known is not None) == (op == "is_known")
    if known is None:
        return False
    if op == "one_of":
        return isinstance(wanted, list) and any(_has(known, each) for each in wanted)
    if op == "contains":
        return _contains(known, wanted)
    return _compare(op, known, _plain(wanted))


def _plain(value: object) -> object:
    """Return a value as JSON has it: instants and days as ISO text, money as a number, nothing chosen as unknown."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return None if value in ("", [], (), {}) else value


def _has(known: object, wanted: object) -> bool:
    if isinstance(known, list | tuple | set | frozenset):
        return wanted in known
    return _compare("is", known, wanted)


def _contains(known: object, wanted: object) -> bool:
    if isinstance(known, str):
        return isinstance(wanted, str) and lowered(wanted) in lowered(known)
    return _has(known, wanted)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda known, wanted: known == wanted,
    "is_not": lambda known, wanted: known != wanted,
    "at_least": lambda known, wanted: known >= wanted,
    "at_most": lambda known, wanted: known <= wanted,
    "more_than": lambda known, wanted: known > wanted,
    "less_than": lambda known, wanted: known < wanted,
}


def _compare(op: str, known: object, wanted: object) -> bool:
    """Compare numbers with numbers and texts with texts; values of different sorts are merely unequal."""
    if op in ORDERED and not _same_sort(known, wanted):
        return False
    return _COMPARE[op](known, wanted)


def _same_sort(left: object, right: object) -> bool:
    return all(isinstance(each, int | float) for each in (left, right)) or all(
        isinstance(each, str) for each in (left, right)
    )
