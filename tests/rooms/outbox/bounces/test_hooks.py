"""Notices of mail providers: signed ones are taken in once, others are told why they are refused."""

# ruff: noqa: E501 - each notice stays in one line
from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import digest
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app.extensions import db, writing
from survey_app.jobs.models import Job
from survey_app.outbox.models import MailEvent, ProviderCertificate, Suppression
from tests.rooms.outbox.bounces.conftest import certificate_of
from tests.rooms.outbox.bounces.test_samples import a_sent_mail
from tests.rooms.outbox.bounces.writing import MESSAGE_ID, RECIPIENT

EC_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(65537, 2048)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:bounces"
CERTIFICATE = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
STANDARD_KEY = b"a key of twenty-four bytes"
SECRETS = {
    "sendgrid": b64encode(EC_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode(),
    "mailgun": "key-of-the-harbour",
    "ses": TOPIC,
    "postmark": "postmark:sesame",
    "standard": f"whsec_{b64encode(STANDARD_KEY).decode()}",
}


@dataclass(frozen=True)
class Posted:
    """A notice as a provider posts it."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def stamp(ago: timedelta = timedelta()) -> str:
    return str(int((datetime.now(UTC) - ago).timestamp()))


def sendgrid(*events: dict[str, Any], ago: timedelta = timedelta()) -> Posted:
    told = [{"email": RECIPIENT, "smtp-id": MESSAGE_ID, "sg_event_id": f"e{n}"} | each for n, each in enumerate(events)]
    body, at = json.dumps(told).encode(), stamp(ago)
    signature = b64encode(EC_KEY.sign(at.encode() + body, ec.ECDSA(SHA256()))).decode()
    names = ("X-Twilio-Email-Event-Webhook-Signature", "X-Twilio-Email-Event-Webhook-Timestamp")
    return Posted(body, dict(zip(names, (signature, at), strict=True)))


def mailgun(told: dict[str, Any], ago: timedelta = timedelta(), token: str = "t1") -> Posted:  # noqa: S107 - no secret
    at = stamp(ago)
    event = {"recipient": RECIPIENT, "message": {"headers": {"message-id": MESSAGE_ID.strip("<>")}}} | told
    signature = digest(SECRETS["mailgun"].encode(), f"{at}{token}".encode(), sha256).hex()
    return Posted(
        json.dumps(
            {"signature": {"timestamp": at, "token": token, "signature": signature}, "event-data": event}
        ).encode()
    )


def ses(told: dict[str, Any], ago: timedelta = timedelta(), **changes: str) -> Posted:
    mail = {"headers": [{"name": "Message-ID", "value": MESSAGE_ID}]}
    envelope = {
        "Type": "Notification",
        "MessageId": "m1",
        "TopicArn": TOPIC,
        "Message": json.dumps({"mail": mail} | told),
        "Timestamp": (datetime.now(UTC) - ago).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "SignatureVersion": "1",
        "SigningCertURL": CERTIFICATE,
    } | changes
    names = ["Message", "MessageId", "SubscribeURL", "Subject", "Timestamp", "Token", "TopicArn", "Type"]
    signed = "".join(f"{name}\n{envelope[name]}\n" for name in names if name in envelope)
    kind = SHA256() if envelope["SignatureVersion"] == "2" else SHA1()  # noqa: S303 - Amazon's first version
    envelope["Signature"] = b64encode(RSA_KEY.sign(signed.encode(), padding.PKCS1v15(), kind)).decode()
    return Posted(json.dumps(envelope).encode())


def postmark(told: dict[str, Any], credentials: str = SECRETS["postmark"]) -> Posted:
    content = f"From: us\r\nMessage-ID: {MESSAGE_ID}\r\n"
    body = {"ID": 42, "RecordType": "Bounce", "Email": RECIPIENT, "Content": content} | told
    return Posted(json.dumps(body).encode(), {"Authorization": f"Basic {b64encode(credentials.encode()).decode()}"})


def standard(told: dict[str, Any], ago: timedelta = timedelta(), names: str = "webhook") -> Posted:
    data = {"to": [RECIPIENT], "headers": [{"name": "Message-ID", "value": MESSAGE_ID}]}
    body, at = json.dumps({"data": data | told.pop("data", {})} | told).encode(), stamp(ago)
    signature = b64encode(digest(STANDARD_KEY, f"w1.{at}.".encode() + body, sha256)).decode()
    values = {"id": "w1", "timestamp": at, "signature": f"v1,AAAA v1,{signature}"}
    return Posted(body, {f"{names}-{name}": value for name, value in values.items()})


def ses_bounce(kind: str, narrower: str, status: str = "", words: str = "") -> Posted:
    recipient = {"emailAddress": RECIPIENT, "status": status, "diagnosticCode": words}
    bounce = {"bounceType": kind, "bounceSubType": narrower, "bouncedRecipients": [recipient]}
    return ses({"notificationType": "Bounce", "bounce": bounce})


HARD_NOTICES: dict[str, Callable[[], Posted]] = {
    "sendgrid": lambda: sendgrid({"event": "bounce", "status": "5.1.1", "reason": "550 5.1.1 User unknown", "type": "bounce"}),
    "mailgun": lambda: mailgun({"event": "failed", "severity": "permanent", "delivery-status": {"code": 550, "message": "5.1.1 No such user"}}),
    "ses": lambda: ses_bounce("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown"),
    "postmark": lambda: postmark({"Type": "HardBounce", "Details": "smtp;550 5.1.1 unknown"}),
    "standard": lambda: standard({"type": "email.bounced", "data": {"bounce": {"type": "Permanent", "message": "550 5.1.1 unknown"}}}),
}  # fmt: skip
MEANINGS: list[tuple[str, Callable[[], Posted], str]] = [
    *((provider, make, "hard") for provider, make in HARD_NOTICES.items()),
    ("sendgrid", lambda: sendgrid({"event": "spamreport"}), "complaint"),
    ("sendgrid", lambda: sendgrid({"event": "deferred"}), "delayed"),
    ("sendgrid", lambda: sendgrid({"event": "delivered"}), "delivered"),
    ("sendgrid", lambda: sendgrid({"event": "dropped", "reason": "Bounced Address"}), "hard"),
    ("sendgrid", lambda: sendgrid({"event": "dropped", "reason": "Unsubscribed Address"}), ""),
    ("sendgrid", lambda: sendgrid({"event": "bounce", "status": "5.7.1", "reason": "550 5.7.1 blocked", "type": "blocked"}), "policy"),
    ("sendgrid", lambda: sendgrid({"event": "bounce", "status": "5.1.1", "reason": "", "type": "blocked"}), "soft"),
    ("sendgrid", lambda: sendgrid({"event": "open"}), ""),
    ("mailgun", lambda: mailgun({"event": "complained"}), "complaint"),
    ("mailgun", lambda: mailgun({"event": "failed", "severity": "temporary"}), "delayed"),
    ("mailgun", lambda: mailgun({"event": "failed", "severity": "permanent", "reason": "suppress-bounce"}), "hard"),
    ("mailgun", lambda: mailgun({"event": "failed", "severity": "permanent", "reason": "suppress-unsubscribe"}), ""),
    ("mailgun", lambda: mailgun({"event": "failed", "severity": "permanent", "delivery-status": {"message": "552 mailbox full"}}), "soft"),
    ("ses", lambda: ses({"notificationType": "Complaint", "complaint": {"complainedRecipients": [{"emailAddress": RECIPIENT}]}}), "complaint"),
    ("ses", lambda: ses({"eventType": "Delivery", "delivery": {"recipients": [RECIPIENT]}}), "delivered"),
    ("ses", lambda: ses({"notificationType": "Complaint", "complaint": {"complaintFeedbackType": "not-spam"}}), ""),
    ("ses", lambda: ses_bounce("Permanent", "NoEmail"), "hard"),
    ("ses", lambda: ses_bounce("Permanent", "ContentRejected"), "soft"),
    ("ses", lambda: ses_bounce("Transient", "MailboxFull", "5.2.2", "smtp; 552 5.2.2 full"), "soft"),
    ("ses", lambda: ses_bounce("Transient", "General", "5.1.1", "smtp; 550 5.1.1 unknown"), "soft"),
    ("postmark", lambda: postmark({"RecordType": "SpamComplaint", "Type": "SpamComplaint"}), "complaint"),
    ("postmark", lambda: postmark({"Type": "Transient"}), "delayed"),
    ("postmark", lambda: postmark({"Type": "HardBounce", "Details": "smtp;550 5.7.1 blocked"}), "policy"),
    ("postmark", lambda: postmark({"Type": "AutoResponder"}), ""),
    ("postmark", lambda: postmark({"Type": "HardBounce", "Content": ""}), "unproven"),
    ("standard", lambda: standard({"type": "email.complained"}), "complaint"),
    ("standard", lambda: standard({"type": "email.bounced", "data": {"bounce": {"type": "Transient", "message": ""}}}), "soft"),
    ("standard", lambda: standard({"type": "email.sent"}), ""),
    ("standard", lambda: standard({"type": "email.delivered"}, names="svix"), "delivered"),
    ("standard", lambda: standard({"type": "email.complained", "data": {"to": ["other@example.net"]}}), "unproven"),
]  # fmt: skip


@pytest.fixture(name="hooked")
def hooked_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    settings = replace(app.config["SURVEY_SETTINGS"], hook_secrets=SECRETS)
    monkeypatch.setitem(app.config, "SURVEY_SETTINGS", settings)
    with app.app_context(), writing():
        a_sent_mail()
        now = datetime.now(UTC)
        pem = certificate_of(RSA_KEY, "sns.amazonaws.com").decode()
        db.session.add(ProviderCertificate(url=CERTIFICATE, pem=pem, fetched_at=now))
        db.session.commit()
    return app


def post(client: FlaskClient, provider: str, posted: Posted) -> tuple[int, Any]:
    answer = client.post(f"/hooks/mail/{provider}", data=posted.body, headers=posted.headers)
    return answer.status_code, answer.json


def verdicts(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(MailEvent.verdict)))


def empty(app: Flask) -> None:
    with app.app_context(), writing():
        for model in (MailEvent, Suppression):
            db.session.query(model).delete()
        db.session.commit()


def test_every_kind_of_notice_means_what_it_says(hooked: Flask) -> None:
    client = hooked.test_client()
    for at, (provider, make, verdict) in enumerate(MEANINGS):
        code, answer = post(client, provider, make())
        assert (at, provider, code, verdicts(hooked)) == (at, provider, 200, [verdict] if verdict else []), answer
        with hooked.app_context():
            reasons = list(db.session.scalars(select(Suppression.reason)))
        assert reasons == {"hard": ["bounced"], "complaint": ["complained"]}.get(verdict, [])
        empty(hooked)


def test_a_notice_replayed_is_one_event(hooked: Flask) -> None:
    client = hooked.test_client()
    for provider, make in HARD_NOTICES.items():
        posted = make()
        assert [post(client, provider, posted)[1] for _ in range(2)] == [{"taken": 1}, {"taken": 0}]


def test_a_wrong_signature_is_refused_in_words_and_stores_nothing(hooked: Flask) -> None:
    client = hooked.test_client()
    for provider, make in HARD_NOTICES.items():
        right = make()
        other = post(client, provider, Posted(right.body))[0] if right.headers else 401
        body = (
            right.body
            if provider == "postmark"
            else right.body.replace(b"unknown", b"unkn0wn").replace(b'"t1"', b'"t2"')
        )
        headers = {"Authorization": "Basic eDp5"} if provider == "postmark" else right.headers
        code, answer = post(client, provider, Posted(body, headers))
        assert (provider, other, code) == (provider, 401, 401)
        assert "Nothing was stored" in answer["detail"]
    assert verdicts(hooked) == []


def test_an_old_notice_is_refused(hooked: Flask) -> None:
    client, day = hooked.test_client(), timedelta(days=2)
    old = {
        "sendgrid": sendgrid({"event": "spamreport"}, ago=day),
        "mailgun": mailgun({"event": "complained"}, ago=day),
        "ses": ses({"notificationType": "Bounce"}, ago=day),
        "standard": standard({"type": "email.complained"}, ago=timedelta(minutes=6)),
    }
    assert [post(client, provider, posted)[0] for provider, posted in old.items()] == [401] * 4
    ahead = standard({"type": "email.complained"}, ago=-timedelta(minutes=6))
    assert post(client, "standard", ahead)[0] == 401
    assert verdicts(hooked) == []


@pytest.mark.parametrize("body", [b"", b"[" * 100_000, b"\xff", b"[1, null, {}]", b'{"event-data": 7}', b'"x"'])
def test_garbage_is_refused_or_means_nothing(hooked: Flask, body: bytes) -> None:
    client = hooked.test_client()
    for provider in HARD_NOTICES:
        assert post(client, provider, Posted(body))[0] in {400, 401, 403}
    at = stamp()
    signature = b64encode(digest(STANDARD_KEY, f"w1.{at}.".encode() + body, sha256)).decode()
    headers = {"webhook-id": "w1", "webhook-timestamp": at, "webhook-signature": f"v1,{signature}"}
    assert post(client, "standard", Posted(body, headers))[0] in {200, 400}
    assert verdicts(hooked) == []


def test_providers_that_are_not_expected_are_told_so(app: Flask) -> None:
    client = app.test_client()
    code, answer = post(client, "mailgun", mailgun({"event": "complained"}))
    assert (code, "SURVEY_HOOK_MAILGUN" in answer["detail"]) == (403, True)
    assert client.post("/hooks/mail/nobody").status_code == 404
    assert client.get("/hooks/mail/mailgun").status_code == 405


def test_a_body_beyond_the_limit_is_refused(hooked: Flask) -> None:
    assert post(hooked.test_client(), "mailgun", Posted(b"x" * (2 * 1024 * 1024 + 1)))[0] == 413


def test_an_unknown_certificate_is_fetched_by_a_worker_and_only_from_amazon(hooked: Flask) -> None:
    client = hooked.test_client()
    other = CERTIFICATE.replace("0123", "9999")
    assert post(client, "ses", ses({"notificationType": "Bounce"}, SigningCertURL=other))[0] == 503
    with hooked.app_context():
        job = db.session.scalars(select(Job).where(Job.name == "outbox.fetch_certificate")).one()
        assert job.payload == {"url": other}
    for url in ("https://evil.example/a.pem", f"http{CERTIFICATE[5:]}", CERTIFICATE.replace(".com", ".com.evil.example"), f"{CERTIFICATE}?x"):  # fmt: skip
        assert post(client, "ses", ses({"notificationType": "Bounce"}, SigningCertURL=url))[0] == 401
    assert post(client, "ses", ses({}, TopicArn=f"{TOPIC}2"))[0] == 403
    with hooked.app_context():
        assert db.session.query(Job).filter(Job.name == "outbox.fetch_certificate").count() == 1


def test_a_subscription_is_confirmed_by_a_worker_for_our_topic_alone(hooked: Flask) -> None:
    client = hooked.test_client()
    url = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns&Token=abc"
    asked: dict[str, Any] = {"Type": "SubscriptionConfirmation", "Token": "abc", "SignatureVersion": "2"}
    for wrong in ("https://evil.example/?Action=ConfirmSubscription&Token=abc", url.replace("Confirm", "Delete")):
        assert post(client, "ses", ses({}, **asked, SubscribeURL=wrong))[0] == 403
    assert post(client, "ses", ses({}, **asked, SubscribeURL=url))[0] == 200
    with hooked.app_context():
        jobs = db.session.scalars(select(Job).where(Job.name == "outbox.confirm_subscription"))
        assert [job.payload for job in jobs] == [{"url": url}]
