"""Mailgun's notices, signed with HMAC; the secret is the HTTP webhook signing key.

The signature covers a token and not what the notice says, so every token counts once: it is the event's number. Nor
does it say where the time ends and the token begins, so the time is digits and nothing else.
"""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest, digest

from survey_app.outbox.bounces.hooks.notices import (
    Event,
    Notice,
    WrongSignatureError,
    check_age,
    event,
    failure,
    field,
    message_id,
    parsed,
    text,
)
from survey_app.outbox.bounces.rules import Verdict, status_of, verdict_of

_SIMPLE = {"complained": Verdict.COMPLAINT, "delivered": Verdict.DELIVERED}


def read(notice: Notice) -> list[Event]:
    """Return the event of a notice; raise HookError where it is not Mailgun's."""
    document = parsed(notice.body)
    stamp, token, given = (text(document, "signature", name) for name in ("timestamp", "token", "signature"))
    expected = digest(notice.secret.encode(), f"{stamp}{token}".encode(), sha256).hex()
    if not token or not stamp.isdecimal() or not compare_digest(expected.encode(), given.encode()):
        raise WrongSignatureError
    check_age(stamp, notice.now)
    told = field(document, "event-data")
    verdict = _verdict(told)
    if verdict is None:
        return []
    detail, recipient = _words(told), text(told, "recipient")
    ids = message_id(text(told, "message", "headers", "message-id"))
    return [event(token, verdict, recipient, ids, status=status_of(detail), detail=detail)]


def _verdict(told: object) -> Verdict | None:
    kind = text(told, "event")
    if kind != "failed":
        return _SIMPLE.get(kind)
    if text(told, "severity") != "permanent":
        return Verdict.DELAYED
    reason = text(told, "reason")
    if reason.startswith("suppress-"):
        # What Mailgun itself has on its list; an unsubscription there is none of ours.
        return {"suppress-bounce": Verdict.HARD, "suppress-complaint": Verdict.COMPLAINT}.get(reason)
    verdict = verdict_of("failed", text(told, "delivery-status", "enhanced-code"), _words(told))
    return failure(verdict, is_permanent=False)


def _words(told: object) -> str:
    status = [text(told, "delivery-status", name) for name in ("code", "enhanced-code", "message", "description")]
    return " ".join(each for each in status if each)
