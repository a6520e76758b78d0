"""The worker storm: workers are killed again and again while mails go out; who got how many copies is counted.

The server is a real one that keeps every copy and takes a moment for each, so that every blow falls while mails are
on their way. Beside the storm: two workers that nobody kills, and the stop button.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import delete

from survey_app.extensions import db, writing
from survey_app.outbox import queries
from survey_app.outbox.letters import Letter, slot
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.operations import cancel_group
from survey_app.outbox.queueing import Order, queue_orders, store_letter
from tests.chaos.nursery import Nursery, a_nursery, wait_for
from tests.mail_sink import MailSink, running_sink

GROUP = "campaign:1"
LETTER = Letter(
    subject="How was it?", text=f"Please: {slot('link')}\n", html=f'<a href="{slot("link")}">Please</a>',
    from_address="surveys@example.org",
)  # fmt: skip
# How many mails a worker has on their way at a time, and how long the server takes for one.
IN_FLIGHT, SECONDS = 4, 0.02
LEASE_SECONDS = 1.0
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Found:
    """What the server got: how many people, how many second copies, and how many of these under another number."""

    n_people: int
    n_second: int
    n_other_ids: int


def storm(app: Flask, environ: dict[str, str], n_kills: int, n_mails: int) -> list[str]:
    """Kill workers while these mails go out; return what went wrong."""
    with running_sink() as sink, _nursery(environ, sink) as nursery:
        sink.seconds = SECONDS
        _put_down(app, n_mails)
        n_blows = _kill(nursery, sink, n_kills, n_mails)
        with nursery.a_worker():
            wait_for(lambda: _n_sent(app) == n_mails, PATIENCE_SECONDS, 0.2)
    found = _found(sink)
    sys.stdout.write(
        f"  {n_blows} workers killed over {n_mails} mails: {n_mails - found.n_people} people without mail, "
        f"{found.n_second} second copies ({IN_FLIGHT} on their way at a time)\n"
    )
    faults = [] if n_blows == n_kills else [f"only {n_blows} of {n_kills} blows fell before all mail was out"]
    if found.n_people != n_mails:
        faults.append(f"{n_mails - found.n_people} people without mail")
    if found.n_second > n_blows * IN_FLIGHT:
        faults.append(f"{found.n_second} second copies after {n_blows} blows")
    return faults + ([f"{found.n_other_ids} copies with another Message-ID"] if found.n_other_ids else [])


def calm(app: Flask, environ: dict[str, str], n_mails: int) -> list[str]:
    """Let two workers send that nobody kills; return what went wrong."""
    with running_sink() as sink, _nursery(environ, sink) as nursery:
        _put_down(app, n_mails)
        with nursery.a_worker(), nursery.a_worker():
            wait_for(lambda: _n_sent(app) == n_mails, PATIENCE_SECONDS, 0.2)
    found = _found(sink)
    sys.stdout.write(f"  two workers that nobody kills, {n_mails} mails: {found.n_second} second copies\n")
    is_right = (found.n_people, found.n_second) == (n_mails, 0)
    return [] if is_right else [f"two workers: {found.n_people} people, {found.n_second} second copies"]


def stop(app: Flask, environ: dict[str, str], n_mails: int) -> list[str]:
    """Press the stop button while mails go out; return what went wrong."""
    with running_sink() as sink, _nursery(environ, sink) as nursery:
        sink.seconds = SECONDS
        _put_down(app, n_mails)
        with nursery.a_worker():
            wait_for(lambda: len(sink.mails) >= n_mails // 4, PATIENCE_SECONDS, 0.005)
            with app.app_context(), writing():
                cancel_group(GROUP)
                db.session.commit()
            n_at_stop = len(sink.mails)
            time.sleep(SECONDS * 10 + LEASE_SECONDS)
    n_after = len(sink.mails) - n_at_stop
    sys.stdout.write(f"  stop button after {n_at_stop} of {n_mails} mails: {n_after} more went\n")
    with app.app_context():
        counts = queries.count_by_state(GROUP)
        db.session.remove()
    faults = [f"{n_after} mails went after the stop"] if n_after > IN_FLIGHT else []
    if counts["sent"] + counts["cancelled"] != n_mails or counts["sent"] != len(sink.mails):
        faults.append(f"the counts do not add up: {counts}, and {len(sink.mails)} at the server")
    return faults


def _nursery(environ: dict[str, str], sink: MailSink) -> AbstractContextManager[Nursery]:
    here = {"SURVEY_SMTP_URL": sink.url, "SURVEY_SMTP_CONNECTIONS": str(IN_FLIGHT)}
    return a_nursery(environ | here, lease_seconds=LEASE_SECONDS)


def _kill(nursery: Nursery, sink: MailSink, n_kills: int, n_mails: int) -> int:
    """Kill one worker after the other, each in the middle of a few mails; return how many were killed."""
    # When blows fall is no secret, and the same ones can be dealt again.
    dice = random.Random(20_261_122)  # noqa: S311 - nobody is kept from guessing
    share = max(2, n_mails // n_kills - 1)
    for n_blows in range(n_kills):
        if len(set(sink.recipients())) >= n_mails:
            return n_blows
        enough = len(sink.mails) + dice.randint(1, share)
        with nursery.a_worker():
            wait_for(lambda enough=enough: len(sink.mails) >= enough, PATIENCE_SECONDS, 0.001)  # type: ignore[misc]
            time.sleep(dice.uniform(0, SECONDS))
    return n_kills


def _put_down(app: Flask, n_mails: int) -> None:
    """Put the mails down anew, as one letter's."""
    now = datetime.now(UTC)
    with app.app_context(), writing():
        cancel_group(GROUP)
        db.session.execute(delete(OutboxMail))
        batch = store_letter(LETTER, kind="invitation", group_key=GROUP, now=now)
        values = {"link": "https://example.org/a/x", "unsubscribe_link": "https://example.org/u/x"}
        orders = [Order(f"storm:{at}", f"c{at}@example.org", "", values, now) for at in range(n_mails)]
        queue_orders(batch, orders, now)
        db.session.commit()
        db.session.remove()


def _n_sent(app: Flask) -> int:
    with app.app_context():
        n_sent = queries.count_by_state(GROUP)["sent"]
        db.session.remove()
    return n_sent


def _found(sink: MailSink) -> Found:
    copies = Counter(sink.recipients())
    ids = {(mail.recipients[0], mail.message["Message-ID"]) for mail in sink.mails}
    return Found(len(copies), sum(copies.values()) - len(copies), len(ids) - len(copies))
