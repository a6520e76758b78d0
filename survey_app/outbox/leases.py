"""Taking mails to send and giving them back: each one atomic statement in a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, func, or_, select, update

from survey_app.extensions import db, writing
from survey_app.outbox.models import OutboxMail, PausedGroup, Suppression
from survey_app.outbox.queries import not_paused
from survey_app.outbox.rules import WORKER_ENDED

LEASE = timedelta(seconds=30)
# Few, so that a killed worker holds few back for the length of a lease.
BATCH = 20
CHANNELS = ("mail", "sms")
_FREE = {"state": "pending", "lease_token": None, "leased_until": None}


class TakenMail(NamedTuple):
    """A mail that this sender holds, with all that is needed to send it."""

    rank: int
    due_at: datetime
    id: int
    key: str
    kind: str
    group_key: str | None
    channel: str
    to_address: str
    address_key: str
    domain: str
    letter_id: int | None
    content: bytes | None
    message_id: str
    attempts: int


_COLUMNS = [getattr(OutboxMail, name) for name in TakenMail._fields]
_EXPIRED = and_(OutboxMail.state == "claimed", OutboxMail.leased_until < bindparam("now"))
# Without skip_locked PostgreSQL would let a second worker wait for the rows of the first.
_CHOSEN = (
    select(OutboxMail.id)
    .where(OutboxMail.state == "pending", OutboxMail.due_at <= bindparam("now"), not_paused())
    .where(OutboxMail.channel.in_(bindparam("channels", expanding=True)))
    .order_by(OutboxMail.rank, OutboxMail.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("chosen")
)
_CLAIM = (
    update(OutboxMail)
    .where(OutboxMail.id.in_(select(_CHOSEN.c.id)))
    .values(state="claimed", lease_token=bindparam("token"), leased_until=bindparam("until"))
    .returning(*_COLUMNS)
)
_IS_OURS = and_(OutboxMail.lease_token == bindparam("token"), OutboxMail.state == "claimed")
_IS_PAUSED = exists().where(PausedGroup.group_key == OutboxMail.group_key)
# Notices to staff pass: the list is about survey mail.
_IS_SUPPRESSED = and_(OutboxMail.rank > 0, exists().where(Suppression.address_key == OutboxMail.address_key))
_verdict: ColumnElement[str] = case((_IS_PAUSED, "paused"), (_IS_SUPPRESSED, "suppressed"), else_="go")
_CHECK = select(OutboxMail.id, _verdict).where(OutboxMail.id.in_(bindparam("mails", expanding=True)), _IS_OURS)


def claim_batch(token: str, now: datetime, most: int = BATCH, channels: Sequence[str] = CHANNELS) -> list[TakenMail]:
    """Take the next mails that are due and not paused, and return them in the order to send them."""
    values = {"now": now, "most": most, "token": token, "until": now + LEASE, "channels": list(channels)}
    with writing(), db.engine.begin() as connection:
        freed = _FREE | {"last_error": WORKER_ENDED}
        connection.execute(update(OutboxMail).where(_EXPIRED).values(freed), {"now": now})
        return sorted(TakenMail(*row) for row in connection.execute(_CLAIM, values))


def left_behind(now: datetime) -> list[TakenMail]:
    """Return the mails whose sender is gone: it may have handed them over and not lived to record it."""
    with db.engine.connect() as connection:
        return [TakenMail(*row) for row in connection.execute(select(*_COLUMNS).where(_EXPIRED), {"now": now})]


def take_over(mail: TakenMail, token: str, now: datetime) -> bool:
    """Hold a mail that was left behind, and return whether nobody else did."""
    statement = update(OutboxMail).where(OutboxMail.id == mail.id, _EXPIRED)
    with writing(), db.engine.begin() as connection:
        values = {"lease_token": token, "leased_until": now + LEASE}
        return connection.execute(statement.values(values), {"now": now}).rowcount == 1


def check(mails: Sequence[TakenMail], token: str) -> dict[int, str]:
    """Return "go", "paused" or "suppressed" for each mail as it stands now; one no longer ours has no entry."""
    with db.engine.connect() as connection:
        found = connection.execute(_CHECK, {"mails": [mail.id for mail in mails], "token": token})
        return dict(found.all())


def renew(token: str) -> None:
    """Keep what is held under this token for another lease."""
    statement = update(OutboxMail).where(OutboxMail.lease_token == token, OutboxMail.state == "claimed")
    with writing(), db.engine.begin() as connection:
        connection.execute(statement.values(leased_until=datetime.now(UTC) + LEASE))


def release(token: str, mail_id: int | None = None) -> None:
    """Let others have what is still held under this token (or one mail of it), as if it had not been taken."""
    statement = update(OutboxMail).where(OutboxMail.lease_token == token, OutboxMail.state == "claimed")
    if mail_id is not None:
        statement = statement.where(OutboxMail.id == mail_id)
    with writing(), db.engine.begin() as connection:
        connection.execute(statement.values(_FREE))


def next_instant() -> datetime | None:
    """Return when the next mail is due, or the next lease of another worker may run out."""
    instant = func.min(func.coalesce(OutboxMail.leased_until, OutboxMail.due_at))
    waits = or_(OutboxMail.state == "claimed", and_(OutboxMail.state == "pending", not_paused()))
    with db.engine.connect() as connection:
        return connection.scalar(select(instant).where(waits))
