"""The mailbox that bounces come to: `SURVEY_BOUNCE_MAILBOX` read into its parts, and a visit to it."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from survey_app.config import SettingError, is_loopback

PORTS = {"imaps": 993, "pop3s": 995, "imap": 143, "pop3": 110}
SECONDS = 30.0
MOST_BYTES = 1_000_000
WAYS = ("mark", "delete", "move")
_FOLDER = re.compile(r"[ !#-\[\]-~]{1,100}\Z")


class MailboxError(RuntimeError):
    """The mailbox cannot be used; the message says why, without its password."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the mailbox is, and what is done with a mail once it is recorded: `mark`, `delete` or `move`."""

    protocol: str
    host: str
    port: int
    username: str
    password: str
    folder: str = "INBOX"
    then: str = "mark"
    moves_to: str = ""

    @property
    def is_tls(self) -> bool:
        """Return whether the whole conversation is encrypted and the server's certificate checked."""
        return self.protocol.endswith("s")


class Visit(Protocol):
    """One conversation with the mailbox: what is new, and what is done with it once that is recorded."""

    def mails(self) -> Iterator[tuple[str, bytes]]:
        """Yield each mail with its name in the mailbox."""

    def done(self, name: str) -> None:
        """Mark, delete or move a mail whose report is committed."""


Opens = AbstractContextManager[Visit]


def mailbox_place(url: str) -> Place:
    """Return the mailbox a setting names; raise SettingError with what to write instead."""
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    try:
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        port = 0
    then, moves_to = options.get("then", "mark"), options.get("to", "")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    is_sound = port and parts.hostname and parts.username and then in WAYS and _FOLDER.match(folder)
    if not is_sound or (then == "move" and not _FOLDER.match(moves_to)):
        raise SettingError(
            "SURVEY_BOUNCE_MAILBOX must look like imaps://user:password@mail.example.com/INBOX?then=mark "
            "or pop3s://user:password@mail.example.com; then= is mark, delete or move&to=Done."
        )
    host = str(parts.hostname)
    if not parts.scheme.endswith("s") and not is_loopback(host):
        raise SettingError("SURVEY_BOUNCE_MAILBOX must begin with imaps:// or pop3s:// unless it is on this machine.")
    names = (unquote(str(parts.username)), unquote(parts.password or ""))
    return Place(parts.scheme, host, port, *names, folder, then, moves_to)


def tls() -> ssl.SSLContext:
    """Return how certificates are checked."""
    return ssl.create_default_context()
