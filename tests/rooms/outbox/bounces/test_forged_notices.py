"""Notices of mail providers made by somebody who knows one of them, or who writes letters that nothing can store."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from survey_app.extensions import db, writing
from tests.rooms.outbox.bounces.test_hooks import (
    HARD_NOTICES,
    Posted,
    hooked_app,  # noqa: F401 - a fixture
    mailgun,
    post,
    postmark,
    sendgrid,
    ses,
    stamp,
    standard,
    verdicts,
)
from tests.rooms.outbox.bounces.test_samples import a_sent_mail
from tests.rooms.outbox.bounces.writing import MESSAGE_ID


@pytest.mark.parametrize("letter", [r"\ud800", r"\u0000"])
def test_letters_that_no_database_takes_are_no_fault_of_ours(hooked: Flask, letter: str) -> None:
    client, odd = hooked.test_client(), json.loads(f'"{letter}"')
    unsigned = json.dumps({"TopicArn": odd, "signature": {"timestamp": stamp(), "token": odd, "signature": odd}})
    codes = {provider: post(client, provider, Posted(unsigned.encode()))[0] for provider in HARD_NOTICES}
    assert set(codes.values()) <= {400, 401, 403}, codes
    named, odd_id = f"a{odd}@example.org", f"<a{odd}@example.org>"
    signed = {
        "sendgrid": sendgrid({"event": "spamreport", "email": named, "smtp-id": odd_id, "sg_event_id": f"e{odd}"}),
        "mailgun": mailgun({"event": "complained", "recipient": named, "message": {"headers": {"message-id": odd_id}}}),
        "ses": ses({"eventType": "Delivery", "delivery": {"recipients": [named]}}),
        "postmark": postmark({"RecordType": "SpamComplaint", "Email": named, "Content": f"\nMessage-ID: {odd_id}\n"}),
        "standard": standard({"type": "email.complained", "data": {"to": [named], "message_id": odd_id}}),
    }
    assert {provider: post(client, provider, posted)[0] for provider, posted in signed.items()} == dict.fromkeys(
        signed, 200
    )
    assert set(verdicts(hooked)) == {"unproven"}


def test_a_token_of_mailgun_counts_once_whichever_mail_its_notice_names(hooked: Flask) -> None:
    client, seen = hooked.test_client(), json.loads(mailgun({"event": "delivered"}).body)
    assert post(client, "mailgun", Posted(json.dumps(seen).encode()))[1] == {"taken": 1}
    seen["event-data"] = json.loads(mailgun({"event": "complained"}).body)["event-data"]
    with hooked.app_context(), writing():
        other = a_sent_mail("invitation:other", MESSAGE_ID.replace("<0", "<9"))
        seen["event-data"] |= {"message": {"headers": {"message-id": other.message_id}}, "recipient": other.to_address}
        db.session.commit()
    assert post(client, "mailgun", Posted(json.dumps(seen).encode()))[1] == {"taken": 0}
    assert verdicts(hooked) == ["delivered"]


def test_the_time_in_a_notice_of_mailgun_lends_its_token_no_letters(hooked: Flask) -> None:
    seen = json.loads(mailgun({"event": "complained"}, token="e0abc").body)
    seen["signature"] |= {"timestamp": f"{seen['signature']['timestamp']}e0", "token": "abc"}
    assert post(hooked.test_client(), "mailgun", Posted(json.dumps(seen).encode()))[0] == 401
