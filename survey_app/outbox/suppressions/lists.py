"""Reads of the suppression list and of what came back lately."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, func, select

from survey_app.extensions import db
from survey_app.outbox.models import MailEvent, Suppression
from survey_app.outbox.rules import address_key

PAGE_SIZE = 25
# What servers hold against us is news for a week.
LATELY = timedelta(days=7)


def find_suppressions(text: str, reason: str, page: int) -> Pagination:
    """Return one page of the list, the newest first: those whose address has this text, for this reason."""
    return db.paginate(_search(text, reason), page=page, per_page=PAGE_SIZE, error_out=False)


def list_suppressions(text: str = "", reason: str = "", limit: int | None = None) -> list[Suppression]:
    """Return the list, the newest first."""
    return list(db.session.scalars(_search(text, reason).limit(limit)))


def all_suppressions() -> Iterator[Suppression]:
    """Yield the whole list in the order of its making, in small steps."""
    query = select(Suppression).order_by(Suppression.id)
    yield from db.session.scalars(query.execution_options(yield_per=1000))


def get_suppression(suppression_id: int) -> Suppression | None:
    """Return one entry of the list, if it stands."""
    return db.session.get(Suppression, suppression_id)


def count_by_reason() -> dict[str, int]:
    """Return how many addresses stand on the list for each reason."""
    query = select(Suppression.reason, func.count()).group_by(Suppression.reason)
    return dict(db.session.execute(query).all())


def count_by_verdict() -> dict[str, int]:
    """Return how many reports came back with each verdict."""
    return dict(db.session.execute(select(MailEvent.verdict, func.count()).group_by(MailEvent.verdict)).all())


def policy_refusals(now: datetime, limit: int = 5) -> tuple[int, list[MailEvent]]:
    """Return how many mails servers refused because of us lately, and the newest of them."""
    lately = select(MailEvent).where(MailEvent.verdict == "policy", MailEvent.received_at > now - LATELY)
    n_all = db.session.scalar(select(func.count()).select_from(lately.subquery())) or 0
    return n_all, list(db.session.scalars(lately.order_by(MailEvent.id.desc()).limit(limit)))


def _search(text: str, reason: str) -> Select[Suppression]:
    query = select(Suppression).order_by(Suppression.id.desc())
    if text:
        query = query.where(Suppression.address_key.contains(address_key(text), autoescape=True))
    return query.where(Suppression.reason == reason) if reason else query
