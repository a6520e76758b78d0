"""One composed mail as a value: what a room hands over and the outbox keeps until it is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one recipient, complete but for the date and the Message-ID.

    Without a sender it goes out from `SURVEY_MAIL_FROM`. With `unsubscribe_url` it carries the one-click headers.
    `for_staff` marks our own notices to staff (a password reset, a case): they say that a machine wrote them
    and pass the suppression list, which is about survey mail.
    """

    to_address: str
    to_name: str
    subject: str
    text: str
    html: str
    language: str = "en"
    headers: Mapping[str, str] = field(default_factory=dict)
    unsubscribe_url: str | None = None
    from_name: str = ""
    from_address: str = ""
    for_staff: bool = False


def to_json(mail: Mail) -> bytes:
    """Return the mail as stored bytes (before they are encrypted)."""
    return json.dumps(asdict(mail), ensure_ascii=False).encode("utf-8", "surrogatepass")


def from_json(data: bytes) -> Mail:
    """Return the mail that `to_json` wrote."""
    return Mail(**json.loads(data.decode("utf-8", "surrogatepass")))
