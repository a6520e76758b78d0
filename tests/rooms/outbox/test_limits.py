"""Limits per minute and per hour, in all and per domain: nobody is lost, and nothing is touched again and again."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import func, select

from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.outbox import limits, operations, queries
from survey_app.outbox.letters import Letter
from survey_app.outbox.models import OutboxMail, SendingCount
from survey_app.outbox.queueing import Order, queue_orders, store_letter
from survey_app.outbox.tasks import send_due
from tests.factories.mails import a_mail, queue
from tests.mail_sink import MailSink

GROUP = "campaign:1"


def put_down(app: Flask, n_mails: int, domain: str = "example.org") -> None:
    now = datetime.now(UTC) - timedelta(minutes=1)
    letter = Letter("Subject", "Text", "<p>Text</p>", from_address="s@example.org", has_unsubscribe=False)
    with app.app_context(), writing():
        batch = store_letter(letter, kind="invitation", group_key=GROUP, now=now)
        orders = [Order(f"x:{domain}:{at}", f"c{at}@{domain}", "", {}, now) for at in range(n_mails)]
        queue_orders(batch, orders, now)
        db.session.commit()


def limit(app: Flask, scope: str, per_minute: int | None, per_hour: int | None = None) -> None:
    with app.app_context(), writing():
        operations.limit_sending(scope, per_minute, per_hour)
        db.session.commit()


def send(app: Flask) -> None:
    with app.app_context():
        send_due(JobRun(None, {}, datetime.now(UTC)))


def waiting(app: Flask) -> list[datetime]:
    with app.app_context():
        query = select(OutboxMail.due_at).where(OutboxMail.state == "pending").order_by(OutboxMail.due_at)
        return list(db.session.scalars(query))


def not_at_the_end_of_an_hour() -> None:
    if datetime.now(UTC).minute == 59:
        pytest.skip("the windows of this minute end with their hour")


def test_mails_over_the_limit_of_a_minute_wait_in_the_next_free_minutes(app: Flask, mail_sink: MailSink) -> None:
    not_at_the_end_of_an_hour()
    put_down(app, 20)
    limit(app, "*", 5)
    now = datetime.now(UTC)
    send(app)
    if datetime.now(UTC).minute != now.minute:
        pytest.skip("a minute ended meanwhile")
    assert len(mail_sink.mails) == 5
    this = now.replace(second=0, microsecond=0)
    minutes = Counter((due_at - this) // timedelta(minutes=1) for due_at in waiting(app))
    assert minutes == {1: 5, 2: 5, 3: 5}


def test_another_run_within_the_minute_sends_nothing_more_and_moves_nothing(app: Flask, mail_sink: MailSink) -> None:
    not_at_the_end_of_an_hour()
    put_down(app, 9)
    limit(app, "*", 4)
    started = datetime.now(UTC)
    send(app)
    before = waiting(app)
    send(app)
    if datetime.now(UTC).minute != started.minute:
        pytest.skip("a minute ended meanwhile")
    assert len(mail_sink.mails) == 4
    assert waiting(app) == before


def test_a_domain_has_its_own_limit_and_holds_no_other_back(app: Flask, mail_sink: MailSink) -> None:
    put_down(app, 10, "slow.example")
    put_down(app, 10, "quick.example")
    limit(app, "slow.example", 2, 3)
    send(app)
    domains = Counter(address.partition("@")[2] for address in mail_sink.recipients())
    assert domains["quick.example"] == 10
    assert domains["slow.example"] in {2, 3}, "three where a minute ended meanwhile"


@pytest.mark.parametrize(
    ("per_minute", "per_hour", "expected"),
    [
        # Used: 2 in this minute, 4 in this hour; now is 10:20.
        (2, None, [21, 21, 22, 22, 23, 23]),
        (None, 4, [60, 60, 60, 60, 120, 120]),
        (2, 6, [21, 21, 60, 60, 61, 61]),
        (3, 4, [60, 60, 60, 61, 120, 120]),
        (None, None, [21, 21, 21, 21, 21, 21]),
    ],
)
def test_windows_are_filled_one_after_the_other(
    app: Flask, per_minute: int | None, per_hour: int | None, expected: list[int]
) -> None:
    now = datetime(2026, 11, 2, 10, 20, 30, tzinfo=UTC)
    hour = now.replace(minute=0, second=0)
    with app.app_context(), writing():
        for number in range(6):
            row = queue(a_mail(), key=f"invitation:{number}", due_at=now)
            row.domain = "example.org"
        queue(a_mail(for_staff=True), key="notice:1", due_at=now)
        counts = {hour + timedelta(minutes=20): 2, hour: 2, hour - timedelta(minutes=1): 50}
        db.session.add_all(SendingCount(scope="example.org", minute_at=at, n_sent=n) for at, n in counts.items())
        db.session.commit()
        assert limits.spread("example.org", limits.Limit(per_minute, per_hour), now) == 6
    found = [(due_at - hour) // timedelta(minutes=1) for due_at in waiting(app)]
    assert found == [20, *expected], "the notice to staff stays where it is"


def test_workers_share_the_counts(app: Flask, mail_sink: MailSink) -> None:
    not_at_the_end_of_an_hour()
    put_down(app, 40)
    limit(app, "*", 7)
    started = datetime.now(UTC)
    threads = [Thread(target=send, args=(app,)) for _worker in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if datetime.now(UTC).minute != started.minute:
        pytest.skip("a minute ended meanwhile")
    assert len(mail_sink.mails) == 7
    with app.app_context():
        assert db.session.scalar(select(func.sum(SendingCount.n_sent)).where(SendingCount.scope == "*")) == 7
        assert queries.count_by_state(GROUP)["pending"] == 33


def test_notices_to_staff_are_counted_and_never_wait(app: Flask, mail_sink: MailSink) -> None:
    limit(app, "*", 1)
    put_down(app, 3)
    with app.app_context(), writing():
        for number in range(3):
            queue(a_mail(to_address="agent@example.org", for_staff=True), key=f"case:{number}", kind="case")
        db.session.commit()
    send(app)
    assert mail_sink.recipients()[:3] == ["agent@example.org"] * 3
    assert len(mail_sink.mails) <= 4, "one more where a minute ended meanwhile"


def test_a_limit_that_is_lifted_lets_the_rest_go(app: Flask, mail_sink: MailSink) -> None:
    put_down(app, 6)
    limit(app, "*", 2)
    send(app)
    limit(app, "*", None)
    with app.app_context(), writing():
        assert queries.list_limits() == []
        db.session.query(OutboxMail).filter_by(state="pending").update({"due_at": datetime.now(UTC)})
        db.session.commit()
    send(app)
    assert sorted(mail_sink.recipients()) == sorted(f"c{at}@example.org" for at in range(6))
