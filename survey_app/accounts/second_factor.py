"""Somebody's second factor: offered, confirmed by a first code, asked for at sign-in, removed."""

from __future__ import annotations

from datetime import datetime

from cryptography.fernet import InvalidToken
from flask import current_app
from sqlalchemy import delete, func, select, update

from survey_app.accounts import codes
from survey_app.accounts.models import RecoveryCode, SecondFactor, User
from survey_app.accounts.operations import record
from survey_app.accounts.rules import LONGEST_SET_UP, token_hash
from survey_app.accounts.sessions import end_all_sessions
from survey_app.extensions import db
from survey_app.outbox.content import cipher

PURPOSE = b"second factors"


def find_second_factor(user: User) -> SecondFactor | None:
    """Return somebody's second factor, if they have one that counts."""
    found = db.session.get(SecondFactor, user.id)
    return found if found and found.confirmed_at else None


def offer_second_factor(user: User, now: datetime) -> None:
    """Make a new secret for somebody who has no second factor; an earlier offer is forgotten."""
    db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id, SecondFactor.confirmed_at.is_(None)))
    sealed = cipher(PURPOSE).encrypt(codes.new_secret().encode())
    db.session.add(SecondFactor(user_id=user.id, secret=sealed, offered_at=now, last_step=0))
    record("account.second_factor_offered", "user", str(user.id))


def offered_secret(user: User, now: datetime) -> str | None:
    """Return the secret that somebody is just setting up, or None when there is none or it took too long."""
    found = db.session.get(SecondFactor, user.id)
    is_open = found and not found.confirmed_at and now - found.offered_at < LONGEST_SET_UP
    return _unsealed(found) if found and is_open else None


def confirm_second_factor(user: User, code: str, now: datetime) -> list[str]:
    """Switch the offered second factor on by a first code; return the recovery codes, or nothing for a wrong code.

    Every session of the person ends: from now on signing in takes a code.
    """
    secret = offered_secret(user, now)
    if secret is None or not _use_step(user, secret, codes.plain(code), now):
        return []
    db.session.execute(update(SecondFactor).where(SecondFactor.user_id == user.id).values(confirmed_at=now))
    end_all_sessions(user, now)
    record("account.second_factor_set_up", "user", str(user.id))
    return renew_recovery_codes(user)


def renew_recovery_codes(user: User) -> list[str]:
    """Return new recovery codes, to be shown once; the earlier ones stop working."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    made = codes.new_recovery_codes()
    db.session.add_all(RecoveryCode(user_id=user.id, code_hash=token_hash(codes.plain(code))) for code in made)
    record("account.recovery_codes_made", "user", str(user.id))
    return made


def count_recovery_codes(user: User) -> int:
    """Return how many recovery codes somebody has left."""
    query = select(func.count()).select_from(RecoveryCode)
    return db.session.scalar(query.where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))) or 0


def use_code(user: User, typed: str, now: datetime) -> bool:
    """Return whether this is a code of the person's app or a recovery code of theirs; each is taken once."""
    factor, code = find_second_factor(user), codes.plain(typed)
    if factor is None:
        return False
    secret = _unsealed(factor)
    return (secret is not None and _use_step(user, secret, code, now)) or _use_recovery_code(user, code, now)


def remove_second_factor(user: User, now: datetime) -> bool:
    """Take somebody's second factor and recovery codes away and end their sessions; False when they had none."""
    had_one = find_second_factor(user) is not None
    db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    if had_one:
        end_all_sessions(user, now)
        record("account.second_factor_removed", "user", str(user.id), email=user.email)
    return had_one


def _use_step(user: User, secret: str, code: str, now: datetime) -> bool:
    """Use a code of the app up, by one statement: of two requests with the same code one comes too late."""
    factor = db.session.get(SecondFactor, user.id)
    step = codes.accepted_step(secret, code, factor.last_step if factor else 0, now)
    if step is None:
        return False
    is_new = (SecondFactor.user_id == user.id, SecondFactor.last_step < step)
    used = update(SecondFactor).where(*is_new).values(last_step=step).returning(SecondFactor.user_id)
    return db.session.scalar(used) is not None


def _use_recovery_code(user: User, code: str, now: datetime) -> bool:
    is_open = (RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    found = (*is_open, RecoveryCode.code_hash == token_hash(code))
    is_used = db.session.scalar(update(RecoveryCode).where(*found).values(used_at=now).returning(RecoveryCode.id))
    if is_used:
        record("account.recovery_code_used", "user", str(user.id), left=count_recovery_codes(user))
    return is_used is not None


def _unsealed(factor: SecondFactor) -> str | None:
    """Return the secret, or None after a change of SECRET_KEY: then recovery codes work on."""
    try:
        return cipher(PURPOSE).decrypt(factor.secret).decode()
    except InvalidToken:
        current_app.logger.exception("the second factor of user %s was sealed under another SECRET_KEY", factor.user_id)
        return None
