"""Counting guesses, in the database, so that every process counts alike."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from flask import current_app
from sqlalchemy import ColumnElement, delete, func, select

from survey_app.accounts.models import AuditEntry, SignInAttempt, User
from survey_app.accounts.rules import account_name
from survey_app.extensions import db

WINDOW = timedelta(minutes=15)
FAMILIAR_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many tries a quarter of an hour: one account from one address, one address, one account from anywhere."""

    of_pair: int
    of_address: int
    of_account: int


# Who tries codes knows the password already, and there are only a million codes.
LIMITS = {
    "sign-in": Limits(10, 30, 100),
    "reset": Limits(5, 20, 5),
    "code": Limits(5, 20, 20),
    # Forms sent to links that are none.
    "link": Limits(30, 30, 1000),
}


def begin_attempt(email: str, address: str | None, kind: str, now: datetime) -> SignInAttempt | None:
    """Write a try down and return it, or None when there were too many: then this one is not counted.

    Guessing an account from one address does not stop its owner at another; one that is guessed from very many
    addresses stays open to those from which its owner signed in lately.
    """
    account_key, address_key = _keyed(account_name(email)), _keyed(_network(address))
    if not current_app.config["SURVEY_SETTINGS"].is_lab:
        limits = LIMITS[kind]
        of_account, of_address = SignInAttempt.account_key == account_key, SignInAttempt.address_key == address_key
        too_many = (
            _count(now, kind, of_account, of_address) >= limits.of_pair
            or _count(now, kind, of_address) >= limits.of_address
            or (_count(now, kind, of_account) >= limits.of_account and not _is_familiar(email, address, now))
        )
        if too_many:
            return None
    attempt = SignInAttempt(account_key=account_key, address_key=address_key, kind=kind, attempted_at=now)
    db.session.add(attempt)
    return attempt


def forget_attempts(email: str, address: str | None, kind: str = "sign-in") -> None:
    """Forget the tries that led to a right password or code."""
    account_key, address_key = _keyed(account_name(email)), _keyed(_network(address))
    found = (SignInAttempt.account_key == account_key, SignInAttempt.address_key == address_key)
    db.session.execute(delete(SignInAttempt).where(*found, SignInAttempt.kind == kind))


def _count(now: datetime, kind: str, *conditions: ColumnElement[bool]) -> int:
    lately = SignInAttempt.attempted_at >= now - WINDOW
    query = select(func.count()).select_from(SignInAttempt)
    return db.session.scalar(query.where(lately, SignInAttempt.kind == kind, *conditions)) or 0


def _is_familiar(email: str, address: str | None, now: datetime) -> bool:
    query = select(AuditEntry.id).join(User, User.id == AuditEntry.user_id)
    query = query.where(User.email == account_name(email), AuditEntry.action == "account.signed_in")
    query = query.where(AuditEntry.from_address == address, AuditEntry.at >= now - FAMILIAR_FOR)
    return db.session.scalar(query.limit(1)) is not None


def _keyed(text: str) -> str:
    """Return a keyed hash: the table can be counted in, not read."""
    return hmac.new(str(current_app.config["SECRET_KEY"]).encode(), text.encode(), "sha256").hexdigest()


def _network(address: str | None) -> str:
    """Return the address, or the /64 of an IPv6 one: one household has that many."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return address or "unknown"
    if found.version == 4:  # noqa: PLR2004 - the version's name
        return str(found)
    return str(ip_network((found, 64), strict=False))
