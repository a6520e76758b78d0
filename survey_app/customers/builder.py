"""A condition as nested groups and rows of a plain HTML form, and back; every button posts the whole form.

A part's place is its path: `0` is the first part of the whole, `0-2` the third part of that group. Controls are named
by it: `field-0-2`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from survey_app.conditions.rules import OPERATORS_OF, RELATIVE, VALUELESS, FieldKind, Tree
from survey_app.customers.fields import DAYS, Field

MOST_ROWS = 60
DEEPEST = 4
ROOT = ""
# How a group's parts are joined, and the tree that says so.
JOINED = ("all", "any", "none", "not_all")
_PARTS_OF = {"all": ("all", False), "any": ("any", False), "none": ("any", True), "not_all": ("all", True)}
_JOINED_OF = {way: joined for joined, way in _PARTS_OF.items()}
# Buttons that change the rows, after which operators that no longer fit are replaced.
CHANGES = ("add", "group", "remove", "refresh")


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison, as typed."""

    field: str = ""
    op: str = "is"
    values: tuple[str, ...] = ("",)
    within: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Comparisons and further groups, and how they are joined."""

    joined: str = "all"
    parts: tuple[Row | Group, ...] = (Row(),)


Form = MultiDict[str, str]


def read_form(form: Form) -> Group:
    """Return what a posted form holds, after the button pressed has added or removed something."""
    act, _dash, place = form.get("act", "").partition("-")
    return _read_group(form, ROOT, act, place)


def act_of(form: Form) -> str:
    """Return what the button pressed is for."""
    return form.get("act", "preview").partition("-")[0]


def fitted(group: Group, known: Mapping[str, Field]) -> Group:
    """Return the form with operators that fit the fields chosen."""
    return replace(group, parts=tuple(_fitted(each, known) for each in group.parts))


def to_tree(group: Group, known: Mapping[str, Field]) -> dict[str, Any]:
    """Return the condition of the form; rows without a field are left out. It still has to be checked."""
    name, is_negated = _PARTS_OF[group.joined]
    parts = [
        to_tree(each, known) if isinstance(each, Group) else _comparison(each, known.get(each.field))
        for each in group.parts
        if isinstance(each, Group) or each.field
    ]
    return {"not": {name: parts}} if is_negated else {name: parts}


def from_tree(tree: Tree) -> Group:
    """Return the form of a condition."""
    group = _part(tree)
    return group if isinstance(group, Group) else Group("all", (group,))


def _read_group(form: Form, path: str, act: str, place: str) -> Group:
    joined = form.get(f"joined-{path}" if path else "joined", "all")
    inner = [f"{path}-{n}" if path else str(n) for n in range(MOST_ROWS)]
    parts = [
        _read_group(form, each, act, place) if f"part-{each}" in form else _read_row(form, each)
        for each in inner
        if (f"part-{each}" in form or f"field-{each}" in form)
        and not (act == "remove" and each == place)
        and each.count("-") <= DEEPEST
    ]
    if path == place and act in {"add", "group"} and len(form) < MOST_ROWS * 8:
        parts.append(Row() if act == "add" else Group("any"))
    return Group(joined if joined in JOINED else "all", tuple(parts))


def _read_row(form: Form, path: str) -> Row:
    within = {name: form.get(f"{name}-{path}", "").strip()[:300] for name in ("days", "product", "channel", "location")}
    return Row(
        form.get(f"field-{path}", "")[:200],
        form.get(f"op-{path}", "")[:40],
        tuple(each.strip()[:2000] for each in form.getlist(f"value-{path}")) or ("",),
        {name: text for name, text in within.items() if text},
    )


def _fitted(part: Row | Group, known: Mapping[str, Field]) -> Row | Group:
    if isinstance(part, Group):
        return fitted(part, known)
    chosen = known.get(part.field)
    if chosen is None or part.op in OPERATORS_OF[chosen.kind]:
        return part
    return replace(part, op=OPERATORS_OF[chosen.kind][0], values=("",))


def _comparison(row: Row, chosen: Field | None) -> dict[str, Any]:
    comparison: dict[str, Any] = {"field": row.field, "op": row.op}
    within = {name: text for name, text in row.within.items() if chosen and name in chosen.narrowed_by}
    if within:
        comparison["within"] = {name: _number(text) if name == DAYS else text for name, text in within.items()}
    if row.op in VALUELESS:
        return comparison
    is_number = row.op in RELATIVE or (chosen is not None and chosen.kind is FieldKind.NUMBER)
    typed = _listed(row, chosen) if row.op == "one_of" else [row.values[0]]
    values = [_number(each) if is_number else each for each in typed]
    return comparison | {"value": values if row.op == "one_of" else values[0]}


def _listed(row: Row, chosen: Field | None) -> list[str]:
    """Return the values of a list: chosen ones as they are, typed ones between commas."""
    if chosen is not None and chosen.values and not chosen.is_open:
        return [each for each in row.values if each]
    return [each.strip() for text in row.values for each in text.split(",") if each.strip()]


def _number(text: str) -> float | int | str:
    """Return the number that was typed, else the text, for the check to refuse."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _part(tree: Tree) -> Row | Group:
    if "field" in tree:
        return _typed(tree)
    inner, is_negated = (tree["not"], True) if "not" in tree else (tree, False)
    name = next((each for each in ("all", "any") if each in inner), None)
    if name is None:
        # Not of one comparison, or of another not.
        return Group("none", (_part(inner),))
    return Group(_JOINED_OF[name, is_negated], tuple(_part(each) for each in inner[name]))


def _typed(comparison: Tree) -> Row:
    value = comparison.get("value", "")
    texts = tuple(str(each) for each in value) if isinstance(value, list) else (str(value),)
    within = {name: str(each) for name, each in (comparison.get("within") or {}).items()}
    return Row(comparison["field"], comparison["op"], texts, within)
