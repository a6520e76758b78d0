"""Everybody once: each mail is handed over, recorded after the server's answer, and tried again where that helps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from flask import Flask

from survey_app.extensions import db, writing
from survey_app.jobs import carrying
from survey_app.jobs.models import Job
from survey_app.jobs.running import JobRun
from survey_app.outbox import leases, operations, queries, registry, rules
from survey_app.outbox.dialogue import Delivery
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.recording import record_delivery
from survey_app.outbox.tasks import OTHER_KEY, send_due
from tests.factories.mails import NOW, a_mail, queue
from tests.mail_sink import MailSink


def put_down(app: Flask, n_mails: int = 1, group_key: str | None = "campaign:1", **overrides: Any) -> None:
    with app.app_context(), writing():
        for number in range(n_mails):
            mail = a_mail(**({"to_address": f"customer{number}@example.org"} | overrides))
            queue(mail, key=f"invitation:{number}", group_key=group_key)
        db.session.commit()


def send(app: Flask) -> None:
    with app.app_context():
        send_due(JobRun(None, {}, datetime.now(UTC)))


def row(app: Flask, key: str = "invitation:0") -> OutboxMail:
    with app.app_context():
        found = queries.find_mail(key)
        assert found is not None
        db.session.expunge(found)
        return found


def counts(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {state: n for state, n in queries.count_by_state("campaign:1").items() if n}


def make_due(app: Flask) -> None:
    with app.app_context(), writing():
        db.session.query(OutboxMail).filter_by(state="pending").update({"due_at": NOW})
        db.session.commit()


@pytest.fixture
def told(app: Flask) -> Iterator[list[tuple[str, str]]]:
    """Return what the listeners were told."""
    heard: list[tuple[str, str]] = []
    listeners = app.extensions.setdefault(registry.EXTENSION, [])
    listeners.append(lambda mail: heard.append((mail.key, mail.state)))
    yield heard
    listeners.pop()


def test_a_mail_goes_out_once_and_leaves_nothing_readable(
    app: Flask, mail_sink: MailSink, told: list[tuple[str, str]]
) -> None:
    put_down(app)
    send(app)
    send(app)
    assert mail_sink.recipients() == ["customer0@example.org"]
    mail = row(app)
    assert (mail.state, mail.content, mail.lease_token, mail.attempts) == ("sent", None, None, 1)
    assert mail_sink.message_ids() == [mail.message_id]
    assert told == [("invitation:0", "sent")]


def test_committed_mail_is_sent_by_the_work_put_down_with_it(app: Flask, mail_sink: MailSink) -> None:
    put_down(app, 2)
    carrying.drain(app)
    assert counts(app) == {"sent": 2}


def test_many_mails_share_one_connection(app: Flask, mail_sink: MailSink) -> None:
    put_down(app, 45)
    send(app)
    assert counts(app) == {"sent": 45}
    assert mail_sink.n_connections == 1


def test_two_senders_at_once_send_each_mail_once(app: Flask, mail_sink: MailSink) -> None:
    put_down(app, 60)
    threads = [Thread(target=send, args=(app,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts(app) == {"sent": 60}
    assert sorted(mail_sink.recipients()) == sorted({f"customer{n}@example.org" for n in range(60)})


def test_a_refused_recipient_fails_at_once_and_stops_nobody(
    app: Flask, mail_sink: MailSink, told: list[tuple[str, str]]
) -> None:
    mail_sink.refused["customer0@example.org"] = "550 5.1.1 no such user"
    put_down(app, 3)
    send(app)
    assert counts(app) == {"sent": 2, "failed": 1}
    assert row(app).last_error == "550 5.1.1 no such user"
    assert ("invitation:0", "failed") in told


@pytest.mark.parametrize(
    ("reply", "is_suppressed"),
    [("550 5.1.1 no such user", True), ("552 5.2.2 mailbox full", False), ("550 5.7.1 policy", False)],
)
def test_only_an_address_that_does_not_exist_is_suppressed(
    app: Flask, mail_sink: MailSink, *, reply: str, is_suppressed: bool
) -> None:
    mail_sink.refused["customer0@example.org"] = reply
    put_down(app)
    send(app)
    with app.app_context():
        assert (queries.find_suppression("customer0@example.org") is not None) is is_suppressed


def test_a_mail_the_server_puts_off_is_tried_again_with_growing_pauses(app: Flask, mail_sink: MailSink) -> None:
    mail_sink.fault, mail_sink.n_faults = "later", 2
    put_down(app)
    pauses = []
    for _ in range(2):
        before = datetime.now(UTC)
        send(app)
        pauses.append(row(app).due_at - before)
        assert row(app).last_error == "451 4.7.1 greylisted"
        make_due(app)
    send(app)
    assert counts(app) == {"sent": 1}
    assert pauses[1] > pauses[0] >= rules.FIRST_PAUSE


def test_a_mail_put_off_for_the_stated_time_fails(app: Flask, mail_sink: MailSink) -> None:
    mail_sink.fault = "later"
    put_down(app)
    with app.app_context(), writing():
        db.session.query(OutboxMail).update({"attempts": rules.MOST_TRIES - 1})
        db.session.commit()
    send(app)
    assert counts(app) == {"failed": 1}


@pytest.mark.parametrize("fault", ["closing", "drop", "hang", "drop-after", "sender"])
def test_a_server_that_breaks_off_gets_every_mail_in_the_end(
    app: Flask, mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr("survey_app.outbox.transport.READ_SECONDS", 0.3)
    mail_sink.fault, mail_sink.n_faults = fault, 2
    put_down(app, 4)
    for _ in range(5):
        send(app)
        make_due(app)
    assert counts(app) == {"sent": 4}
    copies = len(mail_sink.recipients()) - 4
    assert len(set(mail_sink.recipients())) == 4
    # Only where the server kept the mail and hid its answer is there a second copy, and it can be told apart.
    assert copies == (2 if fault == "drop-after" else 0)
    assert len(set(mail_sink.message_ids())) == 4


def test_a_connection_lost_between_two_mails_is_opened_again_at_once(app: Flask, mail_sink: MailSink) -> None:
    mail_sink.fault, mail_sink.n_faults = "closing", 1
    put_down(app, 3)
    send(app)
    assert counts(app) == {"sent": 3}
    assert mail_sink.n_connections == 2


def test_a_mail_the_server_rejects_as_a_whole_fails(app: Flask, mail_sink: MailSink) -> None:
    mail_sink.fault, mail_sink.n_faults = "reject", 1
    put_down(app, 2)
    send(app)
    assert counts(app) == {"sent": 1, "failed": 1}


def test_an_absent_server_costs_one_try_and_is_asked_again_later(app: Flask, mail_sink: MailSink) -> None:
    put_down(app, 30)
    mail_sink.use(app, "smtp://127.0.0.1:9")
    carrying.drain(app)
    assert counts(app) == {"pending": 30}
    with app.app_context():
        assert sorted(mail.attempts for mail in db.session.query(OutboxMail)) == [0] * 29 + [1]
        waiting = db.session.query(Job).filter_by(state="waiting").one()
        assert waiting.due_at > datetime.now(UTC) + timedelta(seconds=10)
    mail_sink.use(app)
    make_due(app)
    send(app)
    assert counts(app) == {"sent": 30}


def test_an_address_suppressed_after_queueing_gets_nothing(
    app: Flask, mail_sink: MailSink, told: list[tuple[str, str]]
) -> None:
    put_down(app, 2)
    with app.app_context(), writing():
        operations.suppress("CUSTOMER0@Example.org", "unsubscribed", "link", NOW)
        db.session.commit()
    send(app)
    assert mail_sink.recipients() == ["customer1@example.org"]
    assert counts(app) == {"sent": 1, "suppressed": 1}
    assert told == [("invitation:0", "suppressed"), ("invitation:1", "sent")]


def test_notices_to_staff_pass_the_suppression_list_and_go_first(app: Flask, mail_sink: MailSink) -> None:
    put_down(app, 1)
    with app.app_context(), writing():
        operations.suppress("agent@example.org", "unsubscribed", "link", NOW)
        queue(a_mail(to_address="agent@example.org", for_staff=True), key="case:1", kind="case")
        db.session.commit()
    send(app)
    assert mail_sink.recipients() == ["agent@example.org", "customer0@example.org"]
    assert mail_sink.mails[0].message["Auto-Submitted"] == "auto-generated"


def test_a_pause_holds_within_one_mail_and_resuming_sends_the_rest_once(
    app: Flask, mail_sink: MailSink, told: list[tuple[str, str]]
) -> None:
    put_down(app, 5)

    def pause_at_second(_mail: registry.EndedMail) -> None:
        if len(told) == 2:
            operations.pause_group("campaign:1", NOW)

    app.extensions[registry.EXTENSION].append(pause_at_second)
    send(app)
    app.extensions[registry.EXTENSION].remove(pause_at_second)
    assert counts(app) == {"sent": 2, "pending": 3}
    send(app)
    assert len(mail_sink.mails) == 2
    with app.app_context(), writing():
        operations.resume_group("campaign:1")
        db.session.commit()
    carrying.drain(app)
    assert counts(app) == {"sent": 5}
    assert len(mail_sink.mails) == 5


def test_a_cancelled_group_stops_within_one_mail(app: Flask, mail_sink: MailSink, told: list[tuple[str, str]]) -> None:
    put_down(app, 5)

    def cancel_at_second(_mail: registry.EndedMail) -> None:
        if len(told) == 2:
            operations.cancel_group("campaign:1")

    app.extensions[registry.EXTENSION].append(cancel_at_second)
    send(app)
    app.extensions[registry.EXTENSION].remove(cancel_at_second)
    assert counts(app) == {"sent": 2, "cancelled": 3}
    assert len(mail_sink.mails) == 2
    assert [state for _, state in told].count("cancelled") == 0, "whoever stops a group ends its own rows"


def test_a_mail_cancelled_on_its_way_counts_as_sent(app: Flask, mail_sink: MailSink) -> None:
    put_down(app)
    with app.app_context():
        (mail,) = leases.claim_batch("token", datetime.now(UTC))
        with writing():
            operations.cancel_group("campaign:1")
            db.session.commit()
        record_delivery(mail, "token", Delivery(rules.Outcome.ACCEPTED, "250 taken"))
    assert counts(app) == {"sent": 1}


def test_a_failing_listener_makes_no_second_copy(app: Flask, mail_sink: MailSink) -> None:
    put_down(app, 2)

    def fail(_mail: registry.EndedMail) -> None:
        raise RuntimeError("the listener is broken")

    app.extensions.setdefault(registry.EXTENSION, []).append(fail)
    send(app)
    app.extensions[registry.EXTENSION].remove(fail)
    assert counts(app) == {"sent": 2}
    send(app)
    assert len(mail_sink.mails) == 2


def test_a_mail_stored_under_another_key_fails_with_its_reason(app: Flask, mail_sink: MailSink) -> None:
    put_down(app, 2)
    with app.app_context(), writing():
        db.session.query(OutboxMail).filter_by(key="invitation:0").update({"content": b"not ours"})
        db.session.commit()
    send(app)
    assert counts(app) == {"sent": 1, "failed": 1}
    assert row(app).last_error == OTHER_KEY


def test_a_lease_that_ran_out_lets_the_next_sender_take_the_mail(app: Flask, mail_sink: MailSink) -> None:
    put_down(app, 3)
    with app.app_context():
        assert len(leases.claim_batch("gone", datetime.now(UTC) - leases.LEASE * 2)) == 3
    send(app)
    assert counts(app) == {"sent": 3}
    with app.app_context():
        assert leases.claim_batch("late", datetime.now(UTC)) == []


def test_mails_held_by_another_sender_are_looked_after_when_its_lease_ends(app: Flask, mail_sink: MailSink) -> None:
    put_down(app, 3)
    with app.app_context():
        leases.claim_batch("other", datetime.now(UTC))
    carrying.drain(app)
    assert mail_sink.mails == []
    with app.app_context():
        assert db.session.query(Job).filter_by(name="outbox.send", state="waiting").count() == 1


def test_a_mail_for_later_waits_until_then(app: Flask, mail_sink: MailSink) -> None:
    with app.app_context(), writing():
        queue(a_mail(), due_at=datetime.now(UTC) + timedelta(hours=1))
        db.session.commit()
    send(app)
    assert mail_sink.mails == []


def test_a_stopped_sender_leaves_the_rest_to_the_next(
    app: Flask, mail_sink: MailSink, told: list[tuple[str, str]]
) -> None:
    put_down(app, 5)
    run = JobRun(None, {}, datetime.now(UTC))

    def stop(_mail: registry.EndedMail) -> None:
        run.stopping.set()

    app.extensions[registry.EXTENSION].append(stop)
    with app.app_context():
        send_due(run)
    app.extensions[registry.EXTENSION].remove(stop)
    assert counts(app) == {"sent": 1, "pending": 4}
