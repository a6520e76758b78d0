"""The whole way of a mail through a real SMTP server, and what becomes of the people it went to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app.campaigns.figures.progress import progress_of
from survey_app.campaigns.life import remind_unfinished
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.operations import CampaignError, mark_completed, mark_started
from survey_app.campaigns.queries import count_dispositions, count_held_back
from survey_app.campaigns.tokens import personal_url, unsubscribe_url
from survey_app.campaigns.unsubscriptions import unsubscribe
from survey_app.customers.models import Customer
from survey_app.customers.operations import ConsentEntry, record_consent
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.outbox.operations import suppress
from survey_app.outbox.tasks import send_due
from tests.factories.campaigns import NOW, a_campaign, invitations, reminded, sent, willing
from tests.mail_sink import MailSink, mail_sink

__all__ = ["mail_sink"]


@pytest.fixture
def campaign(app: Flask) -> Iterator[Campaign]:
    """Return a campaign that has been sent to five customers, with the mails still waiting."""
    with app.app_context():
        with writing():
            for name in ("an", "binh", "chi", "dung", "em"):
                willing(1, email=f"{name}@example.org", name=name.title())
            campaign = a_campaign()
            db.session.commit()
        yield sent(campaign)


def _deliver() -> None:
    """Let the worker's sending run, which begins with a session of its own."""
    db.session.rollback()
    send_due(JobRun(None, {}, NOW))
    db.session.rollback()


def _of(campaign: Campaign, name: str) -> Invitation:
    return next(each for each in invitations(campaign) if each.address == f"{name}@example.org")


def _adds_up(campaign: Campaign) -> bool:
    counts = progress_of(campaign)
    return sum(counts.by_state().values()) == counts.n_audience == sum(count_dispositions(campaign).values())


def test_everybody_gets_one_mail_with_their_own_links(campaign: Campaign, mail_sink: MailSink) -> None:
    assert progress_of(campaign).n_queued == 5
    _deliver()
    assert sorted(mail_sink.recipients()) == [f"{name}@example.org" for name in ("an", "binh", "chi", "dung", "em")]
    mail = next(each for each in mail_sink.mails if each.recipients == ["an@example.org"])
    invitation = _of(campaign, "an")
    for kind in ("plain", "html"):
        assert personal_url(invitation) in mail.part(kind)
        assert unsubscribe_url(invitation) in mail.part(kind)
        assert "care@example.org" in mail.part(kind)
    assert f"{personal_url(invitation)}?score=10" in mail.part("html")
    assert mail.message["List-Unsubscribe"] == f"<{unsubscribe_url(invitation)}>"
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "an@example.org" not in unsubscribe_url(invitation)
    assert count_dispositions(campaign)["no-reply"] == 5
    assert progress_of(campaign).n_sent == 5
    assert _adds_up(campaign)


def test_a_refused_address_is_a_failure_and_stops_nobody_else(campaign: Campaign, mail_sink: MailSink) -> None:
    mail_sink.refused["binh@example.org"] = "550 5.1.1 no such user"
    _deliver()
    assert progress_of(campaign).n_sent == 4
    assert progress_of(campaign).n_failed == 1
    assert _of(campaign, "binh").disposition == "failed"
    assert _adds_up(campaign)


def test_who_unsubscribes_before_their_turn_is_held_back(campaign: Campaign, mail_sink: MailSink) -> None:
    with writing():
        suppress("an@example.org", "unsubscribed", "test", NOW)
        suppress("binh@example.org", "complained", "test", NOW)
        db.session.commit()
    _deliver()
    assert "an@example.org" not in mail_sink.recipients()
    assert count_held_back(campaign) == {"opted-out": 1, "suppressed": 1}
    assert _adds_up(campaign)


def test_the_reminder_goes_once_and_only_to_who_has_not_finished(campaign: Campaign, mail_sink: MailSink) -> None:
    _deliver()
    mail_sink.mails.clear()
    with writing():
        mark_completed(_of(campaign, "an"), NOW)
        mark_started(_of(campaign, "binh"))
        unsubscribe(_of(campaign, "chi"), NOW)
        dung = db.session.scalars(select(Customer).where(Customer.email == "dung@example.org")).one()
        record_consent(dung, ConsentEntry(is_given=False, basis="objection", source="test"), NOW)
        remind_unfinished(campaign, NOW)
        db.session.commit()
    reminded(campaign)
    reminded(campaign)
    _deliver()
    assert sorted(mail_sink.recipients()) == ["binh@example.org", "em@example.org"]
    assert "still counts" in mail_sink.mails[0].message["Subject"]
    assert "A reminder. If you have answered" in mail_sink.mails[0].part("plain")
    assert _of(campaign, "dung").disposition == "refused"
    with writing(), pytest.raises(CampaignError, match="sent already"):
        remind_unfinished(campaign, NOW)
    db.session.rollback()
    assert _adds_up(campaign)


def test_who_finishes_before_the_reminder_leaves_gets_none(campaign: Campaign, mail_sink: MailSink) -> None:
    _deliver()
    mail_sink.mails.clear()
    with writing():
        remind_unfinished(campaign, NOW)
        db.session.commit()
    reminded(campaign)
    with writing():
        mark_completed(_of(campaign, "an"), NOW)
        db.session.commit()
    _deliver()
    assert "an@example.org" not in mail_sink.recipients()
    assert len(mail_sink.mails) == 4


@pytest.mark.usefixtures("mail_sink")
def test_an_answer_that_comes_before_the_server_confirms_stays(campaign: Campaign) -> None:
    with writing():
        mark_completed(_of(campaign, "an"), NOW)
        db.session.commit()
    _deliver()
    assert _of(campaign, "an").disposition == "completed"
    assert _of(campaign, "an").sent_at is not None
    assert _adds_up(campaign)
