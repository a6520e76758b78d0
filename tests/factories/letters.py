"""Mails as they stand in the outbox, whole or as a letter with its slots, read as their readers would."""

from __future__ import annotations

from survey_app.outbox.content import unseal
from survey_app.outbox.letters import filled
from survey_app.outbox.mail import Mail
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.queueing import letters_by_id, unseal_values


def as_read(row: OutboxMail) -> Mail:
    """Return a waiting mail as its reader gets it."""
    if row.letter_id is None:
        return unseal(row.content or b"")
    to_name, values = unseal_values(row.content or b"")
    return filled(letters_by_id([row.letter_id])[row.letter_id], row.to_address, to_name, values)
