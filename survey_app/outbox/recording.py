"""Recording what became of a mail, in one transaction with what others make of it."""

from __future__ import annotations

import logging
import secrets
from datetime import UTC, datetime

from sqlalchemy import and_, bindparam, case, or_, update

from survey_app.extensions import db, writing
from survey_app.outbox.dialogue import Delivery
from survey_app.outbox.leases import UNCERTAIN, TakenMail
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.operations import suppress
from survey_app.outbox.registry import EndedMail, tell
from survey_app.outbox.rules import Outcome, is_dead_address, pause_after

log = logging.getLogger(__name__)
_chance = secrets.SystemRandom()

_THIS = OutboxMail.id == bindparam("mail")
_IS_HELD = and_(OutboxMail.lease_token == bindparam("token"), OutboxMail.state == "claimed")
_FREE = {"lease_token": None, "leased_until": None}
# A mail that went although it was cancelled counts as sent, because it was.
_SENT = (
    update(OutboxMail)
    .where(_THIS, or_(_IS_HELD, OutboxMail.state == "cancelled"))
    .values(
        state="sent",
        sent_at=bindparam("now"),
        attempts=OutboxMail.attempts + 1,
        # The links in it are nobody's to read any more.
        content=None,
        # That it may have gone twice is worth knowing; what went wrong before it went is not.
        last_error=case((OutboxMail.last_error == UNCERTAIN, UNCERTAIN)),
        **_FREE,
    )
)
_ENDED = (
    update(OutboxMail)
    .where(_THIS, _IS_HELD)
    .values(
        state=bindparam("end"),
        attempts=OutboxMail.attempts + bindparam("n_tries"),
        content=None,
        last_error=bindparam("reason"),
        **_FREE,
    )
)
_LATER = (
    update(OutboxMail)
    .where(_THIS, _IS_HELD)
    .values(
        state="pending",
        attempts=OutboxMail.attempts + 1,
        due_at=bindparam("again_at"),
        last_error=bindparam("reason"),
        **_FREE,
    )
)


def record_delivery(mail: TakenMail, token: str, delivery: Delivery) -> None:
    """Record the server's answer: sent, failed, or to be tried again after a pause."""
    if delivery.outcome is Outcome.ACCEPTED:
        record_end(mail, token, "sent")
    elif delivery.outcome is Outcome.REFUSED:
        record_end(mail, token, "failed", delivery.reply)
    else:
        _try_later(mail, token, delivery.reply)


def record_end(mail: TakenMail, token: str, state: str, reason: str | None = None) -> None:
    """Record a mail that has come to an end: sent, failed or suppressed."""
    try:
        _end_once(mail, token, EndedMail(*_identity(mail), state, _sent_at(state), reason), is_told=True)
    except Exception:  # the server has the mail: whatever ails a listener, it must not be sent again
        db.session.rollback()
        log.exception("What became of mail %s could not be told to everybody; it is recorded without.", mail.id)
        _end_once(mail, token, EndedMail(*_identity(mail), state, _sent_at(state), reason), is_told=False)


def _end_once(mail: TakenMail, token: str, ended: EndedMail, *, is_told: bool) -> None:
    with writing():
        connection = db.session.connection()
        if ended.state == "sent":
            found = connection.execute(_SENT, {"mail": mail.id, "token": token, "now": ended.sent_at})
        else:
            n_tries = int(ended.state == "failed")
            values = {"end": ended.state, "n_tries": n_tries, "reason": ended.last_error}
            found = connection.execute(_ENDED, {"mail": mail.id, "token": token} | values)
        if found.rowcount != 1:
            log.warning("Mail %s became %s after its lease was lost; the new holder records.", mail.id, ended.state)
        else:
            _pass_on(mail, ended, is_told=is_told)
        db.session.commit()


def _pass_on(mail: TakenMail, ended: EndedMail, *, is_told: bool) -> None:
    if ended.last_error and mail.channel == "mail" and is_dead_address(ended.last_error):
        suppress(mail.to_address, "bounced", f"mail {mail.id}", datetime.now(UTC))
    if is_told:
        tell(ended)


def _try_later(mail: TakenMail, token: str, reason: str) -> None:
    pause = pause_after(mail.attempts + 1, _chance.random())
    if pause is None:
        record_end(mail, token, "failed", reason)
        return
    values = {"mail": mail.id, "token": token, "again_at": datetime.now(UTC) + pause, "reason": reason}
    with writing(), db.engine.begin() as connection:
        connection.execute(_LATER, values)


def _identity(mail: TakenMail) -> tuple[int, str, str, str | None, str]:
    return mail.id, mail.key, mail.kind, mail.group_key, mail.to_address


def _sent_at(state: str) -> datetime | None:
    return datetime.now(UTC) if state == "sent" else None
