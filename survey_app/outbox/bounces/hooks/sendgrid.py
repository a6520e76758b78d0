"""SendGrid's event notices, signed with ECDSA; the secret is the verification key its settings page shows."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from survey_app.outbox.bounces.hooks.notices import (
    Event,
    HookError,
    Notice,
    WrongSignatureError,
    check_age,
    event,
    items,
    message_id,
    parsed,
    softened,
    text,
)
from survey_app.outbox.bounces.rules import Verdict, status_of, verdict_of

_SIMPLE = {"spamreport": Verdict.COMPLAINT, "delivered": Verdict.DELIVERED, "deferred": Verdict.DELAYED}
_DROPPED = {"bounced address": Verdict.HARD, "invalid": Verdict.HARD, "spam reporting address": Verdict.COMPLAINT}


def read(notice: Notice) -> list[Event]:
    """Return the events of a notice; raise HookError where it is not SendGrid's."""
    stamp = notice.header("X-Twilio-Email-Event-Webhook-Timestamp")
    try:
        key = load_der_public_key(b64decode(notice.secret, validate=True))
        signature = b64decode(notice.header("X-Twilio-Email-Event-Webhook-Signature"), validate=True)
    except (Base64Error, ValueError, UnsupportedAlgorithm) as error:
        raise WrongSignatureError from error
    if not isinstance(key, EllipticCurvePublicKey):
        raise HookError(403, "SURVEY_HOOK_SENDGRID is not the verification key that SendGrid shows.")
    try:
        key.verify(signature, stamp.encode() + notice.body, ECDSA(SHA256()))
    except InvalidSignature as error:
        raise WrongSignatureError from error
    check_age(stamp, notice.now)
    return [made for each in items(parsed(notice.body)) if (made := _event(each)) is not None]


def _event(told: Any) -> Event | None:
    verdict, number = _verdict(told), text(told, "sg_event_id")
    if verdict is None or not number:
        return None
    reason = text(told, "reason")
    status = status_of(text(told, "status")) or status_of(reason)
    return event(number, verdict, text(told, "email"), message_id(text(told, "smtp-id")), status=status, detail=reason)


def _verdict(told: Any) -> Verdict | None:
    kind, reason = text(told, "event"), text(told, "reason")
    if kind == "dropped":
        return next((verdict for words, verdict in _DROPPED.items() if reason.casefold().startswith(words)), None)
    if kind != "bounce":
        return _SIMPLE.get(kind)
    verdict = verdict_of("failed", text(told, "status"), reason)
    return softened(verdict) if text(told, "type") == "blocked" else verdict
