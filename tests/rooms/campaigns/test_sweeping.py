"""What should have happened and did not is found, made up for, and told; and when each mail goes can be seen."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import delete, select

from survey_app.campaigns.commands import group
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.sending.sweeping import retime, sweep
from survey_app.extensions import db, writing
from survey_app.jobs.models import Job
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.operations import pause_group
from tests.factories.campaigns import NOW, a_campaign, sent, willing

LATER = NOW + timedelta(hours=3)


def _whats(now: datetime = LATER) -> list[tuple[str, int]]:
    return [(each.what, each.n) for each in sweep(now, is_dry=True)]


def test_a_healthy_installation_has_nothing_to_tell(app: Flask) -> None:
    with app.app_context():
        assert sweep(NOW) == []


def test_an_audience_that_nobody_is_at_is_taken_up(app: Flask) -> None:
    with app.app_context(), writing():
        willing(2)
        campaign = a_campaign()
        campaign.state = "open"
        db.session.flush()
        assert _whats() == [("audience-not-invited", 1)]
        assert not db.session.scalars(select(Job)).all()
        sweep(LATER)
        assert [job.name for job in db.session.scalars(select(Job))] == ["campaigns.send"]
        assert _whats() == []


def test_an_invitation_without_a_mail_and_a_mail_that_did_not_go_are_told(app: Flask) -> None:
    with app.app_context():
        with writing():
            willing(2)
            campaign = a_campaign()
            db.session.commit()
        sent(campaign)
        with writing():
            db.session.execute(delete(Job))
            first = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).first()
            db.session.delete(first)
            for mail in db.session.scalars(select(OutboxMail)):
                mail.due_at = NOW
            for invitation in db.session.scalars(select(Invitation)):
                invitation.created_at = NOW
            db.session.flush()
            assert _whats() == [("invitation-without-mail", 1), ("mail-overdue", 1)]
            pause_group(f"campaign:{campaign.id}", NOW)
            assert ("mail-overdue", 1) not in _whats()


def _run(app: Flask, *arguments: str) -> tuple[int, str, str]:
    result = app.test_cli_runner().invoke(group, arguments)
    return result.exit_code, result.stdout, result.stderr


def test_the_command_says_what_it_finds_and_a_dry_run_changes_nothing(app: Flask) -> None:
    with app.app_context(), writing():
        willing(1)
        campaign = a_campaign()
        campaign.state = "open"
        db.session.commit()
        number = campaign.id
    code, out, _err = _run(app, "sweep", "--dry-run", "--json")
    assert code == 0
    assert json.loads(out)["findings"] == [
        {"what": "audience-not-invited", "subject_id": number, "name": "Autumn", "n": 1, "action": "repaired"}
    ]
    with app.app_context():
        assert not db.session.scalars(select(Job)).all()
    assert _run(app, "sweep")[0] == 0
    assert "has happened" in _run(app, "sweep")[1]


def test_the_preview_gives_the_exact_instant_of_every_send_and_changes_nothing(app: Flask) -> None:
    with app.app_context(), writing():
        for zone in ("Asia/Ho_Chi_Minh", "America/New_York", None):
            willing(1, time_zone=zone)
        campaign = a_campaign()
        db.session.commit()
        number = campaign.id
    when = ("--on", "2099-12-01", "--at", "09:00", "--zone", "Europe/Madrid", "--in-recipients-zones")
    code, out, err = _run(app, "schedule", str(number), "--preview", "--json", *when)
    assert code == 0, err
    plan = json.loads(out)
    assert [each["at"] for each in plan["sends"]] == [
        "2099-12-01T02:00:00Z",
        "2099-12-01T08:00:00Z",
        "2099-12-01T14:00:00Z",
    ]
    assert plan["per_hour"]["2099-12-01T08:00:00Z"] == 1
    with app.app_context():
        found = db.session.get_one(Campaign, number)
        assert (found.schedule, found.state) == ({}, "draft")
        assert not db.session.scalars(select(Invitation)).all()
    assert _run(app, "schedule", str(number), *when)[0] == 0
    with app.app_context():
        found = db.session.get_one(Campaign, number)
        assert found.state == "scheduled"
        assert found.starts_at == datetime(2099, 11, 30, 19, 0, tzinfo=UTC)
    assert len(json.loads(_run(app, "schedule", str(number), "--preview", "--json")[1])["sends"]) == 3


def test_a_schedule_in_the_past_or_in_no_zone_is_refused_in_words(app: Flask) -> None:
    with app.app_context(), writing():
        willing(1)
        number = a_campaign().id
        db.session.commit()
    code, _out, err = _run(app, "schedule", str(number), "--on", "2020-01-01", "--zone", "Europe/Madrid")
    assert (code, "has passed" in err) == (3, True)
    code, _out, err = _run(app, "schedule", str(number), "--on", "2099-01-01", "--zone", "Mars/Olympus")
    assert (code, "no time zone" in err) == (3, True)


def test_a_scheduled_campaign_moves_when_the_clocks_law_does(app: Flask) -> None:
    with app.app_context(), writing():
        campaign = a_campaign()
        campaign.schedule = {"on": "2099-12-01", "at": "09:00", "zone": "Europe/Madrid"}
        # As it was worked out when that zone still had another offset.
        campaign.state, campaign.starts_at = "scheduled", datetime(2099, 12, 1, 7, 0, tzinfo=UTC)
        db.session.flush()
        assert retime(NOW) == 1
        assert campaign.starts_at == datetime(2099, 12, 1, 8, 0, tzinfo=UTC)
        assert retime(NOW) == 0
