"""Mails, as a test needs them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from survey_app.outbox.mail import Mail
from survey_app.outbox.models import OutboxMail
from survey_app.outbox.operations import queue_mail

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def a_mail(**overrides: Any) -> Mail:
    """Return an invitation to one customer."""
    values: dict[str, Any] = {
        "to_address": "an@example.org",
        "to_name": "Nguyễn Thị An",
        "subject": "How was your flight?",
        "text": "Please tell us: https://example.org/a/token",
        "html": '<p>Please <a href="https://example.org/a/token">tell us</a></p>',
        "from_name": "Lotus Air",
    }
    return Mail(**(values | overrides))


def queue(mail: Mail, *, key: str = "invitation:1", **overrides: Any) -> OutboxMail:
    """Put the mail down as an invitation due now."""
    values: dict[str, Any] = {"kind": "invitation", "now": NOW}
    return queue_mail(mail, key=key, **(values | overrides))
