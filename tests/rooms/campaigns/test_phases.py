"""A campaign in parts: the pilot, its wait and gate, two wordings, and when sending stops by itself."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from survey_app.campaigns.figures.progress import is_finished, progress_of
from survey_app.campaigns.figures.reading import counts_by_state
from survey_app.campaigns.life import (
    cancel_sending,
    close_campaign,
    pause_campaign,
    reopen_campaign,
    resume_campaign,
    retry_unsent,
)
from survey_app.campaigns.mail.texts import second
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.sending.experiments import Experiment
from survey_app.campaigns.sending.gates import (
    Gate,
    GateVerdict,
    Limits,
    PauseReason,
    PilotCounts,
    Returns,
    exceeded,
    gate_verdict,
)
from survey_app.campaigns.sending.phases import advance, continue_rest
from survey_app.campaigns.sending.pilots import Pilot
from survey_app.campaigns.sending.watching import watch, watch_all
from survey_app.campaigns.steps import CampaignError
from survey_app.campaigns.tasks import send_campaign
from survey_app.extensions import db, writing
from survey_app.jobs.running import JobRun
from survey_app.outbox.models import OutboxMail
from tests.factories.campaigns import a_campaign, invitations, sent, willing

# The worker's own clock is the real one.
NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=3)
GOOD_GATE = Gate(most_returned=0.2, least_delivered=2, least_started=0.0)


def _campaign(n: int = 10, **columns: object) -> Campaign:
    with writing():
        willing(n)
        campaign = a_campaign()
        for name, value in columns.items():
            setattr(campaign, name, value)
        db.session.commit()
    return sent(campaign)


def _mails() -> list[OutboxMail]:
    return list(db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def _send_all(campaign: Campaign, at: datetime = NOW, disposition: str = "no-reply") -> None:
    """Let every mail that waits be taken by the server."""
    with writing():
        for mail in _mails():
            if mail.state == "pending":
                mail.state, mail.sent_at = "sent", at
                number = int(mail.key.partition(":")[2])
                invitation = db.session.get_one(Invitation, number)
                invitation.sent_at, invitation.disposition = at, disposition
        db.session.commit()


def _look(campaign: Campaign, at: datetime) -> None:
    with writing():
        advance(campaign, at)
        db.session.commit()
    send_campaign(JobRun(campaign.id, {}, at))


def _adds_up(campaign: Campaign) -> bool:
    found = counts_by_state(campaign)
    return sum(found["states"].values()) == found["audience"] == len(invitations(campaign))


def test_a_pilot_goes_to_so_many_by_chance_and_the_rest_waits(app: Flask) -> None:
    with app.app_context():
        campaign = _campaign(pilot=Pilot(n=4).to_data())
        assert len(_mails()) == 4
        assert progress_of(campaign).n_queued == 10
        _send_all(campaign)
        _look(campaign, NOW)
        assert campaign.phase == "waiting"
        _look(campaign, LATER)
        assert (campaign.phase, len(_mails())) == ("waiting", 4)
        with writing():
            assert continue_rest(campaign, LATER) == 6
            with pytest.raises(CampaignError):
                continue_rest(campaign, LATER)
            db.session.commit()
        send_campaign(JobRun(campaign.id, {}, LATER))
        send_campaign(JobRun(campaign.id, {}, LATER))
        assert len({mail.to_address for mail in _mails()}) == len(_mails()) == 10
        assert not is_finished(campaign, progress_of(campaign))


@pytest.mark.parametrize(("disposition", "expected"), [("no-reply", "rest"), ("bounced", "waiting")])
def test_a_stated_gate_sends_the_rest_or_leaves_it_to_a_person(app: Flask, disposition: str, expected: str) -> None:
    with app.app_context():
        campaign = _campaign(pilot=Pilot(n=4, wait_hours=24, gate=GOOD_GATE).to_data(), limits={"most_returned": None})
        _send_all(campaign, disposition=disposition)
        _look(campaign, NOW)
        _look(campaign, NOW + timedelta(hours=23))
        assert (campaign.phase, len(_mails())) == ("waiting", 4)
        _look(campaign, NOW + timedelta(hours=25))
        assert campaign.phase == expected
        assert len(_mails()) == (10 if expected == "rest" else 4)
        verdict = GateVerdict.PASSED if expected == "rest" else GateVerdict.TOO_MANY_RETURNED
        assert campaign.pilot["verdict"] == verdict


def test_a_paused_campaign_goes_on_with_no_part(app: Flask) -> None:
    with app.app_context():
        campaign = _campaign(pilot=Pilot(n=4, gate=GOOD_GATE).to_data())
        _send_all(campaign)
        _look(campaign, NOW)
        with writing():
            pause_campaign(campaign, NOW)
            db.session.commit()
        _look(campaign, LATER)
        assert len(_mails()) == 4


def test_stopping_after_a_pilot_writes_to_nobody_else(app: Flask) -> None:
    with app.app_context():
        campaign = _campaign(pilot=Pilot(n=4).to_data())
        _send_all(campaign)
        with writing():
            cancel_sending(campaign)
            db.session.commit()
        _look(campaign, LATER)
        assert len(_mails()) == 4
        counts = progress_of(campaign)
        assert (counts.n_sent, counts.n_cancelled, campaign.state) == (4, 6, "open")
        assert is_finished(campaign, counts)
        assert _adds_up(campaign)


def test_who_was_refused_or_cancelled_can_be_tried_again_once(app: Flask) -> None:
    with app.app_context():
        campaign = _campaign(3)
        with writing():
            first = _mails()[0]
            first.state, first.content = "failed", None
            invitations(campaign)[0].disposition = "failed"
            cancel_sending(campaign)
            db.session.commit()
        with writing():
            assert retry_unsent(campaign) == 3
            db.session.commit()
        send_campaign(JobRun(campaign.id, {}, NOW))
        assert [mail.state for mail in _mails()] == ["pending"] * 3
        assert all(mail.content for mail in _mails())


@pytest.mark.parametrize("tested", [1.0, 0.4])
def test_two_wordings_are_shared_out_by_chance(app: Flask, tested: float) -> None:
    with app.app_context():
        experiment = Experiment(tested_share=tested, share_b=0.5).to_data()
        campaign = _campaign(experiment=experiment, texts={second("en"): {"subject": "Another subject"}})
        n_tested = round(10 * tested)
        assert len(_mails()) == n_tested
        variants = Counter(each.variant for each in invitations(campaign) if each.is_pilot)
        assert variants == {"a": n_tested / 2, "b": n_tested / 2}
        assert len({mail.letter_id for mail in _mails()}) == 2


@pytest.mark.parametrize(("n_b", "expected"), [(30, {"b"}), (9, {"a", "b"})])
def test_the_rest_gets_the_wording_that_is_clearly_better(app: Flask, n_b: int, expected: set[str]) -> None:
    with app.app_context():
        campaign = _campaign(100, experiment=Experiment(tested_share=0.8, share_b=0.5, hours=24).to_data())
        _send_all(campaign)
        with writing():
            tested = [each for each in invitations(campaign) if each.variant == "b" and each.is_pilot]
            for each in tested[:n_b]:
                each.disposition = "break-off"
            others = [each for each in invitations(campaign) if each.variant == "a" and each.is_pilot]
            for each in others[:8]:
                each.disposition = "break-off"
            db.session.commit()
        _look(campaign, NOW)
        assert len(_mails()) == 80
        _look(campaign, LATER)
        assert len(_mails()) == 100
        assert {each.variant for each in invitations(campaign) if not each.is_pilot} == expected
        assert campaign.experiment["result"]["verdict"] == ("b-better" if expected == {"b"} else "not-clear")


def test_too_many_returns_pause_and_resuming_counts_anew(app: Flask) -> None:
    with app.app_context():
        campaign = _campaign(20)
        _send_all(campaign)
        with writing():
            for each in invitations(campaign)[:4]:
                each.disposition = "bounced"
            assert watch_all(NOW) == 1
            db.session.commit()
        assert (campaign.state, campaign.paused_reason) == ("paused", "returned")
        with writing():
            resume_campaign(campaign)
            assert not watch(campaign, NOW)
            for each in invitations(campaign)[4:8]:
                each.disposition = "bounced"
            assert watch(campaign, NOW)
            db.session.commit()
        assert _adds_up(campaign)


@pytest.mark.parametrize(
    ("returns", "expected"),
    [
        (Returns(1000, 50, 0), None),
        (Returns(1000, 51, 0), PauseReason.RETURNED),
        (Returns(10, 2, 0), None),
        (Returns(10, 3, 0), PauseReason.RETURNED),
        (Returns(1000, 0, 3), None),
        (Returns(1000, 0, 4), PauseReason.COMPLAINED),
        (Returns(1000, 500, 500), PauseReason.COMPLAINED),
        (Returns(), None),
    ],
)
def test_sending_stops_above_a_limit(returns: Returns, expected: PauseReason | None) -> None:
    assert exceeded(Limits(), returns) is expected
    assert exceeded(Limits(None, None), returns) is None
    assert exceeded(Limits(accepted=returns), returns) is None


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (PilotCounts(100, 0, 100, 3, 0, 20, 10), GateVerdict.PASSED),
        (PilotCounts(100, 0, 100, 4, 0, 20, 10), GateVerdict.TOO_MANY_RETURNED),
        (PilotCounts(100, 0, 100, 0, 1, 20, 10), GateVerdict.COMPLAINED),
        (PilotCounts(100, 0, 40, 0, 0, 20, 10), GateVerdict.TOO_FEW_DELIVERED),
        (PilotCounts(100, 0, 100, 0, 0, 9, 5), GateVerdict.TOO_FEW_STARTED),
        (PilotCounts(), GateVerdict.TOO_FEW_DELIVERED),
    ],
)
def test_a_gate_says_what_a_pilot_misses(counts: PilotCounts, expected: GateVerdict) -> None:
    assert gate_verdict(Gate(0.03, 50, 0.1), counts) is expected


@given(st.integers(0, 10_000), st.one_of(st.none(), st.integers(1, 20_000)), st.floats(0.0001, 1))
def test_a_pilot_is_at_least_one_and_at_most_everybody(n: int, size: int | None, share: float) -> None:
    found = Pilot(n=size, share=None if size else share).size_of(n)
    assert min(n, 1) <= found <= n


STEPS = st.lists(st.sampled_from(["send", "bounce", "fail", "defer", "claim", "answer", "pause", "cancel", "close",
                                  "reopen", "retry", "continue", "resume", "look"]), max_size=12)  # fmt: skip


def test_counts_add_up_whatever_happens(app: Flask) -> None:
    """Random histories of one campaign after the other; every state on the way adds up."""
    with app.app_context():
        campaign = _campaign(6, pilot=Pilot(n=3).to_data(), limits={"most_returned": None, "most_complained": None})

        @settings(max_examples=25)
        @given(STEPS)
        def happens(steps: list[str]) -> None:
            for step in steps:
                with writing():
                    _happen(campaign, step)
                    db.session.commit()
                assert _adds_up(campaign)
                mails = [mail.key for mail in _mails()]
                assert len(mails) == len(set(mails)) <= 6

        happens()


def _happen(campaign: Campaign, step: str) -> None:
    whole = {
        "pause": lambda: pause_campaign(campaign, NOW),
        "resume": lambda: resume_campaign(campaign),
        "cancel": lambda: cancel_sending(campaign),
        "close": lambda: close_campaign(campaign),
        "reopen": lambda: reopen_campaign(campaign, NOW),
        "retry": lambda: retry_unsent(campaign),
        "continue": lambda: continue_rest(campaign, NOW),
        "look": lambda: advance(campaign, NOW),
    }
    if step in whole:
        try:
            whole[step]()
        except CampaignError:
            db.session.rollback()
        return
    _one_mail(step)


def _one_mail(step: str) -> None:
    """Let something happen to one mail, as the outbox and the answers record it."""
    mail = next((each for each in _mails() if each.state in {"pending", "claimed"}), None)
    if mail is None:
        return
    invitation = db.session.get_one(Invitation, int(mail.key.partition(":")[2]))
    if step == "defer":
        mail.attempts, mail.last_error = mail.attempts + 1, "450 4.2.0 later"
    elif step == "claim":
        mail.state, mail.leased_until = "claimed", NOW
    elif step == "fail":
        mail.state, mail.leased_until, invitation.disposition = "failed", None, "failed"
    else:
        mail.state, mail.leased_until, mail.sent_at, invitation.sent_at = "sent", None, NOW, NOW
        invitation.disposition = {"bounce": "bounced", "answer": "completed"}.get(step, "no-reply")


def test_the_command_line_counts_by_state_and_continues(app: Flask) -> None:
    with app.app_context():
        campaign = _campaign(pilot=Pilot(n=4).to_data())
        _send_all(campaign)
        _look(campaign, NOW)
        number = str(campaign.id)
    runner = app.test_cli_runner()
    counts = json.loads(runner.invoke(args=["campaigns", "status", number, "--json"]).stdout)
    assert counts["states"] == dict.fromkeys(counts["states"], 0) | {"queued": 6, "sent": 4}
    assert counts["audience"] == sum(counts["states"].values()) == 10
    assert runner.invoke(args=["campaigns", "continue", number]).exit_code == 2
    assert "6 people" in runner.invoke(args=["campaigns", "continue", number, "--yes"]).stderr
    assert runner.invoke(args=["campaigns", "continue", number, "--yes"]).exit_code == 3
    assert runner.invoke(args=["campaigns", "cancel", number, "--yes"]).exit_code == 0
    listed = runner.invoke(args=["campaigns", "status", number]).stdout
    assert "cancelled          6" in listed
