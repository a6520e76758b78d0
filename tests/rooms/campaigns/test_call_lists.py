"""The call list: the next person, to one caller alone, and what came of the call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app.accounts.models import User
from survey_app.campaigns.models import Call, Campaign
from survey_app.campaigns.reaching.call_lists import MOST_TRIES, Outcome, note_outcome, standing_of, take_next
from survey_app.campaigns.steps import CampaignError
from survey_app.customers.models import Customer
from survey_app.customers.operations import ConsentEntry, record_consent
from survey_app.extensions import db, writing
from tests.factories.campaigns import NOW, a_campaign, invitations, sent, willing

SignIn = Callable[[str], FlaskClient]
LATER = timedelta(hours=5)


@pytest.fixture
def called(app: Flask, sign_in: SignIn) -> int:
    """A running campaign of two people to be telephoned, and two people who may telephone."""
    sign_in("agent")
    sign_in("marketer")
    with app.app_context():
        with writing():
            campaign = a_campaign()
            campaign.contact_channel = "phone"
            willing(1, phone="+84 90 1")
            willing(1, phone="+84 90 2")
            willing(1)
            db.session.commit()
        return sent(campaign).id


def callers() -> list[int]:
    return list(db.session.scalars(select(User.id).order_by(User.id)))[:2]


def test_two_callers_never_get_the_same_person(app: Flask, called: int) -> None:
    with app.test_request_context("/"), writing():
        campaign = db.session.get_one(Campaign, called)
        first, second = callers()
        assert [each.held_back_reason for each in invitations(campaign)] == [None, None, "no-address"]
        mine, yours = take_next(campaign, first, NOW), take_next(campaign, second, NOW)
        assert mine.invitation_id != yours.invitation_id
        # Who comes back gets the person in hand, and a third caller nobody, until a lease has run out.
        assert take_next(campaign, first, NOW).invitation_id == mine.invitation_id
        note_outcome(yours, Outcome("no-answer"), NOW)
        assert take_next(campaign, second, NOW) is None
        assert take_next(campaign, second, NOW + timedelta(hours=1)).invitation_id == mine.invitation_id


@pytest.mark.parametrize(
    ("outcome", "disposition", "state"),
    [
        (Outcome("no-answer"), "no-reply", "unverified"),
        (Outcome("callback", NOW + timedelta(days=1)), "no-reply", "unverified"),
        (Outcome("refused"), "refused", "unverified"),
        (Outcome("wrong-number"), "bounced", "invalid"),
        (Outcome("reached"), "no-reply", "unverified"),
    ],
)
def test_what_came_of_a_call_is_noted(app: Flask, called: int, outcome: Outcome, disposition: str, state: str) -> None:
    with app.test_request_context("/"), writing():
        campaign = db.session.get_one(Campaign, called)
        call = take_next(campaign, callers()[0], NOW)
        note_outcome(call, outcome, NOW)
        assert call.invitation.disposition == disposition
        assert call.invitation.customer.phone_state == state
        assert call.invitation.sent_at == NOW
        assert (call.ended_at is not None) == (outcome.name in {"refused", "wrong-number"})


def test_nobody_is_called_for_ever(app: Flask, called: int) -> None:
    with app.test_request_context("/"), writing():
        campaign, now = db.session.get_one(Campaign, called), NOW
        caller = callers()[0]
        for _ in range(2 * MOST_TRIES):
            call = take_next(campaign, caller, now)
            note_outcome(call, Outcome("no-answer"), now)
            now += LATER
        assert take_next(campaign, caller, now) is None
        assert standing_of(campaign, now).n_ended == 2


def test_who_objected_meanwhile_is_not_called(app: Flask, called: int) -> None:
    with app.test_request_context("/"), writing():
        for customer in db.session.scalars(select(Customer)):
            record_consent(customer, ConsentEntry(is_given=False, basis="objection", source="mail"), NOW)
        campaign = db.session.get_one(Campaign, called)
        assert take_next(campaign, callers()[0], NOW) is None
        assert {each.disposition for each in invitations(campaign)} == {"held-back"}


def test_a_call_back_lies_ahead(app: Flask, called: int) -> None:
    with app.test_request_context("/"), writing():
        call = take_next(db.session.get_one(Campaign, called), callers()[0], NOW)
        with pytest.raises(CampaignError, match="still to come"):
            note_outcome(call, Outcome("callback", NOW), NOW)


def test_an_agent_calls_and_types_the_answers_in(app: Flask, sign_in: SignIn, called: int) -> None:
    agent, marketer = sign_in("agent"), sign_in("marketer")
    assert "to be called now" in agent.get("/calls").text

    at = agent.post(f"/campaigns/{called}/calls/next").location
    assert "+84 90 1" in agent.get(at).text
    assert marketer.get(at).status_code == 404
    wrong = agent.post(at, data={"outcome": "callback", "again_at": "2020-01-01T10:00", "note": "Ask for Bình"})
    assert wrong.status_code == 422
    assert "Ask for Bình" in wrong.text
    reached = agent.post(at, data={"outcome": "reached"})

    assert reached.location.startswith("/desk/")
    assert agent.get(reached.location, follow_redirects=True).status_code == 200
    with app.app_context():
        assert db.session.scalars(select(Call.last_outcome).where(Call.n_tries == 1)).one() == "reached"


def test_a_campaign_by_mail_has_no_call_list(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), writing():
        number = a_campaign().id
        db.session.commit()
    agent = sign_in("agent")
    answer = agent.post(f"/campaigns/{number}/calls/next")
    assert "does not ask by telephone" in agent.get(answer.location).text
