"""Putting many mails down at once: one letter for all of them, and a narrow row for each recipient.

The caller commits. A row holds only what fills the letter's slots, encrypted; the same key twice is queued once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy import select

from survey_app.extensions import db
from survey_app.jobs.operations import enqueue
from survey_app.jobs.upserts import insert
from survey_app.outbox.content import cipher, derived_key, message_id
from survey_app.outbox.letters import Letter, letter_from_json, letter_to_json
from survey_app.outbox.models import OutboxLetter, OutboxMail
from survey_app.outbox.operations import SEND
from survey_app.outbox.rules import address_key, checked_address, checked_headers, domain_of

_NONCE = 12


@dataclass(frozen=True, slots=True)
class Order:
    """One recipient of a letter: the unique key of the decision, the address, and what fills the slots.

    The address has been checked by the caller; `due_at` is when it may go.
    """

    key: str
    to_address: str
    to_name: str
    values: Mapping[str, str]
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """What all orders of one call have in common."""

    letter_id: int
    kind: str
    group_key: str | None
    # The domain of the Message-ID: the sender's.
    from_address: str
    channel: str = "mail"


def store_letter(letter: Letter, *, kind: str, group_key: str, now: datetime) -> Batch:
    """Store a composed letter once, and return what its orders have in common; raise AddressError for its sender."""
    sender = checked_address(letter.from_address or current_app.config["SURVEY_SETTINGS"].mail_from)
    checked_headers(letter.headers)
    stored = store_content(replace(letter, from_address=sender), kind, group_key, now)
    return Batch(stored, kind, group_key, sender)


def store_content(letter: Letter, kind: str, group_key: str | None, now: datetime) -> int:
    """Store a letter once, as it is, and return its number."""
    key = letter.key
    values = {
        "key": key,
        "group_key": group_key,
        "kind": kind,
        "content": cipher(b"outbox letters").encrypt(letter_to_json(letter)),
        "created_at": now,
    }
    db.session.execute(insert(OutboxLetter).values(values).on_conflict_do_nothing(index_elements=["key"]))
    return db.session.scalars(select(OutboxLetter.id).where(OutboxLetter.key == key)).one()


def queue_orders(batch: Batch, orders: Sequence[Order], now: datetime) -> None:
    """Put a mail down for each order; an order whose key is known changes nothing."""
    if not orders:
        return
    rows = [row_of(batch, order, now) for order in orders]
    # On the connection itself: the session would look at every row for objects it knows.
    db.session.flush()
    db.session.connection().execute(insert(OutboxMail).on_conflict_do_nothing(index_elements=["key"]), rows)
    enqueue(SEND, due_at=min(order.due_at for order in orders), coalesce=True)


def letters_by_id(ids: Iterable[int]) -> dict[int, Letter]:
    """Return stored letters by their numbers; raise `cryptography.fernet.InvalidToken` under another SECRET_KEY."""
    found = db.session.execute(select(OutboxLetter.id, OutboxLetter.content).where(OutboxLetter.id.in_(set(ids))))
    return {letter_id: letter_from_json(cipher(b"outbox letters").decrypt(content)) for letter_id, content in found}


def seal_values(to_name: str, values: Mapping[str, str]) -> bytes:
    """Return what fills a letter's slots, encrypted under a key derived from SECRET_KEY."""
    data = json.dumps([to_name, dict(values)], ensure_ascii=False).encode("utf-8", "surrogatepass")
    nonce = os.urandom(_NONCE)
    return nonce + _values_cipher(current_app.config["SECRET_KEY"]).encrypt(nonce, data, None)


def unseal_values(content: bytes) -> tuple[str, dict[str, str]]:
    """Return name and slot values again; raise `cryptography.exceptions.InvalidTag` under another SECRET_KEY."""
    opened = _values_cipher(current_app.config["SECRET_KEY"]).decrypt(content[:_NONCE], content[_NONCE:], None)
    name, values = json.loads(opened.decode("utf-8", "surrogatepass"))
    return name, values


def row_of(batch: Batch, order: Order, now: datetime) -> dict[str, object]:
    """Return the columns of one order's row."""
    return {
        "key": order.key,
        "kind": batch.kind,
        "rank": 1,
        "state": "pending",
        "group_key": batch.group_key,
        "letter_id": batch.letter_id,
        "to_address": order.to_address,
        "address_key": address_key(order.to_address),
        "domain": domain_of(order.to_address),
        "content": seal_values(order.to_name, order.values),
        "message_id": message_id(order.key, batch.from_address),
        "due_at": order.due_at,
        "attempts": 0,
        "channel": batch.channel,
        "created_at": now,
    }


@lru_cache(maxsize=8)
def _values_cipher(secret: str) -> AESGCM:
    return AESGCM(derived_key(secret, b"outbox values"))
