"""A condition as rows of a plain HTML form, and back: field, operator, value, joined by all or any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from survey_app.conditions.rules import VALUELESS, FieldKind, Tree

MOST_ROWS = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the form, as typed."""

    field: str = ""
    op: str = "is"
    value: str = ""


@dataclass(frozen=True, slots=True)
class Built:
    """What stands in the form: how the rows are joined, and the rows."""

    joined: str = "all"
    rows: tuple[Row, ...] = (Row(),)


def read_form(form: Mapping[str, str]) -> Built:
    """Return the rows of a posted form; the button pressed adds or removes one."""
    rows = [_row(form, n) for n in range(MOST_ROWS) if f"field-{n}" in form]
    act, _dash, number = form.get("act", "").partition("-")
    if act == "add" and len(rows) < MOST_ROWS:
        rows.append(Row())
    if act == "remove" and number.isdecimal() and int(number) < len(rows):
        del rows[int(number)]
    return Built("any" if form.get("joined") == "any" else "all", tuple(rows) or (Row(),))


def to_tree(built: Built, fields: Mapping[str, FieldKind]) -> dict[str, Any]:
    """Return the condition tree of the rows; lines without a field are left out. It still has to be checked."""
    return {built.joined: [_comparison(row, fields.get(row.field)) for row in built.rows if row.field]}


def from_tree(tree: Tree) -> Built | None:
    """Return the rows of a condition, or None where it is nested too deeply for rows."""
    joined = next(iter(tree))
    inner = [tree] if joined == "field" else tree[joined]
    if joined == "not" or any("field" not in each for each in inner):
        return None
    return Built("any" if joined == "any" else "all", tuple(_typed(each) for each in inner) or (Row(),))


def _row(form: Mapping[str, str], number: int) -> Row:
    return Row(
        form.get(f"field-{number}", "")[:200],
        form.get(f"op-{number}", "")[:40],
        form.get(f"value-{number}", "").strip(),
    )


def _comparison(row: Row, kind: FieldKind | None) -> dict[str, Any]:
    comparison = {"field": row.field, "op": row.op}
    if row.op in VALUELESS:
        return comparison
    if row.op == "one_of":
        return comparison | {"value": [_value(each.strip(), kind) for each in row.value.split(",") if each.strip()]}
    return comparison | {"value": _value(row.value, kind)}


def _value(text: str, kind: FieldKind | None) -> float | int | str:
    """Return a number where the field has numbers and the text is one; else the text, for the check to refuse."""
    if kind is not FieldKind.NUMBER:
        return text
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _typed(comparison: Tree) -> Row:
    value = comparison.get("value", "")
    text = ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
    return Row(comparison["field"], comparison["op"], text)
