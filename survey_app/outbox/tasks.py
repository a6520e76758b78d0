"""What a worker does to send: take a few mails, hand each over, record each after the server's answer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import ExitStack
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
from survey_app.outbox.dialogue import Delivery, Parcel
from survey_app.outbox.gateway import Sms
from survey_app.outbox.leases import TakenMail
from survey_app.outbox.limits import Limit, limits_in_force, spread, take_places
from survey_app.outbox.messaging import NO_GATEWAY, current_gateway
from survey_app.outbox.operations import SEND
from survey_app.outbox.queries import sends_to_nobody
from survey_app.outbox.recording import holds_uncertain, record_all, record_delivery, record_end
from survey_app.outbox.rules import WORKER_ENDED, Outcome, pause_after
from survey_app.outbox.transport import Mailer, SmtpConnection

MAILER = "survey_app.outbox.mailer"
OTHER_KEY = "SECRET_KEY is not the one this mail was stored under."


def send_due(run: JobRun) -> None:
    """Send every mail that is due, then put down when to look again."""
    if sends_to_nobody():
        return
    token = run.lease_token or secrets.token_hex(16)
    run.on_beat(partial(leases.renew, token))
    mailer: Mailer = current_app.extensions[MAILER]
    try:
        with ExitStack() as stack:
            connections = [stack.enter_context(mailer.connect()) for _connection in range(_n_connections())]
            is_reachable = Round(run, connections, token).send_all()
    finally:
        leases.release(token)
    if is_reachable:
        _look_again_when_due()
    else:
        _look_again_later(int(run.payload.get("n_failures", 0)) + 1)


class Round:
    """One go through all mails that are due, under one lease, as many at a time as there are connections."""

    def __init__(self, run: JobRun, connections: list[SmtpConnection], token: str) -> None:
        """Begin with an empty desk: letters are read when their first mail comes up."""
        self.run, self.connections, self.token = run, connections, token
        self.desk = Desk()
        self.gateway = current_gateway()
        self.channels = set(leases.CHANNELS)
        self.limits: Mapping[str, Limit] = {}
        self.full: set[str] = set()

    def send_all(self) -> bool:
        """Send until nothing is due or the worker stops; return False as soon as the server is out of reach."""
        while not self.run.stop_requested():
            if holds_uncertain():
                self._end_left_behind()
            waiting = self._claim()
            if not waiting:
                break
            self.limits = limits_in_force()
            while waiting and not self.run.stop_requested():
                n_mails = len(self.connections)
                together, waiting = waiting[:n_mails], waiting[n_mails:]
                if not self._send(together):
                    return False
                if self.full:
                    self._wait_for_windows()
                    waiting = []
        return True

    def _claim(self) -> list[TakenMail]:
        """Take the next mails; no more than are handed over at once where one left behind must not be sent again."""
        most = len(self.connections) if holds_uncertain() else leases.BATCH
        return leases.claim_batch(self.token, datetime.now(UTC), most, sorted(self.channels))

    def _end_left_behind(self) -> None:
        now = datetime.now(UTC)
        for mail in leases.left_behind(now):
            if leases.take_over(mail, self.token, now):
                record_end(mail, self.token, "failed", WORKER_ENDED)

    def _wait_for_windows(self) -> None:
        """Give back what is held, and put what found no place down for the windows to come."""
        leases.release(self.token)
        for scope in sorted(self.full):
            spread(scope, self.limits[scope], datetime.now(UTC))
        self.full = set()

    def _send(self, mails: list[TakenMail]) -> bool:
        """Send these mails at the same time, as far as they still may go; return whether the server can be reached."""
        ready = self._ready(mails)
        letters = [(mail, parcel) for mail, parcel in ready if isinstance(parcel, Parcel)]
        ways = list(zip(self.connections, letters, strict=False))
        for connection, (_mail, parcel) in ways:
            connection.begin(parcel)
        for connection, _ready in ways:
            connection.give()
        is_reachable = self._recorded([(connection, mail, connection.end()) for connection, (mail, _parcel) in ways])
        for mail, sms in ready:
            if isinstance(sms, Sms):
                self._send_sms(mail, sms)
        return is_reachable

    def _recorded(self, ended: list[tuple[SmtpConnection, TakenMail, Delivery]]) -> bool:
        """Record what came of the mails before any other is begun; return whether to go on."""
        good = [connection for connection, _mail, delivery in ended if delivery.is_reachable]
        if good and len(good) < len(ended):
            # The server takes some of our connections and not the others: on with fewer.
            self.connections = good
            for _connection, mail, _delivery in (each for each in ended if not each[2].is_begun):
                leases.release(self.token, mail.id)
            ended = [each for each in ended if each[2].is_begun]
        record_all([(mail, delivery) for _connection, mail, delivery in ended], self.token)
        return bool(good) or not ended

    def _send_sms(self, mail: TakenMail, sms: Sms) -> None:
        """Hand one short message over; a gateway out of reach is not asked again in this round."""
        if "sms" not in self.channels:
            leases.release(self.token, mail.id)
            return
        delivery = (
            self.gateway.hand_over(sms) if self.gateway else Delivery(Outcome.LATER, NO_GATEWAY, is_reachable=False)
        )
        if not delivery.is_reachable:
            self.channels.discard("sms")
        record_delivery(mail, self.token, delivery)

    def _ready(self, mails: list[TakenMail]) -> list[tuple[TakenMail, Parcel | Sms]]:
        """Return as bytes those of the mails that are still ours, not paused and not suppressed at the last moment."""
        composed = [(mail, parcel) for mail in mails if (parcel := self._parcel(mail)) is not None]
        verdicts = leases.check([mail for mail, _parcel in composed], self.token)
        for mail, _parcel in composed:
            if verdicts.get(mail.id) == "paused":
                leases.release(self.token, mail.id)
            if verdicts.get(mail.id) == "suppressed":
                record_end(mail, self.token, "suppressed")
        return self._with_place([each for each in composed if verdicts.get(each[0].id) == "go"])

    def _with_place(self, ready: list[tuple[TakenMail, Parcel | Sms]]) -> list[tuple[TakenMail, Parcel | Sms]]:
        """Return those for which the limits leave a place now."""
        if not self.limits or not ready:
            return ready
        going, self.full = take_places([mail for mail, _parcel in ready], self.limits, datetime.now(UTC))
        return [each for each in ready if each[0].id in going]

    def _parcel(self, mail: TakenMail) -> Parcel | Sms | None:
        """Return the mail as bytes; one that is no mail is recorded as failed, and None returned."""
        try:
            return self.desk.compose_sms(mail) if mail.channel == "sms" else self.desk.compose(mail, datetime.now(UTC))
        except (InvalidToken, InvalidTag):
            record_end(mail, self.token, "failed", OTHER_KEY)
        except (ValueError, TypeError, LookupError) as error:
            record_end(mail, self.token, "failed", f"This mail could not be built: {error}")
        return None


def _n_connections() -> int:
    """Return how many mails are on their way to the server at a time."""
    n_connections: int = current_app.config["SURVEY_SETTINGS"].smtp_connections
    return n_connections


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
