"""Is a condition tree well formed: closed lists of fields and operators, values that fit, limits of size."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any, cast

from flask_babel import gettext as _

from survey_app.conditions.trees import (
    GROUPS,
    LONGEST_VALUE,
    MOST_COMPARISONS,
    MOST_LEVELS,
    MOST_VALUES,
    OPERATORS,
    OPERATORS_OF,
    VALUELESS,
    FieldKind,
    Tree,
    comparisons,
    kind_of,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a tree, in words, and where: the steps that lead to the place."""

    message: str
    path: tuple[str | int, ...] = ()

    def __str__(self) -> str:
        """Return the sentence."""
        return self.message


def check(tree: object, fields: Collection[str]) -> list[Problem]:
    """Return what is wrong with a tree for these fields (names, or kinds by name); nothing wrong means fit for use.

    No tree at all is right: it always holds.
    """
    if tree is None:
        return []
    problems = list(_check(tree, fields, ()))
    if not problems and len(list(comparisons(cast("Tree", tree)))) > MOST_COMPARISONS:
        problems.append(Problem(_("A condition has at most %(n)s comparisons.", n=MOST_COMPARISONS)))
    return problems


def _check(tree: object, fields: Collection[str], path: tuple[str | int, ...]) -> Iterator[Problem]:
    if len(path) > 2 * MOST_LEVELS:
        yield Problem(_("A condition is nested at most %(n)s levels deep.", n=MOST_LEVELS), path)
    elif not isinstance(tree, dict):
        yield Problem(_("A condition must be a group or a comparison."), path)
    elif "field" in tree:
        yield from (Problem(message, path) for message in _check_comparison(tree, fields))
    else:
        yield from _check_group(tree, fields, path)


def _check_group(tree: dict[str, Any], fields: Collection[str], path: tuple[str | int, ...]) -> Iterator[Problem]:
    name = next(iter(tree), "")
    if len(tree) != 1 or name not in (*GROUPS, "not"):
        yield Problem(_("A group of conditions has exactly one of the words all, any or not."), path)
    elif name == "not":
        yield from _check(tree["not"], fields, (*path, "not"))
    elif not isinstance(tree[name], list):
        yield Problem(_("The word %(word)s needs a list of conditions.", word=name), path)
    else:
        for number, each in enumerate(tree[name]):
            yield from _check(each, fields, (*path, name, number))


def _check_comparison(tree: dict[str, Any], fields: Collection[str]) -> Iterator[str]:
    field, op = tree["field"], tree.get("op")
    if not isinstance(field, str) or field not in fields:
        yield _("There is no field named %(field)s.", field=str(field)[:LONGEST_VALUE])
        return
    kind = kind_of(field, fields)
    if op not in (OPERATORS_OF[kind] if kind else OPERATORS):
        yield _("%(field)s cannot be compared by %(op)s.", field=field, op=str(op)[:LONGEST_VALUE])
    elif set(tree) - {"field", "op", "value"}:
        yield _("A comparison has a field, an operator and a value, and nothing else.")
    else:
        yield from _check_value(field, op, tree.get("value"), kind)


def _check_value(field: str, op: str, value: object, kind: FieldKind | None) -> Iterator[str]:
    if op in VALUELESS:
        if value is not None:
            yield _("Whether %(field)s is known is asked without a value.", field=field)
        return
    if op == "one_of":
        if not isinstance(value, list) or not 0 < len(value) <= MOST_VALUES:
            yield _("Give %(field)s a list of one to %(n)s values.", field=field, n=MOST_VALUES)
            return
        if not all(_fits(each, kind) for each in value):
            yield _value_message(field, kind)
    elif not _fits(value, kind):
        yield _value_message(field, kind)


def _value_message(field: str, kind: FieldKind | None) -> str:
    if kind is FieldKind.NUMBER:
        return _("%(field)s must be compared with a number.", field=field)
    if kind is FieldKind.DATE:
        return _("%(field)s must be compared with a date such as 2026-01-31.", field=field)
    return _("%(field)s must be compared with a text of 1 to %(n)s characters.", field=field, n=LONGEST_VALUE)


def _fits(value: object, kind: FieldKind | None) -> bool:
    tests: dict[FieldKind | None, Callable[[object], bool]] = {
        FieldKind.NUMBER: _is_number,
        FieldKind.DATE: _is_day,
        None: lambda each: _is_number(each) or _is_text(each),
    }
    return tests.get(kind, _is_text)(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) and abs(value) < 1e15  # noqa: PLR2004 - beyond it floats skip whole numbers


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_VALUE and "\0" not in value


def _is_day(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
