"""Forgetting tries, sessions, reset links and set-ups once they are over; the audit log keeps what happened."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_

from survey_app.accounts.attempts import WINDOW
from survey_app.accounts.models import PasswordReset, SecondFactor, SignInAttempt, StaffSession
from survey_app.accounts.rules import LONGEST_IDLE, LONGEST_SESSION, LONGEST_SET_UP, RESET_LIFETIME
from survey_app.extensions import db


def sweep_sign_in_records(now: datetime) -> None:
    """Delete what no longer decides anything."""
    is_over = or_(
        StaffSession.ended_at.is_not(None),
        StaffSession.last_seen_at < now - LONGEST_IDLE,
        StaffSession.created_at < now - LONGEST_SESSION,
    )
    db.session.execute(delete(StaffSession).where(is_over))
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.attempted_at < now - WINDOW))
    db.session.execute(delete(PasswordReset).where(PasswordReset.created_at < now - RESET_LIFETIME))
    is_given_up = (SecondFactor.confirmed_at.is_(None), SecondFactor.offered_at < now - LONGEST_SET_UP)
    db.session.execute(delete(SecondFactor).where(*is_given_up))
