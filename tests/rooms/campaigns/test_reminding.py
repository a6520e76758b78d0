"""Reminders by plan and thanks: to whom, when, how often, and never to anybody else."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.sending.posting import clock_of
from survey_app.campaigns.sending.reminding import ReminderPlan, campaigns_due, is_due, remind_some, thank_some
from survey_app.customers.models import Customer
from survey_app.customers.operations import ConsentEntry, record_consent
from survey_app.extensions import db, writing
from survey_app.outbox.models import OutboxMail
from tests.factories.campaigns import NOW, a_campaign, delivered, invitations, sent, willing
from tests.factories.letters import as_read

DAY = timedelta(days=1)


def _campaign(n: int = 5, **columns: object) -> Campaign:
    with writing():
        willing(n)
        campaign = a_campaign()
        for name, value in columns.items():
            setattr(campaign, name, value)
        db.session.commit()
    return delivered(sent(campaign))


def _remind(campaign: Campaign, at: datetime) -> None:
    with writing():
        while remind_some(campaign, clock_of(campaign, at), at):
            pass
        db.session.commit()


def _thank(campaign: Campaign, at: datetime) -> None:
    with writing():
        while thank_some(campaign, clock_of(campaign, at), at):
            pass
        db.session.commit()


def _kinds() -> Counter[str]:
    return Counter(db.session.scalars(select(OutboxMail.kind)))


def test_reminders_go_at_their_days_and_at_most_so_many(app: Flask) -> None:
    with app.app_context():
        campaign = _campaign(2, reminder_plan=ReminderPlan((3, 5)).to_data())
        seen = []
        for day in (2, 3, 4, 7, 8, 9, 30):
            _remind(campaign, NOW + day * DAY)
            _remind(campaign, NOW + day * DAY)
            seen.append(_kinds()["reminder"])
        assert seen == [0, 2, 2, 2, 4, 4, 4]
        assert {each.n_reminders for each in invitations(campaign)} == {2}


@pytest.mark.parametrize(
    "disposition", ["completed", "refused", "unsubscribed", "bounced", "failed", "screened-out", "over-quota"]
)
def test_nobody_is_reminded_who_is_done_or_out_of_reach(app: Flask, disposition: str) -> None:
    with app.app_context():
        campaign = _campaign(2, reminder_plan=ReminderPlan((3,)).to_data())
        with writing():
            invitations(campaign)[0].disposition = disposition
            db.session.commit()
        _remind(campaign, NOW + 4 * DAY)
        assert _kinds()["reminder"] == 1


def test_who_objected_meanwhile_counts_as_a_refusal(app: Flask) -> None:
    with app.app_context():
        campaign = _campaign(2, reminder_plan=ReminderPlan((3,)).to_data())
        with writing():
            objecting = db.session.get_one(Customer, invitations(campaign)[0].customer_id)
            record_consent(objecting, ConsentEntry(is_given=False, basis="objection", source="test"), NOW)
            db.session.commit()
        _remind(campaign, NOW + 4 * DAY)
        assert _kinds()["reminder"] == 1
        assert invitations(campaign)[0].disposition == "refused"


def test_a_reminder_waits_until_quiet_hours_are_over(app: Flask) -> None:
    with app.app_context():
        campaign = _campaign(
            1, reminder_plan=ReminderPlan((3,)).to_data(), pace={"quiet": ["08:00", "18:00"], "zone": "UTC"}
        )
        _remind(campaign, NOW + 4 * DAY)
        due = db.session.scalars(select(OutboxMail.due_at).where(OutboxMail.kind == "reminder")).one()
        assert due == (NOW + 4 * DAY).replace(hour=18)


def test_thanks_go_once_and_only_to_who_finished(app: Flask) -> None:
    with app.app_context():
        campaign = _campaign(3, sends_thanks=True)
        with writing():
            first, second, _third = invitations(campaign)
            first.disposition, first.completed_at = "completed", NOW
            second.disposition = "partial"
            db.session.commit()
        assert campaigns_due(NOW) == [campaign]
        _thank(campaign, NOW)
        _thank(campaign, NOW + DAY)
        thanks = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "thanks")).one()
        assert thanks.key == f"thanks:{first.id}"
        assert as_read(thanks).unsubscribe_url
        assert campaigns_due(NOW) == []


def test_an_anonymous_survey_thanks_nobody(app: Flask) -> None:
    with app.app_context():
        campaign = _campaign(1, sends_thanks=True)
        with writing():
            campaign.survey.identification = "anonymous"
            done = invitations(campaign)[0]
            done.disposition, done.completed_at = "completed", NOW
            db.session.commit()
        _thank(campaign, NOW)
        assert _kinds()["thanks"] == 0


@given(st.lists(st.integers(1, 60), max_size=3), st.integers(0, 5), st.integers(0, 100))
def test_nobody_is_due_more_reminders_than_planned(gaps: list[int], n_reminders: int, days: int) -> None:
    plan = ReminderPlan(tuple(gaps))
    expected = n_reminders < len(gaps) and days >= gaps[n_reminders]
    assert is_due(plan, n_reminders, NOW, NOW + days * DAY) is expected
    assert not is_due(plan, n_reminders, None, NOW)
    assert ReminderPlan.from_data(plan.to_data()) == plan
