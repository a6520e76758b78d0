"""Everybody once: whom a campaign writes to, whom not and why, and what pressing twice does."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app.campaigns.audience.deciding import preview
from survey_app.campaigns.life import (
    close_campaign,
    pause_campaign,
    reopen_campaign,
    resume_campaign,
    start_campaign,
)
from survey_app.campaigns.operations import CampaignError
from survey_app.campaigns.queries import count_dispositions, count_held_back
from survey_app.campaigns.sending.outcomes import note_outcome
from survey_app.campaigns.tasks import send_campaign
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.operations import suppress
from tests.factories.campaigns import NOW, a_campaign, invitations, sent, willing
from tests.factories.customers import agree, make_customer
from tests.factories.letters import as_read


def _mails() -> list[OutboxMail]:
    return list(db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def _mixed_audience() -> None:
    """Two willing customers, and one for every reason to hold back."""
    willing(2)
    agree(make_customer(email=None))
    agree(make_customer(email="shared@example.org", external_id="1"))
    agree(make_customer(email="Shared@EXAMPLE.org", external_id="2"))
    agree(make_customer(email="gone@example.org"))
    agree(make_customer(email="dead@example.org"))
    make_customer()
    broken = make_customer()
    agree(broken)
    broken.email = broken.email_key = "broken@@example"
    suppress("GONE@example.org", "unsubscribed", "test", NOW)
    suppress("dead@example.org", "bounced", "test", NOW)
    db.session.flush()


EXPECTED = {
    "no-address": 1,
    "invalid-address": 1,
    "opted-out": 1,
    "bounced-before": 1,
    "no-consent": 1,
    "duplicate-address": 1,
}


def test_a_preview_counts_every_customer_once(app: Flask) -> None:
    with app.app_context(), writing():
        _mixed_audience()
        found = preview(a_campaign())
        assert found.n_matched == 9
        assert found.n_sendable == 3
        assert found.held_back == EXPECTED


def test_sending_does_what_the_preview_said(app: Flask) -> None:
    with app.app_context():
        with writing():
            _mixed_audience()
            campaign = a_campaign()
            said = preview(campaign)
            db.session.commit()
        sent(campaign)
        assert len(_mails()) == said.n_sendable
        assert count_held_back(campaign) == said.held_back
        assert sum(count_dispositions(campaign).values()) == said.n_matched
        assert campaign.audience_done


def test_more_people_than_one_chunk_are_all_written_to(app: Flask) -> None:
    with app.app_context():
        with writing():
            willing(95)
            campaign = a_campaign()
            db.session.commit()
        sent(campaign)
        assert len({mail.to_address for mail in _mails()}) == 95


def test_pressing_send_twice_sends_once(app: Flask) -> None:
    with app.app_context():
        with writing():
            willing(3)
            campaign = a_campaign()
            db.session.commit()
        sent(campaign)
        with writing():
            with pytest.raises(CampaignError, match="Nobody is written to twice"):
                start_campaign(campaign)
            db.session.rollback()
        send_campaign(JobRun(campaign.id, {}, NOW))
        assert len(_mails()) == 3


def test_a_pause_stops_and_resuming_goes_on_without_a_second_mail(app: Flask) -> None:
    with app.app_context():
        with writing():
            willing(3)
            campaign = a_campaign()
            start_campaign(campaign)
            pause_campaign(campaign, NOW)
            db.session.commit()
        send_campaign(JobRun(campaign.id, {}, NOW))
        assert _mails() == []
        with writing():
            resume_campaign(campaign)
            db.session.commit()
        send_campaign(JobRun(campaign.id, {}, NOW))
        send_campaign(JobRun(campaign.id, {}, NOW))
        assert len(_mails()) == 3


def test_closing_holds_back_who_was_not_written_to_yet(app: Flask) -> None:
    with app.app_context():
        with writing():
            willing(3)
            campaign = a_campaign()
            db.session.commit()
        sent(campaign)
        with writing():
            close_campaign(campaign)
            db.session.commit()
        assert {mail.state for mail in _mails()} == {"cancelled"}
        assert count_held_back(campaign) == {"campaign-ended": 3}


def test_reopening_writes_to_those_whom_the_end_stopped_and_to_nobody_twice(app: Flask) -> None:
    with app.app_context():
        with writing():
            willing(3)
            campaign = a_campaign()
            db.session.commit()
        sent(campaign)
        with writing():
            gone = _mails()[0]
            gone.state, gone.sent_at = "sent", NOW
            note_outcome(gone)
            close_campaign(campaign)
            reopen_campaign(campaign, NOW)
            db.session.commit()
        send_campaign(JobRun(campaign.id, {}, NOW))
        assert [mail.state for mail in _mails()] == ["sent", "pending", "pending"]
        assert all(mail.content for mail in _mails()[1:])
        assert count_dispositions(campaign)["not-yet-sent"] == 2
        assert count_held_back(campaign) == {}


def test_a_mail_speaks_the_customers_language_and_carries_their_link(app: Flask) -> None:
    with app.app_context():
        with writing():
            willing(1, name="Nguyễn Văn An", language="vi")
            campaign = a_campaign(definition={"languages": ["en", "vi"], "title": {"en": "Us", "vi": "Chúng tôi"}})
            db.session.commit()
        sent(campaign)
        mail = as_read(_mails()[0])
        assert mail.language == "vi"
        assert mail.subject.startswith("An ")
        assert "Kính gửi Nguyễn Văn An" in mail.text
        assert invitations(campaign)[0].token_nonce not in mail.text
        assert mail.unsubscribe_url
        assert mail.unsubscribe_url in mail.text
        assert mail.unsubscribe_url in mail.html
