"""Links to choose a new password: kept as a hash, one hour, used once, and the newest kills the others."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select, update

from survey_app.accounts.models import PasswordReset, User
from survey_app.accounts.operations import record, set_password
from survey_app.accounts.rules import RESET_LIFETIME, token_hash
from survey_app.extensions import db


def open_reset(user: User, now: datetime) -> str:
    """Make a link's token for somebody; earlier ones stop working."""
    _close_all(user.id, now)
    token = secrets.token_urlsafe(32)
    db.session.add(PasswordReset(user_id=user.id, token_hash=token_hash(token), created_at=now))
    record("account.reset_asked", "user", str(user.id))
    return token


def find_reset(token: str, now: datetime) -> User | None:
    """Return whose link this is, if it may still be used."""
    query = select(User).join(PasswordReset, PasswordReset.user_id == User.id)
    is_live = (PasswordReset.used_at.is_(None), PasswordReset.created_at > now - RESET_LIFETIME, User.active)
    return db.session.scalar(query.where(PasswordReset.token_hash == token_hash(token), *is_live))


def use_reset(user: User, password: str, now: datetime) -> None:
    """Give the person the new password; this link and every other one is used up, every session ends."""
    _close_all(user.id, now)
    set_password(user, password, now)


def _close_all(user_id: int, now: datetime) -> None:
    is_open = (PasswordReset.user_id == user_id, PasswordReset.used_at.is_(None))
    db.session.execute(update(PasswordReset).where(*is_open).values(used_at=now))
