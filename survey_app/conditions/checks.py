"""Is a condition tree well formed: closed lists of fields and operators, values that fit, limits of size."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any, cast

from flask_babel import gettext as _

from survey_app.conditions.trees import (
    GROUPS,
    LONGEST_VALUE,
    MOST_COMPARISONS,
    MOST_DAYS,
    MOST_LEVELS,
    MOST_VALUES,
    OPERATORS,
    OPERATORS_OF,
    RELATIVE,
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


@dataclass(frozen=True, slots=True)
class _Known:
    """What comparisons may name: fields (names, or kinds by name), and by field what narrows it down."""

    fields: Collection[str]
    narrowings: Mapping[str, Collection[str]]


def check(
    tree: object, fields: Collection[str], narrowings: Mapping[str, Collection[str]] | None = None
) -> list[Problem]:
    """Return what is wrong with a tree for these fields (names, or kinds by name); nothing wrong means fit for use.

    `narrowings` says by field what a comparison may say `within` which it looks. No tree at all is right: it always
    holds.
    """
    if tree is None:
        return []
    problems = list(_check(tree, _Known(fields, narrowings or {}), ()))
    if not problems and len(list(comparisons(cast("Tree", tree)))) > MOST_COMPARISONS:
        problems.append(Problem(_("A condition has at most %(n)s comparisons.", n=MOST_COMPARISONS)))
    return problems


def _check(tree: object, known: _Known, path: tuple[str | int, ...]) -> Iterator[Problem]:
    if len(path) > 2 * MOST_LEVELS:
        yield Problem(_("A condition is nested at most %(n)s levels deep.", n=MOST_LEVELS), path)
    elif not isinstance(tree, dict):
        yield Problem(_("A condition must be a group or a comparison."), path)
    elif "field" in tree:
        yield from (Problem(message, path) for message in _check_comparison(tree, known))
    else:
        yield from _check_group(tree, known, path)


def _check_group(tree: dict[str, Any], known: _Known, path: tuple[str | int, ...]) -> Iterator[Problem]:
    name = next(iter(tree), "")
    if len(tree) != 1 or name not in (*GROUPS, "not"):
        yield Problem(_("A group of conditions has exactly one of the words all, any or not."), path)
    elif name == "not":
        yield from _check(tree["not"], known, (*path, "not"))
    elif not isinstance(tree[name], list):
        yield Problem(_("The word %(word)s needs a list of conditions.", word=name), path)
    else:
        for number, each in enumerate(tree[name]):
            yield from _check(each, known, (*path, name, number))


def _check_comparison(tree: dict[str, Any], known: _Known) -> Iterator[str]:
    field, op = tree["field"], tree.get("op")
    if not isinstance(field, str) or field not in known.fields:
        yield _("There is no field named %(field)s.", field=str(field)[:LONGEST_VALUE])
        return
    kind = kind_of(field, known.fields)
    if op not in (OPERATORS_OF[kind] if kind else OPERATORS):
        yield _("%(field)s cannot be compared by %(op)s.", field=field, op=str(op)[:LONGEST_VALUE])
    elif set(tree) - {"field", "op", "value"} - ({"within"} if field in known.narrowings else set()):
        yield _("A comparison has a field, an operator and a value, and nothing else.")
    else:
        yield from _check_value(field, op, tree.get("value"), kind)
        yield from _check_within(tree.get("within"), known.narrowings.get(field, ()))


def _check_within(within: object, allowed: Collection[str]) -> Iterator[str]:
    if within is None:
        return
    if not isinstance(within, dict) or set(within) - set(allowed):
        yield _("What happened is narrowed down by days, product, channel or location only.")
    elif "days" in within and not (_is_days(within["days"]) and within["days"]):
        yield _("Give the number of days as a whole number from 1 to %(n)s.", n=MOST_DAYS)
    elif not all(_is_text(value) for name, value in within.items() if name != "days"):
        yield _("A product, channel or location is a text of 1 to %(n)s characters.", n=LONGEST_VALUE)


def _check_value(field: str, op: str, value: object, kind: FieldKind | None) -> Iterator[str]:
    if op in VALUELESS:
        if value is not None:
            yield _("Whether %(field)s is known is asked without a value.", field=field)
    elif op in RELATIVE:
        if not _is_days(value):
            yield _("Give the number of days as a whole number from 0 to %(n)s.", n=MOST_DAYS)
    elif op == "one_of" and not (isinstance(value, list) and 0 < len(value) <= MOST_VALUES):
        yield _("Give %(field)s a list of one to %(n)s values.", field=field, n=MOST_VALUES)
    elif not _all_fit(value if op == "one_of" else [value], kind):
        yield _value_message(field, kind)


def _all_fit(values: Any, kind: FieldKind | None) -> bool:
    return all(_fits(each, kind) for each in values)


def _value_message(field: str, kind: FieldKind | None) -> str:
    if kind is FieldKind.NUMBER:
        return _("%(field)s must be compared with a number.", field=field)
    if kind is FieldKind.YES_NO:
        return _("%(field)s is either yes or no.", field=field)
    if kind in {FieldKind.DATE, FieldKind.DAY}:
        return _("%(field)s must be compared with a date such as 2026-01-31.", field=field)
    return _("%(field)s must be compared with a text of 1 to %(n)s characters.", field=field, n=LONGEST_VALUE)


def _fits(value: object, kind: FieldKind | None) -> bool:
    tests: dict[FieldKind | None, Callable[[object], bool]] = {
        FieldKind.NUMBER: _is_number,
        FieldKind.DATE: _is_day,
        FieldKind.DAY: _is_day,
        FieldKind.YES_NO: lambda each: each in {"yes", "no"} if isinstance(each, str) else False,
        None: lambda each: _is_number(each) or _is_text(each),
    }
    return tests.get(kind, _is_text)(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) and abs(value) < 1e15  # noqa: PLR2004 - beyond it floats skip whole numbers


def _is_days(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_DAYS


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_VALUE and "\0" not in value


def _is_day(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
