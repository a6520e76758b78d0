"""Between password and code: a mark in the signed cookie that says who may enter a code, and carries no right."""

from __future__ import annotations

from datetime import datetime

from flask import session

from survey_app.accounts.models import User
from survey_app.accounts.queries import find_staff
from survey_app.accounts.rules import LONGEST_HALF_WAY, token_hash
from survey_app.accounts.second_factor import find_second_factor

MARK = "half_way"


def go_half_way(user: User, now: datetime) -> None:
    """Note in this browser that the person's password was right; whatever it carried before is forgotten."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    session[MARK] = {"user": user.id, "state": token_hash(user.fs_uniquifier), "since": now.timestamp()}


def half_way_user(now: datetime) -> User | None:
    """Return who may enter a code here: not for long, and not after their password, rights or factor changed."""
    mark = session.get(MARK)
    if mark is None or not 0 <= now.timestamp() - mark["since"] < LONGEST_HALF_WAY.total_seconds():
        return None
    user = find_staff(mark["user"])
    if user is None or not user.active or mark["state"] != token_hash(user.fs_uniquifier):
        return None
    return user if find_second_factor(user) else None
