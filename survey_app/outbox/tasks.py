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
from survey_app.outbox.composing import Desk
from survey_app.outbox.leases import TakenMail
from survey_app.outbox.operations import SEND
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
            is_reachable = Round(run, connection, token).send_all()
    finally:
        leases.release(token)
    if is_reachable:
        _look_again_when_due()
    else:
        _look_again_later(int(run.payload.get("n_failures", 0)) + 1)


class Round:
    """One go through all mails that are due, on one connection, under one lease."""

    def __init__(self, run: JobRun, connection: SmtpConnection, token: str) -> None:
        """Begin with an empty desk: letters are read when their first mail comes up."""
        self.run, self.connection, self.token = run, connection, token
        self.desk = Desk()

    def send_all(self) -> bool:
        """Send until nothing is due or the worker stops; return False as soon as the server is out of reach."""
        while not self.run.stop_requested():
            batch = leases.claim_batch(self.token, datetime.now(UTC))
            for mail in batch:
                if self.run.stop_requested():
                    return True
                if not self._send(mail):
                    return False
            if not batch:
                break
        return True

    def _send(self, mail: TakenMail) -> bool:
        """Send one mail if it still may go; return whether the server can be reached."""
        message = self._message(mail) if self._may_go(mail) else None
        if message is None:
            return True
        delivery = self.connection.hand_over(message)
        record_delivery(mail, self.token, delivery)
        return delivery.is_reachable

    def _may_go(self, mail: TakenMail) -> bool:
        """Return whether the mail is still ours, not paused and not suppressed, at the last moment."""
        verdict = leases.check(mail.id, self.token)
        if verdict == "paused":
            leases.release(self.token, mail.id)
        if verdict == "suppressed":
            record_end(mail, self.token, "suppressed")
        return verdict == "go"

    def _message(self, mail: TakenMail) -> ComposedMessage | None:
        """Return the mail as bytes; one that is no mail is recorded as failed, and None returned."""
        try:
            return self.desk.compose(mail, datetime.now(UTC))
        except (InvalidToken, InvalidTag):
            record_end(mail, self.token, "failed", OTHER_KEY)
        except (ValueError, TypeError, LookupError) as error:
            record_end(mail, self.token, "failed", f"This mail could not be built: {error}")
        return None


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
