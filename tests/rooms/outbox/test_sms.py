"""Short messages: the same rows and promises as mail, handed to any gateway that takes an HTTP request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from flask import Flask

from survey_app.config import SettingError
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.outbox import operations, queries
from survey_app.outbox.gateway import Sms, gateway_of
from survey_app.outbox.letters import Letter, slot
from survey_app.outbox.messaging import checked_number, queue_sms, store_sms_letter
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.queueing import Order, queue_orders
from survey_app.outbox.rules import AddressError
from survey_app.outbox.tasks import send_due
from tests.factories.mails import NOW, a_mail, queue
from tests.mail_sink import MailSink
from tests.sms_gateway import Taken, running_gateway

AS_JSON = '{"to": "{to}", "content": {"text": "{text}"}, "ref": "{id}"}'
AS_FORM = "To={to}&Body={text}&Ref={id}"
HOSTILE = 'Chào "An" & {to} \\ =1+1\n{id}\u2028🎉'


@pytest.fixture
def gateway() -> Iterator[Taken]:
    with running_gateway() as taken:
        yield taken


@pytest.fixture
def sms_app(app: Flask, gateway: Taken, mail_sink: MailSink) -> Flask:
    use(app, gateway.url)
    return app


def use(app: Flask, url: str, body: str = AS_JSON) -> None:
    kept = app.config["SURVEY_SETTINGS"]
    app.config["SURVEY_SETTINGS"] = replace(kept, sms_url=url, sms_body=body, sms_authorization="Bearer geheim")


def put_down(app: Flask, text: str = "How was it?", key: str = "sms:1") -> None:
    with app.app_context(), writing():
        queue_sms(Sms("+84 912 345 678", text), key=key, kind="invitation", now=NOW, group_key="campaign:1")
        db.session.commit()


def send(app: Flask) -> None:
    with app.app_context():
        send_due(JobRun(None, {}, datetime.now(UTC)))


def rows(app: Flask) -> list[tuple[str, str | None]]:
    with app.app_context():
        return [(row.state, row.last_error) for row in db.session.query(OutboxMail).order_by(OutboxMail.id)]


def test_a_short_message_goes_once_and_leaves_nothing_readable(sms_app: Flask, gateway: Taken) -> None:
    put_down(sms_app)
    put_down(sms_app)
    send(sms_app)
    send(sms_app)
    (body,) = gateway.bodies
    said = json.loads(body)
    assert (said["to"], said["content"]["text"]) == ("+84912345678", "How was it?")
    assert len(said["ref"]) == 40
    assert gateway.headers[0]["Authorization"] == "Bearer geheim"
    assert rows(sms_app) == [("sent", None)]


@pytest.mark.parametrize("template", [AS_JSON, AS_FORM])
def test_any_text_stays_the_text_it_is(sms_app: Flask, gateway: Taken, template: str) -> None:
    use(sms_app, gateway.url, template)
    put_down(sms_app, HOSTILE)
    send(sms_app)
    body = gateway.bodies[0]
    text = json.loads(body)["content"]["text"] if template == AS_JSON else parse_qs(body)["Body"][0]
    assert text == HOSTILE


@pytest.mark.parametrize(
    ("status", "state"),
    [(200, "sent"), (400, "failed"), (404, "failed"), (401, "pending"), (408, "pending"), (429, "pending"),
     (500, "pending"), (503, "pending"), (302, "pending")],
)  # fmt: skip
def test_the_answer_decides(sms_app: Flask, gateway: Taken, status: int, state: str) -> None:
    gateway.status = status
    put_down(sms_app)
    send(sms_app)
    assert [found for found, _error in rows(sms_app)] == [state]
    assert len(gateway.bodies) == 1, "a redirect is not followed"
    assert state == "sent" or rows(sms_app)[0][1] == f"{status} no such number <b>"


def test_a_gateway_out_of_reach_costs_one_try_and_holds_no_mail_back(sms_app: Flask, mail_sink: MailSink) -> None:
    use(sms_app, "http://127.0.0.1:9/")
    for number in range(3):
        put_down(sms_app, key=f"sms:{number}")
    with sms_app.app_context(), writing():
        queue(a_mail())
        db.session.commit()
    send(sms_app)
    assert len(mail_sink.mails) == 1
    with sms_app.app_context():
        attempts = [row.attempts for row in db.session.query(OutboxMail).filter_by(channel="sms")]
        assert sorted(attempts) == [0, 0, 1]


def test_a_letter_for_short_messages_names_the_way_out(sms_app: Flask, gateway: Taken) -> None:
    letter = Letter("", f"{slot('name')}: {slot('link')}", "")
    values = {"name": "An", "link": "https://s.example/a/x", "unsubscribe_link": "https://s.example/u/x"}
    with sms_app.app_context(), writing():
        with pytest.raises(ValueError, match="unsubscribe"):
            store_sms_letter(letter, kind="invitation", group_key="campaign:1", now=NOW)
        whole = replace(letter, text=f"{letter.text} Stop: {slot('unsubscribe_link')}")
        batch = store_sms_letter(whole, kind="invitation", group_key="campaign:1", now=NOW)
        queue_orders(batch, [Order("invitation:1", "+84912345678", "An", values, NOW)], NOW)
        db.session.commit()
    send(sms_app)
    assert json.loads(gateway.bodies[0])["content"]["text"] == ("An: https://s.example/a/x Stop: https://s.example/u/x")


def test_a_suppressed_number_gets_nothing(sms_app: Flask, gateway: Taken) -> None:
    put_down(sms_app)
    with sms_app.app_context(), writing():
        operations.suppress("+84912345678", "unsubscribed", "link", NOW)
        db.session.commit()
    send(sms_app)
    assert gateway.bodies == []
    assert rows(sms_app) == [("suppressed", None)]


def test_limits_hold_for_short_messages(sms_app: Flask, gateway: Taken) -> None:
    with sms_app.app_context(), writing():
        operations.limit_sending("sms", None, 1)
        db.session.commit()
    for number in range(3):
        put_down(sms_app, key=f"sms:{number}")
    send(sms_app)
    assert len(gateway.bodies) <= 2, "a second where an hour ended meanwhile"
    with sms_app.app_context():
        assert queries.count_by_state("campaign:1")["failed"] == 0


@pytest.mark.parametrize("number", ["", "0912345678", "+84", "+84912345678\r\nX: y", "+0123456789", "an@example.org"])
def test_a_number_that_is_none_is_refused_in_words(number: str) -> None:
    with pytest.raises(AddressError, match="country code"):
        checked_number(number)


@pytest.mark.parametrize(
    ("url", "body", "authorization"),
    [
        ("http://sms.example/v1", AS_JSON, ""),
        ("https://u:p@sms.example/v1", AS_JSON, ""),
        ("ftp://sms.example", AS_JSON, ""),
        ("https://sms.example", '{"to": "{to}"}', ""),
        ("https://sms.example", '{"to": {to}, "text": {text}}', ""),
        ("https://sms.example", AS_FORM, "Bearer x\r\nX: y"),
    ],
)
def test_a_wrong_setting_refuses_to_start(url: str, body: str, authorization: str) -> None:
    with pytest.raises(SettingError, match="SURVEY_SMS"):
        gateway_of(url, body, authorization)


def test_without_a_gateway_nothing_is_queued(app: Flask) -> None:
    with app.app_context(), pytest.raises(ValueError, match="SURVEY_SMS_URL"):
        queue_sms(Sms("+84912345678", "Hello"), key="sms:1", kind="invitation", now=NOW)
