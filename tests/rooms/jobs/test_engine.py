"""The queue only wakes: its messages carry no work and no code, and it stands beside the database."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url

from survey_app.extensions import db, writing
from survey_app.jobs.engine import engine_of, queue_file
from survey_app.jobs.operations import enqueue
from survey_app.jobs.rules import LONGEST_PAUSE, is_due, pause_after, reason_of

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _empty_queue(app: Flask) -> None:
    storage = engine_of(app).huey.storage
    storage.flush_queue()
    storage.flush_schedule()


def messages(app: Flask) -> list[dict[str, str]]:
    return [json.loads(bytes(data)) for data in engine_of(app).huey.storage.enqueued_items()]


def test_a_commit_wakes_once_for_all_that_is_due_and_carries_nothing(app: Flask) -> None:
    with app.app_context(), writing():
        for _ in range(3):
            enqueue("outbox.send")
        assert messages(app) == []
        db.session.commit()
    assert [set(message) for message in messages(app)] == [{"id", "name", "eta"}]


def test_a_rolled_back_decision_wakes_nobody(app: Flask) -> None:
    with app.app_context(), writing():
        enqueue("outbox.send")
        db.session.rollback()
        db.session.commit()
    assert messages(app) == []


def test_a_savepoint_wakes_nobody_before_the_commit(app: Flask) -> None:
    with app.app_context(), writing():
        with db.session.begin_nested():
            enqueue("outbox.send")
        assert messages(app) == []
        db.session.commit()
    assert len(messages(app)) == 1


def test_work_for_later_wakes_at_its_time(app: Flask) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    with app.app_context(), writing():
        enqueue("outbox.send", due_at=later)
        db.session.commit()
    huey = engine_of(app).huey
    assert messages(app) == []
    naive = later.replace(tzinfo=None)
    assert huey.read_schedule(naive - timedelta(minutes=1)) == []
    assert len(huey.read_schedule(naive + timedelta(minutes=1))) == 1


def test_the_queue_stands_beside_an_sqlite_database() -> None:
    assert queue_file(make_url("sqlite:////var/lib/survey/survey.db")) == Path("/var/lib/survey/survey-queue.db")


def test_pauses_between_tries_grow_up_to_a_limit() -> None:
    pauses = [pause_after(n_tries, 0) for n_tries in range(1, 30)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    assert pause_after(1, 1) > pause_after(1, 0)


@pytest.mark.parametrize(
    ("minutes_ago", "is_now"), [(None, True), (60, True), (59.8, True), (59, False), (1, False), (-60, False)]
)
def test_a_periodic_run_is_due_once_its_time_has_passed(*, minutes_ago: float | None, is_now: bool) -> None:
    last = None if minutes_ago is None else NOW - timedelta(minutes=minutes_ago)
    assert is_due(last, 60, NOW) is is_now


def test_a_reason_quotes_one_line_and_no_data() -> None:
    assert reason_of(ValueError("the row is bad\nan@example.org")) == "ValueError: the row is bad"
    assert reason_of(KeyError()) == "KeyError: "
