"""Signed-in browsers: the cookie holds a random number, the server's record decides whether it still counts."""

from __future__ import annotations

import secrets
from datetime import datetime

from flask import g, session
from sqlalchemy import update

from survey_app.accounts.models import StaffSession, User
from survey_app.accounts.rules import token_hash
from survey_app.extensions import db

# Flask-Login looks for the person of a request under this name.
COOKIE_ENTRY = "_user_id"


def start_session(user: User, now: datetime) -> None:
    """Sign this browser in under a new number; whatever it carried before is forgotten."""
    session.clear()
    session[COOKIE_ENTRY] = open_session(user, now)
    g.staff_user = user
    g._login_user = user  # noqa: SLF001 - where Flask-Login keeps the person of the request


def open_session(user: User, now: datetime) -> str:
    """Make a session on the server and return the number its cookie holds."""
    token = secrets.token_urlsafe(32)
    db.session.add(StaffSession(token_hash=token_hash(token), user_id=user.id, created_at=now, last_seen_at=now))
    return token


def end_session(now: datetime) -> None:
    """End this browser's session on the server and forget its cookie."""
    token = session.get(COOKIE_ENTRY)
    if token:
        live = StaffSession.ended_at.is_(None)
        db.session.execute(
            update(StaffSession).where(live, StaffSession.token_hash == token_hash(token)).values(ended_at=now)
        )
    session.clear()


def end_all_sessions(user: User, now: datetime) -> None:
    """End every session of a person: after a new password, other rights, or when they are disabled."""
    live = StaffSession.ended_at.is_(None)
    db.session.execute(update(StaffSession).where(live, StaffSession.user_id == user.id).values(ended_at=now))
    user.fs_uniquifier = secrets.token_hex(32)
