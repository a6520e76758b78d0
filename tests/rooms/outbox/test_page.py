"""The page of outgoing mail."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select

from survey_app.accounts.models import AuditEntry
from survey_app.extensions import db, writing
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.rules import UNANSWERED
from tests.factories.mails import a_mail, queue
from tests.signing_in import SignIn


def test_an_admin_sees_what_waits_and_what_failed_and_looking_changes_nothing(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        queue(a_mail())
        failed = queue(a_mail(to_address="nobody@example.org"), key="invitation:2")
        failed.state, failed.last_error = "failed", "550 <b>no such user</b>"
        db.session.commit()
    client = sign_in("admin")
    page = client.get("/admin/outbox")
    assert page.status_code == 200
    assert "nobody@example.org" in page.text
    assert "550 &lt;b&gt;no such user" in page.text
    with app.app_context():
        assert sorted(mail.state for mail in db.session.query(OutboxMail)) == ["failed", "pending"]


def test_an_empty_outbox_says_what_will_be_there(sign_in: SignIn) -> None:
    assert "No mail yet" in sign_in("admin").get("/admin/outbox").text


def test_only_admins_see_the_outbox(sign_in: SignIn) -> None:
    assert sign_in("marketer").get("/admin/outbox").status_code == 404


def test_mail_that_waits_for_its_time_is_not_late(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        queue(a_mail(), due_at=datetime(2999, 1, 1, tzinfo=UTC))
        db.session.commit()
    assert "No mail is late." in sign_in("admin").get("/admin/outbox").text


def test_an_admin_sets_and_lifts_a_limit(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("admin")
    refused = client.post("/admin/outbox/limits", data={"scope": "not a domain", "per_minute": "0"})
    assert refused.status_code == 422
    assert "not a domain" in refused.text
    assert client.post("/admin/outbox/limits", data={"scope": "*"}).status_code == 422
    assert client.post("/admin/outbox/limits", data={"scope": "Example.COM", "per_hour": "120"}).status_code == 303
    page = client.get("/admin/outbox").text
    assert "example.com" in page
    assert "120" in page
    assert client.post("/admin/outbox/limits/lift", data={"scope": "example.com"}).status_code == 303
    assert "<bdi>example.com</bdi>" not in client.get("/admin/outbox").text
    with app.app_context():
        entries = db.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "sending.limited").order_by(AuditEntry.id)
        )
        told = [(entry.object_id, entry.details) for entry in entries]
    assert told == [
        ("example.com", {"before": "", "after": "120 an hour"}),
        ("example.com", {"before": "120 an hour", "after": ""}),
    ]


def test_a_trial_installation_says_so(app: Flask, sign_in: SignIn) -> None:
    kept = app.config["SURVEY_SETTINGS"]
    client = sign_in("admin")
    assert "SURVEY_MAIL_MODE" not in client.get("/admin/outbox").text
    app.config["SURVEY_SETTINGS"] = replace(kept, mail_mode="hold")
    assert "SURVEY_MAIL_MODE" in client.get("/admin/outbox").text
    app.config["SURVEY_SETTINGS"] = kept


def test_mails_kept_back_are_counted_and_sent_on_demand(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        kept_back = queue(a_mail())
        kept_back.state, kept_back.last_error = "failed", UNANSWERED
        db.session.commit()
    client = sign_in("admin")
    assert "Send those kept back" in client.get("/admin/outbox").text
    assert client.post("/admin/outbox/resend").status_code == 303
    with app.app_context():
        assert [mail.state for mail in db.session.query(OutboxMail)] == ["pending"]
        noted = select(AuditEntry.details).where(AuditEntry.action == "sending.resent")
        assert db.session.scalars(noted).all() == [{"mails": "1"}]


def test_limits_are_set_from_the_command_line(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["outbox", "limits"]).output == "No limits.\n"
    assert runner.invoke(args=["outbox", "limits", "*"]).exit_code == 2
    assert runner.invoke(args=["outbox", "limits", "no domain", "--per-hour", "5"]).exit_code == 2
    said = runner.invoke(args=["outbox", "limits", "*", "--per-minute", "30", "--json"])
    assert json.loads(said.output) == [{"scope": "*", "per_minute": 30, "per_hour": None}]
    assert json.loads(runner.invoke(args=["outbox", "limits", "*", "--lift", "--json"]).output) == []
    shown = runner.invoke(args=["outbox", "show", "--json"])
    assert json.loads(shown.output)["uncertain"] == 0
