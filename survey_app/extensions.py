"""Extensions made here and bound in `create_app`, and the column types every room shares."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import DateTime, Engine, MetaData, event
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Dialect

_writes: ContextVar[bool] = ContextVar("writes", default=False)
# Whether what begins now shall be no transaction, and whose turn it waits for: `without_transaction`, `wait_turn`.
_stands_alone: ContextVar[bool] = ContextVar("stands_alone", default=False)
_turn: ContextVar[int | None] = ContextVar("turn", default=None)
_LOCK = "pg_advisory_xact_lock(%(number)s)"


class Base(DeclarativeBase):
    """The plain declarative base: named constraints from the first migration on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        },
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant on every database; SQLite stores it naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse naive instants instead of guessing their zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "an instant without a time zone reached the database"
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the instant aware of UTC."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


db = SQLAlchemy(model_class=Base)
migrate = Migrate(render_as_batch=True, compare_type=True)
babel = Babel()  # type: ignore[no-untyped-call]  # the package has no annotations
csrf = CSRFProtect()
bootstrap = Bootstrap5()


@contextmanager
def writing() -> Iterator[None]:
    """Begin transactions inside this block with SQLite's write lock, so that none fails half-way on a busy database."""
    token = _writes.set(True)
    try:
        yield
    finally:
        _writes.reset(token)


def mark_writing() -> None:
    """Say that the current request writes (see `writing`); requests run in a context of their own."""
    _writes.set(True)


def mark_reading() -> None:
    """Say that the current request only reads."""
    _writes.set(False)


@contextmanager
def without_transaction() -> Iterator[Connection]:
    """Return a connection for a page that only looks, without the bookkeeping of a session that may write.

    Each of its statements stands alone. A transaction would cost two round trips more on PostgreSQL, and end by
    ROLLBACK, upon which the driver throws away its prepared statements and has every later one planned anew.
    """
    with db.engine.connect() as connection:
        token = _stands_alone.set(True)
        try:
            connection.begin()
        finally:
            _stands_alone.reset(token)
        yield connection


def wait_turn(number: int) -> None:
    """Let transactions that wait for the same number pass one after another; this one has its turn until it ends.

    SQLite lets them pass one by one anyway. On PostgreSQL the lock travels with the BEGIN, in one round trip.
    """
    token = _turn.set(number)
    try:
        connection = db.session.connection()
        has_begun_before = _turn.get() is not None
    finally:
        _turn.reset(token)
    if has_begun_before and connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT {_LOCK}", {"number": number})


def settle(engine: Engine) -> None:
    """Let transactions of an engine begin by our own words: the drivers' own come too late (SQLite) or too often.

    The dialect's hook, and no event of the engine: with one, every statement of every connection looks for listeners,
    and SQLite's BEGIN is a statement among the others (together 0.5 ms of each answer).
    """
    settings, begin = _DRIVERS[engine.dialect.name]
    event.listen(engine, "connect", settings)
    engine.dialect.do_begin = begin  # type: ignore[assignment]


def _settle_sqlite(connection: Any, _record: object) -> None:
    """Give SQLite durable, checked and patient settings."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _settle_postgresql(connection: Any, _record: object) -> None:
    """Keep the driver from beginning by itself: what we begin ends by commit or rollback as ever."""
    connection.autocommit = True
    connection.cursor_factory = _plain_cursor()


@cache
def _plain_cursor() -> type[Any]:
    """Return psycopg's cursor, its columns described by plain tuples.

    SQLAlchemy asks at each execution whether there are columns, and looks at them the first time only. The driver would
    make an object for every column each time: 57 for what stands behind a link, 0.4 ms of each answer.
    """
    from psycopg import Cursor  # noqa: PLC0415 - not loaded where the database is SQLite

    class PlainCursor(Cursor[Any]):
        @property
        def description(self) -> Any:
            found = self.pgresult
            if found is None or not found.nfields:
                return None
            names = [(found.fname(n) or b"").decode() for n in range(found.nfields)]
            return [(name, found.ftype(n), None, None, None, None, None) for n, name in enumerate(names)]

    return PlainCursor


def _begin_sqlite(connection: Any) -> None:
    if not _stands_alone.get():
        connection.execute("BEGIN IMMEDIATE" if _writes.get() else "BEGIN")


def _begin_postgresql(connection: Any) -> None:
    if _stands_alone.get():
        return
    number = _turn.get()
    if number is None:
        connection.execute("BEGIN", prepare=False)
        return
    _turn.set(None)
    # Two statements, so that the next one sees what whoever had the turn before has committed.
    connection.execute(f"BEGIN; SELECT {_LOCK % {'number': int(number)}}", prepare=False)


_DRIVERS = {"sqlite": (_settle_sqlite, _begin_sqlite), "postgresql": (_settle_postgresql, _begin_postgresql)}
