"""A piece of work is done by one worker at a time, and its end is recorded by whoever holds the lease."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask

from survey_app.extensions import db, writing
from survey_app.jobs import carrying, leases, registry, rules
from survey_app.jobs.models import Job
from survey_app.jobs.operations import cancel_job, enqueue, retry_job, run_now
from survey_app.jobs.sweeping import sweep
from tests.rooms.jobs import tasks

PATH = "tests.rooms.jobs.tasks"


@pytest.fixture(autouse=True)
def _tasks(app: Flask) -> Iterator[None]:
    """Register work made for these tests, for as long as they run."""
    known = app.extensions[registry.EXTENSION]
    kept = dict(known)
    for name in ("note", "fail", "wait", "progress"):
        registry.register_task(app, registry.Task(f"test.{name}", f"{PATH}:{name}"))
    tasks.done.clear()
    tasks.release.clear()
    yield
    tasks.release.set()
    known.clear()
    known.update(kept)


def put_down(app: Flask, task: str, subject_id: int | None = None, **values: object) -> int:
    with app.app_context(), writing():
        job = enqueue(task, subject_id)
        for column, value in values.items():
            setattr(job, column, value)
        db.session.commit()
        return job.id


def row(app: Flask, job_id: int) -> Job:
    with app.app_context():
        job = db.session.get_one(Job, job_id)
        db.session.expunge(job)
        return job


def change(app: Flask, job_id: int, **values: object) -> None:
    with app.app_context(), writing():
        job = db.session.get_one(Job, job_id)
        for column, value in values.items():
            setattr(job, column, value)
        db.session.commit()


def test_work_that_is_due_is_done_once(app: Flask) -> None:
    job_id = put_down(app, "test.note", 7)
    assert carrying.drain(app) == 1
    assert carrying.drain(app) == 0
    assert tasks.done == [7]
    job = row(app, job_id)
    assert (job.state, job.progress, job.lease_token, job.leased_until) == ("done", 1.0, None, None)
    assert job.finished_at is not None


def test_work_that_is_not_due_waits(app: Flask) -> None:
    put_down(app, "test.note", due_at=datetime.now(UTC) + timedelta(hours=1))
    assert carrying.drain(app) == 0


def test_many_workers_do_each_piece_once(app: Flask) -> None:
    for number in range(30):
        put_down(app, "test.note", number)
    threads = [Thread(target=carrying.drain, args=(app,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(tasks.done) == list(range(30))


def test_work_that_fails_waits_longer_each_time_and_ends_as_failed_with_its_reason(app: Flask) -> None:
    job_id = put_down(app, "test.fail", max_attempts=2)
    before = datetime.now(UTC)
    carrying.drain(app)
    job = row(app, job_id)
    assert job.state == "waiting"
    assert job.due_at > before + rules.FIRST_PAUSE
    assert job.last_error == "ValueError: the file is empty"
    change(app, job_id, due_at=before)
    carrying.drain(app)
    assert (row(app, job_id).state, row(app, job_id).attempts) == ("failed", 2)


def test_failed_work_starts_over_when_asked(app: Flask) -> None:
    job_id = put_down(app, "test.fail", max_attempts=1)
    carrying.drain(app)
    with app.app_context(), writing():
        assert retry_job(db.session.get_one(Job, job_id), datetime.now(UTC))
        assert not retry_job(db.session.get_one(Job, job_id), datetime.now(UTC))
        db.session.commit()
    assert (row(app, job_id).state, row(app, job_id).last_error) == ("waiting", None)


def test_work_nobody_knows_fails_with_its_name(app: Flask) -> None:
    job_id = put_down(app, "test.note", name="test.forgotten", max_attempts=1)
    carrying.drain(app)
    assert "test.forgotten" in (row(app, job_id).last_error or "")


def test_a_lease_that_ran_out_is_taken_by_the_next_worker(app: Flask) -> None:
    job_id = put_down(app, "test.note", 5)
    with app.app_context():
        gone = leases.claim(datetime.now(UTC) - rules.LEASE * 2, job_id)
        assert gone is None, "not due then"
        gone = leases.claim(datetime.now(UTC))
        assert gone is not None
        assert leases.claim(datetime.now(UTC)) is None
    change(app, job_id, leased_until=datetime.now(UTC) - timedelta(seconds=1))
    assert carrying.drain(app) == 1
    with app.app_context():
        assert not leases.release(job_id, gone.token, state="failed"), "the first worker no longer holds the lease"
    assert row(app, job_id).state == "done"


def test_work_that_ends_its_worker_each_time_is_given_up(app: Flask) -> None:
    job_id = put_down(app, "test.note", 5, attempts=5, max_attempts=5)
    carrying.drain(app)
    assert tasks.done == []
    assert (row(app, job_id).state, row(app, job_id).last_error) == ("failed", carrying.GONE)


def test_a_running_lease_is_renewed_and_progress_is_seen(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey_app.jobs.heartbeat.RENEW_SECONDS", 0.1)
    monkeypatch.setattr("survey_app.jobs.heartbeat.LOOK_SECONDS", 0.05)
    job_id = put_down(app, "test.progress")
    thread = Thread(target=carrying.drain, args=(app,))
    thread.start()
    first = wait_until(lambda: row(app, job_id).leased_until)
    wait_until(lambda: row(app, job_id).progress_note == "half-way")
    later = wait_until(lambda: (row(app, job_id).leased_until or first) > first and row(app, job_id))
    tasks.release.set()
    thread.join()
    assert later.progress == 0.5
    assert row(app, job_id).state == "done"


def test_cancelled_work_stops_at_a_good_place(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey_app.jobs.heartbeat.LOOK_SECONDS", 0.05)
    job_id = put_down(app, "test.wait")
    thread = Thread(target=carrying.drain, args=(app,))
    thread.start()
    wait_until(lambda: row(app, job_id).state == "running")
    with app.app_context(), writing():
        assert cancel_job(db.session.get_one(Job, job_id), datetime.now(UTC))
        db.session.commit()
    thread.join(5)
    assert row(app, job_id).state == "cancelled"


def test_a_worker_that_stops_leaves_its_work_to_the_next(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey_app.jobs.heartbeat.LOOK_SECONDS", 0.05)
    job_id = put_down(app, "test.wait")
    stopping = Event()
    thread = Thread(target=carrying.drain, args=(app, stopping))
    thread.start()
    wait_until(lambda: row(app, job_id).state == "running")
    stopping.set()
    thread.join(5)
    assert (row(app, job_id).state, row(app, job_id).attempts) == ("waiting", 0)


def test_cancelled_waiting_work_is_never_begun(app: Flask) -> None:
    job_id = put_down(app, "test.note")
    with app.app_context(), writing():
        assert cancel_job(db.session.get_one(Job, job_id), datetime.now(UTC))
        assert not cancel_job(db.session.get_one(Job, job_id), datetime.now(UTC))
        db.session.commit()
    assert carrying.drain(app) == 0


def test_a_command_carries_its_work_out_itself(app: Flask) -> None:
    with app.app_context(), writing():
        job = enqueue("test.note", 3)
        db.session.commit()
        assert run_now(job).state == "done"
    assert tasks.done == [3]


def test_a_command_waits_for_the_worker_that_has_its_work(app: Flask) -> None:
    told: list[str] = []
    job_id = put_down(app, "test.progress")
    thread = Thread(target=carrying.drain, args=(app,))
    thread.start()
    wait_until(lambda: row(app, job_id).progress_note == "half-way")
    Thread(target=lambda: (time.sleep(0.5), tasks.release.set())).start()
    with app.app_context(), writing():
        assert run_now(db.session.get_one(Job, job_id), told.append).state == "done"
    thread.join()
    assert told == ["half-way"]


def test_equal_work_that_waits_is_one_row_brought_forward(app: Flask) -> None:
    now = datetime.now(UTC)
    with app.app_context(), writing():
        first = enqueue("test.note", 1, due_at=now + timedelta(hours=1), coalesce=True)
        db.session.commit()
        second = enqueue("test.note", 1, due_at=now, coalesce=True)
        third = enqueue("test.note", 1, due_at=now + timedelta(hours=2), coalesce=True)
        db.session.commit()
        assert first.id == second.id == third.id
        assert second.due_at == now
        first_id = first.id
        assert enqueue("test.note", 2, coalesce=True).id != first.id
        db.session.commit()
    assert carrying.drain(app) == 2
    with app.app_context(), writing():
        assert enqueue("test.note", 1, coalesce=True).id != first_id, "what runs or ran is no longer waiting"


def test_equal_work_put_down_by_two_at_once_is_one_row(app: Flask) -> None:
    ids: list[int] = []

    def press() -> None:
        with app.app_context(), writing():
            job = enqueue("test.note", 1, coalesce=True)
            time.sleep(0.05)
            db.session.commit()
            ids.append(job.id)

    threads = [Thread(target=press) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 3
    assert len(set(ids)) == 1


def test_a_rolled_back_savepoint_forgets_the_row_it_put_down(app: Flask) -> None:
    with app.app_context(), writing():
        savepoint = db.session.begin_nested()
        enqueue("test.note", 1, coalesce=True)
        savepoint.rollback()
        enqueue("test.note", 1, coalesce=True)
        db.session.commit()
    assert carrying.drain(app) == 1


def test_doubled_sweeps_put_periodic_work_down_once(app: Flask) -> None:
    registry.register_task(app, registry.Task("test.daily", f"{PATH}:note", every_minutes=1440))
    now = datetime.now(UTC)
    threads = [Thread(target=sweep, args=(app, now)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    carrying.drain(app)
    sweep(app, now + timedelta(hours=1))
    sweep(app, now - timedelta(hours=2))
    assert count(app, "test.daily") == 1
    sweep(app, now + timedelta(days=1))
    assert count(app, "test.daily") == 2


def test_old_work_is_forgotten_but_not_what_failed(app: Flask) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=60)
    put_down(app, "test.note", state="done", finished_at=long_ago)
    put_down(app, "test.note", state="failed", finished_at=long_ago)
    sweep(app)
    with app.app_context():
        assert [job.state for job in db.session.query(Job).where(Job.name == "test.note")] == ["failed"]


def test_a_queue_that_is_out_of_reach_fails_no_request(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    class Unreachable:
        def wake(self, _at: object = None) -> None:
            raise OSError("the disk is gone")

    kept = app.extensions.get("survey_app.jobs.engine")
    app.extensions["survey_app.jobs.engine"] = Unreachable()
    try:
        put_down(app, "test.note", 1)
    finally:
        app.extensions["survey_app.jobs.engine"] = kept
    assert "could not be woken" in caplog.text
    assert carrying.drain(app) == 1


def count(app: Flask, name: str) -> int:
    with app.app_context():
        return db.session.query(Job).where(Job.name == name).count()


def wait_until(ask: Callable[[], Any], seconds: float = 5) -> Any:
    """Return the first true answer; fail when there is none in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")
