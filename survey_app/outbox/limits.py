"""How many mails may go, per minute and per hour: in all (`*`) and to one recipient domain.

The counts stand in the database, so that all workers share them. A mail takes its place right before it is handed
over; mails for which there is none are put down for the next free windows, all by one statement. Notices to staff
are counted and never wait.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, case, delete, func, literal, select, update

from survey_app.extensions import UtcDateTime, db, writing
from survey_app.jobs.upserts import insert
from survey_app.outbox.leases import TakenMail
from survey_app.outbox.models import OutboxMail, SendingCount, SendingLimit
from survey_app.outbox.queries import not_paused

ALL = "*"
KEPT = timedelta(hours=3)
MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Limit:
    """The most mails of one scope in a minute and in an hour; None where there is no limit."""

    per_minute: int | None
    per_hour: int | None


@dataclass(slots=True)
class Used:
    """How many mails of one scope took a place in this minute and in this hour."""

    minute: int = 0
    hour: int = 0


def limits_in_force() -> dict[str, Limit]:
    """Return the limits by scope, from a transaction of its own."""
    with db.engine.connect() as connection:
        rows = connection.execute(select(SendingLimit.scope, SendingLimit.per_minute, SendingLimit.per_hour))
        return {row.scope: Limit(row.per_minute, row.per_hour) for row in rows}


def take_places(mails: Sequence[TakenMail], limits: Mapping[str, Limit], now: datetime) -> tuple[set[int], set[str]]:
    """Take a place for each mail while there is one; return which mails may go now, and the scopes that are full."""
    going: set[int] = set()
    full: set[str] = set()
    with writing(), db.engine.begin() as connection:
        _lock(connection, limits)
        used = _used(connection, limits, now)
        taken = dict.fromkeys(limits, 0)
        for mail in mails:
            scopes = [scope for scope in (ALL, mail.domain) if scope in limits]
            stopped = {scope for scope in scopes if mail.rank and _is_full(limits[scope], used[scope], taken[scope])}
            full |= stopped
            if not stopped:
                going.add(mail.id)
                for scope in scopes:
                    taken[scope] += 1
        _count(connection, taken, now)
    return going, full


def spread(scope: str, limit: Limit, now: datetime) -> int:
    """Put down what is due and found no place for the windows in which there will be one; return how many mails."""
    with writing(), db.engine.begin() as connection:
        connection.execute(delete(SendingCount).where(SendingCount.minute_at < now - KEPT))
        used = _used(connection, [scope], now)[scope]
        place = func.row_number().over(order_by=(OutboxMail.rank, OutboxMail.due_at, OutboxMail.id)) - 1
        waiting = (
            select(OutboxMail.id, place.label("place"))
            .where(OutboxMail.state == "pending", OutboxMail.rank > 0, OutboxMail.due_at <= now, not_paused())
            .where(OutboxMail.domain == scope if scope != ALL else literal(value=True))
            .subquery()
        )
        due_at = _later(_hour_of(now), _seconds(waiting.c.place, limit, used, now))
        statement = update(OutboxMail).where(OutboxMail.id == waiting.c.id).values(due_at=due_at)
        return connection.execute(statement).rowcount


def _lock(connection: Connection, limits: Mapping[str, Limit]) -> None:
    """Let no other worker count at the same time."""
    rows = select(SendingLimit.scope).where(SendingLimit.scope.in_(limits)).order_by(SendingLimit.scope)
    connection.execute(rows.with_for_update()).all()


def _used(connection: Connection, scopes: Mapping[str, Limit] | Sequence[str], now: datetime) -> dict[str, Used]:
    in_minute = func.sum(case((SendingCount.minute_at == _minute_of(now), SendingCount.n_sent), else_=0))
    query = (
        select(SendingCount.scope, in_minute, func.sum(SendingCount.n_sent))
        .where(SendingCount.scope.in_(list(scopes)), SendingCount.minute_at >= _hour_of(now))
        .group_by(SendingCount.scope)
    )
    found = {scope: Used(int(minute), int(hour)) for scope, minute, hour in connection.execute(query)}
    return {scope: found.get(scope, Used()) for scope in scopes}


def _is_full(limit: Limit, used: Used, n_taken: int) -> bool:
    is_minute_full = limit.per_minute is not None and used.minute + n_taken >= limit.per_minute
    return is_minute_full or (limit.per_hour is not None and used.hour + n_taken >= limit.per_hour)


def _count(connection: Connection, taken: Mapping[str, int], now: datetime) -> None:
    rows = [{"scope": scope, "minute_at": _minute_of(now), "n_sent": n} for scope, n in taken.items() if n]
    if rows:
        statement = insert(SendingCount)
        more = {"n_sent": SendingCount.n_sent + statement.excluded.n_sent}
        connection.execute(statement.on_conflict_do_update(index_elements=["scope", "minute_at"], set_=more), rows)


def _seconds(place: Any, limit: Limit, used: Used, now: datetime) -> ColumnElement[int]:
    """Return how many seconds after the beginning of this hour the mail at this place finds its window."""
    minute = int((_minute_of(now) - _hour_of(now)).total_seconds())
    by_minute = minute + (place + used.minute) // limit.per_minute * MINUTE if limit.per_minute else None
    if not limit.per_hour:
        return literal(minute + MINUTE) if by_minute is None else by_minute
    within = place + used.hour
    by_hour = within // limit.per_hour * HOUR
    if by_minute is None:
        return cast("ColumnElement[int]", by_hour)
    later = by_hour + within % limit.per_hour // limit.per_minute * MINUTE
    return case((within < limit.per_hour, by_minute), else_=later)


def _later(start: datetime, seconds: ColumnElement[int]) -> ColumnElement[Any]:
    """Return the instant so many seconds later, as the database in use reckons."""
    if db.engine.dialect.name == "postgresql":
        return literal(start, UtcDateTime) + func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    return func.strftime("%Y-%m-%d %H:%M:%S.000000", f"{start:%Y-%m-%d %H:%M:%S}", func.printf("+%d seconds", seconds))


def _minute_of(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)


def _hour_of(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
