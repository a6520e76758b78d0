"""Campaigns by text message: the same rules as by mail, decided by the telephone number, over a real gateway."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app.campaigns.audience.deciding import preview
from survey_app.campaigns.audience.rule_keeping import RulePlan, save_rule
from survey_app.campaigns.audience.simulation import simulated
from survey_app.campaigns.life import remind_unfinished
from survey_app.campaigns.mail.messages import Wording, campaign_letter, letter_of
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.operations import change_texts
from survey_app.campaigns.plan.overview import check_plan
from survey_app.campaigns.steps import CampaignError
from survey_app.campaigns.unsubscriptions import unsubscribe
from survey_app.customers.models import Customer
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.operations import suppress
from survey_app.outbox.tasks import send_due
from tests.factories.campaigns import NOW, a_campaign, invitations, reminded, sent, willing
from tests.factories.customers import make_customer
from tests.mail_sink import MailSink
from tests.sms_gateway import Taken, running_gateway

SignIn = Callable[[str], FlaskClient]
BODY = '{"to": "{to}", "text": "{text}"}'


@pytest.fixture
def gateway(app: Flask, mail_sink: MailSink) -> Iterator[Taken]:
    with running_gateway() as taken:
        kept = app.config["SURVEY_SETTINGS"]
        app.config["SURVEY_SETTINGS"] = replace(kept, sms_url=taken.url, sms_body=BODY)
        yield taken
        app.config["SURVEY_SETTINGS"] = kept


def a_text_campaign(code: str = "relationship") -> Campaign:
    campaign = a_campaign(code)
    campaign.contact_channel = "sms"
    return campaign


def deliver() -> None:
    send_due(JobRun(None, {}, datetime.now(UTC)))


def said(gateway: Taken) -> dict[str, str]:
    return {each["to"]: each["text"] for each in map(json.loads, gateway.bodies)}


def test_text_messages_and_their_reminders_go_with_both_links(app: Flask, gateway: Taken, mail_sink: MailSink) -> None:
    with app.app_context():
        with writing():
            campaign = a_text_campaign()
            willing(1, name="An Nguyen", phone="+84 (912) 345-678", language="en")
            change_texts(campaign, {"en": {"short": "{organisation} asks {first_name}: {link} Please!"}})
            db.session.commit()
        sent(campaign)
        deliver()
        text = said(gateway)["+84912345678"]
        assert re.fullmatch(r"Lotus Air asks An: http\S+/a/\S+ Please! No more messages: http\S+/u/\S+", text)
        assert db.session.scalars(select(OutboxMail.channel)).all() == ["sms"]
        (invitation,) = invitations(campaign)
        assert (invitation.disposition, invitation.channel) == ("no-reply", "sms")

        with writing():
            remind_unfinished(campaign, NOW)
            db.session.commit()
        reminded(campaign)
        deliver()
        assert "your opinion still counts" in said(gateway)["+84912345678"]
        assert len(gateway.bodies) == 2
        assert mail_sink.mails == []


def test_a_text_message_leads_to_the_survey_and_ends_by_its_other_link(
    app: Flask, client: FlaskClient, gateway: Taken
) -> None:
    with app.app_context():
        with writing():
            campaign = a_text_campaign()
            willing(1, phone="+84912345678")
            db.session.commit()
        sent(campaign)
        deliver()
        number, text = said(gateway).popitem()
        answer, end = (found.partition("//")[2].partition("/")[2] for found in re.findall(r"http\S+", text))
        assert client.get(f"/{answer}", follow_redirects=True).status_code == 200
        assert client.get(f"/{end}").status_code == 200
        with writing():
            unsubscribe(db.session.scalars(select(Invitation)).one(), NOW)
            db.session.commit()
        following = a_text_campaign("second")
        assert {str(reason) for reason in preview(following).held_back} == {"opted-out"}
        assert number == "+84912345678"


def test_the_number_decides_and_sending_does_what_the_simulation_said(app: Flask, gateway: Taken) -> None:
    with app.app_context():
        with writing():
            campaign = a_text_campaign()
            for phone in ("+84912345678", "+84 912 345 678", "+84900000001", "+84900000002", "+84900000003", None):
                willing(1, phone=phone)
            for number in ("0912345678", "+0123456789", "+84 91", "+84+912345678"):
                willing(1, phone=number)
            willing(1, phone="+84900000004")[0].phone_state = "invalid"
            willing(1, phone="+84900000005")[0].consent_state = "objected"
            make_customer(phone="+84900000006")
            suppress("+84900000001", "unsubscribed", "test", NOW)
            for number, reason in (("+84900000002", "bounced"), ("+84900000003", "unsubscribed")):
                customer = db.session.scalars(select(Customer).where(Customer.phone == number)).one()
                suppress(customer.email or "", reason, "test", NOW)
            db.session.commit()
        found = simulated(campaign, NOW)
        assert found["held_back"] == {
            "no-address": 1,
            "invalid-address": 5,
            "opted-out": 2,
            "objected": 1,
            "no-consent": 1,
            "duplicate-address": 1,
        }
        assert (found["matched"], found["sendable"], found["obstacles"]) == (13, 2, [])
        sent(campaign)
        deliver()
        assert set(said(gateway)) == {"+84912345678", "+84900000002"}


def test_contact_rules_of_text_messages_count_text_messages(app: Flask, gateway: Taken) -> None:
    with app.app_context():
        with writing():
            campaign = a_text_campaign()
            willing(1, phone="+84912345678")
            save_rule(RulePlan("Texts", min_gap_days=30, channel="sms"), NOW)
            db.session.commit()
        sent(campaign)
        following, by_mail = a_text_campaign("second"), a_campaign("third")
        assert preview(following).n_sendable == 0
        assert preview(by_mail).n_sendable == 1


@pytest.mark.parametrize(("language", "words"), [("vi", "Ngừng nhận tin:"), ("es", "No recibir más:")])
def test_the_usual_words_are_in_the_readers_language(app: Flask, gateway: Taken, language: str, words: str) -> None:
    with app.app_context():
        campaign = a_text_campaign()
        for kind in ("invitation", "reminder", "thanks"):
            assert words in campaign_letter(letter_of(campaign), Wording(kind, language)).letter.text


def test_without_a_gateway_the_plan_says_so_and_nothing_starts(app: Flask) -> None:
    with app.app_context():
        campaign = a_text_campaign()
        willing(1, phone="+84912345678")
        with pytest.raises(CampaignError, match="SURVEY_SMS_URL"):
            check_plan(campaign, NOW)
        assert "SURVEY_SMS_URL" in simulated(campaign, NOW)["obstacles"][0]


def test_the_way_is_chosen_on_the_first_step_and_the_others_say_so(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        a_campaign()
        willing(1, phone="+84912345678")
        db.session.commit()
    marketer = sign_in("marketer")
    assert "SURVEY_SMS_URL" in marketer.get("/campaigns/new").text
    made = marketer.post("/campaigns/new", data={"survey": "relationship", "name": "Texts", "mode": "sms"})
    page = made.headers["Location"].rpartition("/")[0]
    with app.app_context():
        campaign = db.session.scalars(select(Campaign).order_by(Campaign.id.desc()).limit(1)).one()
        assert (campaign.mode, campaign.contact_channel) == ("mail", "sms")
    for step in ("audience", "message", "review", "mail"):
        answer = marketer.get(f"{page}/{step}")
        assert answer.status_code == 200
        assert "SURVEY_SMS_URL" in answer.text, step
    assert "No more messages:" in marketer.get(f"{page}/mail").text
    wrong = marketer.post(f"{page}/message", data={"en-short": "", "en-short_reminder": "x", "en-short_thanks": "x"})
    assert wrong.status_code == 422
    texts = {"en-short": "Hi {link}", "en-short_reminder": "Again {link}", "en-short_thanks": "Thanks"}
    assert marketer.post(f"{page}/message", data=texts).status_code == 303
    assert "Hi http" in marketer.get(f"{page}/mail").text


def test_an_installation_that_only_tries_says_so_where_mails_are_sent_from(app: Flask, sign_in: SignIn) -> None:
    kept = app.config["SURVEY_SETTINGS"]
    app.config["SURVEY_SETTINGS"] = replace(kept, mail_mode="hold")
    with app.app_context():
        with writing():
            draft, going = a_campaign(), a_campaign("second")
            willing(1)
            db.session.commit()
        sent(going)
        pages = [f"/campaigns/{draft.id}/review", f"/campaigns/{going.id}", f"/campaigns/{going.id}/live"]
    marketer = sign_in("marketer")
    for page in pages:
        assert "SURVEY_MAIL_MODE=hold" in marketer.get(page).text, page
    app.config["SURVEY_SETTINGS"] = kept
    assert "SURVEY_MAIL_MODE" not in marketer.get(pages[0]).text
