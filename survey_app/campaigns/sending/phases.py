"""A campaign sent in two parts: a pilot or a test of two wordings first, a wait, and the rest. The caller commits.

Everybody of the audience has an invitation from the beginning; mails are put down part by part, so that the wording
may still change for the rest, and a stop leaves nothing in the outbox.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update

from analysis.values.fieldwork import Disposition
from survey_app.accounts.operations import record
from survey_app.campaigns.figures.progress import mail_key
from survey_app.campaigns.figures.tallies import arms_of, pilot_counts
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.sending.experiments import Experiment, compare
from survey_app.campaigns.sending.gates import GateVerdict, gate_verdict
from survey_app.campaigns.sending.pilots import Pilot
from survey_app.campaigns.sending.posting import Clock, clock_of, count_where, post, readers_where, waits_for_mail
from survey_app.campaigns.steps import CampaignError, refusal, require
from survey_app.extensions import db
from survey_app.jobs.operations import enqueue
from survey_app.outbox.models import OutboxMail

SEND = "campaigns.send"
IN_FIRST_PART: ColumnElement[bool] = Invitation.is_pilot.is_(other=True)
_ALL_AT_ONCE = {"synchronize_session": "fetch"}


def begin_phases(campaign: Campaign) -> None:
    """Let a campaign with a pilot or a test begin with that part; without one everybody is written to."""
    has_parts = Pilot.from_data(campaign.pilot) or Experiment.from_data(campaign.experiment)
    campaign.phase = "pilot" if has_parts else "rest"


def post_some(campaign: Campaign, now: datetime) -> int:
    """Put down mails for the next people of the part that is being sent; 0 says that nobody is left.

    In the rest these are also the ones to be tried again. Nobody who has a mail gets a second one.
    """
    if campaign.phase == "waiting":
        return 0
    part = (IN_FIRST_PART,) if campaign.phase == "pilot" else ()
    readers = readers_where(*waits_for_mail(campaign), *part)
    if readers:
        clock = _clock(campaign, now)
        post(campaign, "invitation", readers, clock, now)
        campaign.pilot = campaign.pilot | {"pacing": clock.state}
    return len(readers)


def advance(campaign: Campaign, now: datetime) -> None:
    """Take a campaign that is sent in parts as far as it goes by itself: choose, wait, decide, continue."""
    if campaign.state != "open" or not campaign.audience_done:
        return
    if campaign.phase == "pilot":
        _choose_once(campaign)
        if not count_where(
            Invitation.campaign_id == campaign.id,
            IN_FIRST_PART,
            Invitation.disposition == Disposition.NOT_YET_SENT,
        ):
            campaign.phase, campaign.phase_at = "waiting", now
    elif campaign.phase_at is not None and now >= decides_at(campaign):
        _decide(campaign, now)


def decides_at(campaign: Campaign) -> datetime:
    """Return until when is waited after the first part; only meant once it has been sent."""
    pilot, experiment = Pilot.from_data(campaign.pilot), Experiment.from_data(campaign.experiment)
    hours = max(pilot.wait_hours if pilot else 0, experiment.hours if experiment else 0)
    return (campaign.phase_at or campaign.created_at) + timedelta(hours=hours)


def continue_rest(campaign: Campaign, now: datetime) -> int:
    """Send the rest, and return how many people that is; raise CampaignError where there is none that waits."""
    require("continue", campaign)
    first = update(Campaign).where(Campaign.id == campaign.id, Campaign.phase.in_(("pilot", "waiting")))
    moved = first.where(Campaign.state == "open", Campaign.audience_done).values(phase="rest", phase_at=now)
    if db.session.scalar(moved.returning(Campaign.id)) is None:
        raise CampaignError(refusal("continue"))
    db.session.refresh(campaign)
    n = count_rest(campaign)
    _choose_wording(campaign)
    campaign.pilot = {name: value for name, value in campaign.pilot.items() if name != "pacing"} | {"n_rest": n}
    enqueue(SEND, campaign.id, coalesce=True)
    record("campaign.continue", "campaign", str(campaign.id), name=campaign.name, n=n)
    return n


def count_rest(campaign: Campaign) -> int:
    """Return for how many people no mail was put down yet."""
    return count_where(*waits_for_mail(campaign), ~IN_FIRST_PART)


def taken_back(campaign: Campaign, which: ColumnElement[bool]) -> int:
    """Let people whose mail was refused or stopped wait for one again, and return how many they are."""
    theirs = (Invitation.campaign_id == campaign.id, ~Invitation.is_test, Invitation.sent_at.is_(None), which)
    keys = select(mail_key()).where(*theirs)
    ended = delete(OutboxMail).where(OutboxMail.key.in_(keys), OutboxMail.state.in_(("cancelled", "failed")))
    db.session.execute(ended, execution_options=_ALL_AT_ONCE)
    again = update(Invitation).where(*theirs)
    waiting = again.values(disposition=Disposition.NOT_YET_SENT.value, held_back_reason=None)
    found = db.session.execute(waiting.returning(Invitation.id), execution_options=_ALL_AT_ONCE)
    return len(found.all())


def _choose_once(campaign: Campaign) -> None:
    """Choose by chance who is written to first, and who of them gets which wording."""
    theirs = (Invitation.campaign_id == campaign.id, Invitation.disposition == Disposition.NOT_YET_SENT)
    if count_where(Invitation.campaign_id == campaign.id, IN_FIRST_PART):
        return
    n_mails = count_where(*theirs)
    pilot, experiment = Pilot.from_data(campaign.pilot), Experiment.from_data(campaign.experiment)
    size = pilot.size_of(n_mails) if pilot else experiment.size_of(n_mails) if experiment else n_mails
    _update_by_chance(campaign, size, *theirs, is_pilot=True)
    if experiment:
        _split(campaign, experiment.share_b, IN_FIRST_PART)
    enqueue(SEND, campaign.id, coalesce=True)


def _decide(campaign: Campaign, now: datetime) -> None:
    """Draw the conclusion of the test, and send the rest where that was stated beforehand."""
    experiment, pilot = Experiment.from_data(campaign.experiment), Pilot.from_data(campaign.pilot)
    if experiment and experiment.result is None:
        found = compare(*arms_of(campaign, experiment.measure))
        campaign.experiment = campaign.experiment | {"result": found.to_data()}
    if campaign.phase != "waiting":
        return
    if not count_rest(campaign):
        campaign.phase = "rest"
    elif pilot is None:
        continue_rest(campaign, now)
    elif pilot.gate is not None and "verdict" not in campaign.pilot:
        verdict = gate_verdict(pilot.gate, pilot_counts(campaign))
        campaign.pilot = campaign.pilot | {"verdict": verdict.value}
        if verdict is GateVerdict.PASSED:
            continue_rest(campaign, now)


def _choose_wording(campaign: Campaign) -> None:
    """Give the rest the wording that is clearly better; where neither is, both go on as they were shared out."""
    experiment = Experiment.from_data(campaign.experiment)
    if experiment is None:
        return
    better = experiment.result.better if experiment.result else None
    _split(campaign, {"a": 0.0, "b": 1.0}.get(better or "", experiment.share_b), ~IN_FIRST_PART)


def _split(campaign: Campaign, share_b: float, *which: ColumnElement[bool]) -> None:
    """Share the two wordings out by chance among those who wait, as exactly as their number allows."""
    waiting = (Invitation.campaign_id == campaign.id, Invitation.disposition == Disposition.NOT_YET_SENT, *which)
    n = count_where(*waiting)
    db.session.execute(update(Invitation).where(*waiting).values(variant="a"), execution_options=_ALL_AT_ONCE)
    _update_by_chance(campaign, round(n * share_b), *waiting, variant="b")


def _update_by_chance(campaign: Campaign, n: int, *which: ColumnElement[bool], **values: object) -> None:
    db.session.flush()
    chosen = select(Invitation.id).where(*which, ~Invitation.is_test).order_by(func.random()).limit(n)
    some = update(Invitation).where(Invitation.campaign_id == campaign.id, Invitation.id.in_(chosen))
    db.session.execute(some.values(**values), execution_options=_ALL_AT_ONCE)


def _clock(campaign: Campaign, now: datetime) -> Clock:
    """Return the clock of the part that is being sent; the rest is spread from when it was continued."""
    if campaign.phase == "pilot" or campaign.phase_at is None:
        clock = clock_of(campaign, now)
    else:
        clock = clock_of(campaign, max(campaign.phase_at, campaign.created_at), campaign.pilot.get("n_rest", 0))
    clock.state = campaign.pilot.get("pacing", {})
    return clock
