"""Figures for a monitoring system: read when it asks, behind a token, without a word about people."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from survey_app.extensions import db, writing
from survey_app.jobs.operations import enqueue
from survey_app.outbox.models import MailEvent
from survey_app.outbox.operations import suppress
from tests.factories.mails import a_mail, queue

TOKEN = "a-token-of-the-harbour-master"


@pytest.fixture
def watched(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    settings = replace(app.config["SURVEY_SETTINGS"], metrics_token=TOKEN)
    monkeypatch.setitem(app.config, "SURVEY_SETTINGS", settings)
    return app


def test_without_the_setting_nothing_is_there(app: Flask) -> None:
    assert app.test_client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("given", ["", TOKEN, f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer \u00e9"])
def test_a_wrong_token_is_refused(watched: Flask, given: str) -> None:
    assert watched.test_client().get("/metrics", headers={"Authorization": given}).status_code == 401


def figures(app: Flask) -> tuple[str, dict[tuple[str, ...], float]]:
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    samples = [sample for family in text_string_to_metric_families(answer.text) for sample in family.samples]
    return answer.text, {(sample.name, *sample.labels.values()): sample.value for sample in samples}


def test_work_mail_and_what_came_back_are_counted_as_they_are_now(watched: Flask) -> None:
    assert figures(watched)[1]["survey_mail_oldest_due_seconds",] == 0
    now = datetime.now(UTC)
    with watched.app_context(), writing():
        enqueue("accounts.sweep", due_at=now - timedelta(minutes=10))
        left = enqueue("campaigns.send", 1)
        left.state, left.lease_token, left.leased_until = "running", "x", now - timedelta(minutes=1)
        queue(a_mail(), now=now - timedelta(hours=1))
        claimed = queue(a_mail(), key="invitation:2", now=now)
        claimed.state, claimed.lease_token, claimed.leased_until = "claimed", "x", now - timedelta(minutes=1)
        suppress("an@example.org", "bounced", "mailbox", now)
        db.session.add(MailEvent(key="x", verdict="hard", source="mailbox", received_at=now))
        db.session.commit()
    text, found = figures(watched)
    assert found["survey_jobs", "campaigns.send", "running"] == 1
    assert 600 <= found["survey_job_oldest_waiting_seconds", "accounts.sweep"] < 660
    assert found["survey_job_leases_expired",] == 1
    assert found["survey_mails", "invitation", "pending"] == 1
    assert 3600 <= found["survey_mail_oldest_due_seconds",] < 3660
    assert found["survey_mail_leases_expired",] == 1
    assert found["survey_mail_events", "hard"] == 1
    assert found["survey_suppressions", "bounced"] == 1
    assert "example.org" not in text
