"""How fast invitations go out: 10,000 into Postfix's smtp-sink, against a bare loop that sends ready-made messages.

`python -m tests.benchmarks.mail_rate`. Ours is one worker's round: it takes rows under leases, personalises a letter,
checks each mail at the last moment, and records it with its invitation and commits after the server's answer. The
peer is `smtplib` alone: one connection, messages of the same size that lie ready, nothing recorded.
"""

from __future__ import annotations

import json
import secrets
import smtplib
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import delete, func, insert, select

from survey_app import create_app
from survey_app.campaigns.mail.messages import Wording, campaign_letter, letter_of
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.customers.models import Customer
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.outbox.composing import Desk
from survey_app.outbox.leases import claim_batch, release
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.queueing import Batch, Order, queue_orders, store_letter
from survey_app.outbox.tasks import send_due
from tests.databases import postgres_server
from tests.factories.answering import a_fielding
from tests.factories.campaigns import an_organisation
from tests.smtp_sink import SmtpSink, smtp_sink

# Of the bare loop's rate; PostgreSQL stands beside it, its server on the same processors.
TARGETS = {"mail-rate": 0.35, "mail-rate-postgres": 0.15}
PER_ROUND = 1000
SENDER = "surveys@example.org"


def measure(rounds: int = 10) -> list[dict[str, Any]]:
    """Return a row for one worker on SQLite and one on PostgreSQL, each beside bare loops in the same run."""
    with tempfile.TemporaryDirectory(prefix="mail-rate-") as folder:
        rows = [_row("mail-rate", f"sqlite:///{Path(folder) / 'survey.db'}", rounds)]
    with postgres_server() as server:
        return [*rows, _row("mail-rate-postgres", server.new_database(), rounds)]


def beside_peer(rounds: int = 2) -> list[dict[str, Any]]:
    """Return the row on SQLite alone, from fewer mails."""
    with tempfile.TemporaryDirectory(prefix="mail-rate-") as folder:
        return [_row("mail-rate", f"sqlite:///{Path(folder) / 'survey.db'}", rounds)]


def _row(name: str, url: str, rounds: int) -> dict[str, Any]:
    with smtp_sink() as sink, _application(url, sink):
        size = _size_of_one()
        bare = partial(_bare, sink, _ready_made(size))
        for loop in (_ours, bare):
            loop(100)
        seconds = [(_ours(PER_ROUND), bare(PER_ROUND)) for _round in range(rounds)]
    value, peer_value = (round(PER_ROUND / median(each), 1) for each in zip(*seconds, strict=True))
    return {
        "name": name,
        "value": value,
        "unit": "mails/s",
        "peer": "bare smtplib loop, ready-made messages",
        "peer_value": peer_value,
        "ratio": round(median(theirs / mine for mine, theirs in seconds), 3),
        "target": TARGETS[name],
        "n": rounds * PER_ROUND,
        "bytes of a message": size,
    }


@contextmanager
def _application(url: str, sink: SmtpSink) -> Iterator[Flask]:
    environ = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SURVEY_PUBLIC_URL": "https://surveys.example.org",
        "SURVEY_MAIL_FROM": SENDER,
        "SURVEY_SMTP_URL": sink.url,
        "SURVEY_BOUNCE_ADDRESS": "bounces@example.org",
        "DATABASE_URL": url,
    }
    app = create_app(environ)
    with app.app_context():
        upgrade()
        with writing():
            an_organisation()
            a_fielding()
            db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


def _ours(n_mails: int) -> float:
    """Return how long one worker's round takes for so many mails that wait with their invitations."""
    _put_down(n_mails)
    started = time.perf_counter()
    send_due(JobRun(None, {}, datetime.now(UTC)))
    took = time.perf_counter() - started
    sent = db.session.scalar(select(func.count()).where(OutboxMail.state == "sent", OutboxMail.sent_at.is_not(None)))
    noted = db.session.scalar(select(func.count()).where(Invitation.sent_at.is_not(None)))
    if (sent, noted) != (n_mails, n_mails):
        raise RuntimeError(f"{sent} of {n_mails} mails were sent and {noted} invitations know")
    _clear()
    return took


def _put_down(n_mails: int) -> None:
    now = datetime.now(UTC)
    with writing():
        campaign = db.session.scalars(select(Campaign)).one()
        batch = _batch(campaign, now)
        db.session.execute(insert(Customer), [_customer(at, now) for at in range(n_mails)])
        people = db.session.scalars(select(Customer.id).order_by(Customer.id)).all()
        db.session.execute(insert(Invitation), [_invitation(campaign, person, now) for person in people])
        ids = db.session.scalars(select(Invitation.id).order_by(Invitation.id)).all()
        queue_orders(batch, [_order(invitation_id, now) for invitation_id in ids], now)
        db.session.commit()


def _batch(campaign: Campaign, now: datetime) -> Batch:
    letter = campaign_letter(letter_of(campaign), Wording("invitation", "en")).letter
    return store_letter(letter, kind="invitation", group_key=f"campaign:{campaign.id}", now=now)


def _customer(at: int, now: datetime) -> dict[str, Any]:
    return {
        "email": f"c{at}@example.com",
        "email_key": f"c{at}@example.com",
        "name": f"Ann {at}",
        "created_at": now,
        "updated_at": now,
    }


def _invitation(campaign: Campaign, person: int, now: datetime) -> dict[str, Any]:
    return {
        "campaign_id": campaign.id,
        "customer_id": person,
        "token_nonce": secrets.token_hex(8),
        "token_hash": secrets.token_hex(32),
        "language": "en",
        "disposition": "not-yet-sent",
        "created_at": now,
    }


def _order(invitation_id: int, now: datetime) -> Order:
    link = f"https://surveys.example.org/{{}}/{secrets.token_urlsafe(22)}"
    names = {"link": "a", "unsubscribe_link": "u", "preferences_link": "p"}
    values = {name: link.format(way) for name, way in names.items()} | {"name": "Nguyễn Thị An", "first_name": "An"}
    return Order(f"invitation:{invitation_id}", f"c{invitation_id}@example.com", "Nguyễn Thị An", values, now)


def _size_of_one() -> int:
    """Return how many bytes a personalised message has."""
    _put_down(1)
    (mail,) = claim_batch("size", datetime.now(UTC))
    size = len(Desk().compose(mail, datetime.now(UTC)).content)
    release("size")
    send_due(JobRun(None, {}, datetime.now(UTC)))
    _clear()
    return size


def _clear() -> None:
    with writing():
        for table in (OutboxMail, Invitation, Customer):
            db.session.execute(delete(table))
        db.session.commit()


def _ready_made(size: int) -> bytes:
    head = b"From: surveys@example.org\r\nTo: c@example.com\r\nSubject: How was it?\r\n\r\n"
    line = b"a" * 74 + b"\r\n"
    return head + line * ((size - len(head)) // len(line))


def _bare(sink: SmtpSink, message: bytes, n_mails: int) -> float:
    """Return how long a loop takes that does nothing but send."""
    with smtplib.SMTP("127.0.0.1", sink.port) as server:
        server.ehlo()
        started = time.perf_counter()
        for at in range(n_mails):
            server.sendmail(SENDER, [f"c{at}@example.com"], message)
        return time.perf_counter() - started


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
