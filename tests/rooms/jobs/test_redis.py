"""The queue on a real Redis: it wakes workers, carries nothing, and may be gone without losing work."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from survey_app.extensions import db, writing
from survey_app.jobs.carrying import drain
from survey_app.jobs.engine import EXTENSION, engine_of
from survey_app.jobs.models import Job
from survey_app.jobs.operations import enqueue
from survey_app.jobs.registry import Task
from tests.redis_server import find_redis, redis_server

pytestmark = pytest.mark.skipif(find_redis() is None, reason="there is no redis-server; run: python -m tests.provision")


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with redis_server() as url:
        yield url


@pytest.fixture
def on_redis(app: Flask, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    own = app.extensions.pop(EXTENSION, None)
    settings = replace(app.config["SURVEY_SETTINGS"], queue_url=redis_url)
    monkeypatch.setitem(app.config, "SURVEY_SETTINGS", settings)
    tasks = app.extensions["survey_app.jobs"] | {"tests.nothing": Task("tests.nothing", "tests.rooms.jobs.tasks:note")}
    monkeypatch.setitem(app.extensions, "survey_app.jobs", tasks)
    engine_of(app).huey.storage.flush_all()
    yield app
    engine_of(app).huey.storage.conn.close()
    app.extensions.pop(EXTENSION)
    if own is not None:
        app.extensions[EXTENSION] = own


def put_down(app: Flask, n_jobs: int, **values: object) -> None:
    with app.app_context(), writing():
        for _ in range(n_jobs):
            enqueue("tests.nothing", **values)  # type: ignore[arg-type]
        db.session.commit()


def n_done(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Job).where(Job.state == "done")) or 0


def test_a_commit_wakes_a_worker_through_redis(on_redis: Flask) -> None:
    huey = engine_of(on_redis).huey
    put_down(on_redis, 3)
    message = huey.dequeue()
    assert (message.name.rpartition(".")[2], huey.pending_count()) == ("wake", 0)
    assert drain(on_redis) == 3


def test_work_for_later_waits_in_redis_until_its_time(on_redis: Flask) -> None:
    huey = engine_of(on_redis).huey
    later = datetime.now(UTC) + timedelta(hours=1)
    put_down(on_redis, 1, due_at=later)
    naive = later.replace(tzinfo=None)
    assert huey.read_schedule(naive - timedelta(minutes=1)) == []
    assert len(huey.read_schedule(naive + timedelta(minutes=1))) == 1


def test_two_workers_woken_by_redis_do_everything_once(on_redis: Flask) -> None:
    engine = engine_of(on_redis)
    engine.bind(work=lambda: drain(on_redis), sweep=lambda: None)
    consumers = [engine.huey.create_consumer(workers=2, periodic=False, max_delay=0.05) for _ in range(2)]
    for consumer in consumers:
        consumer.start()
    try:
        put_down(on_redis, 20)
        gone = threading.Event()
        for _ in range(200):
            if n_done(on_redis) == 20:
                break
            gone.wait(0.05)
    finally:
        for consumer in consumers:
            consumer.stop(graceful=True)
    with on_redis.app_context():
        assert list(db.session.scalars(select(Job.attempts).where(Job.name == "tests.nothing"))) == [1] * 20
    assert n_done(on_redis) == 20


def test_a_redis_that_is_gone_loses_no_work(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(app.config["SURVEY_SETTINGS"], queue_url="redis://127.0.0.1:1/0")
    monkeypatch.setitem(app.config, "SURVEY_SETTINGS", settings)
    own = app.extensions.pop(EXTENSION, None)
    try:
        with app.app_context(), writing():
            enqueue("outbox.send")
            db.session.commit()
            assert db.session.scalar(select(func.count()).select_from(Job)) == 1
    finally:
        app.extensions.pop(EXTENSION, None)
        if own is not None:
            app.extensions[EXTENSION] = own
