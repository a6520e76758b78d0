"""Fixtures for everybody: the application on a fresh database, clients, and people who are signed in."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import HealthCheck, settings

from survey_app import create_app
from survey_app.extensions import db
from survey_app.jobs.engine import EXTENSION as ENGINE
from tests.chromium import chromium  # noqa: F401 - a fixture for everybody, one browser a process
from tests.databases import PostgresServer, postgres_server
from tests.mail_sink import mail_sink  # noqa: F401 - a fixture for everybody
from tests.signing_in import sign_in  # noqa: F401 - a fixture for every test
from tests.strict import known_hash, session_strict_app, strict_app  # noqa: F401 - fixtures for everybody

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# How long an example takes says more about a busy machine than about us; where CI is set, hypothesis knows that itself.
if "CI" not in os.environ:
    settings.register_profile("anywhere", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("anywhere")
ROOT = Path(__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgres"), default="sqlite", help="where the tests store")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run on PostgreSQL only what reaches a database."""
    if config.getoption("--database") == "postgres":
        reaching = [item for item in items if "session_app" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(reaching)])
        items[:] = reaching


def environment(database_url: str) -> dict[str, str]:
    """Return the settings of a test installation."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SURVEY_PUBLIC_URL": "http://127.0.0.1:8000",
        "SURVEY_MAIL_FROM": "surveys@example.org",
        "SURVEY_LAB": "1",
        "DATABASE_URL": database_url,
    }


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[PostgresServer | None]:
    """Return a running PostgreSQL when the tests store there."""
    if request.config.getoption("--database") == "sqlite":
        yield None
        return
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def session_app(tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer | None) -> Flask:
    """Return the application with its real migrations applied once."""
    folder = tmp_path_factory.mktemp("database")
    url = postgres.new_database() if postgres else f"sqlite:///{folder / 'survey.db'}"
    app = create_app(environment(url), TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        upgrade()
        db.engine.dispose()
    if postgres is None:
        shutil.copy(folder / "survey.db", folder / "empty.db")
    app.config["TEST_FOLDER"] = folder
    return app


@pytest.fixture(scope="session")
def speaking_app() -> Flask:
    """Return the application for its words alone: whoever asks for it reaches no database."""
    return create_app(environment("sqlite://"), TESTING=True, WTF_CSRF_ENABLED=False)


@pytest.fixture
def app(session_app: Flask, postgres: PostgresServer | None) -> Iterator[Flask]:
    """Return the application on an empty, migrated database."""
    _empty(session_app, is_postgres=postgres is not None)
    yield session_app
    close_connections(session_app)


def close_connections(app: Flask) -> None:
    """Leave no connection open, neither to the database nor to the queue beside it."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    if ENGINE in app.extensions:
        app.extensions[ENGINE].huey.storage.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a browser without a session."""
    return app.test_client()


def _empty(app: Flask, *, is_postgres: bool) -> None:
    """Bring the database back to what the migrations leave."""
    with app.app_context():
        if is_postgres:
            tables = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
            with db.engine.begin() as connection:
                connection.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
            return
        db.engine.dispose()
        folder: Path = app.config["TEST_FOLDER"]
        for leftover in ("survey.db-wal", "survey.db-shm"):
            (folder / leftover).unlink(missing_ok=True)
        shutil.copy(folder / "empty.db", folder / "survey.db")
