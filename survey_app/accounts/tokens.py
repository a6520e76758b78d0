"""Keys of the API: made, shown once, revoked. The caller commits."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select

from survey_app.accounts.models import ApiAnswer, ApiToken
from survey_app.accounts.operations import record
from survey_app.accounts.rules import token_hash
from survey_app.extensions import db

# Makes keys that leaked easy to find by machines that look for them.
PREFIX = "survey_"
# What a key can be allowed; nothing that only people do.
SCOPES = ("customers.view", "customers.edit", "campaigns.view")
LONGEST_NAME = 100


def create_token(
    name: str, scopes: Collection[str], *, created_by_id: int | None, expires_at: datetime | None, now: datetime
) -> tuple[ApiToken, str]:
    """Make a key; return it with its text, which nobody can find out later."""
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        name=name,
        token_hash=token_hash(text),
        scopes=sorted(set(scopes) & set(SCOPES)),
        created_by_id=created_by_id,
        created_at=now,
        expires_at=expires_at,
    )
    db.session.add(token)
    db.session.flush()
    record("token.create", "api_token", str(token.id), name=name, scopes=token.scopes)
    return token, text


def revoke_token(token: ApiToken, now: datetime) -> None:
    """Let a key open nothing any more."""
    if token.revoked_at is None:
        token.revoked_at = now
        record("token.revoke", "api_token", str(token.id), name=token.name)


def list_tokens() -> Sequence[ApiToken]:
    """Return all keys, the newest first."""
    return db.session.scalars(select(ApiToken).order_by(ApiToken.id.desc())).all()


def find_token(token_id: int) -> ApiToken | None:
    """Return the key, if there is one."""
    return db.session.get(ApiToken, token_id)


def forget_answers(before: datetime) -> int:
    """Forget what was answered before an instant, and return how much that was."""
    gone = delete(ApiAnswer).where(ApiAnswer.created_at < before).returning(ApiAnswer.id)
    return len(db.session.scalars(gone).all())
