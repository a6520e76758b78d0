"""`survey-app bounces ingest` takes mail from a pipe, a file, an mbox and a maildir."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from survey_app.extensions import db, writing
from survey_app.outbox.models import MailEvent, Suppression
from tests.rooms.outbox.bounces.test_samples import a_sent_mail
from tests.rooms.outbox.bounces.writing import RECIPIENT, Told, dsn, plain


@pytest.fixture(autouse=True)
def _sent(app: Flask) -> None:
    with app.app_context(), writing():
        a_sent_mail()
        db.session.commit()


def ingested(app: Flask, *arguments: str, raw: bytes = b"") -> dict[str, Any]:
    done = app.test_cli_runner().invoke(args=["bounces", "ingest", "--json", *arguments], input=raw)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def n_events(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(MailEvent)) or 0


def test_a_piped_bounce_is_recorded_and_told_as_json(app: Flask) -> None:
    found = ingested(app, raw=dsn())
    assert found["verdicts"] == {"hard": 1}
    assert found["results"][0]["recipient"] == RECIPIENT
    assert found["results"][0]["suppressed_as"] == "bounced"
    assert ingested(app, raw=dsn())["results"][0]["is_new"] is False
    assert n_events(app) == 1


def test_a_rehearsal_says_the_same_and_records_nothing(app: Flask) -> None:
    found = ingested(app, "--dry-run", raw=dsn())
    assert (found["dry_run"], found["results"][0]["verdict"], found["results"][0]["is_new"]) == (True, "hard", True)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Suppression)) == 0
    assert n_events(app) == 0


def test_any_bytes_end_well(app: Flask) -> None:
    for raw in (b"", b"\xff\0", b"Subject: hello\n\nhello"):
        assert ingested(app, raw=raw)["verdicts"] == {"ignored": 1}


def test_a_file_an_mbox_and_a_maildir_are_read(app: Flask, tmp_path: Path) -> None:
    mails = [dsn(), dsn(Told(status="4.2.2", diagnostic="")), plain("hello", sender="a@example.net")]
    (tmp_path / "one.eml").write_bytes(mails[0])
    (tmp_path / "box").write_bytes(
        b"".join(b"From MAILER-DAEMON Mon Nov  2 09:00:00 2026\n" + raw + b"\n" for raw in mails)
    )
    for folder in ("new", "cur", "tmp"):
        (tmp_path / "maildir" / folder).mkdir(parents=True)
    for number, raw in enumerate(mails):
        (tmp_path / "maildir" / "new" / f"{number}.host").write_bytes(raw)
    assert ingested(app, str(tmp_path / "one.eml"))["mails"] == 1
    for name in ("box", "maildir"):
        assert ingested(app, str(tmp_path / name))["verdicts"] == {"hard": 1, "soft": 1, "ignored": 1}


def test_a_path_that_is_not_there_is_a_fault_of_the_caller(app: Flask) -> None:
    assert app.test_cli_runner().invoke(args=["bounces", "ingest", "/no/such/file"]).exit_code == 2


def test_a_database_that_does_not_answer_asks_for_another_try(app: Flask) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE outbox_mails RENAME TO elsewhere")
    try:
        done = app.test_cli_runner().invoke(args=["bounces", "ingest"], input=dsn())
    finally:
        with app.app_context(), db.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO outbox_mails")
    assert done.exit_code == 75
    assert "Try again later" in done.stderr


def test_people_read_one_line_for_each_report(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["bounces", "ingest"], input=dsn())
    assert done.stdout == f"hard  mail 1 to {RECIPIENT}  5.1.1  suppressed as bounced\n"
