"""A condition tree as SQL: values are bound, field names only look columns up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Float, String, and_, false, literal, not_, or_, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from survey_app.conditions.trees import VALUELESS, Tree

Column = ColumnElement[Any]


class AsciiLower(GenericFunction[str]):
    """Lower case of A to Z only, alike on every database."""

    type = String()
    inherit_cache = True
    name = "ascii_lower"


@compiles(AsciiLower, "sqlite")
def _lower_sqlite(element: AsciiLower, compiler: SQLCompiler, **options: object) -> str:
    return f"lower({compiler.process(element.clauses, **options)})"


@compiles(AsciiLower, "postgresql")
def _lower_postgres(element: AsciiLower, compiler: SQLCompiler, **options: object) -> str:
    return f'lower(({compiler.process(element.clauses, **options)}) COLLATE "C")'


class Position(GenericFunction[int]):
    """Where a text begins inside another, counted from one; nought where it does not."""

    inherit_cache = True
    name = "position_of"


@compiles(Position, "sqlite")
def _position_sqlite(element: Position, compiler: SQLCompiler, **options: object) -> str:
    return f"instr({compiler.process(element.clauses, **options)})"


@compiles(Position, "postgresql")
def _position_postgres(element: Position, compiler: SQLCompiler, **options: object) -> str:
    return f"strpos({compiler.process(element.clauses, **options)})"


def to_sql(tree: Tree | None, columns: Mapping[str, Column]) -> ColumnElement[bool]:
    """Return the condition on these columns by field; two-valued, as `evaluate` is; raise KeyError on an unknown field.

    The columns are NULL where a value is unknown, and text columns hold no empty text.
    """
    if tree is None:
        return true()
    if "all" in tree:
        return and_(true(), *(to_sql(each, columns) for each in tree["all"]))
    if "any" in tree:
        return or_(false(), *(to_sql(each, columns) for each in tree["any"]))
    if "not" in tree:
        return not_(to_sql(tree["not"], columns))
    return _comparison(columns[tree["field"]], tree["op"], tree.get("value"))


def _comparison(column: Column, op: str, value: object) -> ColumnElement[bool]:
    if op in VALUELESS:
        return column.is_not(None) if op == "is_known" else column.is_(None)
    if op == "one_of" and isinstance(value, list):
        return and_(column.is_not(None), column.in_([_bound(each) for each in value]))
    return and_(column.is_not(None), _COMPARE[op](column, _bound(value)))


def _bound(value: object) -> Column:
    """Bind a value by its own type: by the column's, PostgreSQL would round 2.5 for a whole-number column."""
    if isinstance(value, int | float):
        return literal(float(value), Float())
    return literal(str(value), String())


_COMPARE: dict[str, Callable[[Column, Column], ColumnElement[bool]]] = {
    "is": lambda column, value: column == value,
    "is_not": lambda column, value: column != value,
    "at_least": lambda column, value: column >= value,
    "at_most": lambda column, value: column <= value,
    "more_than": lambda column, value: column > value,
    "less_than": lambda column, value: column < value,
    "contains": lambda column, value: Position(AsciiLower(column), AsciiLower(value)) > 0,
}
