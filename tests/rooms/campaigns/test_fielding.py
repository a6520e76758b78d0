"""Interruptions, two at once, the closing time, and what answering makes of an invitation."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app.campaigns.life import start_campaign
from survey_app.campaigns.links import find_invitation_row, find_public_row
from survey_app.campaigns.mail.testing import send_test
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.operations import CampaignError, CampaignPlan, create_campaign, mark_completed, mark_started
from survey_app.campaigns.queries import find_invitation, find_public
from survey_app.campaigns.sending import inviting
from survey_app.campaigns.sending.inviting import invite_some
from survey_app.campaigns.steps import move
from survey_app.campaigns.tasks import close_due_campaigns, send_campaign
from survey_app.campaigns.tokens import new_token, token_of
from survey_app.campaigns.unsubscriptions import unsubscribe
from survey_app.extensions import db, writing
from survey_app.jobs.models import Job
from survey_app.jobs.running import JobRun
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.queries import find_suppression
from tests.factories.campaigns import NOW, a_campaign, delivered, invitations, sent, willing
from tests.factories.questionnaires import a_survey
from tests.signing_in import make_user

# Smaller than the chunks that are used, so that few people are more than one.
CHUNK = 4


def _n_mails() -> int:
    return len(db.session.scalars(select(OutboxMail.id)).all())


def test_sending_that_was_interrupted_goes_on_where_it_stopped(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inviting, "CHUNK", CHUNK)
    with app.app_context():
        with writing():
            willing(CHUNK + 5)
            campaign = a_campaign()
            move("send", campaign, "open")
            invite_some(campaign, NOW)
            db.session.commit()
        assert _n_mails() == CHUNK
        with writing():
            invite_some(campaign, NOW)
            db.session.rollback()
        send_campaign(JobRun(campaign.id, {}, NOW))
        assert _n_mails() == CHUNK + 5


def test_two_workers_at_once_invite_everybody_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inviting, "CHUNK", CHUNK)
    with app.app_context(), writing():
        willing(5 * CHUNK)
        campaign = a_campaign()
        move("send", campaign, "open")
        number = campaign.id
        db.session.commit()
    barrier, failed = Barrier(2), []

    def work() -> None:
        with app.app_context():
            barrier.wait()
            try:
                send_campaign(JobRun(number, {}, NOW))
            except Exception as error:  # noqa: BLE001 - told below, where the test fails
                failed.append(error)

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with app.app_context():
        assert _n_mails() == 5 * CHUNK
        assert len(invitations(db.session.get_one(Campaign, number))) == 5 * CHUNK


def test_of_two_who_press_send_at_once_one_sends(app: Flask) -> None:
    with app.app_context(), writing():
        willing(2)
        number = a_campaign().id
        db.session.commit()
    barrier, refused = Barrier(4), []

    def press() -> None:
        with app.app_context():
            campaign = db.session.get_one(Campaign, number)
            assert campaign.state == "draft"
            barrier.wait()
            db.session.rollback()
            with writing():
                try:
                    start_campaign(campaign)
                    db.session.commit()
                except CampaignError as error:
                    db.session.rollback()
                    refused.append(str(error))

    threads = [Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    with app.app_context():
        assert len(db.session.scalars(select(Job.id).where(Job.name == "campaigns.send")).all()) == 1


def test_a_campaign_closes_when_its_time_is_over(app: Flask) -> None:
    with app.app_context():
        with writing():
            over = a_campaign("over", closes_at=NOW)
            running = a_campaign("running", closes_at=NOW + timedelta(days=1))
            start_campaign(over)
            start_campaign(running)
            db.session.commit()
        close_due_campaigns(JobRun(None, {}, NOW))
        assert (over.state, running.state) == ("closed", "open")


@pytest.mark.parametrize(
    ("identification", "has_time"), [("identified", True), ("confidential", True), ("anonymous", False)]
)
def test_only_an_anonymous_survey_forgets_when_somebody_finished(
    app: Flask, identification: str, *, has_time: bool
) -> None:
    with app.app_context():
        with writing():
            willing(1)
            campaign = a_campaign()
            campaign.survey.identification = identification
            db.session.commit()
        delivered(sent(campaign))
        invitation = invitations(campaign)[0]
        row = find_invitation_row(token_of(invitation))
        assert row is not None
        with writing():
            mark_completed(row, NOW)
            db.session.commit()
        assert invitation.disposition == "completed"
        assert (invitation.completed_at is not None) == has_time


def test_an_invitation_goes_from_no_reply_over_break_off_and_partial_to_completed(app: Flask) -> None:
    with app.app_context():
        with writing():
            willing(1)
            campaign = a_campaign()
            db.session.commit()
        invitation = invitations(delivered(sent(campaign)))[0]
        seen = [invitation.disposition]
        for step in (
            lambda: mark_started(invitation),
            lambda: mark_started(invitation, has_outcome=True),
            lambda: mark_started(invitation),
            lambda: mark_completed(invitation, NOW),
            lambda: mark_started(invitation, has_outcome=True),
        ):
            with writing():
                step()
                db.session.commit()
            seen.append(invitation.disposition)
        assert seen == ["no-reply", "break-off", "partial", "partial", "completed", "completed"]


def test_a_link_is_found_by_its_token_and_by_nothing_else(app: Flask) -> None:
    with app.app_context(), writing():
        willing(1)
        campaign = a_campaign()
        invite_some(campaign, NOW)
        invitation = invitations(campaign)[0]
        token = token_of(invitation)
        assert len(token) == 22
        assert find_invitation(token) is invitation
        for wrong in (
            invitation.token_nonce,
            invitation.token_hash,
            token[:-1],
            f"{token}=",
            token.swapcase(),
            "",
            "\0",
        ):
            assert find_invitation(wrong) is None
            assert find_invitation_row(wrong) is None


def test_tokens_do_not_follow_from_what_is_stored(app: Flask) -> None:
    with app.app_context():
        token = new_token()
        mine = token_of(type("Stored", (), {"token_nonce": token.nonce})())
        app.config["SECRET_KEY"], kept = "another secret of enough length, made up", app.config["SECRET_KEY"]
        try:
            assert token_of(type("Stored", (), {"token_nonce": token.nonce})()) != mine
        finally:
            app.config["SECRET_KEY"] = kept


def test_a_public_form_is_found_by_its_code(app: Flask) -> None:
    with app.app_context(), writing():
        campaign = a_campaign(mode="public")
        assert find_public(campaign.public_code or "") is campaign
        row = find_public_row(campaign.public_code or "")
        assert row is not None
        assert row.campaign_id == campaign.id
        for wrong in ("", "x", "\0", "é", "'"):
            assert find_public(wrong) is None


def test_a_test_mail_never_ends_the_mail_to_staff(app: Flask) -> None:
    with app.app_context(), writing():
        user = make_user("marketer", email="mai@example.org")
        invitation = send_test(a_campaign(), user, "en", NOW)
        unsubscribe(invitation, NOW)
        assert find_suppression("mai@example.org") is None


def test_a_survey_that_was_never_published_is_not_sent(app: Flask) -> None:
    with app.app_context(), writing(), pytest.raises(CampaignError, match="no published questionnaire"):
        create_campaign(CampaignPlan(survey=a_survey(), name="Too early"), NOW)
