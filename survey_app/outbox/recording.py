"""Recording what became of a mail, in one transaction with what others make of it."""

from __future__ import annotations

import logging
import secrets
from datetime import UTC, datetime

from survey_app.extensions import db, writing
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.operations import suppress
from survey_app.outbox.registry import tell
from survey_app.outbox.rules import Outcome, is_dead_address, pause_after
from survey_app.outbox.transport import Delivery

log = logging.getLogger(__name__)
_chance = secrets.SystemRandom()


def record_delivery(mail_id: int, token: str, delivery: Delivery) -> None:
    """Record the server's answer: sent, failed, or to be tried again after a pause."""
    if delivery.outcome is Outcome.ACCEPTED:
        _end(mail_id, token, "sent")
    elif delivery.outcome is Outcome.REFUSED:
        _end(mail_id, token, "failed", delivery.reply)
    else:
        _try_later(mail_id, token, delivery.reply)


def record_end(mail_id: int, token: str, state: str, reason: str | None = None) -> None:
    """Record a mail that ends without a server being asked: suppressed, or failed because it is no mail."""
    _end(mail_id, token, state, reason)


def _end(mail_id: int, token: str, state: str, reason: str | None = None) -> None:
    try:
        _end_once(mail_id, token, state, reason, is_told=True)
    except Exception:  # the server has the mail: whatever ails a listener, it must not be sent again
        db.session.rollback()
        log.exception("What became of mail %s could not be told to everybody; it is recorded without.", mail_id)
        _end_once(mail_id, token, state, reason, is_told=False)


def _end_once(mail_id: int, token: str, state: str, reason: str | None, *, is_told: bool) -> None:
    now = datetime.now(UTC)
    with writing():
        row = _held(mail_id, token, state)
        if row is not None:
            row.state, row.lease_token, row.leased_until = state, None, None
            row.sent_at = now if state == "sent" else None
            # The links in it are nobody's to read any more.
            row.content, row.last_error = None, reason
            row.attempts += state in {"sent", "failed"}
            if reason and is_dead_address(reason):
                suppress(row.to_address, "bounced", f"mail {row.id}", now)
            if is_told:
                tell(row)
        db.session.commit()


def _try_later(mail_id: int, token: str, reason: str) -> None:
    with writing():
        row = _held(mail_id, token, "pending")
        pause = pause_after(row.attempts + 1, _chance.random()) if row is not None else None
        if row is not None and pause is not None:
            row.state, row.lease_token, row.leased_until = "pending", None, None
            row.attempts += 1
            row.due_at, row.last_error = datetime.now(UTC) + pause, reason
        db.session.commit()
    if row is not None and pause is None:
        _end(mail_id, token, "failed", reason)


def _held(mail_id: int, token: str, state: str) -> OutboxMail | None:
    """Return the row while it is ours to record; a mail that went although it was cancelled counts as sent."""
    row = db.session.get(OutboxMail, mail_id, populate_existing=True, with_for_update=True)
    if row is None or row.lease_token == token or (row.state == "cancelled" and state == "sent"):
        return row
    log.warning("Mail %s became %s after its lease was lost; the new holder records.", mail_id, state)
    return None
