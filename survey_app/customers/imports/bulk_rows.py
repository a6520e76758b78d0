"""Many rows put down by one prepared statement of the driver; values are turned into its own by the columns' types."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Dialect, Table, func, select, text

from survey_app.extensions import Base, db

Turn = Callable[[Any], Any]


def table_of(model: type[Base]) -> Table:
    """Return the table of a model."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is no plain table")
    return table


def insert_rows(model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Put rows down by one statement; each states the same columns, in the same order."""
    if not rows:
        return
    connection = db.session.connection()
    table, names = table_of(model), tuple(rows[0])
    statement, order = _statement(table, names, connection.dialect)
    turns = [(name, turn) for name in names if (turn := _turn(table, name, connection.dialect))]
    for name, turn in turns:
        for row in rows:
            row[name] = turn(row[name])
    connection.exec_driver_sql(statement, [*map(itemgetter(*order), rows)] if order else rows)


@lru_cache(maxsize=100)
def _statement(table: Table, names: tuple[str, ...], dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    """Return the driver's statement, and the order of its values where they have no names."""
    compiled = table.insert().compile(dialect=dialect, column_keys=list(names))
    return str(compiled), tuple(compiled.positiontup or names) if dialect.positional else ()


def next_ids(model: type[Base], n: int) -> range | list[int]:
    """Return ids for new rows: on SQLite under its one write lock, elsewhere from the table's sequence."""
    table = table_of(model)
    if db.session.get_bind().dialect.name == "sqlite":
        highest = db.session.scalar(select(func.max(table.c.id))) or 0
        return range(highest + 1, highest + 1 + n)
    drawn = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :n)")
    return list(db.session.scalars(drawn, {"name": table.name, "n": n}))


def _turn(table: Table, name: str, dialect: Dialect) -> Turn | None:
    """Return how values of a column become the driver's; rows share most of theirs, such as the time of the import."""
    column_type = table.c[name].type
    turn: Turn | None = column_type.dialect_impl(dialect).bind_processor(dialect)
    if turn is None or name == "attributes":
        return turn
    kept: dict[Any, Any] = {}
    known_turn = turn

    def remembered(value: Any) -> Any:
        try:
            return kept[value]
        except KeyError:
            turned = kept[value] = known_turn(value)
            return turned
        except TypeError:  # documents have no hash
            return known_turn(value)

    return remembered
