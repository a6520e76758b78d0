"""A worker killed in the middle of a campaign loses nobody, and copies nothing but what was on its way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from survey_app.extensions import db, writing
from survey_app.outbox import queries
from tests.factories.mails import a_mail, queue
from tests.mail_sink import MailSink

N_MAILS = 100
N_THREADS = 2
ROOT = Path(__file__).parents[3]
# Imports once, then forks a real worker for each line it reads, so that a test need not wait for five imports.
# Only the leases are short, so that the test need not wait for the real ones.
NURSERY = """
import os, signal, sys
from datetime import timedelta
from survey_app import create_app
from survey_app.cli import main
from survey_app.jobs import heartbeat, leases as job_leases
from survey_app.outbox import leases as mail_leases, tasks
job_leases.LEASE = heartbeat.LEASE = mail_leases.LEASE = timedelta(seconds=2)
heartbeat.RENEW_SECONDS, heartbeat.LOOK_SECONDS = 0.5, 0.2
create_app()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
sys.argv[1:] = ["worker", "run", "--threads", sys.argv[1]]
for _ in sys.stdin:
    pid = os.fork()
    if pid == 0:
        main()
        os._exit(0)
    print(pid, flush=True)
"""


@dataclass(frozen=True)
class Nursery:
    """Where workers come from."""

    process: subprocess.Popen[str]

    @contextmanager
    def a_worker(self) -> Iterator[int]:
        """Run a worker and return its process number; at the end of the block it is killed."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        try:
            yield pid
        finally:
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture
def nursery(app: Flask, mail_sink: MailSink) -> Iterator[Nursery]:
    environment = {
        **os.environ,
        "SECRET_KEY": app.config["SECRET_KEY"],
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "SURVEY_PUBLIC_URL": "http://127.0.0.1:8000",
        "SURVEY_MAIL_FROM": "surveys@example.org",
        "SURVEY_SMTP_URL": mail_sink.url,
    }
    with subprocess.Popen(
        [sys.executable, "-c", NURSERY, str(N_THREADS)], env=environment, cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        yield Nursery(process)
        process.kill()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(ask: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not ask():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


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
    assert sum(copies.values()) - N_MAILS <= len(kill_at) * N_THREADS
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
