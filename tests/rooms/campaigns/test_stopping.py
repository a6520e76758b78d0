"""Stopping a large sending at once, bringing back whom it left out, and saying what still waits for somebody."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import event, select

from survey_app.campaigns import life
from survey_app.campaigns.audience.rule_keeping import RulePlan, save_rule
from survey_app.campaigns.figures.progress import progress_of
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.sending import inviting
from survey_app.campaigns.tasks import send_campaign
from survey_app.customers.standing import standing_of_mail
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.outbox.models import OutboxMail
from tests.factories.campaigns import NOW, a_campaign, invitations, sent, willing


def updates_of(stop: str, n_people: int, code: str) -> int:
    """Return how many UPDATE statements a stop takes."""
    with writing():
        campaign = a_campaign(code)
        willing(n_people)
        db.session.commit()
    sent(campaign)
    said: list[str] = []

    def listen(*call: object) -> None:
        said.append(str(call[2]))

    event.listen(db.engine, "before_cursor_execute", listen)
    with writing():
        getattr(life, stop)(campaign)
        db.session.commit()
    event.remove(db.engine, "before_cursor_execute", listen)
    assert progress_of(campaign).n_cancelled == len(invitations(campaign))
    assert set(db.session.scalars(select(OutboxMail.state))) == {"cancelled"}
    assert db.session.scalars(select(OutboxMail.content)).all() == [None] * db.session.query(OutboxMail).count()
    return sum(each.startswith("UPDATE") for each in said)


def test_stopping_takes_as_many_statements_for_many_mails_as_for_few(app: Flask) -> None:
    with app.app_context():
        for stop in ("cancel_sending", "close_campaign"):
            assert updates_of(stop, 1, f"few-{stop[:5]}") == updates_of(stop, 20, f"many-{stop[:5]}")


def test_trying_again_brings_whom_a_cancelled_sending_had_not_come_to(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        with writing():
            campaign = a_campaign()
            willing(3)
            db.session.commit()
        with writing():
            life.start_campaign(campaign)
            monkeypatch.setattr(inviting, "CHUNK", 1)
            assert inviting.invite_some(campaign, NOW) == 1
            life.cancel_sending(campaign)
            db.session.commit()
        assert (progress_of(campaign).n_audience, campaign.audience_done) == (1, True)
        with writing():
            life.retry_unsent(campaign)
            db.session.commit()
        send_campaign(JobRun(campaign.id, {}, NOW))
        found = progress_of(db.session.get_one(Campaign, campaign.id))
        assert (found.n_audience, found.n_queued, found.n_cancelled) == (3, 3, 0)

        with writing():
            willing(1)
            life.cancel_sending(campaign)
            life.retry_unsent(campaign)
            db.session.commit()
        send_campaign(JobRun(campaign.id, {}, NOW))
        assert progress_of(campaign).n_audience == 3, "whoever came after the audience was gone through is not asked"


def test_the_status_of_a_customer_tells_of_an_invitation_that_waits(app: Flask) -> None:
    with app.app_context():
        with writing():
            campaign = a_campaign()
            (customer,) = willing(1)
            db.session.commit()
        assert "invitation-waits" not in {each.code for each in standing_of_mail(customer, NOW).reasons}
        sent(campaign)
        reasons = {each.code: each for each in standing_of_mail(customer, NOW).reasons}
        assert "Autumn" in reasons["invitation-waits"].words
        assert standing_of_mail(customer, NOW).may_be_asked, "nothing but a rule stands against a second one"
        with writing():
            save_rule(RulePlan("Usual", min_gap_days=30), NOW)
            db.session.commit()
        found = standing_of_mail(customer, NOW)
        assert (found.may_be_asked, (found.free_from or NOW) > NOW) == (False, True)
