"""Every sample of the common mail servers gets its verdict, and nothing follows but what must."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from survey_app.extensions import db, writing
from survey_app.outbox.bounces.reading import read_mail
from survey_app.outbox.bounces.recording import Arrival, mail_key, take_in
from survey_app.outbox.bounces.rules import Verdict
from survey_app.outbox.bounces.values import Taken
from survey_app.outbox.models import MailEvent, OutboxMail, Suppression
from survey_app.outbox.verp import verp_address
from tests.factories.mails import a_mail, queue
from tests.rooms.outbox.bounces.samples import ALL, OLDER, REPORTS
from tests.rooms.outbox.bounces.writing import MESSAGE_ID, RECIPIENT, Frame, Told, dsn

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


def a_sent_mail(key: str = "invitation:1", message_id: str = MESSAGE_ID, sent_at: datetime = NOW) -> OutboxMail:
    row = queue(a_mail(to_address=RECIPIENT), key=key)
    row.state, row.message_id, row.sent_at = "sent", message_id, sent_at
    db.session.flush()
    return row


def taken(raw: bytes, source: str = "pipe") -> list[Taken]:
    return take_in(read_mail(raw), Arrival(mail_key(raw), source, NOW))


def reasons() -> list[str]:
    return list(db.session.scalars(select(Suppression.reason).order_by(Suppression.reason)))


def test_every_sample_gets_its_verdict_and_suppresses_only_what_it_must(app: Flask) -> None:
    wrong = []
    with app.app_context(), writing():
        a_sent_mail()
        db.session.commit()
        for sample in ALL:
            found = {each.verdict for each in taken(sample.raw)}
            suppressed = {Verdict.HARD: ["bounced"], Verdict.COMPLAINT: ["complained"]}.get(sample.verdict, [])
            if sample.verdict not in found or reasons() != suppressed or found - {sample.verdict, Verdict.UNPROVEN}:
                wrong.append((sample.name, sample.verdict.value, found, reasons()))
            db.session.rollback()
    assert wrong == []
    assert len(REPORTS) + len(OLDER) >= 40


def test_samples_that_came_to_the_envelope_address_need_no_message_id(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(app.config["SURVEY_SETTINGS"], bounce_address="bounces@example.org")
    monkeypatch.setitem(app.config, "SURVEY_SETTINGS", settings)
    with app.app_context(), writing():
        mail = a_sent_mail()
        frame = Frame(to=str(verp_address(mail.id)), parts=("text", "status"))
        assert [each.verdict for each in taken(dsn(frame=frame))] == [Verdict.HARD]
        stranger = Told(final="rfc822; other@example.net")
        assert [each.verdict for each in taken(dsn(stranger, frame=frame))] == [Verdict.UNPROVEN]


def test_the_same_report_twice_is_one_event(app: Flask) -> None:
    with app.app_context(), writing():
        mail = a_sent_mail()
        assert [each.is_new for each in (*taken(dsn()), *taken(dsn()))] == [True, False]
        assert db.session.scalar(select(func.count()).select_from(MailEvent)) == 1
        db.session.refresh(mail)
        assert mail.bounced_at == NOW


def soft(number: int) -> bytes:
    frame = Frame(original=Frame().original.replace(MESSAGE_ID, f"<{number}@example.org>"))
    return dsn(Told(status="4.2.2", diagnostic="smtp; 452 4.2.2 mailbox full"), frame=frame)


@pytest.mark.parametrize(
    ("failures", "is_suppressed"),
    [((1, 2, 3), True), ((1, 2), False), ((1, 1, 1), False), ((1, 2, 4), False), ((2, 3, 4), True)],
)
def test_three_mails_in_a_row_that_fail_softly_suppress(
    app: Flask, *, failures: tuple[int, ...], is_suppressed: bool
) -> None:
    with app.app_context(), writing():
        for number in (1, 2, 3, 4):
            if number <= max(failures):
                sent_at = datetime(2026, 10, number, 9, 0, tzinfo=UTC)
                a_sent_mail(f"invitation:{number}", f"<{number}@example.org>", sent_at)
        for at, number in enumerate(failures):
            taken(soft(number) + b" " * at)
        assert reasons() == (["bounced"] if is_suppressed else [])


def test_events_keep_no_address_in_words(app: Flask) -> None:
    with app.app_context(), writing():
        a_sent_mail()
        taken(dsn(Told(diagnostic=f"smtp; 550 5.1.1 <{RECIPIENT}>: unknown\0")))
        event = db.session.scalars(select(MailEvent)).one()
        assert RECIPIENT not in event.detail
        assert "550 5.1.1" in event.detail
        assert event.address_key == RECIPIENT


HOSTILE = [
    b"\xff\xfe\0",
    b"Content-Type: multipart/report; boundary=x\n\n" + b"--x\n" * 100_000,
    b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(3000)),
    b"".join(b"Content-Type: message/rfc822\n\n" for _ in range(5000)),
    b"From: " + b"(" * 50_000 + b"\nTo: " + b"<" * 50_000 + b"\n\n",
    b"From: mailer-daemon@x\n\n" + b"a@b.example: " * 50_000,
    b"Content-Type: text/plain; charset=no-such-thing\nFrom: postmaster@x\n\n<a@b.example>: 550 5.1.1",
    b"Content-Type: multipart/report; boundary*=%FF''x; boundary=\n\n--\n",
    b"A" * 3_000_000,
    b"To: " + b"a@b.example," * 100_000 + b"\n\n",
    b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n" + b"\n" * 900_000,
    b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n"
    + b"a:b\n" * 240_000,
]


@pytest.mark.parametrize("raw", HOSTILE)
def test_no_mail_is_too_hostile_to_be_read_soon(raw: bytes) -> None:
    before = time.process_time()
    assert read_mail(raw).recipients == () or b"5.1.1" in raw or b"a@b" in raw
    assert time.process_time() - before < 5


PIECES = st.lists(
    st.one_of(
        st.sampled_from([sample.raw for sample in ALL]),
        st.binary(max_size=60),
        st.sampled_from(
            [b"\r\n", b"--=_border_of_the_report\r\n", b"Status: 5.1.1\r\n", b"=?utf-8?B?", b"\xe2\x80\xa8"]
        ),
    ),
    max_size=4,
)


@given(PIECES, st.integers(0, 4000), st.integers(0, 300))
def test_whatever_comes_the_reader_survives(pieces: list[bytes], at: int, length: int) -> None:
    raw = b"".join(pieces)
    report = read_mail(raw[:at] + raw[at + length :])
    assert all(isinstance(each.verdict, Verdict) for each in report.recipients)
