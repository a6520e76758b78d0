"""The four steps of a campaign over HTTP: what is kept, what is missing, and when it is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from survey_app.accounts.models import Organisation
from survey_app.campaigns.life import schedule_campaign, start_due, unschedule_campaign
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.rules import is_confirmed
from survey_app.campaigns.sending.gates import Limits
from survey_app.campaigns.steps import CampaignError
from survey_app.campaigns.tasks import send_campaign, tend_campaigns
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.outbox.models import OutboxMail
from tests.factories.campaigns import a_campaign, willing
from tests.signing_in import SignIn, sign_in

__all__ = ["sign_in"]

PLAN = {
    "begins": "later",
    "at": "09:30",
    "zone": "Europe/Madrid",
    "whose": "zone",
    "days": ["1", "2", "3", "4", "5"],
    "quiet_from": "20:00",
    "quiet_to": "08:00",
    "pilot": "share",
    "pilot_share": "5",
    "pilot_hours": "12",
    "goes_on": "gate",
    "gate_returned": "3",
    "gate_delivered": "1",
    "gate_started": "10",
    "reminders": "2",
    "gap_1": "4",
    "gap_2": "6",
    "thanks": "y",
    "most_returned": "4",
    "most_complained": "0.2",
    "measure": "started",
}


def _draft(n: int = 3, **columns: Any) -> int:
    with writing():
        willing(n)
        campaign = a_campaign()
        for name, value in columns.items():
            setattr(campaign, name, value)
        db.session.commit()
        return campaign.id


def _day(n: int) -> str:
    return (datetime.now(UTC) + timedelta(days=n)).date().isoformat()


def _save(client: FlaskClient, number: int, **given: Any) -> Any:
    return client.post(f"/campaigns/{number}/schedule", data=PLAN | {"on": _day(5)} | given)


def _n_mails() -> int:
    return db.session.scalar(select(func.count()).select_from(OutboxMail)) or 0


def test_the_plan_is_kept_and_shown_on_every_step(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        number = _draft()
    assert _save(marketer, number).location == f"/campaigns/{number}/review"
    with app.app_context():
        campaign = db.session.get_one(Campaign, number)
        assert campaign.schedule == {"on": _day(5), "at": "09:30", "zone": "Europe/Madrid"}
        assert campaign.pace == {"quiet": ["20:00", "08:00"], "days": [1, 2, 3, 4, 5]}
        assert campaign.pilot["share"] == 0.05
        assert campaign.pilot["gate"] == {"most_returned": 0.03, "least_delivered": 1, "least_started": 0.1}
        assert campaign.reminder_plan == {"gaps": [4, 6]}
        assert campaign.sends_thanks
        assert Limits.from_data(campaign.limits).most_complained == 0.002
        assert _n_mails() == 0
    for step in ("details", "audience", "message", "mail", "schedule", "review"):
        page = marketer.get(f"/campaigns/{number}/{step}").text
        assert "09:30 in Europe/Madrid" in page
        assert "a pilot of 5.0% first" in page
        assert "at most 2 reminders" in page
        assert 'aria-current="step"' in page
    page = marketer.get(f"/campaigns/{number}/schedule").text
    assert 'value="Europe/Madrid"' in page
    assert 'value="20:00"' in page


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"on": "2020-01-01"}, "This time has passed."),
        ({"on": ""}, "Write the day like"),
        ({"zone": "Mars/Base"}, "There is no time zone Mars/Base."),
        ({"quiet_to": ""}, "Write the time like 09:00."),
        ({"quiet_to": "20:00"}, "would never end"),
        ({"days": []}, "Choose at least one day of the week."),
        ({"pilot_share": "500"}, "Use a percentage from 0 to 100."),
        ({"gap_1": "0"}, "Use a whole number from 1 to 60."),
        ({"per_minute": "many"}, "Not a valid integer value."),
    ],
)
def test_a_plan_that_cannot_be_is_refused_in_words_and_stays_typed(
    app: Flask, sign_in: SignIn, given: dict[str, Any], sentence: str
) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        number = _draft()
    answer = _save(marketer, number, **given)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="12"' in answer.text
    with app.app_context():
        assert db.session.get_one(Campaign, number).schedule == {}


def test_a_campaign_that_would_close_before_it_begins_is_refused(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        number = _draft(closes_at=datetime.now(UTC) + timedelta(days=2))
    answer = _save(marketer, number)
    assert answer.status_code == 422
    assert "The campaign would close before it begins." in answer.text


def test_a_scheduled_campaign_waits_and_can_be_taken_back(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        number = _draft()
    _save(marketer, number)
    assert "Schedule it" in marketer.get(f"/campaigns/{number}/review").text
    page = marketer.post(f"/campaigns/{number}/send", follow_redirects=True).text
    assert "The campaign is scheduled." in page
    assert "begins by itself on" in page
    page = marketer.post(f"/campaigns/{number}/unschedule", follow_redirects=True).text
    assert "The campaign is a draft again. Nothing was sent." in page
    with app.app_context():
        assert _n_mails() == 0


def test_a_schedule_starts_once_whatever_the_clock_says(app: Flask) -> None:
    with app.app_context():
        number = _draft(schedule={"on": _day(1), "at": "09:00", "zone": "Asia/Ho_Chi_Minh"})
        campaign, now = db.session.get_one(Campaign, number), datetime.now(UTC)
        with writing():
            schedule_campaign(campaign, now)
            assert start_due(now) == 0
            db.session.commit()
        with writing():
            assert start_due(now + timedelta(days=3)) == 1
            assert start_due(now + timedelta(days=3)) == 0
            assert start_due(now - timedelta(days=30)) == 0
            with pytest.raises(CampaignError):
                schedule_campaign(campaign, now)
            with pytest.raises(CampaignError):
                unschedule_campaign(campaign)
            db.session.commit()
        for _again in range(2):
            send_campaign(JobRun(number, {}, now))
            tend_campaigns(JobRun(None, {}, now))
        assert _n_mails() == 3


def test_a_schedule_without_anybody_to_write_to_pauses_and_says_so(app: Flask, sign_in: SignIn) -> None:
    manager = sign_in("manager")
    with app.app_context():
        number = _draft(0, schedule={"on": _day(1), "at": "09:00", "zone": "UTC"})
        now = datetime.now(UTC)
        with writing():
            schedule_campaign(db.session.get_one(Campaign, number), now)
            start_due(now + timedelta(days=3))
            db.session.commit()
    page = manager.get(f"/campaigns/{number}").text
    assert "nobody in the audience could be written to" in page


def test_a_campaign_without_sender_is_refused_at_its_step(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        number = _draft()
        with writing():
            db.session.get_one(Organisation, 1).sender_address = ""
            db.session.commit()
    sentence = "There is no sender address."
    for step in ("audience", "schedule", "review"):
        assert sentence in marketer.get(f"/campaigns/{number}/{step}").text
    answer = marketer.post(f"/campaigns/{number}/send")
    assert answer.status_code == 422
    assert sentence in answer.text
    with app.app_context():
        assert db.session.get_one(Campaign, number).state == "draft"


def test_the_review_says_what_to_look_at_and_where_to_mend_it(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        number = _draft(texts={"en": {"body": "Dear {frist_name} of {company}"}})
    page = marketer.get(f"/campaigns/{number}/review").text
    for sentence in (
        "{frist_name} will be shown as it stands.",
        "{company} stays empty for 3 people",
        "example.org is a domain for examples.",
        "Nobody has looked at a test mail yet.",
        "can be unsubscribed from with one click",
        "which no mail program cuts off",
        "Nobody is asked more often than the contact rules allow.",
    ):
        assert sentence in page
    assert f"/campaigns/{number}/message" in page


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1200", True),
        ("1,200", True),
        ("1.200", True),
        ("1 200", True),
        ("Autumn", True),
        ("  autumn ", True),
        ("120", False),
        ("1200 mails", False),
        ("Spring", False),
        ("", False),
    ],
)
def test_a_big_send_is_confirmed_by_its_number_or_the_campaigns_name(typed: str, expected: bool) -> None:
    assert is_confirmed(typed, 1200, "Autumn") is expected


def test_what_follows_can_change_while_a_campaign_runs(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        number = _draft()
    marketer.post(f"/campaigns/{number}/send")
    page = marketer.get(f"/campaigns/{number}/schedule").text
    assert "When does sending begin?" not in page
    assert _save(marketer, number, reminders="1", gap_1="3").status_code == 303
    with app.app_context():
        campaign = db.session.get_one(Campaign, number)
        assert campaign.reminder_plan == {"gaps": [3]}
        assert campaign.schedule == {}
        assert campaign.pilot.get("share") is None


def test_an_analyst_sees_the_funnel_and_can_do_nothing(app: Flask, sign_in: SignIn) -> None:
    marketer, analyst = sign_in("marketer"), sign_in("analyst")
    with app.app_context():
        number = _draft()
    assert analyst.get(f"/campaigns/{number}/results").status_code == 404
    marketer.post(f"/campaigns/{number}/send")
    for path in ("", "/live", "/results", "/results?by=language", "/results?by=company", "/counts.json"):
        assert analyst.get(f"/campaigns/{number}{path}").status_code == 200
    assert analyst.get(f"/campaigns/{number}/results?by=password").status_code == 404
    for path in ("schedule", "cancel", "continue", "retry", "unschedule", "send"):
        assert analyst.post(f"/campaigns/{number}/{path}").status_code == 404
