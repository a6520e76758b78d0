"""Amazon SES, whose notices come by SNS, signed with a certificate; the secret is the ARN of our topic.

A certificate is fetched by a worker, only from Amazon's own hosts, and kept; until then Amazon is asked to send the
notice again. A subscription is confirmed by a worker too, for our topic alone.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from datetime import datetime
from hmac import compare_digest
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import load_pem_x509_certificate
from sqlalchemy import select

from survey_app.extensions import db
from survey_app.jobs.operations import enqueue
from survey_app.outbox.bounces.hooks.notices import (
    Event,
    HookError,
    Notice,
    NotYetError,
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
from survey_app.outbox.models import ProviderCertificate

FETCH = "outbox.fetch_certificate"
CONFIRM = "outbox.confirm_subscription"
HOST = r"sns\.[a-z]{2}(?:-[a-z]{1,12}){1,3}-\d{1,2}\.amazonaws\.com(?:\.cn)?"
CERTIFICATE = re.compile(rf"https://{HOST}/SimpleNotificationService-[0-9a-zA-Z]{{8,64}}\.pem\Z")
SUBSCRIPTION = re.compile(rf"https://{HOST}/\?Action=ConfirmSubscription&[A-Za-z0-9%&=:._~-]{{1,900}}\Z")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}


def read(notice: Notice) -> list[Event]:
    """Return the events of a notice; raise HookError where it is not Amazon's or not of our topic."""
    envelope = parsed(notice.body)
    if not compare_digest(text(envelope, "TopicArn").encode(), notice.secret.encode()):
        raise HookError(403, "This notice is not of the topic in SURVEY_HOOK_SES. Nothing was stored.")
    _check_signature(envelope)
    _check_time(text(envelope, "Timestamp"), notice.now)
    if text(envelope, "Type") == "SubscriptionConfirmation":
        _confirm(text(envelope, "SubscribeURL"))
        return []
    return _events(parsed(_message(envelope)), text(envelope, "MessageId"))


def _check_signature(envelope: Any) -> None:
    names = _SIGNED.get(text(envelope, "Type"))
    if names is None:
        raise HookError(400, "This is no notice of a kind that is understood.")
    key = _key(text(envelope, "SigningCertURL") or text(envelope, "SigningCertUrl"))
    values = [(name, field(envelope, name)) for name in names]
    signed = "".join(f"{name}\n{value}\n" for name, value in values if isinstance(value, str))
    version = SHA256() if text(envelope, "SignatureVersion") == "2" else SHA1()  # noqa: S303 - Amazon's first version
    try:
        key.verify(b64decode(text(envelope, "Signature"), validate=True), signed.encode(), PKCS1v15(), version)
    except (InvalidSignature, Base64Error, ValueError) as error:
        raise WrongSignatureError from error


def _key(url: str) -> RSAPublicKey:
    if not CERTIFICATE.match(url):
        raise WrongSignatureError("The certificate of this notice is not Amazon's. Nothing was stored.")
    pem = db.session.scalar(select(ProviderCertificate.pem).where(ProviderCertificate.url == url))
    if pem is None:
        enqueue(FETCH, payload={"url": url}, coalesce=True)
        raise NotYetError
    key = load_pem_x509_certificate(pem.encode()).public_key()
    if not isinstance(key, RSAPublicKey):
        raise WrongSignatureError
    return key


def _check_time(stamp: str, now: datetime) -> None:
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        at = None
    check_age(str(at.timestamp()) if at and at.tzinfo else "", now)


def _confirm(url: str) -> None:
    if not SUBSCRIPTION.match(url):
        raise HookError(403, "The address to confirm the subscription at is not Amazon's. Nothing was stored.")
    enqueue(CONFIRM, payload={"url": url}, coalesce=True)


def _message(envelope: Any) -> bytes:
    found = field(envelope, "Message")
    return found.encode("utf-8", "replace") if isinstance(found, str) else b""


def _events(told: Any, number: str) -> list[Event]:
    kind = text(told, "notificationType") or text(told, "eventType")
    ids = _message_ids(told)
    if kind == "Bounce":
        found = items(field(told, "bounce", "bouncedRecipients"))
        return [_bounce(told, each, f"{number}:{at}", ids) for at, each in enumerate(found)]
    simple = {"Complaint": ("complainedRecipients", Verdict.COMPLAINT), "Delivery": ("recipients", Verdict.DELIVERED)}
    if kind not in simple:
        return []
    name, verdict = simple[kind]
    if text(told, "complaint", "complaintFeedbackType") == "not-spam":
        return []
    found = items(field(told, kind.lower(), name))
    addresses = [storable(each) if isinstance(each, str) else text(each, "emailAddress") for each in found]
    return [event(f"{number}:{at}", verdict, address, ids) for at, address in enumerate(addresses)]


def _bounce(told: Any, recipient: Any, key: str, ids: tuple[str, ...]) -> Event:
    status, words = text(recipient, "status"), text(recipient, "diagnosticCode")
    kind, narrower = text(told, "bounce", "bounceType"), text(told, "bounce", "bounceSubType")
    verdict = verdict_of("failed", status, words)
    if kind == "Permanent":
        is_address = narrower in {"General", "NoEmail", "Suppressed", "OnAccountSuppressionList"}
        verdict = failure(verdict, is_permanent=is_address)
    else:
        verdict = softened(failure(verdict, is_permanent=False))
    address = text(recipient, "emailAddress")
    return event(key, verdict, address, ids, status=status_of(status) or status_of(words), detail=words)


def _message_ids(told: Any) -> tuple[str, ...]:
    named = [
        text(each, "value")
        for each in items(field(told, "mail", "headers"))
        if text(each, "name").casefold() == "message-id"
    ]
    found = (*named, text(told, "mail", "commonHeaders", "messageId"))
    return tuple(dict.fromkeys(made for each in found for made in message_id(each)))
