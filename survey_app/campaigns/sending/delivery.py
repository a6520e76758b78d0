"""Waiting for a campaign's mails, for whoever sits at the command line: no worker need be running."""

from __future__ import annotations

from collections.abc import Callable

from survey_app.campaigns.figures.progress import Progress, progress_of
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.sending.phases import SEND
from survey_app.extensions import db, writing
from survey_app.jobs.operations import enqueue, run_now
from survey_app.outbox.operations import SEND as SEND_MAILS


def wait_until_done(campaign: Campaign, tell: Callable[[str], None]) -> Progress:
    """Carry the campaign's work out here, or wait for the worker that has it, until no mail can go any more.

    Mails that a server put off are left to the worker.
    """
    before = None
    if campaign.mode == "mail" and not campaign.audience_done:
        _run(SEND, campaign.id, tell)
    while (found := progress_of(campaign)) != before and found.n_queued + found.n_sending:
        before = found
        _run(SEND_MAILS, None, tell)
        tell(f"{progress_of(campaign).n_sent} of {found.n_audience - found.n_held_back} mails sent")
    return found


def _run(name: str, subject_id: int | None, tell: Callable[[str], None]) -> None:
    db.session.rollback()
    with writing():
        job = enqueue(name, subject_id, coalesce=True)
        db.session.commit()
    run_now(job, tell)
    db.session.expire_all()
