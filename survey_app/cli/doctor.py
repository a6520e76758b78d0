"""`survey-app doctor`: what stands between this installation and a good day, and how to fix it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from survey_app.accounts.models import AuditEntry
from survey_app.accounts.queries import find_organisation
from survey_app.extensions import db
from survey_app.jobs.queries import oldest_waiting
from survey_app.outbox.trying import try_smtp
from survey_app.web.readiness import pending_migrations

LONGEST_WAIT = timedelta(minutes=5)
SLACK = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what was seen, and what to do where it is not good."""

    name: str
    is_good: bool
    seen: str
    fix: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def doctor(*, as_json: bool) -> None:
    """Look at database, migrations, organisation, mail, work, clock and paper, and say how to fix what is wrong."""
    findings = [_looked(check) for check in CHECKS]
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{'good ' if finding.is_good else 'WRONG'}  {finding.name}: {finding.seen}")
            if finding.fix:
                click.echo(f"       {finding.fix}")
    sys.exit(0 if all(finding.is_good for finding in findings) else 1)


def _looked(check: Callable[[], Finding]) -> Finding:
    name = check.__name__.lstrip("_")
    try:
        return check()
    except (SQLAlchemyError, LookupError) as error:
        db.session.rollback()
        reason = str(error).splitlines()[0]
        return Finding(name, is_good=False, seen=reason, fix="Check DATABASE_URL, then run: survey-app db upgrade")


def _database() -> Finding:
    with db.engine.connect() as connection:
        if db.engine.dialect.name != "sqlite":
            version = connection.exec_driver_sql("SHOW server_version").scalar()
            fsync = connection.exec_driver_sql("SHOW fsync").scalar()
            durable, seen = fsync == "on", f"PostgreSQL {version}, fsync={fsync}"
        else:
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "quick_check")
            }
            durable = (found["journal_mode"], found["synchronous"], found["quick_check"]) == ("wal", 2, "ok")
            seen = "SQLite, " + ", ".join(f"{name}={value}" for name, value in found.items())
    fix = "" if durable else "Restore a backup, or put the durable settings back (docs/production.md)."
    return Finding("database", durable, seen, fix)


def _migrations() -> Finding:
    pending = pending_migrations()
    if pending:
        return Finding("migrations", is_good=False, seen=pending, fix="Run: survey-app db upgrade")
    return Finding("migrations", is_good=True, seen="the tables are those of this version")


def _organisation() -> Finding:
    found = find_organisation()
    if found is None:
        return Finding("organisation", is_good=False, seen="there is none yet", fix="Run: survey-app init")
    return Finding("organisation", is_good=True, seen=found.name)


def _mail() -> Finding:
    db.session.rollback()
    trial = try_smtp()
    fix = "" if trial.is_good else "Correct SURVEY_SMTP_URL, then try again."
    return Finding("mail", trial.is_good, f"{trial.sentence} {trial.detail}".strip(), fix)


def _queue() -> Finding:
    now = datetime.now(UTC)
    since = oldest_waiting(now)
    if since is None:
        return Finding("queue", is_good=True, seen="nothing waits")
    waited = now - since
    good = waited < LONGEST_WAIT
    fix = "" if good else "Start a worker: survey-app worker run. Then look at: survey-app jobs list --state waiting"
    return Finding("queue", good, f"the oldest work has waited {int(waited.total_seconds())} seconds", fix)


def _clock() -> Finding:
    now = datetime.now(UTC)
    newest = db.session.scalar(select(func.max(AuditEntry.at)))
    good = newest is None or newest <= now + SLACK
    fix = "" if good else "The clock was set back: something is recorded as later than now. Set it by NTP."
    return Finding("clock", good, now.isoformat(timespec="seconds"), fix)


def _paper() -> Finding:
    try:
        import_module("survey_app.questionnaires.printing.pdf")
    except OSError as error:
        fix = "Install Pango, on Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        return Finding("paper", is_good=False, seen=f"no PDF can be made: {str(error).splitlines()[0]}", fix=fix)
    return Finding("paper", is_good=True, seen="PDFs can be made")


CHECKS = (_database, _migrations, _organisation, _mail, _queue, _clock, _paper)
