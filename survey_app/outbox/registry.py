"""Who wants to know what became of a mail: filled by `create_app`, asked by the sending worker."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app

from survey_app.outbox.models import OutboxMail

EXTENSION = "survey_app.outbox"
Listener = Callable[[OutboxMail], None]


def on_outcome(app: Flask, listener: Listener) -> None:
    """Call the listener in the transaction that records a mail as sent, failed, suppressed or cancelled."""
    app.extensions.setdefault(EXTENSION, []).append(listener)


def tell(row: OutboxMail) -> None:
    """Tell every listener what became of this mail."""
    for listener in current_app.extensions.get(EXTENSION, []):
        listener(row)
