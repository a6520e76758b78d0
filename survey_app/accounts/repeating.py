"""The same request twice: by its Idempotency-Key, the second gets the first answer and stores nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from flask import Response, g, request
from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from survey_app.accounts.models import ApiAnswer
from survey_app.extensions import db
from survey_app.jobs.upserts import insert
from survey_app.web.api.problems import refuse

KEPT = timedelta(hours=24)
LONGEST_KEY = 255


def once(work: Callable[[], Response]) -> Response:
    """Do what is asked and return the answer; where the key is known, return the first answer instead. No commit.

    A refusal ends the request before anything is kept, and leaves the key free.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return work()
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        refuse(400, _("This Idempotency-Key cannot be used"), _("It has 1 to 255 printable characters."))
    return _first_answer(key, datetime.now(UTC)) or _answer_and_keep(key, work)


def _first_answer(key: str, now: datetime) -> Response | None:
    """Reserve the key and return None, or return what was answered to it before."""
    mine = (ApiAnswer.token_id == g.api_caller.id, ApiAnswer.key == key)
    db.session.execute(delete(ApiAnswer).where(*mine, ApiAnswer.created_at < now - KEPT))
    values = {
        "token_id": g.api_caller.id,
        "key": key,
        "request_hash": _request_hash(),
        "status": 0,
        "answer": "",
        "created_at": now,
    }
    reserved = insert(ApiAnswer).values(values).on_conflict_do_nothing(index_elements=["token_id", "key"])
    if db.session.scalar(reserved.returning(ApiAnswer.id)) is not None:
        return None
    known = db.session.scalars(select(ApiAnswer).where(*mine)).one()
    if known.request_hash != _request_hash():
        refuse(
            422,
            _("This Idempotency-Key stands for another request"),
            _("Use a new key for every new request; the same key only to send the same one again."),
        )
    again = Response(known.answer, known.status, content_type="application/json")
    again.headers["Idempotency-Replayed"] = "true"
    return again


def _answer_and_keep(key: str, work: Callable[[], Response]) -> Response:
    found = work()
    kept = update(ApiAnswer).where(ApiAnswer.token_id == g.api_caller.id, ApiAnswer.key == key)
    db.session.execute(kept.values(status=found.status_code, answer=found.get_data(as_text=True)))
    return found


def _request_hash() -> str:
    return sha256(f"{request.method} {request.path}\n".encode() + request.get_data()).hexdigest()
