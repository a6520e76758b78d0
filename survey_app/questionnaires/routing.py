"""The conditions that decide whether an item or page is asked: read strictly, and what they look at."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from survey_app.conditions.rules import FieldKind, Tree, check, fields_of
from survey_app.questionnaires.definition import SCALED, Item, ItemType
from survey_app.questionnaires.document import Part

MOST_LEVELS = 12
MOST_PARTS = 200
ANSWER = "answer."
FIELD = re.compile(r"(answer|customer|attribute|interaction)(\.[a-z][a-z0-9_]{0,59}){1,2}")


class AnyField(Collection[str]):
    """Every name that a field of ours could have; whether it exists is asked when the whole document is checked."""

    def __contains__(self, name: object) -> bool:
        """Return whether a field could be named so."""
        return isinstance(name, str) and FIELD.fullmatch(name) is not None

    def __iter__(self) -> Iterator[str]:
        """Return nothing: the names cannot be listed."""
        return iter(())

    def __len__(self) -> int:
        """Return the number of names that can be listed: none."""
        return 0


def read_condition(part: Part, key: str = "show_if") -> dict[str, Any] | None:
    """Return the condition under a key; what is wrong with it goes to the findings."""
    tree = part.data.get(key)
    if tree is None:
        return None
    if not _is_small(tree):
        part.complain(key, _("This condition is too deep or too long. Write it with fewer parts."))
        return None
    problems = check(tree, AnyField())
    for problem in problems:
        part.complain(key, problem.message)
    return None if problems else _copied(tree)


def answers_of(tree: Tree | None) -> frozenset[str]:
    """Return the measure codes whose answers a condition looks at."""
    return frozenset(field.removeprefix(ANSWER) for field in fields_of(tree) if field.startswith(ANSWER))


def answer_kinds(items: Collection[Item]) -> dict[str, FieldKind]:
    """Return the fields that the answers to these items give to later conditions, with the sort of their values."""
    return {ANSWER + code: _kind(item) for item in items for code in item.measure_codes}


def _kind(item: Item) -> FieldKind:
    if item.is_by_chance:
        return FieldKind.CHOICE
    return FieldKind.NUMBER if item.type in SCALED else _KINDS.get(item.type, FieldKind.TEXT)


_KINDS = {
    ItemType.SINGLE: FieldKind.CHOICE,
    ItemType.MULTIPLE: FieldKind.CHOICES,
    ItemType.RANKING: FieldKind.CHOICES,
    ItemType.NUMBER: FieldKind.NUMBER,
    ItemType.DATE: FieldKind.DATE,
    ItemType.SUM: FieldKind.PRESENCE,
    ItemType.CONTACT: FieldKind.PRESENCE,
}


def _is_small(tree: object) -> bool:
    """Return whether a tree stays within bounds, walked level by level so that no input can exhaust us."""
    level = [tree]
    n_parts = 0
    for _depth in range(MOST_LEVELS):
        n_parts += len(level)
        groups = [child for each in level if isinstance(each, Mapping) for child in each.values()]
        sizes = sum(len(each) if isinstance(each, list) else 1 for each in groups)
        if n_parts + sizes > MOST_PARTS:
            return False
        level = [child for each in groups for child in (each if isinstance(each, list) else [each])]
    return not level


def _copied(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy that shares nothing with the data it came from."""
    if "field" in tree:
        return {key: list(value) if isinstance(value, list) else value for key, value in tree.items()}
    return {key: _copied(tree[key]) if key == "not" else [_copied(each) for each in tree[key]] for key in tree}
