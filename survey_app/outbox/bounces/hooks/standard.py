"""Notices signed after Standard Webhooks (Resend and others); the secret is `whsec_…`."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Any

from survey_app.outbox.bounces.hooks.notices import (
    Event,
    HookError,
    Notice,
    WrongSignatureError,
    check_age,
    event,
    failure,
    field,
    items,
    message_id,
    parsed,
    softened,
    storable,
    text,
)
from survey_app.outbox.bounces.rules import Verdict, status_of, verdict_of

# Every try is signed anew, so nothing old is true.
LONGEST_REPLAY = timedelta(minutes=5)
_KINDS = {
    "email.complained": Verdict.COMPLAINT,
    "email.delivered": Verdict.DELIVERED,
    "email.delivery_delayed": Verdict.DELAYED,
}


def read(notice: Notice) -> list[Event]:
    """Return the events of a notice; raise HookError where its signature is not right."""
    number = notice.header("webhook-id", "svix-id")
    stamp = notice.header("webhook-timestamp", "svix-timestamp")
    try:
        key = b64decode(notice.secret.removeprefix("whsec_"), validate=True)
    except (Base64Error, ValueError) as error:
        raise HookError(403, "SURVEY_HOOK_STANDARD must be the signing secret, whsec_ and its letters.") from error
    signed = digest(key, f"{number}.{stamp}.".encode() + notice.body, sha256)
    given = notice.header("webhook-signature", "svix-signature").split()[:10]
    expected = f"v1,{b64encode(signed).decode()}".encode()
    if not number or not any(compare_digest(expected, each.encode()) for each in given):
        raise WrongSignatureError
    check_age(stamp, notice.now, LONGEST_REPLAY)
    return _events(parsed(notice.body), number)


def _events(told: Any, number: str) -> list[Event]:
    verdict = _verdict(told)
    if verdict is None:
        return []
    sent_to = field(told, "data", "to")
    recipients = sent_to if isinstance(sent_to, list) else [sent_to]
    detail = text(told, "data", "bounce", "message")
    return [
        event(
            f"{number}:{at}", verdict, storable(recipient), _message_ids(told), status=status_of(detail), detail=detail
        )
        for at, recipient in enumerate(recipients[:50])
        if isinstance(recipient, str)
    ]


def _verdict(told: Any) -> Verdict | None:
    kind = text(told, "type")
    if kind != "email.bounced":
        return _KINDS.get(kind)
    verdict = verdict_of("failed", "", text(told, "data", "bounce", "message"))
    if text(told, "data", "bounce", "type") == "Permanent":
        return failure(verdict, is_permanent=text(told, "data", "bounce", "subType") != "ContentRejected")
    return softened(failure(verdict, is_permanent=False))


def _message_ids(told: Any) -> tuple[str, ...]:
    named = [
        text(each, "value")
        for each in items(field(told, "data", "headers"))
        if text(each, "name").casefold() == "message-id"
    ]
    return tuple(found for each in (text(told, "data", "message_id"), *named) for found in message_id(each))
