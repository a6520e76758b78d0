"""A worker killed in the middle of a campaign loses nobody, and copies nothing but what was on its way."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask

from survey_app.extensions import db, writing
from survey_app.outbox import queries
from tests.chaos.nursery import Nursery, a_nursery, is_alive, wait_for
from tests.factories.mails import a_mail, queue
from tests.mail_sink import MailSink

N_MAILS = 100
N_THREADS, N_CONNECTIONS = 2, 4


@pytest.fixture
def nursery(app: Flask, mail_sink: MailSink) -> Iterator[Nursery]:
    environment = {
        "SECRET_KEY": app.config["SECRET_KEY"],
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "SURVEY_PUBLIC_URL": "http://127.0.0.1:8000",
        "SURVEY_MAIL_FROM": "surveys@example.org",
        "SURVEY_SMTP_URL": mail_sink.url,
        "SURVEY_SMTP_CONNECTIONS": str(N_CONNECTIONS),
    }
    with a_nursery(environment, n_threads=N_THREADS, errors=subprocess.PIPE) as found:
        yield found


def put_down(app: Flask) -> None:
    with app.app_context(), writing():
        for number in range(N_MAILS):
            queue(a_mail(to_address=f"c{number}@example.org"), key=f"invitation:{number}", group_key="campaign:1")
        db.session.commit()


def n_sent(app: Flask) -> int:
    with app.app_context():
        return queries.count_by_state("campaign:1")["sent"]


def test_killing_the_worker_again_and_again_loses_nobody(app: Flask, nursery: Nursery, mail_sink: MailSink) -> None:
    mail_sink.seconds = 0.01
    put_down(app)
    kill_at = (10, 30, 50, 70)
    for n_mails in kill_at:
        with nursery.a_worker():
            wait_for(lambda n_mails=n_mails: len(mail_sink.mails) >= n_mails)  # type: ignore[misc]
    with nursery.a_worker():
        wait_for(lambda: n_sent(app) == N_MAILS)
    copies = Counter(mail_sink.recipients())
    assert set(copies) == {f"c{number}@example.org" for number in range(N_MAILS)}
    assert sum(copies.values()) - N_MAILS <= len(kill_at) * N_THREADS * N_CONNECTIONS
    # A second copy carries the first one's Message-ID, so that mail programs show one.
    assert len(set(mail_sink.message_ids())) == N_MAILS


def test_a_worker_takes_new_mail_within_a_second_and_stops_when_asked(
    app: Flask, nursery: Nursery, mail_sink: MailSink
) -> None:
    with nursery.a_worker() as pid:
        assert nursery.process.stderr is not None
        while "ready" not in nursery.process.stderr.readline():
            assert is_alive(pid)
        begun = time.monotonic()
        with app.app_context(), writing():
            queue(a_mail())
            db.session.commit()
        wait_for(lambda: len(mail_sink.mails) == 1, 5)
        # A second on a quiet machine; the tests share theirs.
        assert time.monotonic() - begun < 2.5
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: not is_alive(pid), 10)
