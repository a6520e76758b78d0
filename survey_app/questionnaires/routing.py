"""The conditions that decide whether an item or page is asked: their written shape and what they look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.document import Part

MOST_DEPTH = 8
MOST_PARTS = 60
LONGEST_VALUE = 500
LARGEST_NUMBER = 10**15
ANSWER = "answer."
GROUPS = ("all", "any")
OPERATORS = (
    "is",
    "is_not",
    "at_least",
    "at_most",
    "more_than",
    "less_than",
    "contains",
    "one_of",
    "is_known",
    "is_unknown",
)
WITHOUT_VALUE = ("is_known", "is_unknown")


def read_condition(part: Part) -> dict[str, Any] | None:
    """Return the condition under `show_if`; a misshapen one is a finding."""
    tree = part.data.get("show_if")
    if tree is None:
        return None
    if not isinstance(tree, Mapping) or not _is_shaped(tree):
        part.complain(
            "show_if",
            _("Write a condition such as {field: answer.nps, op: at_most, value: 6}, or several in all, any or not."),
        )
        return None
    return _copied(tree)


def fields_of(tree: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield the fields a condition looks at."""
    if not tree:
        return
    if "field" in tree:
        yield tree["field"]
    for child in _children(tree):
        yield from fields_of(child)


def answers_of(tree: Mapping[str, Any] | None) -> frozenset[str]:
    """Return the measure codes whose answers a condition looks at."""
    return frozenset(field.removeprefix(ANSWER) for field in fields_of(tree) if field.startswith(ANSWER))


def _is_shaped(tree: Mapping[Any, Any]) -> bool:
    """Return whether a tree is well formed, walking level by level so that depth and size stay bounded."""
    level: list[object] = [tree]
    n_parts = 0
    for _depth in range(MOST_DEPTH):
        n_parts += len(level)
        if n_parts > MOST_PARTS or not all(_is_part(each) for each in level):
            return False
        level = [child for each in level if isinstance(each, Mapping) for child in _children(each)]
        if not level:
            return True
    return False


def _is_part(tree: object) -> bool:
    if not isinstance(tree, Mapping):
        return False
    if "field" in tree:
        return _is_comparison(tree)
    if len(tree) != 1:
        return False
    return isinstance(tree.get("not"), Mapping) or any(isinstance(tree.get(key), list) and tree[key] for key in GROUPS)


def _is_comparison(tree: Mapping[Any, Any]) -> bool:
    operator = tree.get("op")
    if not isinstance(tree["field"], str) or not isinstance(operator, str) or operator not in OPERATORS:
        return False
    if len(tree["field"]) > LONGEST_VALUE:
        return False
    if operator in WITHOUT_VALUE:
        return set(tree) == {"field", "op"}
    value = tree.get("value")
    if set(tree) != {"field", "op", "value"} or isinstance(value, list) is not (operator == "one_of"):
        return False
    values = value if isinstance(value, list) else [value]
    return 0 < len(values) <= MOST_PARTS and all(_is_plain(each) for each in values)


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_VALUE
    return isinstance(value, int | float) and abs(value) <= LARGEST_NUMBER


def _children(tree: Mapping[Any, Any]) -> list[Any]:
    if isinstance(tree.get("not"), Mapping):
        return [tree["not"]]
    return [child for key in GROUPS if isinstance(tree.get(key), list) for child in tree[key]]


def _copied(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy that shares nothing with the data it came from."""
    if "field" in tree:
        return {key: list(value) if isinstance(value, list) else value for key, value in tree.items()}
    return {key: _copied(tree[key]) if key == "not" else [_copied(each) for each in tree[key]] for key in tree}
