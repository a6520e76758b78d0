"""What a worker does to send: take a few mails, hand each over, record each after the server's answer."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from functools import partial

from cryptography.exceptions import InvalidTag
from cryptography.fernet import InvalidToken
from flask import current_app

from survey_app.extensions import db, writing
from survey_app.jobs.operations import enqueue
from survey_app.jobs.running import JobRun
from survey_app.outbox import leases
from survey_app.outbox.content import unseal
from survey_app.outbox.letters import filled
from survey_app.outbox.mail import Mail
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.operations import SEND
from survey_app.outbox.queries import find_suppression, is_paused
from survey_app.outbox.queueing import letters_by_id, unseal_values
from survey_app.outbox.recording import record_delivery, record_end
from survey_app.outbox.rules import pause_after
from survey_app.outbox.transport import ComposedMessage, Mailer, SmtpConnection

MAILER = "survey_app.outbox.mailer"
OTHER_KEY = "SECRET_KEY is not the one this mail was stored under."


def send_due(run: JobRun) -> None:
    """Send every mail that is due, then put down when to look again."""
    token = run.lease_token or secrets.token_hex(16)
    run.on_beat(partial(leases.renew, token))
    mailer: Mailer = current_app.extensions[MAILER]
    try:
        with mailer.connect() as connection:
            is_reachable = _send_batches(run, connection, token)
    finally:
        leases.release(token)
    if is_reachable:
        _look_again_when_due()
    else:
        _look_again_later(int(run.payload.get("n_failures", 0)) + 1)


def _send_batches(run: JobRun, connection: SmtpConnection, token: str) -> bool:
    """Send until nothing is due or the worker stops; return False as soon as the server is out of reach."""
    while not run.stop_requested():
        batch = leases.claim_batch(token, datetime.now(UTC))
        for mail_id in batch:
            if run.stop_requested():
                return True
            if not _send(mail_id, connection, token):
                return False
        if not batch:
            break
    return True


def _send(mail_id: int, connection: SmtpConnection, token: str) -> bool:
    """Send one mail if it still may go; return whether the server can be reached."""
    message = _message(mail_id, token)
    # No transaction stays open while a server is waited for.
    db.session.rollback()
    if message is None:
        return True
    delivery = connection.hand_over(message)
    record_delivery(mail_id, token, delivery)
    return delivery.is_reachable


def _message(mail_id: int, token: str) -> ComposedMessage | None:
    """Return the mail built, or None where it must not go: no longer ours, paused, suppressed, or no mail at all."""
    row = db.session.get(OutboxMail, mail_id, populate_existing=True)
    if row is None or row.lease_token != token:
        return None
    if row.group_key and is_paused(row.group_key):
        db.session.rollback()
        leases.release(token, mail_id)
        return None
    try:
        mail = _mail(row)
        if not mail.for_staff and find_suppression(mail.to_address):
            _end(mail_id, token, "suppressed")
            return None
        return ComposedMessage(mail, row.message_id, datetime.now(UTC))
    except (InvalidToken, InvalidTag):
        _end(mail_id, token, "failed", OTHER_KEY)
    except (ValueError, TypeError, LookupError) as error:
        _end(mail_id, token, "failed", f"This mail could not be built: {error}")
    return None


def _mail(row: OutboxMail) -> Mail:
    if row.letter_id is None:
        return unseal(row.content or b"")
    letter = letters_by_id([row.letter_id])[row.letter_id]
    return filled(letter, row.to_address, *unseal_values(row.content or b""))


def _end(mail_id: int, token: str, state: str, reason: str | None = None) -> None:
    db.session.rollback()
    record_end(mail_id, token, state, reason)


def _look_again_when_due() -> None:
    instant = leases.next_instant()
    if instant is not None:
        _put_down(max(instant, datetime.now(UTC) + timedelta(seconds=1)), 0)


def _look_again_later(n_failures: int) -> None:
    """Ask an absent server again after pauses that grow; other mail need not find out for itself."""
    pause = pause_after(min(n_failures, 5), secrets.SystemRandom().random()) or timedelta(minutes=5)
    _put_down(datetime.now(UTC) + pause, n_failures)


def _put_down(due_at: datetime, n_failures: int) -> None:
    with writing():
        enqueue(SEND, payload={"n_failures": n_failures}, due_at=due_at, coalesce=True)
        db.session.commit()
