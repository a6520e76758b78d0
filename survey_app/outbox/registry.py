"""Who wants to know what became of a mail: filled by `create_app`, asked by the sending worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app

from survey_app.outbox.models import OutboxMail

EXTENSION = "survey_app.outbox"


@dataclass(frozen=True, slots=True)
class EndedMail:
    """A mail as it ended, without what it said."""

    id: int
    key: str
    kind: str
    group_key: str | None
    to_address: str
    state: str
    sent_at: datetime | None = None
    last_error: str | None = None


Listener = Callable[[EndedMail], None]


def on_outcome(app: Flask, listener: Listener) -> None:
    """Call the listener in the transaction that records a mail as sent, failed, suppressed or cancelled.

    A whole group that is cancelled is told to nobody mail by mail: there may be a hundred thousand.
    """
    app.extensions.setdefault(EXTENSION, []).append(listener)


def tell(mail: EndedMail) -> None:
    """Tell every listener what became of this mail."""
    for listener in current_app.extensions.get(EXTENSION, []):
        listener(mail)


def tell_of_row(row: OutboxMail) -> None:
    """Tell every listener what became of the mail of this row."""
    tell(EndedMail(row.id, row.key, row.kind, row.group_key, row.to_address, row.state, row.sent_at, row.last_error))
