"""Putting many mails down at once: one letter for all of them, and a narrow row for each recipient.

The caller commits. A row holds only what fills the letter's slots, encrypted; the same key twice is queued once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy import Dialect, select

from survey_app.extensions import UtcDateTime, db
from survey_app.jobs.many_rows import put_rows, table_of
from survey_app.jobs.operations import enqueue
from survey_app.jobs.upserts import insert
from survey_app.outbox.content import cipher, derived_key, message_ids
from survey_app.outbox.letters import Letter, letter_from_json, letter_to_json
from survey_app.outbox.models import OutboxLetter, OutboxMail
from survey_app.outbox.operations import SEND
from survey_app.outbox.rules import address_key, checked_address, checked_headers, domain_of

_NONCE = 12
# Those that all rows of a batch share, then those of each.
_COLUMNS = (
    "kind", "rank", "state", "group_key", "letter_id", "attempts", "channel", "created_at",
    "key", "to_address", "address_key", "domain", "content", "message_id", "due_at",
)  # fmt: skip
_encoded = json.JSONEncoder(ensure_ascii=False).encode


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
    known = select(OutboxLetter.id).where(OutboxLetter.key == key)
    if (number := db.session.scalar(known)) is not None:
        return number
    values = {
        "key": key,
        "group_key": group_key,
        "kind": kind,
        "content": cipher(b"outbox letters").encrypt(letter_to_json(letter)),
        "created_at": now,
    }
    db.session.execute(insert(OutboxLetter).values(values).on_conflict_do_nothing(index_elements=["key"]))
    return db.session.scalars(known).one()


def queue_orders(batch: Batch, orders: Sequence[Order], now: datetime) -> None:
    """Put a mail down for each order; an order whose key is known changes nothing."""
    queue_batches([(batch, orders)], now)


def queue_batches(batches: Sequence[tuple[Batch, Sequence[Order]]], now: datetime) -> None:
    """Put a mail down for each order of several batches at once, and wake the sender once."""
    dues = [order.due_at for _batch, orders in batches for order in orders]
    if not dues:
        return
    # On the connection itself: the session would look at every row for objects it knows.
    db.session.flush()
    rows = [row for batch, orders in batches for row in _rows(batch, orders, now)]
    put_rows(table_of(OutboxMail), _COLUMNS, rows, once_by="key")
    enqueue(SEND, due_at=min(dues), coalesce=True)


def letters_by_id(ids: Iterable[int]) -> dict[int, Letter]:
    """Return stored letters by their numbers; raise `cryptography.fernet.InvalidToken` under another SECRET_KEY."""
    found = db.session.execute(select(OutboxLetter.id, OutboxLetter.content).where(OutboxLetter.id.in_(set(ids))))
    return {letter_id: letter_from_json(cipher(b"outbox letters").decrypt(content)) for letter_id, content in found}


def seal_values(to_name: str, values: Mapping[str, str]) -> bytes:
    """Return what fills a letter's slots, encrypted under a key derived from SECRET_KEY."""
    return _sealed(_values_cipher(current_app.config["SECRET_KEY"]), os.urandom(_NONCE), to_name, values)


def unseal_values(content: bytes) -> tuple[str, dict[str, str]]:
    """Return name and slot values again; raise `cryptography.exceptions.InvalidTag` under another SECRET_KEY."""
    opened = _values_cipher(current_app.config["SECRET_KEY"]).decrypt(content[:_NONCE], content[_NONCE:], None)
    name, values = json.loads(opened.decode("utf-8", "surrogatepass"))
    return name, values


def _rows(batch: Batch, orders: Sequence[Order], now: datetime) -> Iterator[tuple[object, ...]]:
    """Yield the values of every order's row in the order of `_COLUMNS`; what they share is worked out once."""
    dialect = db.session.get_bind().dialect
    secret, message_id = _values_cipher(current_app.config["SECRET_KEY"]), message_ids(batch.from_address)
    written = _instants_for(dialect)
    same = (batch.kind, 1, "pending", batch.group_key, batch.letter_id, 0, batch.channel, written(now))
    nonces = os.urandom(_NONCE * len(orders))
    for place, order in enumerate(orders):
        key, address = order.key, order.to_address
        nonce = nonces[place * _NONCE : (place + 1) * _NONCE]
        content = _sealed(secret, nonce, order.to_name, order.values)
        yield (
            *same, key, address, address_key(address), domain_of(address), content, message_id(key),
            written(order.due_at),
        )  # fmt: skip


def _instants_for(dialect: Dialect) -> Callable[[Any], Any]:
    """Return how the driver takes an instant; most rows share theirs."""
    processor = UtcDateTime().dialect_impl(dialect).bind_processor(dialect)
    return lru_cache(maxsize=64)(processor) if processor else lambda instant: instant


def _sealed(secret: AESGCM, nonce: bytes, to_name: str, values: Mapping[str, str]) -> bytes:
    data = _encoded([to_name, dict(values)]).encode("utf-8", "surrogatepass")
    return nonce + secret.encrypt(nonce, data, None)


@lru_cache(maxsize=8)
def _values_cipher(secret: str) -> AESGCM:
    return AESGCM(derived_key(secret, b"outbox values"))
