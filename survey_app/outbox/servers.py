"""Which server takes our mail: `SURVEY_SMTP_URL` read into its parts."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from survey_app.config import SettingError

PORTS = {"smtp": 25, "smtps": 465}
SUBMISSION = 587


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over, and how the connection is protected."""

    host: str
    port: int
    username: str
    password: str
    is_tls: bool
    starts_tls: bool


def smtp_server(url: str) -> SmtpServer:
    """Return the server a setting names; raise SettingError with what to write instead."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in PORTS or not parts.hostname or port == -1:
        message = (
            "SURVEY_SMTP_URL must look like smtp://user:password@mail.example.com:587?starttls=1 "
            "or smtps://user:password@mail.example.com."
        )
        raise SettingError(message)
    starts_tls = parse_qs(parts.query).get("starttls", ["0"])[-1] == "1"
    return SmtpServer(
        host=parts.hostname,
        port=port or (SUBMISSION if starts_tls else PORTS[parts.scheme]),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_tls=parts.scheme == "smtps",
        starts_tls=starts_tls,
    )
