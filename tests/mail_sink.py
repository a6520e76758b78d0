"""A real SMTP server for the tests, which keeps what it takes and can be told to misbehave.

def test_…(app, mail_sink):
    mail_sink.use(app)                    # SURVEY_SMTP_URL points here
    mail_sink.fault = "refuse"            # 550 at RCPT;  see FAULTS
    mail_sink.refused["an@example.org"] = "550 5.1.1 no such user"
    mail_sink.mails[0].message["Subject"]
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from flask import Flask

from survey_app.outbox.transport import Mailer

# "": takes everything.       "refuse": 550 at RCPT.       "later": 451 at RCPT.     "reject": 554 after the mail.
# "hang": silent after RCPT.  "drop": gone after RCPT.     "drop-after": gone after the mail, having kept it.
# "closing": 421 at MAIL.     "sender": 550 at MAIL.
FAULTS = ("", "refuse", "later", "reject", "hang", "drop", "drop-after", "closing", "sender")


@dataclass(frozen=True)
class TakenMail:
    """A mail the server took."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """Return the mail parsed."""
        parsed = BytesParser(policy=default).parsebytes(self.content)
        assert isinstance(parsed, EmailMessage)
        return parsed

    def part(self, kind: str) -> str:
        """Return the text of the part "plain" or "html"."""
        body = self.message.get_body((kind,))
        assert body is not None
        return str(body.get_content())


@dataclass
class MailSink:
    """The server's ears and moods; `mails` is what it took."""

    host: str = "127.0.0.1"
    port: int = 0
    fault: str = ""
    # After this many faults the server behaves again.
    n_faults: int = -1
    refused: dict[str, str] = field(default_factory=dict)
    mails: list[TakenMail] = field(default_factory=list)
    n_connections: int = 0
    # How long each mail takes, so that a test can meet a sender in the middle of one.
    seconds: float = 0.0
    # How many mails are on their way at a time; one, where a test counts to the mail.
    together: int = 1
    # Further connections are turned away.
    most_connections: int = 100

    @property
    def url(self) -> str:
        """Return the address for SURVEY_SMTP_URL."""
        return f"smtp://{self.host}:{self.port}"

    def use(self, app: Flask, url: str | None = None) -> None:
        """Let the application send here, or to another address."""
        settings = replace(app.config["SURVEY_SETTINGS"], smtp_url=url or self.url, smtp_connections=self.together)
        app.config["SURVEY_SETTINGS"] = settings
        Mailer(app)

    def message_ids(self) -> list[str]:
        """Return the Message-IDs of what was taken."""
        return [mail.message["Message-ID"] for mail in self.mails]

    def recipients(self) -> list[str]:
        """Return who got mail, in order, with every copy."""
        return [address for mail in self.mails for address in mail.recipients]

    def _misbehaves(self, *faults: str) -> bool:
        if self.fault not in faults or self.n_faults == 0:
            return False
        self.n_faults -= 1
        return True

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's names
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.n_connections += 1
        if self.n_connections > self.most_connections:
            return ["421 4.7.0 too many connections"]
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._misbehaves("closing"):
            asyncio.get_running_loop().call_soon(server.transport.close)
            return "421 4.3.2 closing"
        if self._misbehaves("sender"):
            return "550 5.7.1 sender not allowed"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        if self._misbehaves("refuse"):
            return "550 5.7.1 not here"
        if self._misbehaves("later"):
            return "451 4.7.1 greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.seconds)
        if self._misbehaves("hang"):
            await asyncio.sleep(60)
        if self._misbehaves("drop"):
            server.transport.abort()
            return "451 gone"
        if self._misbehaves("reject"):
            return "554 5.7.1 this looks like spam"
        content = envelope.original_content or b""
        self.mails.append(TakenMail(envelope.mail_from or "", list(envelope.rcpt_tos), content))
        if self._misbehaves("drop-after"):
            server.transport.abort()
        return "250 taken"


class _Controller(Controller):  # type: ignore[misc]
    """Listens on a port of the system's choice."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextlib.contextmanager
def running_sink(**options: Any) -> Iterator[MailSink]:
    """Run a server for the length of the block; options go to aiosmtpd (TLS, authentication)."""
    sink = MailSink()
    controller = _Controller(sink, hostname=sink.host, port=0, **options)
    controller.start()
    sink.port = controller.port
    try:
        yield sink
    finally:
        controller.stop()


def with_password(username: str, password: str) -> dict[str, Any]:
    """Return the options of a server that knows this user name and password, without encryption."""

    def check(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        is_right = (data.login, data.password) == (username.encode(), password.encode())
        return AuthResult(success=is_right, handled=is_right)

    return {"authenticator": check, "auth_require_tls": False}


def with_certificate(context: ssl.SSLContext) -> dict[str, Any]:
    """Return the options of a server that speaks TLS from the first byte."""
    return {"ssl_context": context}


@pytest.fixture
def mail_sink(app: Flask) -> Iterator[MailSink]:
    """Return a running server that the application sends to."""
    kept = app.config["SURVEY_SETTINGS"]
    with running_sink() as sink:
        sink.use(app)
        yield sink
    app.config["SURVEY_SETTINGS"] = kept
