"""The queue that wakes workers: Huey beside the database in use. It carries no work, so losing it loses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.exceptions import ConfigurationError
from huey.registry import Message
from huey.serializer import Serializer
from sqlalchemy import URL, make_url

from survey_app.config import SettingError

EXTENSION = "survey_app.jobs.engine"
# A wake-up that cannot be left quickly is given up; the sweep makes up for it.
PATIENCE_SECONDS = 1


class Engine:
    """The queue with its two messages: "there is work" and "look what was left lying"."""

    def __init__(self, huey: Huey) -> None:
        """Register both messages; `bind` says what a worker does on them."""
        self.huey = huey
        self._work: Callable[[], object] = _nothing
        self._sweep: Callable[[], object] = _nothing
        self._wake = huey.task(name="wake")(self._on_wake)
        huey.periodic_task(crontab(), name="sweep")(self._on_minute)

    def bind(self, *, work: Callable[[], object], sweep: Callable[[], object]) -> None:
        """Say what a worker does when it is woken, and every minute."""
        self._work, self._sweep = work, sweep

    def wake(self, at: datetime | None = None) -> None:
        """Tell a worker that there is work, now or at a later instant."""
        if at is None:
            self._wake()
        else:
            self.huey.add_schedule(self._wake.s(eta=at))

    def _on_wake(self) -> None:
        self._work()

    def _on_minute(self) -> None:
        self._sweep()


class WakeSerializer(Serializer):  # type: ignore[misc]
    """Writes messages as JSON: whoever can write to the queue can wake a worker and do nothing else."""

    def _serialize(self, data: Message) -> bytes:
        eta = data.eta.isoformat() if data.eta else None
        return json.dumps({"id": data.id, "name": data.name, "eta": eta}).encode()

    def _deserialize(self, data: bytes) -> Message:
        fields = json.loads(bytes(data))
        eta = datetime.fromisoformat(fields["eta"]) if fields["eta"] else None
        return Message(fields["id"], fields["name"], eta, 0, 0, None, (), {})


def engine_of(app: Flask) -> Engine:
    """Return the application's queue, opened when it is first needed."""
    engine: Engine | None = app.extensions.get(EXTENSION)
    if engine is None:
        engine = app.extensions[EXTENSION] = Engine(_huey(app))
    return engine


def _nothing() -> None:
    """Do nothing: a web process only sends wake-ups."""


def _huey(app: Flask) -> Huey:
    options: dict[str, Any] = {"name": "survey_app", "results": False, "serializer": WakeSerializer()}
    queue_url = app.config["SURVEY_SETTINGS"].queue_url
    database = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if queue_url:
        return _redis(queue_url, options)
    if database.get_backend_name() == "postgresql":
        return PostgresHuey(dsn=_plain(database), **options)
    if database.database in {None, "", ":memory:"}:
        return MemoryHuey(**options)
    file = queue_file(database)
    file.parent.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(filename=str(file), timeout=PATIENCE_SECONDS, fsync=False, **options)


def queue_file(database: URL) -> Path:
    """Return the file of the queue beside an SQLite database: its own, so that neither waits for the other."""
    path = Path(str(database.database))
    return path.with_name(f"{path.stem}-queue{path.suffix or '.db'}")


def _redis(url: str, options: dict[str, Any]) -> Huey:
    try:
        return RedisHuey(url=url, read_timeout=PATIENCE_SECONDS, **options)
    except ConfigurationError as error:
        message = "SURVEY_QUEUE_URL names a Redis server, which needs the package `redis` installed."
        raise SettingError(message) from error


def _plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
