"""Letting other systems in: by the key they send, within its scopes, its time and its number of requests a minute."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from flask import g, request
from flask_babel import gettext as _
from sqlalchemy import case, or_, select, update

from survey_app.accounts.models import ApiToken
from survey_app.accounts.rules import token_hash
from survey_app.extensions import db, writing
from survey_app.web.api.problems import refuse

MOST_PER_MINUTE = 300
_LONGEST = 200


class Caller(NamedTuple):
    """The key behind a request."""

    id: int
    name: str
    scopes: list[str]
    n_in_minute: int


def admit_token(operation: str, now: datetime) -> None:
    """Let the request through if its key may carry out the operation; end it with a refusal otherwise."""
    scheme, _blank, text = request.headers.get("Authorization", "").partition(" ")
    caller = _count(text.strip(), now) if scheme.lower() == "bearer" and 0 < len(text) <= _LONGEST else None
    if caller is None:
        refuse(
            401,
            _("Send a valid key"),
            _("The key is missing, unknown, expired or revoked. Send it as: Authorization: Bearer …"),
            WWW_Authenticate="Bearer",
        )
    if caller.n_in_minute > MOST_PER_MINUTE:
        wait = 60 - now.second
        refuse(
            429,
            _("Too many requests"),
            _("At most %(n)s requests a minute. Put many interactions into one request.", n=MOST_PER_MINUTE),
            Retry_After=str(wait),
        )
    if operation not in caller.scopes:
        refuse(403, _("This key may not do that"), _("It needs the scope %(scope)s.", scope=operation))
    g.api_caller = caller


def _count(text: str, now: datetime) -> Caller | None:
    """Return whose key this is and count the request, in a transaction of its own: a refusal counts too."""
    minute = now.replace(second=0, microsecond=0)
    n = case((ApiToken.minute_at == minute, ApiToken.n_in_minute + 1), else_=1)
    alive = (
        ApiToken.token_hash == token_hash(text),
        ApiToken.revoked_at.is_(None),
        or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now),
    )
    # A guess takes no lock.
    if db.session.scalar(select(ApiToken.id).where(*alive)) is None:
        return None
    db.session.rollback()
    counted = update(ApiToken).where(*alive).values(minute_at=minute, n_in_minute=n, last_used_at=now)
    columns = (ApiToken.id, ApiToken.name, ApiToken.scopes, ApiToken.n_in_minute)
    with writing(), db.engine.begin() as connection:
        row = connection.execute(counted.returning(*columns)).one_or_none()
    return Caller(*row) if row is not None else None
