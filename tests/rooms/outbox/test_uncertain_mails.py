"""What the server may have had, what must go to nobody, and what a stop lets through while several are on their way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import pytest
from flask import Flask

from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.outbox import leases, operations, queries
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.rules import UNANSWERED, WORKER_ENDED
from survey_app.outbox.tasks import send_due
from tests.chaos.nursery import wait_for
from tests.factories.mails import NOW, a_mail, queue
from tests.mail_sink import MailSink

GROUP = "campaign:1"


@pytest.fixture
def settings(app: Flask, mail_sink: MailSink) -> Callable[..., None]:
    def change(**values: Any) -> None:
        app.config["SURVEY_SETTINGS"] = replace(app.config["SURVEY_SETTINGS"], **values)

    return change


def put_down(app: Flask, n_mails: int) -> None:
    with app.app_context(), writing():
        for number in range(n_mails):
            queue(a_mail(to_address=f"c{number}@example.org"), key=f"invitation:{number}", group_key=GROUP)
        db.session.commit()


def send(app: Flask) -> None:
    with app.app_context():
        send_due(JobRun(None, {}, datetime.now(UTC)))


def make_due(app: Flask) -> None:
    with app.app_context(), writing():
        db.session.query(OutboxMail).filter_by(state="pending").update({"due_at": NOW})
        db.session.commit()


def counts(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {state: n for state, n in queries.count_by_state(GROUP).items() if n}


def test_a_trial_installation_sends_to_nobody(app: Flask, mail_sink: MailSink, settings: Callable[..., None]) -> None:
    put_down(app, 2)
    settings(mail_mode="hold")
    send(app)
    assert counts(app) == {"pending": 2}
    assert mail_sink.n_connections == 0
    settings(mail_mode="send")
    send(app)
    assert counts(app) == {"sent": 2}


def test_a_mail_without_an_answer_is_sent_again_and_counted(
    app: Flask, mail_sink: MailSink, settings: Callable[..., None]
) -> None:
    put_down(app, 1)
    mail_sink.fault, mail_sink.n_faults = "drop-after", 1
    send(app)
    make_due(app)
    send(app)
    assert len(set(mail_sink.message_ids())) == 1
    assert len(mail_sink.mails) == 2
    with app.app_context():
        assert queries.count_uncertain()["sent"] == 1


def test_a_mail_without_an_answer_is_kept_back_where_that_is_wished(
    app: Flask, mail_sink: MailSink, settings: Callable[..., None]
) -> None:
    settings(uncertain_mail="hold")
    put_down(app, 2)
    mail_sink.fault, mail_sink.n_faults = "drop-after", 1
    send(app)
    make_due(app)
    send(app)
    assert len(mail_sink.mails) == 2
    assert counts(app) == {"sent": 1, "failed": 1}
    with app.app_context():
        assert queries.count_uncertain()["failed"] == 1
        with writing():
            assert operations.resend_uncertain(NOW) == 1
            db.session.commit()
    send(app)
    assert counts(app) == {"sent": 2}
    assert len(mail_sink.mails) == 3


def test_what_a_killed_worker_held_is_kept_back_where_that_is_wished(
    app: Flask, mail_sink: MailSink, settings: Callable[..., None]
) -> None:
    settings(uncertain_mail="hold")
    put_down(app, 3)
    with app.app_context():
        leases.claim_batch("gone", datetime.now(UTC) - leases.LEASE * 2, 1)
    send(app)
    assert counts(app) == {"sent": 2, "failed": 1}
    with app.app_context():
        (row,) = queries.list_failed()
        assert row.last_error == WORKER_ENDED
        assert row.content is not None


def test_a_refusal_after_a_lost_answer_tells_the_refusal(app: Flask, mail_sink: MailSink) -> None:
    put_down(app, 1)
    mail_sink.fault, mail_sink.n_faults = "drop-after", 1
    send(app)
    with app.app_context():
        assert db.session.query(OutboxMail).one().last_error == UNANSWERED
    make_due(app)
    mail_sink.refused["c0@example.org"] = "550 5.1.1 no such user"
    send(app)
    with app.app_context():
        assert db.session.query(OutboxMail).one().last_error == "550 5.1.1 no such user"


@pytest.mark.parametrize("stop", [operations.cancel_group, lambda group: operations.pause_group(group, NOW)])
def test_a_stop_lets_go_at_most_the_mails_on_their_way(
    app: Flask, mail_sink: MailSink, settings: Callable[..., None], stop: Callable[[str], object]
) -> None:
    settings(smtp_connections=4)
    mail_sink.seconds = 0.02
    put_down(app, 60)
    sender = Thread(target=send, args=(app,))
    sender.start()
    wait_for(lambda: len(mail_sink.mails) >= 8, pause=0.001)
    with app.app_context(), writing():
        stop(GROUP)
        db.session.commit()
    n_at_stop = len(mail_sink.mails)
    sender.join()
    assert len(mail_sink.mails) - n_at_stop <= 4
    found = counts(app)
    assert found["sent"] == len(mail_sink.mails)
    assert sum(found.values()) == 60
    assert mail_sink.n_connections == 4


def test_a_server_that_takes_one_connection_only_gets_every_mail_on_it(
    app: Flask, mail_sink: MailSink, settings: Callable[..., None]
) -> None:
    settings(smtp_connections=4)
    mail_sink.most_connections = 1
    put_down(app, 30)
    send(app)
    assert counts(app) == {"sent": 30}
    assert len(mail_sink.mails) == 30
