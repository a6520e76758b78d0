"""A condition tree as groups and rows of a plain HTML form, and back.

Controls are named by their place: `show_if-joined`, `show_if-0-field`, `show_if-1-joined`, `show_if-1-0-field`. A
button named `act` says `add:`, `group:` or `remove:` and the place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from survey_app.conditions.rules import OPERATORS_OF, VALUELESS, FieldKind, Tree
from survey_app.questionnaires.operands import Operand

Form = MultiDict[str, str]
Known = Mapping[str, Operand]
NONE = "none"
JOINS = ("all", "any", NONE)
MOST_PARTS = 60
DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison, as typed."""

    field: str = ""
    op: str = ""
    values: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the values as one text."""
        return ", ".join(self.values)


@dataclass(frozen=True, slots=True)
class Group:
    """Parts joined by all, any or none (none of them may hold)."""

    joined: str = "all"
    parts: tuple[Row | Group, ...] = ()


def read_group(form: Form, name: str, depth: int = 0) -> Group:
    """Return the group that was typed under a name; the button pressed adds to it or removes from it."""
    act = form.get("act", "")
    parts: list[Row | Group] = []
    for place in range(MOST_PARTS):
        inside = f"{name}-{place}"
        if f"{inside}-field" in form:
            part: Row | Group = _row(form, inside)
        elif f"{inside}-joined" in form and depth < DEEPEST:
            part = read_group(form, inside, depth + 1)
        else:
            break
        if act != f"remove:{inside}":
            parts.append(part)
    if act == f"add:{name}":
        parts.append(Row())
    if act == f"group:{name}":
        parts.append(Group("any", (Row(),)))
    joined = form.get(f"{name}-joined", "all")
    return Group(joined if joined in JOINS else "all", tuple(parts))


def tree_of(part: Row | Group, known: Known) -> dict[str, Any] | None:
    """Return the condition that was typed, None where there is none; rows without a field are left out."""
    if isinstance(part, Row):
        return _comparison(part, known.get(part.field)) if part.field else None
    trees = [tree for each in part.parts if (tree := tree_of(each, known)) is not None]
    if not trees:
        return None
    if part.joined == NONE:
        return {"not": trees[0] if len(trees) == 1 else {"any": trees}}
    return trees[0] if len(trees) == 1 else {part.joined: trees}


def group_of(tree: Tree | None) -> Group:
    """Return a condition as the form shows it."""
    if tree is None:
        return Group()
    part = _part(tree)
    return part if isinstance(part, Group) else Group("all", (part,))


def unfinished(part: Row | Group, known: Known) -> str:
    """Return what is still to be chosen in a condition, in words; nothing when it is whole."""
    if isinstance(part, Group):
        return " ".join(dict.fromkeys(filter(None, (unfinished(each, known) for each in part.parts))))
    if not part.field or part.op in VALUELESS or part.values:
        return ""
    label = known[part.field].label if part.field in known else part.field
    return _("Say what “%(field)s” is compared with.", field=label)


def in_words(messages: Mapping[str, str], known: Known) -> dict[str, str]:
    """Return messages with the names of fields replaced by what people call them."""
    names = sorted((name for name in known if any(name in text for text in messages.values())), key=len, reverse=True)
    said = dict(messages)
    for name in names:
        said = {control: text.replace(name, f"“{known[name].label}”") for control, text in said.items()}
    return said


def operators_for(row: Row, known: Known) -> tuple[str, ...]:
    """Return the operators that fit what a row compares."""
    operand = known.get(row.field)
    return OPERATORS_OF[operand.kind] if operand else ()


def _part(tree: Tree) -> Row | Group:
    if "field" in tree:
        value = tree.get("value", [])
        values = value if isinstance(value, list) else [value]
        return Row(tree["field"], tree["op"], tuple(map(str, values)))
    if "not" in tree:
        inside = tree["not"]
        return Group(NONE, tuple(map(_part, inside["any"]))) if "any" in inside else Group(NONE, (_part(inside),))
    joined = "all" if "all" in tree else "any"
    return Group(joined, tuple(map(_part, tree[joined])))


def _row(form: Form, name: str) -> Row:
    typed = (each.strip() for each in form.getlist(f"{name}-value"))
    return Row(form.get(f"{name}-field", ""), form.get(f"{name}-op", ""), tuple(each for each in typed if each))


def _comparison(row: Row, operand: Operand | None) -> dict[str, Any]:
    op = row.op or (OPERATORS_OF[operand.kind][0] if operand else "is")
    comparison = {"field": row.field, "op": op}
    if op in VALUELESS:
        return comparison
    if op == "one_of":
        typed = row.values if operand and operand.values else [each.strip() for each in row.text.split(",")]
        return comparison | {"value": [_value(each, operand) for each in typed if each]}
    return comparison | {"value": _value(row.values[0] if row.values else "", operand)}


def _value(text: str, operand: Operand | None) -> object:
    """Return a number where numbers are compared, an option's code where its wording was typed, else the text."""
    if operand is None:
        return text
    if operand.kind is FieldKind.NUMBER:
        return _number(text)
    codes = {label.casefold(): code for code, label in operand.values}
    return text if text in dict(operand.values) else codes.get(text.casefold(), text)


def _number(text: str) -> float | int | str:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return text
    if not isfinite(number):
        return text
    return int(number) if number.is_integer() else number
