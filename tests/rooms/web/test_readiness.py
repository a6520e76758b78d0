"""Is it alive, is it ready, and if not, why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from survey_app import create_app
from survey_app.extensions import db, writing
from survey_app.jobs.models import Job
from tests.conftest import environment


def test_a_running_product_says_that_it_is_alive(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "alive"}


def test_a_product_with_its_database_says_that_it_is_ready(client: FlaskClient) -> None:
    assert client.get("/readyz").json == {"status": "ready"}


def mark_tables(app: Flask, version: str) -> str:
    """Say that the tables are of this version, and return what was said before."""
    with app.app_context(), writing():
        before = db.session.scalar(text("SELECT version_num FROM alembic_version"))
        db.session.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
        db.session.commit()
    return str(before)


def test_tables_of_another_version_are_a_reason(app: Flask, client: FlaskClient) -> None:
    before = mark_tables(app, "0000")
    try:
        answer = client.get("/readyz")
    finally:
        mark_tables(app, before)
    assert answer.status_code == 503
    assert "the tables are at 0000" in answer.json["reasons"][0]


def test_work_that_nobody_takes_is_a_reason(app: Flask, client: FlaskClient) -> None:
    past = datetime.now(UTC) - timedelta(minutes=20)
    with app.app_context(), writing():
        db.session.add(Job(name="outbox.send", payload={}, due_at=past, created_at=past))
        db.session.commit()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["reasons"] == ["the oldest waiting work is 20 minutes late; is a worker running?"]


def test_an_absent_database_is_a_reason_not_a_fault() -> None:
    app = create_app(environment("sqlite:////nowhere/at/all.db"))
    assert app.test_client().get("/healthz").status_code == 200
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json["reasons"] == ["the database does not answer"]
