"""Recording what became of a mail, in one transaction with what others make of it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from flask import current_app
from sqlalchemy import and_, bindparam, case, or_, update

from survey_app.extensions import db, writing
from survey_app.outbox.dialogue import Delivery
from survey_app.outbox.leases import TakenMail
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.operations import suppress
from survey_app.outbox.registry import EndedMail, tell
from survey_app.outbox.rules import UNANSWERED, UNCERTAIN, Outcome, is_dead_address, pause_after

log = logging.getLogger(__name__)
_chance = secrets.SystemRandom()

_THESE = OutboxMail.id.in_(bindparam("mails", expanding=True))
_THIS = OutboxMail.id == bindparam("mail")
_IS_HELD = and_(OutboxMail.lease_token == bindparam("token"), OutboxMail.state == "claimed")
_FREE = {"lease_token": None, "leased_until": None}
# A mail that went although it was cancelled counts as sent, because it was.
_SENT = (
    update(OutboxMail)
    .where(_THESE, or_(_IS_HELD, OutboxMail.state == "cancelled"))
    .values(
        state="sent",
        sent_at=bindparam("now"),
        attempts=OutboxMail.attempts + 1,
        # The links in it are nobody's to read any more.
        content=None,
        # That it may have gone twice is worth knowing; what went wrong before it went is not.
        last_error=case((OutboxMail.last_error.in_(UNCERTAIN), OutboxMail.last_error)),
        **_FREE,
    )
    .returning(OutboxMail.id)
)
_ENDED = (
    update(OutboxMail)
    .where(_THIS, _IS_HELD)
    .values(
        state=bindparam("end"),
        attempts=OutboxMail.attempts + bindparam("n_tries"),
        # What may not have gone can be sent after all, by whoever finds out.
        content=case((bindparam("reason").in_(UNCERTAIN), OutboxMail.content)),
        last_error=bindparam("reason"),
        **_FREE,
    )
    .returning(OutboxMail.id)
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


def record_all(deliveries: Sequence[tuple[TakenMail, Delivery]], token: str) -> None:
    """Record what the server answered to the mails that were on their way together: what went, in one transaction."""
    sent = [mail for mail, delivery in deliveries if delivery.outcome is Outcome.ACCEPTED]
    if sent:
        _record(sent, token, "sent", None)
    for mail, delivery in deliveries:
        if delivery.outcome is not Outcome.ACCEPTED:
            record_delivery(mail, token, delivery)


def record_delivery(mail: TakenMail, token: str, delivery: Delivery) -> None:
    """Record the server's answer: sent, failed, or to be tried again after a pause."""
    if delivery.outcome is Outcome.ACCEPTED:
        record_end(mail, token, "sent")
    elif delivery.outcome is Outcome.REFUSED:
        record_end(mail, token, "failed", delivery.reply)
    elif delivery.is_uncertain and holds_uncertain():
        record_end(mail, token, "failed", UNANSWERED)
    else:
        _try_later(mail, token, UNANSWERED if delivery.is_uncertain else delivery.reply)


def holds_uncertain() -> bool:
    """Return whether a mail that the server may have is kept back rather than sent once more."""
    return bool(current_app.config["SURVEY_SETTINGS"].uncertain_mail == "hold")


def record_end(mail: TakenMail, token: str, state: str, reason: str | None = None) -> None:
    """Record a mail that has come to an end: sent, failed or suppressed."""
    _record([mail], token, state, reason)


def _record(mails: Sequence[TakenMail], token: str, state: str, reason: str | None) -> None:
    sent_at = datetime.now(UTC) if state == "sent" else None
    ended = [
        EndedMail(mail.id, mail.key, mail.kind, mail.group_key, mail.to_address, state, sent_at, reason)
        for mail in mails
    ]
    try:
        _end_once(ended, token, is_told=True)
    except Exception:  # the server has the mails: whatever ails a listener, they must not be sent again
        db.session.rollback()
        if len(mails) > 1:
            # One listener's trouble with one mail is not the others'.
            for mail in mails:
                _record([mail], token, state, reason)
            return
        log.exception("What became of mail %s could not be told to everybody; it is recorded without.", mails[0].id)
        _end_once(ended, token, is_told=False)


def _end_once(mails: Sequence[EndedMail], token: str, *, is_told: bool) -> None:
    with writing():
        held = _written(mails, token)
        for mail in mails:
            if mail.id not in held:
                log.warning("Mail %s became %s after its lease was lost; the new holder records.", mail.id, mail.state)
            else:
                _pass_on(mail, is_told=is_told)
        db.session.commit()


def _written(mails: Sequence[EndedMail], token: str) -> set[int]:
    """Write the end into the rows that are still ours, and return which these are."""
    connection = db.session.connection()
    first = mails[0]
    if first.state == "sent":
        values = {"mails": [mail.id for mail in mails], "token": token, "now": first.sent_at}
        return set(connection.scalars(_SENT, values))
    end = {"end": first.state, "n_tries": int(first.state == "failed"), "reason": first.last_error}
    return set(connection.scalars(_ENDED, {"mail": first.id, "token": token} | end))


def _pass_on(mail: EndedMail, *, is_told: bool) -> None:
    if mail.last_error and is_dead_address(mail.last_error):
        suppress(mail.to_address, "bounced", f"mail {mail.id}", datetime.now(UTC))
    if is_told:
        tell(mail)


def _try_later(mail: TakenMail, token: str, reason: str) -> None:
    pause = pause_after(mail.attempts + 1, _chance.random())
    if pause is None:
        record_end(mail, token, "failed", reason)
        return
    values = {"mail": mail.id, "token": token, "again_at": datetime.now(UTC) + pause, "reason": reason}
    with writing(), db.engine.begin() as connection:
        connection.execute(_LATER, values)
