"""The campaign pages over HTTP: from a new campaign to its end."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app.accounts.models import AuditEntry, User
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.routes.codes import qr_code
from survey_app.extensions import db, writing
from survey_app.outbox.content import unseal
from survey_app.outbox.models import OutboxMail
from survey_app.questionnaires.operations import publish_version, save_draft
from survey_app.responses.models import Response
from tests.factories.campaigns import NOW, a_campaign, an_organisation, delivered, sent, willing
from tests.factories.customers import make_customer
from tests.factories.questionnaires import a_published_version, a_questionnaire
from tests.signing_in import SignIn, sign_in

__all__ = ["sign_in"]


def _prepare(n: int = 3, **plan: object) -> int:
    """Store a draft campaign with so many willing customers, and return its number."""
    with writing():
        willing(n)
        campaign = a_campaign(**plan)
        db.session.commit()
        return campaign.id


def _response(campaign: Campaign, index: int, state: str) -> Response:
    return Response(
        public_id=f"public-{index}",
        submission_id=f"submission-{index}",
        survey_id=campaign.survey_id,
        campaign_id=campaign.id,
        version_id=campaign.version_id,
        state=state,
        language="en",
        channel="public-link",
        answers={},
        missing={},
        profile={},
        started_at=NOW,
        saved_at=NOW,
        completed_at=NOW if state == "completed" else None,
    )


def test_a_marketer_makes_and_sends_a_campaign(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context(), writing():
        willing(3)
        a_published_version()
        db.session.commit()
    made = marketer.post(
        "/campaigns/new",
        data={"survey": "relationship", "name": "Autumn", "mode": "mail", "segment": "", "wave": "2026 Q4"},
    )
    assert made.status_code == 303
    assert made.location == "/campaigns/1/audience"
    assert "get a mail" in marketer.get(made.location).text
    assert marketer.get("/campaigns/1/message").status_code == 200
    assert marketer.get("/campaigns/1/mail").status_code == 200
    assert "Send 3 mails" in marketer.get("/campaigns/1/review").text
    assert marketer.post("/campaigns/1/send").status_code == 303
    page = marketer.get("/campaigns/1").text
    assert "Running" in page
    with app.app_context():
        assert "campaign.send" in db.session.scalars(select(AuditEntry.action)).all()


def test_a_new_campaign_says_what_is_missing_and_keeps_what_was_typed(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context(), writing():
        a_published_version()
        db.session.commit()
    answer = marketer.post("/campaigns/new", data={"survey": "relationship", "mode": "mail", "wave": "2026 Q4"})
    assert answer.status_code == 422
    assert "Give the campaign a name." in answer.text
    assert "2026 Q4" in answer.text


def test_a_large_sending_is_confirmed_by_typing_its_number(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        number = _prepare(101)
    refused = marketer.post(f"/campaigns/{number}/send", data={"n_mails": "100"})
    assert refused.status_code == 422
    assert "Type 101, the number of mails, to confirm." in refused.text
    with app.app_context():
        assert db.session.get_one(Campaign, number).state == "draft"
    assert marketer.post(f"/campaigns/{number}/send", data={"n_mails": "101"}).status_code == 303


def test_a_campaign_that_reaches_nobody_is_not_sent(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        number = _prepare(0)
    answer = marketer.post(f"/campaigns/{number}/send")
    assert answer.status_code == 422
    assert "Nobody would get a mail." in answer.text


def test_a_second_press_says_that_nobody_is_written_to_twice(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        number = _prepare()
    marketer.post(f"/campaigns/{number}/send")
    again = marketer.post(f"/campaigns/{number}/send", follow_redirects=True)
    assert "Nobody is written to twice." in again.text


@pytest.mark.parametrize("step", ["pause", "close", "remind"])
def test_what_a_draft_cannot_do_is_said_in_words(app: Flask, sign_in: SignIn, step: str) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        number = _prepare()
    answer = marketer.post(f"/campaigns/{number}/{step}", follow_redirects=True)
    assert "message-warning" in answer.text


def test_a_campaign_is_paused_resumed_closed_and_reopened(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        number = _prepare()
    states = []
    for step in ("send", "pause", "resume", "close", "reopen"):
        marketer.post(f"/campaigns/{number}/{step}")
        with app.app_context():
            states.append(db.session.get_one(Campaign, number).state)
    assert states == ["open", "paused", "open", "closed", "open"]


def test_only_a_post_changes_a_campaign(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        number = _prepare()
    for step in ("send", "pause", "resume", "close", "reopen", "remind", "test", "version"):
        assert marketer.get(f"/campaigns/{number}/{step}").status_code == 405


def test_the_counts_on_the_page_add_up(app: Flask, sign_in: SignIn) -> None:
    manager = sign_in("manager")
    with app.app_context():
        number = _prepare(4)
        campaign = db.session.get_one(Campaign, number)
        delivered(sent(campaign))
        with writing():
            first, second = db.session.scalars(select(Invitation).limit(2))
            first.disposition, first.sent_at = "failed", None
            second.disposition, second.sent_at, second.held_back_reason = "held-back", None, "suppressed"
            db.session.commit()
    page = manager.get(f"/campaigns/{number}").text
    counted = re.findall(r'<td class="number">(\d+)</td>', page.partition("State of the mail")[2])[:9]
    assert [int(n) for n in counted] == [0, 0, 2, 0, 0, 1, 1, 0, 4]
    found = manager.get(f"/campaigns/{number}/counts.json").get_json()
    assert sum(found["states"].values()) == found["audience"] == 4


def test_an_analyst_sees_campaigns_and_cannot_change_them(app: Flask, sign_in: SignIn) -> None:
    analyst = sign_in("analyst")
    with app.app_context():
        number = _prepare()
    assert analyst.get("/campaigns").status_code == 200
    assert analyst.get(f"/campaigns/{number}").status_code == 200
    for page in ("audience", "message", "mail", "review", "details"):
        assert analyst.get(f"/campaigns/{number}/{page}").status_code == 404
    assert analyst.post(f"/campaigns/{number}/send").status_code == 404


def test_a_test_mail_is_marked_and_counts_nowhere(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer", email="mai@example.org")
    with app.app_context():
        number = _prepare()
        me = db.session.scalars(select(User.id).where(User.email == "mai@example.org")).one()
    answer = marketer.post(f"/campaigns/{number}/test", data={"to": me, "language": "en"})
    assert answer.status_code == 303
    with app.app_context():
        mail = unseal(db.session.scalars(select(OutboxMail)).one().content or b"")
        assert mail.to_address == "mai@example.org"
        assert mail.subject.startswith("[Test] ")
        assert db.session.scalars(select(Invitation)).one().is_test
    assert "0 customers" not in marketer.get(f"/campaigns/{number}").text


HOSTILE = "{ } {{7*7}} {% raw %} %s %(x)s {0.__class__} {name.__class__} {first_name!r} <b>x</b> ${7*7}"


def test_hostile_wording_is_mailed_as_it_was_typed(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        number = _prepare()
    parts = ("subject", "greeting", "body", "button", "closing", "reminder_subject", "reminder_body")
    data = {f"en-{part}": HOSTILE[:60] for part in parts} | {"en-body": HOSTILE}
    answer = marketer.post(f"/campaigns/{number}/message", data=data)
    assert answer.status_code == 303
    body = marketer.get(f"/campaigns/{number}/mail/body")
    assert "&lt;b&gt;x&lt;/b&gt;" in body.text
    assert "{{7*7}}" in body.text
    assert "{0.__class__}" in body.text
    assert "sandbox" in body.headers["Content-Security-Policy"]


def test_an_unknown_merge_field_is_pointed_out(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        number = _prepare()
    parts = ("subject", "greeting", "body", "button", "closing", "reminder_subject", "reminder_body")
    data = {f"en-{part}": "Hello {frist_name}" for part in parts}
    answer = marketer.post(f"/campaigns/{number}/message", data=data, follow_redirects=True)
    assert "{frist_name} is no merge field" in answer.text


def test_a_public_campaign_has_a_link_and_a_code_to_print(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        number = _prepare(mode="public")
        link = f"http://127.0.0.1:8000/w/{db.session.get_one(Campaign, number).public_code}"
    assert link in marketer.get(f"/campaigns/{number}").text
    svg, png = (marketer.get(f"/campaigns/{number}/code.{kind}") for kind in ("svg", "png"))
    assert svg.mimetype == "image/svg+xml"
    assert png.mimetype == "image/png"
    assert svg.data.startswith(b"<?xml")
    assert png.data.startswith(b"\x89PNG")
    assert qr_code(link) == qr_code(link)
    assert qr_code(link) != qr_code(f"{link}x")
    assert marketer.post(f"/campaigns/{number}/send").status_code == 303
    with app.app_context():
        assert db.session.get_one(Campaign, number).state == "open"


def test_a_public_campaign_counts_its_answers_and_leads_to_its_report(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        number = _prepare(mode="public", segment=None, wave="Spring")
    marketer.post(f"/campaigns/{number}/send")
    with app.app_context(), writing():
        campaign = db.session.get_one(Campaign, number)
        states = ("completed", "completed", "completed", "draft")
        db.session.add_all(_response(campaign, index, state) for index, state in enumerate(states))
        db.session.commit()
    page = marketer.get(f"/campaigns/{number}").text
    assert '<span class="figure-value">3</span>' in page
    assert "wave=Spring" in page
    assert '<td class="number">3</td>' in marketer.get("/campaigns").text


def test_the_list_teaches_while_it_is_empty(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    assert "No campaigns yet" in marketer.get("/campaigns").text
    with app.app_context():
        an_organisation()
    assert "No survey is ready to be sent" in marketer.get("/campaigns/new").text


def test_an_unknown_campaign_is_nothing(sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    for page in ("", "/audience", "/message", "/mail", "/review", "/code.svg"):
        assert marketer.get(f"/campaigns/99{page}").status_code == 404


def test_each_number_of_the_audience_opens_its_people(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        with writing():
            make_customer(name="Silent Sam")
            db.session.commit()
        number = _prepare(1)
    page = f"/campaigns/{number}/audience"
    assert "Silent Sam" not in marketer.get(page).text
    assert "Silent Sam" in marketer.get(f"{page}?reason=no-consent").text
    assert "Silent Sam" not in marketer.get(f"{page}?reason=none").text
    assert marketer.get(f"{page}?reason=nonsense").status_code == 404


def test_who_was_not_reached_can_be_looked_up_and_who_answered_cannot(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        with writing():
            make_customer(name="Silent Sam")
            db.session.commit()
        number = _prepare(1)
        delivered(sent(db.session.get_one(Campaign, number)))
    people = f"/campaigns/{number}/people"
    assert "Silent Sam" in marketer.get(f"{people}/held-back?reason=no-consent").text
    assert "Nobody stands here" in marketer.get(f"{people}/held-back?reason=no-address").text
    for hidden in ("completed", "no-reply", "partial", "nonsense"):
        assert marketer.get(f"{people}/{hidden}").status_code == 404


def test_details_change_until_the_campaign_is_closed(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        number = _prepare(1)
    marketer.post(f"/campaigns/{number}/send")
    page = f"/campaigns/{number}/details"
    changed = marketer.post(page, data={"name": "Winter", "wave": "Q1", "wave_order": "5", "closes_on": "2027-02-28"})
    assert changed.location == f"/campaigns/{number}"
    assert 'value="2027-02-28"' in marketer.get(page).text
    marketer.post(f"/campaigns/{number}/close")
    refused = marketer.post(page, data={"name": "Spring"})
    assert refused.status_code == 422
    assert "Reopen it to change it." in refused.text


def test_a_draft_can_take_over_the_newest_version(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        number = _prepare(1)
        with writing():
            survey = db.session.get_one(Campaign, number).survey
            save_draft(survey, a_questionnaire(title={"en": "How are we doing now?"}), 0, "", NOW)
            publish_version(survey, "second", NOW)
            db.session.commit()
    assert "newer version, 2" in marketer.get(f"/campaigns/{number}/review").text
    marketer.post(f"/campaigns/{number}/version")
    with app.app_context():
        assert db.session.get_one(Campaign, number).version.number == 2


def test_the_limits_of_answering_are_the_marketers(app: Flask, sign_in: SignIn) -> None:
    marketer = sign_in("marketer")
    with app.app_context():
        number = _prepare()
    page = f"/campaigns/{number}/details"
    limits = {"most_responses": "500", "correction_days": "0", "break_off_days": "21"}
    assert marketer.post(page, data={"name": "Winter"} | limits).status_code == 303
    with app.app_context():
        kept = db.session.get_one(Campaign, number)
        assert (kept.most_responses, kept.correction_days, kept.break_off_days) == (500, 0, 21)
    assert 'value="500"' in marketer.get(page).text
    refused = marketer.post(page, data={"name": "Winter"} | limits | {"most_responses": "0"})
    assert refused.status_code == 422
    assert "Use a whole number from 1 to 100000." in refused.text
    # What is left empty is as usual.
    assert marketer.post(page, data={"name": "Winter"} | dict.fromkeys(limits, "")).status_code == 303
    with app.app_context():
        usual = db.session.get_one(Campaign, number)
        assert (usual.most_responses, usual.correction_days, usual.break_off_days) == (None, 30, 14)
