"""Servers that refuse, hang or go away at each step of a conversation: nobody is lost, nothing goes twice unseen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes

import pytest
from flask import Flask

from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.outbox import queries
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.tasks import send_due
from survey_app.outbox.transport import Mailer
from tests.factories.mails import NOW, a_mail, queue
from tests.scripted_server import DROP, HANG, STEPS, Script, scripted_server

N_MAILS = 3
ways = pytest.mark.parametrize("is_pipelining", [True, False], ids=["pipelining", "one-by-one"])


@pytest.fixture
def waiting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Return the application with mails that wait and little patience."""
    monkeypatch.setattr("survey_app.outbox.transport.CONNECT_SECONDS", 0.2)
    monkeypatch.setattr("survey_app.outbox.transport.READ_SECONDS", 0.2)
    kept = app.config["SURVEY_SETTINGS"]
    with app.app_context(), writing():
        for number in range(N_MAILS):
            queue(a_mail(to_address=f"c{number}@example.org"), key=f"invitation:{number}", group_key="campaign:1")
        db.session.commit()
    yield app
    app.config["SURVEY_SETTINGS"] = kept


def send(app: Flask, script: Script) -> None:
    app.config["SURVEY_SETTINGS"] = replace(app.config["SURVEY_SETTINGS"], smtp_url=script.url, smtp_connections=1)
    Mailer(app)
    with app.app_context():
        with writing():
            db.session.query(OutboxMail).filter_by(state="pending").update({"due_at": NOW})
            db.session.commit()
        send_due(JobRun(None, {}, datetime.now(UTC)))


def counts(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {state: n for state, n in queries.count_by_state("campaign:1").items() if n}


@ways
@pytest.mark.parametrize("fault", [HANG, DROP, "421 4.3.2 closing"])
@pytest.mark.parametrize("step", STEPS)
def test_a_server_that_hangs_or_goes_away_gets_every_mail_in_the_end(
    waiting: Flask, step: str, fault: str, *, is_pipelining: bool
) -> None:
    with scripted_server(Script({step: fault}, 1, is_pipelining)) as script:
        started = time.monotonic()
        send(waiting, script)
        assert time.monotonic() - started < 4
        send(waiting, script)
        send(waiting, script)
    assert counts(waiting) == {"sent": N_MAILS}
    recipients = [address for found, _mail in script.taken for address in found]
    assert set(recipients) == {f"c{number}@example.org" for number in range(N_MAILS)}
    # Only a server that has the mail and keeps its answer for itself gets a second copy, under the same number.
    assert len(recipients) - N_MAILS == (step == "content" and fault in {HANG, DROP})
    assert len({message_from_bytes(mail)["Message-ID"] for _found, mail in script.taken}) == N_MAILS


@ways
@pytest.mark.parametrize(
    ("step", "reply", "state"),
    [
        # What is said about the sender concerns all mail: nobody's mail fails for it.
        ("mail", "451 4.3.0 try later", "pending"),
        ("mail", "550 5.7.1 sender refused", "pending"),
        ("rcpt", "450 4.2.0 greylisted", "pending"),
        ("rcpt", "550 5.1.1 no such user", "failed"),
        ("data", "451 4.3.0 try later", "pending"),
        ("data", "554 5.5.1 no", "failed"),
        # An answer that means nothing here is no delivery.
        ("data", "250 what?", "pending"),
        ("content", "452 4.3.1 full", "pending"),
        ("content", "554 5.7.1 spam", "failed"),
    ],
)
def test_a_refusal_at_each_step_means_what_it_says(
    waiting: Flask, step: str, reply: str, state: str, *, is_pipelining: bool
) -> None:
    with scripted_server(Script({step: reply}, 1, is_pipelining)) as script:
        send(waiting, script)
        with waiting.app_context():
            hit = db.session.query(OutboxMail).filter(OutboxMail.last_error.is_not(None)).one()
            assert (hit.state, hit.last_error) == (state, reply)
        send(waiting, script)
    assert counts(waiting) == ({"sent": N_MAILS} if state == "pending" else {"sent": N_MAILS - 1, "failed": 1})
    assert len(script.taken) == counts(waiting)["sent"]


def test_a_server_that_says_go_on_without_a_recipient_gets_an_empty_mail(waiting: Flask) -> None:
    with scripted_server(Script({"rcpt": "550 5.1.1 no such user"}, 1)) as script:
        send(waiting, script)
    assert script.n_empty == 1
    assert counts(waiting) == {"sent": N_MAILS - 1, "failed": 1}
