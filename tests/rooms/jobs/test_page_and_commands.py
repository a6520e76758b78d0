"""Background work on its page and on the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from flask import Flask

from survey_app.extensions import db, writing
from survey_app.jobs.models import Job
from survey_app.jobs.operations import enqueue
from tests.signing_in import SignIn


def a_job(app: Flask, **values: object) -> int:
    with app.app_context(), writing():
        job = enqueue("outbox.send")
        for column, value in values.items():
            setattr(job, column, value)
        db.session.commit()
        return job.id


def state(app: Flask, job_id: int) -> tuple[str, bool]:
    with app.app_context():
        job = db.session.get_one(Job, job_id)
        return job.state, job.stop_requested


def running() -> dict[str, object]:
    return {"state": "running", "leased_until": datetime(2999, 1, 1, tzinfo=UTC), "lease_token": "x"}


def test_the_page_shows_each_kind_and_why_work_failed(app: Flask, sign_in: SignIn) -> None:
    a_job(app, state="failed", last_error="ValueError: <script>")
    a_job(app)
    a_job(app, **running(), progress_note="half-way")
    page = sign_in("admin").get("/admin/jobs")
    assert page.status_code == 200
    assert "ValueError: &lt;script&gt;" in page.text
    assert "half-way" in page.text


def test_failed_work_starts_over_from_the_page(app: Flask, sign_in: SignIn) -> None:
    job_id = a_job(app, state="failed", last_error="x", attempts=5)
    client = sign_in("admin")
    assert client.post(f"/admin/jobs/{job_id}/retry").status_code == 303
    assert state(app, job_id) == ("waiting", False)
    client.post(f"/admin/jobs/{job_id}/retry")
    assert "has not failed" in client.get("/admin/jobs").text


@pytest.mark.parametrize(
    ("values", "after"),
    [({}, ("cancelled", False)), (running(), ("running", True)), ({"state": "done"}, ("done", False))],
)
def test_work_is_cancelled_or_asked_to_stop(
    app: Flask, sign_in: SignIn, values: dict[str, object], after: tuple[str, bool]
) -> None:
    job_id = a_job(app, **values)
    assert sign_in("admin").post(f"/admin/jobs/{job_id}/cancel").status_code == 303
    assert state(app, job_id) == after


def test_a_get_changes_nothing(app: Flask, sign_in: SignIn) -> None:
    job_id = a_job(app)
    client = sign_in("admin")
    for method in (client.get, client.head):
        assert method(f"/admin/jobs/{job_id}/cancel").status_code == 405
        assert method("/admin/jobs").status_code == 200
    assert state(app, job_id) == ("waiting", False)


def test_work_that_is_not_there_is_not_found(sign_in: SignIn) -> None:
    assert sign_in("admin").post("/admin/jobs/999/retry").status_code == 404


def test_only_admins_see_or_change_work(app: Flask, sign_in: SignIn) -> None:
    job_id = a_job(app)
    manager = sign_in("manager")
    assert manager.get("/admin/jobs").status_code == 404
    assert manager.post(f"/admin/jobs/{job_id}/cancel").status_code == 404
    assert state(app, job_id) == ("waiting", False)


def test_work_is_listed_and_shown_as_json(app: Flask) -> None:
    job_id = a_job(app, state="failed", last_error="ValueError: empty")
    listed = json.loads(app.test_cli_runner().invoke(args=["jobs", "list", "--json", "--state", "failed"]).stdout)
    shown = json.loads(app.test_cli_runner().invoke(args=["jobs", "show", str(job_id), "--json"]).stdout)
    assert listed == [shown]
    assert shown["last_error"] == "ValueError: empty"
    assert "ValueError: empty" in app.test_cli_runner().invoke(args=["jobs", "list"]).stdout
    assert "state: failed" in app.test_cli_runner().invoke(args=["jobs", "show", str(job_id)]).stdout


def test_commands_retry_and_cancel_and_say_when_there_is_nothing_to_do(app: Flask) -> None:
    runner = app.test_cli_runner()
    job_id = str(a_job(app, state="failed"))
    assert runner.invoke(args=["jobs", "retry", job_id]).exit_code == 0
    assert runner.invoke(args=["jobs", "retry", job_id]).exit_code == 3
    assert runner.invoke(args=["jobs", "cancel", job_id]).exit_code == 0
    refused = runner.invoke(args=["jobs", "cancel", job_id])
    assert (refused.exit_code, refused.stdout) == (3, "")
    assert "nothing to cancel" in refused.stderr
    assert runner.invoke(args=["jobs", "show", "999"]).exit_code == 3


def test_the_changing_part_comes_alone_and_shows_mail_too(app: Flask, sign_in: SignIn) -> None:
    a_job(app, due_at=datetime(2026, 1, 1, tzinfo=UTC))
    client = sign_in("admin")
    part = client.get("/admin/jobs/figures")
    assert "<html" not in part.text
    assert "No mail is late." in part.text
    assert "outbox.send" in part.text
    assert sign_in("manager").get("/admin/jobs/figures").status_code == 404


def test_cancelled_work_starts_over_from_the_page(app: Flask, sign_in: SignIn) -> None:
    job_id = a_job(app, state="cancelled")
    client = sign_in("admin")
    assert f"/admin/jobs/{job_id}/retry" in client.get("/admin/jobs").text
    client.post(f"/admin/jobs/{job_id}/retry")
    assert state(app, job_id) == ("waiting", False)
