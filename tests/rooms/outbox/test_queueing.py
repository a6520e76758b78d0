"""One mail per decision, with clean addresses, in the transaction of the decision."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask

from survey_app.extensions import db, writing
from survey_app.jobs.models import Job
from survey_app.outbox import operations, queries
from survey_app.outbox.content import unseal
from survey_app.outbox.mail import Mail
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.rules import AddressError
from tests.factories.mails import a_mail, queue

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def test_a_second_call_with_the_same_key_returns_the_first_row(app: Flask) -> None:
    with app.app_context(), writing():
        first = operations.queue_mail(a_mail(), key="invitation:1", kind="invitation", now=NOW)
        second = operations.queue_mail(a_mail(subject="Another"), key="invitation:1", kind="invitation", now=NOW)
        assert first.id == second.id
        assert unseal(first.content or b"").subject == "How was your flight?"
        assert db.session.query(OutboxMail).count() == 1


def test_two_at_once_with_one_key_make_one_row(app: Flask) -> None:
    barrier = Barrier(4)
    ids: list[int] = []

    def press() -> None:
        barrier.wait()
        with app.app_context(), writing():
            ids.append(operations.queue_mail(a_mail(), key="invitation:1", kind="invitation", now=NOW).id)
            db.session.commit()

    threads = [Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 4
    assert len(set(ids)) == 1


def test_what_is_rolled_back_was_never_queued(app: Flask) -> None:
    with app.app_context(), writing():
        operations.queue_mail(a_mail(), key="invitation:1", kind="invitation", now=NOW)
        db.session.rollback()
        assert queries.find_mail("invitation:1") is None
        assert db.session.query(Job).count() == 0


@pytest.mark.parametrize(
    "address",
    [
        "", "nobody", "two@at@example.org", "a b@example.org", "a@example.org\r\nBcc: b@example.org", "<a@example.org>",
        "a@example.org,b@example.org", "a@[127.0.0.1]", "nguyễn@example.org", "a@" + "x" * 300 + ".org",
    ],
)  # fmt: skip
def test_an_address_no_mail_can_go_to_is_refused(app: Flask, address: str) -> None:
    with app.app_context(), pytest.raises(AddressError):
        operations.queue_mail(a_mail(to_address=address), key="k", kind="invitation", now=NOW)


def test_stored_mail_cannot_be_read_without_the_key(app: Flask) -> None:
    with app.app_context(), writing():
        row = queue(a_mail(text="https://example.org/a/secret-token"))
        assert b"secret-token" not in (row.content or b"")


def test_a_suppressed_address_is_found_however_it_is_spelled(app: Flask) -> None:
    with app.app_context(), writing():
        operations.suppress("An@Example.ORG", "unsubscribed", "link", NOW)
        operations.suppress("an@example.org", "bounced", "report", NOW)
        found = queries.find_suppression(" AN@example.org")
        assert found is not None
        assert found.reason == "unsubscribed"
        assert queries.suppressed_keys(["an@example.org", "b@example.org"]) == {"an@example.org"}
        assert operations.lift_suppression("an@EXAMPLE.org", found.reason)
        assert not operations.lift_suppression("an@example.org", found.reason)


def test_a_cancelled_group_keeps_nothing_to_send(app: Flask) -> None:
    with app.app_context(), writing():
        for number in range(3):
            queue(a_mail(), key=f"invitation:{number}", group_key="campaign:1")
        assert operations.cancel_group("campaign:1") == 3
        assert queries.count_by_state("campaign:1")["cancelled"] == 3
        assert operations.cancel_group("campaign:1") == 0


def test_the_sender_is_woken_once_for_many_mails(app: Flask) -> None:
    with app.app_context(), writing():
        for number in range(3):
            queue(a_mail(), key=f"invitation:{number}", due_at=NOW + timedelta(hours=1))
        queue(a_mail(), key="invitation:9", due_at=NOW)
        jobs = db.session.query(Job).all()
        assert [(job.name, job.due_at) for job in jobs] == [("outbox.send", NOW)]


def test_a_mail_without_any_sender_is_refused(app: Flask) -> None:
    mail = Mail("a@example.org", "", "s", "t", "<p>t</p>", from_address="not an address")
    with app.app_context(), pytest.raises(AddressError):
        operations.queue_mail(mail, key="k", kind="invitation", now=NOW)
