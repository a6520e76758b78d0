"""Condition trees on plain values: is one well formed, which fields does it name, does it hold.

A tree is plain JSON: `{"all": [...]}`, `{"any": [...]}`, `{"not": {...}}` or a comparison
`{"field": "answer.nps", "op": "at_most", "value": 6}`. A comparison of something counted may say of what:
`{"field": "interaction.purchase.count", "within": {"days": 90}, "op": "at_least", "value": 2}`.

Logic is two-valued: a comparison with an unknown value is false, whatever its operator, so that memory (`evaluate`)
and database (`to_sql`) agree.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from string import ascii_lowercase, ascii_uppercase
from typing import Any
from urllib.parse import urlencode

Tree = Mapping[str, Any]

MOST_LEVELS = 6
MOST_COMPARISONS = 60
MOST_VALUES = 200
LONGEST_VALUE = 300

ORDERED = frozenset({"at_least", "at_most", "more_than", "less_than"})
VALUELESS = frozenset({"is_known", "is_unknown"})
# A day compared with the day on which the question is asked; the value counts days.
RELATIVE = ("in_last_days", "over_days_ago", "in_next_days")
MOST_DAYS = 36_500
OPERATORS = ("is", "is_not", "at_least", "at_most", "more_than", "less_than", "contains", "one_of", *sorted(VALUELESS))
GROUPS = ("all", "any")

# The database's `lower` is sure of these letters only, so comparison ignores the case of no others.
_ASCII_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


class FieldKind(StrEnum):
    """What sort of values a field has, which decides the operators it takes."""

    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    # A date that may also be compared with today.
    DAY = "day"
    YES_NO = "yes_no"
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
    FieldKind.DAY: (
        *RELATIVE,
        "is",
        "is_not",
        "at_least",
        "at_most",
        "more_than",
        "less_than",
        "is_known",
        "is_unknown",
    ),
    FieldKind.YES_NO: ("is", "is_known", "is_unknown"),
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
    return _holds(tree["op"], values.get(name_of(tree)), tree.get("value"))


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


def name_of(comparison: Tree) -> str:
    """Return what a comparison looks at: its field, and of which happenings where it says so."""
    within = comparison.get("within")
    return f"{comparison['field']}?{urlencode(sorted(within.items()))}" if within else str(comparison["field"])


def resolved(tree: Tree | None, today: date) -> Tree | None:
    """Return the condition as it reads on a day: comparisons with today become comparisons with dates."""
    if tree is None:
        return None
    if "not" in tree:
        return {"not": resolved(tree["not"], today)}
    for group in GROUPS:
        if group in tree:
            return {group: [resolved(each, today) for each in tree[group]]}
    return _dated(tree, today) if tree["op"] in RELATIVE else tree


def _dated(comparison: Tree, today: date) -> Tree:
    days = timedelta(days=int(comparison["value"]))
    field = {name: comparison[name] for name in ("field", "within") if name in comparison}
    op = comparison["op"]
    try:
        edge = (today + days if op == "in_next_days" else today - days).isoformat()
    except OverflowError:
        # Before the first year or after the last there is no day.
        edge = (date.max if op == "in_next_days" else date.min).isoformat()
    if op == "over_days_ago":
        return field | {"op": "less_than", "value": edge}
    first, last = (today.isoformat(), edge) if op == "in_next_days" else (edge, today.isoformat())
    return {"all": [field | {"op": "at_least", "value": first}, field | {"op": "at_most", "value": last}]}


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
    """Return a value as conditions have it: days as ISO text, money as a number; nothing chosen is unknown."""
    if isinstance(value, bool):
        return "yes" if value else "no"
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
