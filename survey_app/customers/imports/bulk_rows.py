"""Many rows put down by one prepared statement of the driver; values are turned into its own by the columns' types."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from sqlalchemy import Dialect, Table, func, select, text

from survey_app.extensions import Base, db
from survey_app.jobs.many_rows import put_rows, table_of

Turn = Callable[[Any], Any]


def insert_rows(model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Put rows down by one statement; each states the same columns, in the same order."""
    if not rows:
        return
    table, names, dialect = table_of(model), tuple(rows[0]), db.session.get_bind().dialect
    turns = [(name, turn) for name in names if (turn := _turn(table, name, dialect))]
    for name, turn in turns:
        for row in rows:
            row[name] = turn(row[name])
    put_rows(table, names, list(map(itemgetter(*names), rows)))


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
