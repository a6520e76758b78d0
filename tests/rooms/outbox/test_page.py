"""The page of outgoing mail."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask

from survey_app.extensions import db, writing
from survey_app.outbox.models import OutboxMail
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
