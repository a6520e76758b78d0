"""Many rows put down by one statement of the driver: values are given as it takes them, and nobody looks at each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, String, Table

from survey_app.extensions import Base, db


def table_of(model: type[Base]) -> Table:
    """Return the table of a model."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is no plain table")
    return table


def put_rows(table: Table, names: tuple[str, ...], rows: Sequence[Sequence[Any]], once_by: str | None = None) -> None:
    """Put down rows whose values stand in the order of `names`; a row whose `once_by` is known changes nothing."""
    if not rows:
        return
    connection = db.session.connection()
    statement = _statement(table, names, once_by, connection.dialect)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(statement, list(map(tuple, rows)))
    else:
        connection.exec_driver_sql(statement, tuple(map(list, zip(*rows, strict=True))))


@lru_cache(maxsize=100)
def _statement(table: Table, names: tuple[str, ...], once_by: str | None, dialect: Dialect) -> str:
    """Return the driver's statement: SQLite takes row after row, PostgreSQL an array for each column, planned once."""
    quote = dialect.identifier_preparer.quote
    columns = ", ".join(map(quote, names))
    if dialect.name == "sqlite":
        given = f"VALUES ({', '.join('?' * len(names))})"
    else:
        arrays = ", ".join(f"%s::{_type(table, name, dialect)}[]" for name in names)
        given = f"SELECT * FROM unnest({arrays})"  # noqa: S608 - names and types of our own tables, values apart
    ending = f" ON CONFLICT ({quote(once_by)}) DO NOTHING" if once_by else ""
    return f"INSERT INTO {quote(table.name)} ({columns}) {given}{ending}"


def _type(table: Table, name: str, dialect: Dialect) -> str:
    """Return the type of a column; a text has no length here, so that one too long is refused and not cut."""
    kind = table.c[name].type
    return "TEXT" if isinstance(kind, String) else kind.compile(dialect)
