"""Putting mail down in the transaction of its decision, stopping it, and keeping the suppression list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from flask import current_app
from sqlalchemy import delete, select, update

from survey_app.extensions import db
from survey_app.jobs.operations import enqueue
from survey_app.jobs.upserts import insert
from survey_app.outbox.content import message_id, seal
from survey_app.outbox.listeners import SendingDecision, SuppressionChange, tell_decision, tell_suppression
from survey_app.outbox.mail import Mail
from survey_app.outbox.models import OutboxMail, PausedGroup, SendingLimit, Suppression
from survey_app.outbox.queries import find_mail, find_suppression
from survey_app.outbox.registry import tell_of_row
from survey_app.outbox.rules import UNCERTAIN, address_key, checked_address, checked_headers, checked_link, domain_of

SEND = "outbox.send"


@dataclass(frozen=True, slots=True)
class ByStaff:
    """A person of ours decides about an address, and says why."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class _Order:
    key: str
    kind: str
    group_key: str | None
    due_at: datetime
    now: datetime


def queue_mail(  # noqa: PLR0913 - one keyword for each column of the decision
    mail: Mail,
    *,
    key: str,
    kind: str,
    now: datetime,
    group_key: str | None = None,
    due_at: datetime | None = None,
) -> OutboxMail:
    """Put a mail down and return its row; a second call with the same key returns the first row and changes nothing.

    It goes out after the caller commits, not before `due_at`. Raise AddressError when an address is none.
    """
    found = find_mail(key)
    if found is not None:
        return found
    row = _insert(_checked(mail), _Order(key, kind, group_key, due_at or now, now))
    enqueue(SEND, due_at=row.due_at, coalesce=True)
    return row


def suppress(address: str, reason: str, source: str, now: datetime, *, by: ByStaff | None = None) -> Suppression:
    """Send no survey mail to this address any more; of two reports of one reason, the first stands."""
    note = by.note if by else ""
    key = address_key(address)
    values = {"address_key": key, "reason": reason, "source": source[:200], "note": note, "created_at": now}
    statement = insert(Suppression).values(values).on_conflict_do_nothing(index_elements=["address_key", "reason"])
    added = db.session.scalar(statement.returning(Suppression.id))
    if added is not None:
        tell_suppression(SuppressionChange("added", added, key, reason, source, note, by_staff=by is not None))
    found = find_suppression(address, reason)
    if found is None:
        raise LookupError("the suppression was lifted while it was being written")
    return found


def lift_suppression(address: str, reason: str, *, by: ByStaff | None = None) -> bool:
    """Take back one reason for sending nothing to this address; return whether it stood. Others go on to stand."""
    key = address_key(address)
    statement = delete(Suppression).where(Suppression.address_key == key, Suppression.reason == reason)
    lifted = db.session.execute(statement.returning(Suppression.id, Suppression.source)).one_or_none()
    if lifted is None:
        return False
    note = by.note if by else ""
    change = SuppressionChange("lifted", lifted.id, key, reason, lifted.source, note, by_staff=by is not None)
    tell_suppression(change)
    return True


def requeue_mail(mail: Mail, key: str, now: datetime) -> bool:
    """Let a cancelled mail go after all, as it reads now, and return whether it had been cancelled."""
    query = select(OutboxMail).where(OutboxMail.key == key, OutboxMail.state == "cancelled").with_for_update()
    row = db.session.scalar(query)
    if row is None:
        return False
    row.state, row.content, row.due_at = "pending", seal(_checked(mail)), now
    row.attempts, row.last_error = 0, None
    db.session.flush()
    enqueue(SEND, due_at=now, coalesce=True)
    return True


def cancel_mail(key: str) -> bool:
    """Do not send the mail with this key, and return whether it still waited; one on its way is left alone."""
    query = select(OutboxMail).where(OutboxMail.key == key, OutboxMail.state == "pending").with_for_update()
    row = db.session.scalar(query)
    if row is None:
        return False
    row.state, row.content = "cancelled", None
    tell_of_row(row)
    db.session.flush()
    return True


def cancel_group(group_key: str) -> int:
    """Send nothing more of this group, and return how many mails that stops.

    A mail that is on its way to the server at this moment still goes, and is then recorded as sent. One statement,
    however many there are: whoever stops a group ends its own rows, and is not told of every mail.
    """
    db.session.flush()
    table = OutboxMail
    waits = (table.group_key == group_key, table.state.in_(("pending", "claimed")))
    stopped = {"state": "cancelled", "lease_token": None, "leased_until": None, "content": None}
    statement = update(table).where(*waits).values(stopped)
    n_mails = db.session.connection().execute(statement).rowcount
    for each in list(db.session.identity_map.values()):
        if isinstance(each, OutboxMail):
            db.session.expire(each)
    return n_mails


def pause_group(group_key: str, now: datetime) -> None:
    """Let the group wait, the mails to come included; at most the mail on its way to the server still goes."""
    values = {"group_key": group_key, "created_at": now}
    db.session.execute(insert(PausedGroup).values(values).on_conflict_do_nothing())


def resume_group(group_key: str) -> None:
    """Let the group go on where it stopped; nothing goes twice."""
    db.session.execute(delete(PausedGroup).where(PausedGroup.group_key == group_key))
    enqueue(SEND, coalesce=True)


def limit_sending(scope: str, per_minute: int | None, per_hour: int | None) -> None:
    """Let no more mails go in all (`*`) or to one domain; without any number, as many as there are."""
    old = db.session.get(SendingLimit, scope, populate_existing=True)
    before = _told(old.per_minute, old.per_hour) if old else ""
    tell_decision(SendingDecision("limited", scope, before, _told(per_minute, per_hour)))
    if per_minute is None and per_hour is None:
        db.session.execute(delete(SendingLimit).where(SendingLimit.scope == scope))
        return
    values = {"per_minute": per_minute, "per_hour": per_hour}
    statement = insert(SendingLimit).values(scope=scope, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["scope"], set_=values))


def resend_uncertain(now: datetime) -> int:
    """Send what was kept back because the server may have had it already; return how many mails. Some go twice."""
    held = (OutboxMail.state == "failed", OutboxMail.last_error.in_(UNCERTAIN), OutboxMail.content.is_not(None))
    again = {"state": "pending", "due_at": now}
    found = db.session.execute(update(OutboxMail).where(*held).values(again).returning(OutboxMail.id)).all()
    enqueue(SEND, due_at=now, coalesce=True)
    tell_decision(SendingDecision("resent", after=str(len(found))))
    return len(found)


def _told(per_minute: int | None, per_hour: int | None) -> str:
    """Return a limit as the audit log tells it."""
    numbers = {"a minute": per_minute, "an hour": per_hour}
    return ", ".join(f"{number} {span}" for span, number in numbers.items() if number is not None)


def _checked(mail: Mail) -> Mail:
    if mail.unsubscribe_url:
        checked_link(mail.unsubscribe_url)
    sender = mail.from_address or current_app.config["SURVEY_SETTINGS"].mail_from
    return replace(
        mail,
        to_address=checked_address(mail.to_address),
        from_address=checked_address(sender),
        headers=checked_headers(mail.headers),
    )


def _insert(mail: Mail, order: _Order) -> OutboxMail:
    values = {
        "key": order.key,
        "kind": order.kind,
        "rank": 0 if mail.for_staff else 1,
        "state": "pending",
        "group_key": order.group_key,
        "to_address": mail.to_address,
        "address_key": address_key(mail.to_address),
        "domain": domain_of(mail.to_address),
        "content": seal(mail),
        "message_id": message_id(order.key, mail.from_address),
        "due_at": order.due_at,
        "created_at": order.now,
    }
    # Two at once: the database lets one row in, and both get that one.
    db.session.execute(insert(OutboxMail).values(values).on_conflict_do_nothing(index_elements=["key"]))
    row = find_mail(order.key)
    if row is None:
        raise LookupError("a queued mail vanished while it was being written")
    return row
