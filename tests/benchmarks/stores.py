"""Where both sides of a benchmark store: SQLite files, or databases of one real PostgreSQL, equally durable."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.serving import cpu_seconds_of
from tests.databases import PostgresServer, postgres_server

KINDS = ("sqlite", "postgres")


@dataclass(frozen=True)
class Store:
    """A place for databases: `new` makes one in a folder and returns its address."""

    kind: str
    new: Callable[[Path], str]
    root: int | None = None

    def cpu_seconds(self) -> float:
        """Return the CPU time that the database's own processes have used; SQLite has none, the web's hold it."""
        return cpu_seconds_of(self.root) if self.root else 0.0


@contextmanager
def store(kind: str) -> Iterator[Store]:
    """Give a place to store for the length of the block."""
    if kind == "sqlite":
        yield Store(kind, lambda folder: f"sqlite:///{folder / 'store.db'}")
        return
    with postgres_server() as server:
        yield Store(kind, lambda _folder: server.new_database(), _postmaster(server))


def _postmaster(server: PostgresServer) -> int | None:
    """Return the process above all of the server's; None where it runs elsewhere and its cost can't be seen."""
    if os.environ.get("TEST_DATABASE_URL"):
        return None
    folder = server.data_folder
    return int((folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0]) if folder else None
