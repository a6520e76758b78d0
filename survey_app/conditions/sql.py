"""A condition tree as SQL: values are bound, field names only look columns up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Float, String, and_, false, func, literal, not_, or_, select, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from survey_app.conditions.trees import VALUELESS, Tree, evaluate, name_of

Column = ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Gathered:
    """A value found in other rows than the one asked about: their owner's number, and what is read of them.

    A comparison becomes membership in the set of owners for whom it holds, which the database works out once;
    whoever owns no such row has the value `empty`.
    """

    # The number in the row asked about, and the same number in the other rows.
    key: Column
    owner: Column
    measure: Column
    where: tuple[ColumnElement[bool], ...] = ()
    # Whether the measure is worked out of all rows of an owner; else there is at most one.
    is_grouped: bool = True
    empty: float | None = None

    def value(self) -> Column:
        """Return the value for the row asked about, where it is asked of few rows."""
        found: Column = select(self.measure).where(*self.where, self.owner == self.key).scalar_subquery()
        return found if self.empty is None else func.coalesce(found, self.empty)

    def compared(self, op: str, value: object) -> ColumnElement[bool]:
        """Return the comparison, two-valued as all are."""
        empty_holds = evaluate({"field": "empty", "op": op, "value": value}, {"empty": self.empty})
        holds = _compared(self.measure, op, value, is_exact=empty_holds)
        wanted = not_(holds) if empty_holds else holds
        owners = select(self.owner).where(*self.where)
        owners = owners.group_by(self.owner).having(wanted) if self.is_grouped else owners.where(wanted)
        if empty_holds:
            return or_(self.key.is_(None), self.key.not_in(owners))
        return and_(self.key.is_not(None), self.key.in_(owners))


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


def to_sql(
    tree: Tree | None, columns: Mapping[str, Column | Gathered], *, is_exact: bool = False
) -> ColumnElement[bool]:
    """Return the condition on these columns by field, to filter rows by; raise KeyError on an unknown field.

    The columns are NULL where a value is unknown, and text columns hold no empty text. Rows are found as `evaluate`
    finds them; with `is_exact` the condition is also never NULL, which costs a little and matters inside `not` alone.
    """
    if tree is None:
        return true()
    if "all" in tree:
        return and_(true(), *(to_sql(each, columns, is_exact=is_exact) for each in tree["all"]))
    if "any" in tree:
        return or_(false(), *(to_sql(each, columns, is_exact=is_exact) for each in tree["any"]))
    if "not" in tree:
        return not_(to_sql(tree["not"], columns, is_exact=True))
    column, op, value = columns[name_of(tree)], tree["op"], tree.get("value")
    if isinstance(column, Gathered):
        return column.compared(op, value)
    return _compared(column, op, value, is_exact=is_exact)


def _compared(column: Column, op: str, value: object, *, is_exact: bool) -> ColumnElement[bool]:
    if op in VALUELESS:
        return column.is_not(None) if op == "is_known" else column.is_(None)
    holds: ColumnElement[bool]
    if op == "one_of" and isinstance(value, list):
        holds = column.in_([_bound(each) for each in value])
    else:
        holds = _COMPARE[op](column, _bound(value))
    return func.coalesce(holds, false()) if is_exact else holds


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
