"""What should have happened and did not: found, repaired where that is safe, and told. The caller commits.

Every finding is looked for by what is stored, not by what somebody remembers having done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from survey_app.campaigns.models import Campaign, Invitation, Series, SeriesRun
from survey_app.campaigns.rules import WRITTEN_CHANNELS
from survey_app.campaigns.sending.phases import SEND
from survey_app.campaigns.sending.posting import waits_for_mail
from survey_app.campaigns.series.queries import count_overdue, list_active
from survey_app.campaigns.series.waves import missing_runs
from survey_app.campaigns.timing.schedules import Schedule
from survey_app.customers.importing import TASK as IMPORT
from survey_app.customers.models import CustomerImport
from survey_app.extensions import db
from survey_app.jobs.models import Job
from survey_app.jobs.operations import enqueue
from survey_app.outbox.models import OutboxMail, PausedGroup
from survey_app.outbox.operations import SEND as SEND_MAIL

# A moment in which work that was just decided may lawfully not have begun.
PATIENCE = timedelta(minutes=10)
OVERDUE = timedelta(hours=1)
# A run told as missed stays on the list for so long.
TOLD = timedelta(days=7)
TICK = "campaigns.tick"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should have happened: what, with which campaign or series, how often, and what becomes of it.

    `action` is `repaired` where work was put down that makes up for it, else `reported`.
    """

    what: str
    subject_id: int | None
    name: str
    n: int
    action: str

    def to_data(self) -> dict[str, Any]:
        """Return the finding for scripts."""
        return asdict(self)


def sweep(now: datetime, *, is_dry: bool = False) -> list[Finding]:
    """Look for everything that should have happened, put the work down that makes up for it, and return it all."""
    put_down = _nothing if is_dry else _enqueue
    looks = (_audiences, _invitations, _mails, _imports, _runs, _events)
    return [finding for look in looks for finding in look(now, put_down)]


def retime(now: datetime) -> int:
    """Work the instants of scheduled campaigns out again, as zone data stand today, and return how many moved."""
    n = 0
    for campaign in db.session.scalars(select(Campaign).where(Campaign.state == "scheduled", Campaign.starts_at > now)):
        starts_at = Schedule.from_data(campaign.schedule).starts_at
        if starts_at != campaign.starts_at:
            campaign.starts_at, n = starts_at, n + 1
    return n


PutDown = Callable[[str, int | None], None]


def _audiences(now: datetime, put_down: PutDown) -> list[Finding]:
    """Find running campaigns whose audience is not invited, and nobody is at it."""
    idle = select(Campaign).where(
        Campaign.state == "open",
        Campaign.mode == "mail",
        ~Campaign.audience_done,
        Campaign.created_at < now - PATIENCE,
        ~_has_job(SEND, Campaign.id),
    )
    return [_campaign("audience-not-invited", each, 1, put_down) for each in db.session.scalars(idle)]


def _invitations(now: datetime, put_down: PutDown) -> list[Finding]:
    """Find people who are to be written to, without a mail put down for them, and nobody at it."""
    found = []
    sent = select(Campaign).where(
        Campaign.state == "open",
        Campaign.mode == "mail",
        Campaign.contact_channel.in_(WRITTEN_CHANNELS),
        Campaign.audience_done,
        Campaign.phase == "rest",
        ~_has_job(SEND, Campaign.id),
    )
    for campaign in db.session.scalars(sent).all():
        waiting = select(func.count()).select_from(Invitation).where(*waits_for_mail(campaign), ~Invitation.is_test)
        n = db.session.scalar(waiting.where(Invitation.created_at < now - PATIENCE)) or 0
        if n:
            found.append(_campaign("invitation-without-mail", campaign, n, put_down))
    return found


def _mails(now: datetime, put_down: PutDown) -> list[Finding]:
    """Find mails that should have gone an hour ago, those of paused campaigns excepted."""
    paused = select(PausedGroup.group_key)
    overdue = select(func.count()).where(
        OutboxMail.state == "pending",
        OutboxMail.due_at < now - OVERDUE,
        OutboxMail.group_key.is_(None) | OutboxMail.group_key.not_in(paused),
    )
    n = db.session.scalar(overdue) or 0
    if n:
        put_down(SEND_MAIL, None)
    return [Finding("mail-overdue", None, "", n, "repaired")] if n else []


def _imports(now: datetime, put_down: PutDown) -> list[Finding]:
    """Find imports that should be on their way, and nobody is at them."""
    idle = select(CustomerImport).where(
        CustomerImport.state.in_(("waiting", "running")),
        CustomerImport.created_at < now - PATIENCE,
        ~_has_job(IMPORT, CustomerImport.id),
    )
    found = list(db.session.scalars(idle))
    for each in found:
        put_down(IMPORT, each.id)
    return [Finding("import-not-running", each.id, each.file_name, 1, "repaired") for each in found]


def _runs(now: datetime, put_down: PutDown) -> list[Finding]:
    """Find runs of series that are due and did not take place, and those that were missed for good."""
    found = []
    for series in list_active("recurring"):
        n = len(missing_runs(series, now - PATIENCE))
        if n:
            put_down(TICK, None)
            found.append(Finding("run-missing", series.id, series.name, n, "repaired"))
    missed = select(Series.id, Series.name, func.count()).join(SeriesRun, SeriesRun.series_id == Series.id)
    missed = missed.where(SeriesRun.note == "missed", SeriesRun.ran_at > now - TOLD).group_by(Series.id, Series.name)
    return found + [Finding("run-missed", *row, "reported") for row in db.session.execute(missed)]


def _events(now: datetime, put_down: PutDown) -> list[Finding]:
    """Find things that happened whose survey should have gone an hour ago."""
    n = count_overdue(now - OVERDUE)
    if n:
        put_down(TICK, None)
    return [Finding("event-overdue", None, "", n, "repaired")] if n else []


def _has_job(name: str, subject_id: Any) -> ColumnElement[bool]:
    alive = Job.state.in_(("waiting", "running"))
    return select(Job.id).where(Job.name == name, Job.subject_id == subject_id, alive).exists()


def _campaign(what: str, campaign: Campaign, n: int, put_down: PutDown) -> Finding:
    put_down(SEND, campaign.id)
    return Finding(what, campaign.id, campaign.name, n, "repaired")


def _enqueue(name: str, subject_id: int | None) -> None:
    enqueue(name, subject_id, coalesce=True)


def _nothing(_name: str, _subject_id: int | None) -> None:
    """Change nothing: somebody only looks."""
