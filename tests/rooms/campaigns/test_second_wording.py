"""The second wording of an experiment: written beside the first, looked at, and closed with the sending."""

from __future__ import annotations

from flask import Flask

from survey_app.campaigns.models import Campaign
from survey_app.extensions import db, writing
from tests.factories.answering import a_fielding
from tests.signing_in import SignIn


def a_draft(app: Flask) -> int:
    with app.app_context(), writing():
        campaign = a_fielding()
        campaign.state = "draft"
        db.session.commit()
        return campaign.id


def test_a_marketer_writes_what_the_second_wording_says_differently(app: Flask, sign_in: SignIn) -> None:
    number, client = a_draft(app), sign_in("marketer")
    path = f"/campaigns/{number}/message/second"
    assert "How are we doing, {first_name}?" in client.get(path).text
    answer = client.post(path, data={"en-subject": "Two minutes, {first_name}?", "en-body": ""})
    assert answer.status_code == 303
    with app.app_context():
        texts = db.session.get_one(Campaign, number).texts
        assert texts["b:en"] == {"subject": "Two minutes, {first_name}?"}
    shown = client.get(answer.headers["Location"]).text
    assert "Two minutes, Kim?" in shown
    assert "How are we doing, Kim?" in client.get(f"/campaigns/{number}/mail").text


def test_a_wording_that_is_too_long_stays_typed(app: Flask, sign_in: SignIn) -> None:
    number, client = a_draft(app), sign_in("marketer")
    answer = client.post(f"/campaigns/{number}/message/second", data={"en-subject": "long " * 60})
    assert answer.status_code == 422
    assert "long long long" in answer.text


def test_once_sent_the_second_wording_stays(app: Flask, sign_in: SignIn) -> None:
    number = a_draft(app)
    with app.app_context(), writing():
        db.session.get_one(Campaign, number).state = "open"
        db.session.commit()
    client = sign_in("marketer")
    assert client.get(f"/campaigns/{number}/message/second").status_code == 404
    assert client.post(f"/campaigns/{number}/message/second", data={"en-subject": "Two"}).status_code in {404, 422}
    with app.app_context():
        assert "b:en" not in db.session.get_one(Campaign, number).texts
