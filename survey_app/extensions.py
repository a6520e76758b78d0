"""Extensions made here and bound in `create_app`, and the column types every room shares."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING

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
    from sqlalchemy.engine.interfaces import DBAPIConnection

_writes: ContextVar[bool] = ContextVar("writes", default=False)


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


@event.listens_for(Engine, "connect")
def _settle_sqlite(connection: DBAPIConnection, _record: object) -> None:
    """Give SQLite durable, checked and patient settings; other databases bring their own."""
    if type(connection).__module__.split(".")[0] != "sqlite3":
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """Begin explicitly: the driver's own begin would come too late to hold a consistent view."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes.get() else "BEGIN")
