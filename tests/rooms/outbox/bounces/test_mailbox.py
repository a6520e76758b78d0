"""The mailbox is emptied over the real protocols; a mail is marked only after its report is committed."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from survey_app.config import SettingError
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.outbox.bounces.mailboxes import MailboxError, mailbox_place
from survey_app.outbox.bounces.tasks import empty_mailbox, forget_unproven
from survey_app.outbox.models import MailEvent, Suppression
from tests.rooms.outbox.bounces.mail_servers import PASSWORD, Box, serving
from tests.rooms.outbox.bounces.test_samples import a_sent_mail
from tests.rooms.outbox.bounces.writing import Told, dsn, plain

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
PROTOCOLS = pytest.mark.parametrize("protocol", ["imap", "pop3"])


@pytest.fixture
def box(app: Flask) -> Box:
    with app.app_context(), writing():
        a_sent_mail()
        db.session.commit()
    return Box()


def visit(app: Flask, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    settings = replace(app.config["SURVEY_SETTINGS"], bounce_mailbox=url)
    monkeypatch.setitem(app.config, "SURVEY_SETTINGS", settings)
    with app.app_context():
        empty_mailbox(JobRun(None, {}, NOW))


def counts(app: Flask) -> tuple[int, int]:
    with app.app_context():
        n_events = db.session.scalar(select(func.count()).select_from(MailEvent)) or 0
        return n_events, db.session.scalar(select(func.count()).select_from(Suppression)) or 0


@PROTOCOLS
def test_bounces_in_the_mailbox_are_taken_in_once(
    app: Flask, box: Box, monkeypatch: pytest.MonkeyPatch, protocol: str
) -> None:
    box.add(dsn())
    box.add(plain("Buy now!", sender="spam@example.net"))
    box.add(b".hidden line\r\n" + b"x" * 2_000_000)
    with serving(protocol, box) as url:
        visit(app, monkeypatch, url)
        visit(app, monkeypatch, url)
    assert counts(app) == (1, 1)
    assert box.n_handed_out == 3
    assert len(box.mails) == (3 if protocol == "imap" else 0)


@pytest.mark.parametrize("keeps_keywords", [True, False])
def test_an_imap_mailbox_keeps_its_mails_with_a_mark(
    app: Flask, box: Box, monkeypatch: pytest.MonkeyPatch, *, keeps_keywords: bool
) -> None:
    box.add(dsn())
    box.keeps_keywords = keeps_keywords
    with serving("imap", box) as url:
        visit(app, monkeypatch, url)
    assert box.flags == {1: {"SurveyTaken" if keeps_keywords else r"\Seen"}}


def test_an_imap_mailbox_deletes_or_moves_where_told(app: Flask, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    box.add(dsn())
    with serving("imap", box) as url:
        visit(app, monkeypatch, f"{url}/INBOX?then=move&to=Done")
        assert (box.mails, len(box.folders["Done"])) == ({}, 1)
        box.add(dsn(Told(status="5.1.2")))
        visit(app, monkeypatch, f"{url}?then=delete")
    assert box.mails == {}
    assert counts(app) == (2, 1)


@PROTOCOLS
def test_a_broken_conversation_loses_nothing_and_goes_on_where_it_stopped(
    app: Flask, box: Box, monkeypatch: pytest.MonkeyPatch, protocol: str
) -> None:
    for status in ("4.2.2", "5.1.1", "5.7.1"):
        box.add(dsn(Told(status=status, diagnostic="")))
    box.breaks_after = 2
    with serving(protocol, box) as url:
        with pytest.raises(MailboxError):
            visit(app, monkeypatch, url)
        assert counts(app) == (2, 1)
        box.breaks_after = 99
        visit(app, monkeypatch, url)
    assert counts(app) == (3, 1)


@PROTOCOLS
def test_a_wrong_password_is_told_without_repeating_it(
    app: Flask, box: Box, monkeypatch: pytest.MonkeyPatch, protocol: str
) -> None:
    with serving(protocol, box) as url, pytest.raises(MailboxError, match="who are you") as refused:
        visit(app, monkeypatch, url.replace("bounces:", "bounces:wrong-"))
    assert PASSWORD not in str(refused.value)


@PROTOCOLS
def test_a_server_that_cannot_prove_its_name_is_not_talked_to(
    app: Flask, box: Box, monkeypatch: pytest.MonkeyPatch, protocol: str, self_signed: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed)
    with serving(protocol, box, context) as url:
        with pytest.raises(MailboxError, match="CERTIFICATE_VERIFY_FAILED"):
            visit(app, monkeypatch, url)
        monkeypatch.setenv("SSL_CERT_FILE", str(self_signed))
        visit(app, monkeypatch, url)


@pytest.mark.parametrize(
    "url",
    [
        "imap://user:p@mail.example.org/INBOX", "pop3://user@mail.example.org", "https://user:p@mail.example.org",
        "imaps://mail.example.org", "imaps://user:p@mail.example.org:70000", "imaps://user:p@host?then=burn",
        "imaps://user:p@host?then=move", "imaps://user:p@host/IN%22BOX", "",
    ],
)  # fmt: skip
def test_a_setting_that_names_no_safe_mailbox_is_refused(url: str) -> None:
    with pytest.raises(SettingError, match="SURVEY_BOUNCE_MAILBOX"):
        mailbox_place(url)


def test_reports_that_were_never_ours_are_forgotten_after_ninety_days(app: Flask, box: Box) -> None:
    assert box.mails == {}
    with app.app_context(), writing():
        for key, verdict, days in (("a", "unproven", 91), ("b", "unproven", 89), ("c", "hard", 200)):
            received_at = NOW - timedelta(days=days)
            db.session.add(MailEvent(key=key, verdict=verdict, source="mailbox", received_at=received_at))
        db.session.commit()
        forget_unproven(JobRun(None, {}, NOW))
        assert sorted(db.session.scalars(select(MailEvent.key))) == ["b", "c"]
