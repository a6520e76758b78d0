"""Copies of the database: complete, checked, and good for a restore elsewhere."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from flask_migrate import upgrade

from survey_app import create_app
from survey_app.cli.backup import backup
from survey_app.cli.doctor import doctor
from survey_app.extensions import db
from tests.conftest import environment
from tests.mail_sink import MailSink
from tests.signing_in import SignIn


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        pytest.skip("these copies are SQLite's; PostgreSQL's own tools make theirs")
    return app.test_cli_runner()


def test_a_copy_is_checked_and_says_what_it_holds(runner: FlaskCliRunner, sign_in: SignIn, tmp_path: Path) -> None:
    sign_in("admin")
    file = tmp_path / "copy.db"
    done = runner.invoke(backup, ["create", str(file), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["rows"]["users"] == 1
    assert told["bytes"] == file.stat().st_size
    assert [path.name for path in tmp_path.iterdir()] == ["copy.db"]


def test_a_copy_made_while_somebody_writes_holds_one_state(
    app: Flask, runner: FlaskCliRunner, sign_in: SignIn, tmp_path: Path
) -> None:
    sign_in("admin")
    path = app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE users SET name = 'half'")
        done = runner.invoke(backup, ["create", str(tmp_path / "copy.db")])
        writer.execute("ROLLBACK")
    assert done.exit_code == 0, done.output
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT name FROM users").fetchall() != [("half",)]


def test_what_was_copied_comes_back_elsewhere(runner: FlaskCliRunner, sign_in: SignIn, tmp_path: Path) -> None:
    sign_in("admin", email="boss@example.org")
    runner.invoke(backup, ["create", str(tmp_path / "copy.db")])
    other = create_app(environment(f"sqlite:///{tmp_path / 'other.db'}"), TESTING=True)
    with other.app_context():
        upgrade()
    done = other.test_cli_runner().invoke(backup, ["restore", str(tmp_path / "copy.db"), "--yes", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["rows"]["users"] == 1
    with other.app_context():
        assert db.session.connection().exec_driver_sql("SELECT email FROM users").scalar() == "boss@example.org"
        db.session.remove()
        db.engine.dispose()


def test_nothing_is_replaced_without_being_meant(runner: FlaskCliRunner, sign_in: SignIn, tmp_path: Path) -> None:
    sign_in("admin")
    file = tmp_path / "copy.db"
    runner.invoke(backup, ["create", str(file)])
    again = runner.invoke(backup, ["create", str(file)])
    assert (again.exit_code, "exists already" in again.stderr) == (3, True)
    unsaid = runner.invoke(backup, ["restore", str(file)])
    assert (unsaid.exit_code, "--yes" in unsaid.stderr) == (3, True)


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\x00" + b"\xff" * 5000, b"a letter"])
def test_what_is_no_copy_of_ours_is_refused_and_changes_nothing(
    runner: FlaskCliRunner, sign_in: SignIn, tmp_path: Path, content: bytes
) -> None:
    client = sign_in("admin")
    file = tmp_path / "odd.db"
    file.write_bytes(content)
    done = runner.invoke(backup, ["restore", str(file), "--yes"])
    assert done.exit_code in {1, 3}
    assert str(file) in done.stderr
    assert client.get("/account").status_code == 200


def test_the_doctor_finds_a_good_installation_good(
    app: Flask, runner: FlaskCliRunner, sign_in: SignIn, mail_sink: MailSink
) -> None:
    sign_in("admin")
    mail_sink.use(app)
    done = runner.invoke(doctor, ["--json"])
    assert done.exit_code == 0, done.output
    names = [finding["name"] for finding in json.loads(done.stdout)]
    assert names == ["database", "migrations", "organisation", "mail", "queue", "clock", "paper"]


def test_the_doctor_says_how_to_fix_what_is_wrong(tmp_path: Path) -> None:
    app = create_app({**environment(f"sqlite:///{tmp_path / 'new.db'}"), "SURVEY_SMTP_URL": "smtp://127.0.0.1:9"})
    done = app.test_cli_runner().invoke(doctor, [])
    assert done.exit_code == 1
    for advice in ("Run: survey-app db upgrade", "Correct SURVEY_SMTP_URL"):
        assert advice in done.stdout
    with app.app_context():
        db.engine.dispose()
