"""Reads of waiting mail and of the suppression list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import current_app
from sqlalchemy import ColumnElement, case, func, select

from survey_app.extensions import db
from survey_app.outbox.models import REASONS, STATES, OutboxMail, PausedGroup, SendingLimit, Suppression
from survey_app.outbox.rules import UNCERTAIN, address_key

# Databases take a limited number of values in one statement.
MANY = 500


def find_mail(key: str) -> OutboxMail | None:
    """Return the mail that carries out this decision, if it was queued."""
    return db.session.scalar(select(OutboxMail).where(OutboxMail.key == key))


def find_suppression(address: str, reason: str | None = None) -> Suppression | None:
    """Return why this address gets no survey mail (or this one reason), if it gets none, however it is spelled.

    Of several reasons the person's own wish is told first.
    """
    query = select(Suppression).where(Suppression.address_key == address_key(address))
    if reason is not None:
        query = query.where(Suppression.reason == reason)
    weight = case({each: at for at, each in enumerate(REASONS)}, value=Suppression.reason)
    return db.session.scalar(query.order_by(weight).limit(1))


def suppressed_keys(addresses: Iterable[str]) -> set[str]:
    """Return the address keys, of these addresses, that get no survey mail."""
    keys = sorted({address_key(address) for address in addresses})
    found: set[str] = set()
    for start in range(0, len(keys), MANY):
        some = keys[start : start + MANY]
        found.update(db.session.scalars(select(Suppression.address_key).where(Suppression.address_key.in_(some))))
    return found


def count_by_state(group_key: str) -> dict[str, int]:
    """Return how many mails of the group stand in each state; every state is named."""
    query = select(OutboxMail.state, func.count()).where(OutboxMail.group_key == group_key).group_by(OutboxMail.state)
    return dict.fromkeys(STATES, 0) | dict(db.session.execute(query).all())


def is_paused(group_key: str) -> bool:
    """Return whether the group waits."""
    return db.session.get(PausedGroup, group_key) is not None


def oldest_waiting(now: datetime) -> datetime | None:
    """Return since when the oldest mail that should have gone by now has been due."""
    query = select(func.min(OutboxMail.due_at)).where(
        OutboxMail.state.in_(("pending", "claimed")),
        OutboxMail.due_at <= now,
        not_paused(),
    )
    return db.session.scalar(query)


def not_paused() -> ColumnElement[bool]:
    """Return the condition that a mail does not belong to a group that waits."""
    return OutboxMail.group_key.is_(None) | OutboxMail.group_key.not_in(select(PausedGroup.group_key))


def count_by_kind() -> dict[str, dict[str, int]]:
    """Return, for each kind of mail, how many stand in each state."""
    kinds: dict[str, dict[str, int]] = {}
    query = select(OutboxMail.kind, OutboxMail.state, func.count()).group_by(OutboxMail.kind, OutboxMail.state)
    for kind, state, n_mails in db.session.execute(query.order_by(OutboxMail.kind)):
        kinds.setdefault(kind, dict.fromkeys(STATES, 0))[state] = n_mails
    return kinds


def list_failed(limit: int = 50) -> list[OutboxMail]:
    """Return the mails that failed, newest first."""
    query = select(OutboxMail).where(OutboxMail.state == "failed").order_by(OutboxMail.id.desc()).limit(limit)
    return list(db.session.scalars(query))


def sends_to_nobody() -> bool:
    """Return whether the installation only tries: SURVEY_MAIL_MODE=hold keeps every mail where it is."""
    return bool(current_app.config["SURVEY_SETTINGS"].mail_mode == "hold")


def list_limits() -> list[SendingLimit]:
    """Return the limits of sending, the one for all mail first."""
    return list(db.session.scalars(select(SendingLimit).order_by(SendingLimit.scope)))


def count_uncertain() -> dict[str, int]:
    """Return how many mails the server may have had before a worker ended or an answer was lost, by state."""
    query = (
        select(OutboxMail.state, func.count()).where(OutboxMail.last_error.in_(UNCERTAIN)).group_by(OutboxMail.state)
    )
    return dict.fromkeys(STATES, 0) | dict(db.session.execute(query).all())
